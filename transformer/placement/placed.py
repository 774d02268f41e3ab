"""Workload copies, each with where its pods can be scheduled: what rules on placement read."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from transformer import pointer
from transformer.kubernetes.node_affinity import required_terms
from transformer.kubernetes.objects import Manifest, mapping_at
from transformer.kubernetes.placeholders import is_placeholder
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.pools import PoolIndex
from transformer.kubernetes.well_known import HOST_NETWORK_LABEL, POOL_LABEL
from transformer.placement.copies import WorkloadCopy, copies
from transformer.placement.node_groups import KnownNodes
from transformer.placement.scheduling import ANY_POOL, PoolSchedule, Schedule, scheduled
from transformer.placement.truth import Truth, truth

_DAEMON_SET_GROUPS = ("apps", "extensions", "apps.kruise.io")
_SHOWN = 3


class Placed(NamedTuple):
    """A workload copy, and where its pods can be scheduled. `is_daemon_set`: on each such node."""

    copy: WorkloadCopy
    schedule: Schedule
    is_daemon_set: bool = False

    @property
    def template(self) -> PodTemplate:
        return self.copy.template

    @property
    def pinned_to(self) -> tuple[str, ...]:
        """The host-network pools that are the only ones the pods can run on, or nothing."""
        return self.schedule.on_host_network if self.schedule.pinned is Truth.TRUE else ()

    @property
    def lands_on(self) -> tuple[PoolSchedule, ...]:
        """The host-network pools to whose nodes the pods can be scheduled, perhaps among others.

        If only one of several definitions of a pool is host-network, it counts, because they are
        probably those of different clusters. A pool that is not in the input does not. Nodes that
        are cordoned or not ready count: they will not stay so.
        """
        return tuple(
            one
            for one in self.schedule.pools
            if one.is_host_network and one.is_known and "can" in (one.answer, one.later)
        )

    @property
    def runs_on(self) -> tuple[str, ...]:
        """The host-network pools on which there will be pods: those that they are pinned to, and of
        a DaemonSet also those where it has a pod besides others.
        """
        if self.pinned_to or not self.is_daemon_set:
            return self.pinned_to
        return tuple(one.pool for one in self.lands_on)

    @property
    def looks_up_on(self) -> tuple[str, ...]:
        """The host-network pools on which pods may look up names: those of `runs_on`, and of others
        those where they can land. Pods that need a network of their own do not start there.
        """
        if self.runs_on or self.is_on_host is Truth.FALSE:
            return self.runs_on
        return tuple(one.pool for one in self.lands_on)

    @property
    def can_land(self) -> bool:
        """Whether the pods can be scheduled to host-network pools, as far as it is known."""
        return bool(self.lands_on or self.pinned_to)

    @property
    def undecided(self) -> str:
        """For want of what it is unknown whether the pods run on host-network pools; empty if it is
        known.
        """
        schedule = self.schedule
        if not self.copy.is_certain:
            pool = self.copy.pool
            return f"which tweaks apply in the NodePool {pool}" if pool else "the subsets"
        if schedule.pinned is Truth.UNKNOWN and schedule.deciding:
            names = ", ".join(schedule.deciding)
            return f"the NodePool {names}" if len(schedule.deciding) == 1 else f"NodePools {names}"
        for one in schedule.pools:
            if one.is_host_network and one.is_known and "unknown" in (one.answer, one.later):
                return _wanted(one)
        return ""

    @property
    def can_run(self) -> bool:
        """Whether there may be nodes to which the pods can be scheduled."""
        reached = bool(self.schedule.on_host_network)
        return reached or any(one.may_fit for one in self.schedule.pools)

    @property
    def runs_elsewhere(self) -> bool:
        """Whether the pods can be scheduled to nodes that are not host-network."""
        return any(
            not one.is_host_network and one.answer == "can" and one.is_certain
            for one in self.schedule.pools
        )

    @property
    def is_on_host(self) -> Truth:
        """Whether the pods use the network of the host."""
        value = self.template.spec.get("hostNetwork")
        return Truth.UNKNOWN if is_placeholder(value) else truth(value is True)


def _wanted(one: PoolSchedule) -> str:
    if one.filter == "NodeName":
        return "the Node that the pods name"
    if one.undecided:
        first = one.undecided[0]
        return first if " " in first else f"the node label {first}"
    return "what the pods tolerate"


def placed(
    manifest: Manifest,
    templates: tuple[PodTemplate, ...],
    pools: PoolIndex,
    nodes: KnownNodes,
) -> tuple[Placed, ...]:
    """Return the copies of a workload, and where each can be scheduled; also those of which it is
    not certain what they are.

    Raises:
        PoolsNeeded: it depends on pools that later input may contain.
    """
    made = [one for one in copies(manifest, templates, pools) if one.failure is None]
    return tuple(_placed(manifest, one, pools, nodes) for one in made)


def _placed(manifest: Manifest, copy: WorkloadCopy, pools: PoolIndex, nodes: KnownNodes) -> Placed:
    is_daemon_set = copy.kind == "DaemonSet" and manifest.ref.group in _DAEMON_SET_GROUPS
    found = scheduled(copy.template, pools, nodes, is_daemon_set=is_daemon_set)
    return Placed(copy, found, is_daemon_set)


def selects(template: PodTemplate) -> bool:
    """Whether the pods can run only on some nodes, or the object selects pools."""
    return (
        template.selection is not None
        or bool(template.spec.get("nodeSelector") or template.spec.get("nodeName"))
        or required_terms(template) is not None
    )


def selection_at(template: PodTemplate) -> str:
    """Return the pointer of the field that selects in which pools the pods may run."""
    at = f"{template.pointer}/spec"
    if template.spec.get("nodeName"):
        return f"{at}/nodeName"
    selector = mapping_at(template.spec, "nodeSelector")
    for label in (POOL_LABEL, HOST_NETWORK_LABEL):
        if label in selector:
            return pointer.join(at, "nodeSelector", label)
    field = "affinity" if required_terms(template) is not None else "nodeSelector"
    return f"{at}/{field}" if template.spec.get(field) else at


def pool_words(pools: Iterable[str]) -> str:
    """Return how a message names host-network pools."""
    names = [name for name in dict.fromkeys(pools) if name != ANY_POOL]
    if not names:
        return "host-network pools"
    shown = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    return f"the host-network {'pool' if len(names) == 1 else 'pools'} {shown}"


def runs_there(found: Sequence[Placed]) -> str:
    """Return how a message says where the pods of copies of one workload run (`runs_on`)."""
    pools = pool_words(pool for one in found for pool in one.runs_on)
    if not found[0].pinned_to:
        return f"the pods also run on {pools}"
    copies = of_copies(found)
    return f"the pods{copies} run only there" if copies else f"the pods run on {pools} only"


def can_run_only(found: Sequence[Placed]) -> str:
    """Return how a message says where the pods of copies could run that are kept off there."""
    pools = pool_words(pool.pool for one in found for pool in one.schedule.kept_off)
    copies = of_copies(found)
    return f"the pods{copies} can run only there" if copies else f"the pods can run on {pools} only"


def of_copies(found: Sequence[Placed]) -> str:
    """Return how a message names copies of one workload that are each for a host-network pool, or
    nothing for a workload without copies.
    """
    if not found[0].copy.pool:
        return ""
    pools = pool_words(one.copy.pool for one in found)
    return f" of the {'copy' if len(found) == 1 else 'copies'} for {pools}"
