"""What a rule gets to look at: an object, and what is known of the cluster and of the builds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from transformer.findings import ObjectRef
from transformer.kubernetes.components import Catalog
from transformer.kubernetes.nodes import is_node
from transformer.kubernetes.objects import Manifest, controller_of, mapping_at
from transformer.kubernetes.pod_template import PodTemplate, PodTemplateRow
from transformer.kubernetes.pools import Pool, PoolIndex, is_pool
from transformer.kubernetes.services import LocalService, is_service
from transformer.operations import Operation
from transformer.placement.node_groups import KnownNodes

if TYPE_CHECKING:
    from transformer.placement.breaks import Break
    from transformer.placement.placed import Placed


_NONE: Mapping[str, Any] = {}


class ClusterContext(NamedTuple):
    """What a rule knows about other objects, the CNI catalog, and where pod templates are.

    The rest is set in validation only. `schemas` are plain JSON Schemas by name, such as
    `nodepool-v1beta2`. `former_nodes` are the names of the Nodes in the old state, `former_pools`
    its NodePools by name. `joining` has for each pool how many Nodes are in it now and were in
    none, without those that are known to be edge workers; it is None without an old state, or with
    an empty one. `services` are those with a `Local` traffic policy, by namespace. `may_match`
    returns whether bytes may contain what transform rules look for. `name` is that of the cluster
    in the configuration (empty: none), and `known_in` names the clusters that have a NodePool, by
    the name of the pool, if there are clusters (an empty one: files that belong to none have it).

    `nodes` are the Nodes in the input, and `namespaces` the levels of Pod Security, by the name of
    each Namespace in it that enforces one.
    """

    pools: PoolIndex
    catalog: Catalog
    rows: Mapping[tuple[str, str], list[PodTemplateRow]]
    schemas: Mapping[str, Any]
    nodes: KnownNodes
    namespaces: dict[str, str]
    former_nodes: frozenset[str] = frozenset()
    former_pools: Mapping[str, Pool] = _NONE
    joining: Mapping[str, int] | None = None
    services: Mapping[str, Sequence[LocalService]] = _NONE
    may_match: Callable[[bytes], bool] = lambda _: True
    name: str = ""
    known_in: Mapping[str, Sequence[str]] = _NONE

    def facts(self) -> list[Any]:
        """Return all that makes rules find something else in another cluster."""
        return [value for name, value in self._asdict().items() if name != "may_match"]

    @property
    def has_host_network_pools(self) -> bool:
        """Whether the input has a host-network pool, or a node with the label of one."""
        return self.pools.has_host_network or self.nodes.has_host_network

    def pool_elsewhere(self, pool: str) -> str:
        """Return in words where a pool is that this cluster lacks, or nothing if it is nowhere."""
        names = self.known_in.get(pool)
        return f"only in {clusters_in_words(names)}" if names else ""

    def node_count(self, pool: str) -> int:
        """Return how many nodes a pool has, or 0 if that is not known.

        The Nodes in the input count if the status of the pool tells of no other number, or if the
        configuration says that they are complete.
        """
        count, found = self.nodes.count(pool), self.pools.find(pool)
        is_sure = found is not None and found.node_count in (None, 0, count)
        return count if is_sure or self.nodes.is_complete else 0


_MOST_NAMED = 5
"""The most clusters that a message names."""


def clusters_in_words(names: Sequence[str]) -> str:
    """Return `cluster a`, or `clusters a, b and 3 more`; an empty name stands for no cluster."""
    plain = [name for name in names if name]
    outside = ["files that belong to no cluster"] if len(plain) < len(names) else []
    if not plain:
        return "files that belong to no cluster"
    shown, more = plain[:_MOST_NAMED], len(plain) - _MOST_NAMED
    text = f"cluster{'s' if len(plain) > 1 else ''} {', '.join(shown)}"
    text += f" and {more} more" if more > 0 else ""
    return " and ".join([text, *outside])


class KustomizationUsage(NamedTuple):
    """How kustomizations in the input build a file (without `roots`, none does).

    `roots` are the numbers of the outermost ones that build it. `moves`: any that builds it sets a
    namespace; `renames`: any sets a prefix or suffix of names. `is_left_out`: there is one in its
    folder that does not list it. `listed_by` are those that list the file itself, and what deploys
    it, as `PatchedSources` numbers them.
    """

    roots: tuple[int, ...] = ()
    moves: bool = False
    renames: bool = False
    is_left_out: bool = False
    listed_by: tuple[int, ...] = ()


NOT_LISTED = KustomizationUsage()
"""The usage of a file that no kustomization builds or leaves out."""


class PatchedSource(NamedTuple):
    """What becomes of one object: `patches` are the files of the patches that it gets in any build,
    `handled` the rules that our own transformer leaves nothing to report for, in all builds.

    `namespaces` are those that it gets in the builds (none: it stays in its own). `is_renamed`: its
    name changes in any. `not_built` are those of `patches` that no build applies. `deciding` are
    the files of the patches that decide, or may decide, where its pods run.
    """

    patches: tuple[str, ...] = ()
    handled: frozenset[str] = frozenset()
    namespaces: tuple[str, ...] = ()
    is_renamed: bool = False
    not_built: tuple[str, ...] = ()
    deciding: tuple[str, ...] = ()

    def refs(self, ref: ObjectRef) -> tuple[ObjectRef, ...]:
        """Return an object's identity in each namespace that it gets."""
        return tuple(ref._replace(namespace=one) for one in self.namespaces) or (ref,)


AS_IT_IS = PatchedSource()
"""The build of an object that no kustomization changes."""


Subject: TypeAlias = Literal["pools", "nodes", "workloads", "services"]
"""What an object is to validation rules; a workload is one with pod templates."""


@dataclass(frozen=True)
class RuleContext:
    """One object to check. `document_value` is the plain value of the document that holds it.

    `is_patch`: its file is named as a patch by a kustomization. `planned`: what the transform rules
    plan, by rule id (set when validation rules look at it). `before`: the same object in the old
    state, if it exists there; of Nodes, Pods and Jobs only what rules compare (`manifest.former`).
    `template_comment`: the comment that shows that the document is a template (empty: none does).
    `is_named`: the user named its file, or it is standard input. `usage`: how kustomizations in the
    input build its file. `in_no_cluster`: there are clusters, but its file belongs to none, so it
    is checked in each. `deciding` are the files of the patches that may decide where its pods run.
    `off` are the validation rules that report nothing, so that others need not leave it to them.
    """

    manifest: Manifest
    templates: tuple[PodTemplate, ...]
    cluster: ClusterContext
    document_value: Any = None
    is_patch: bool = False
    planned: Mapping[str, Sequence[Operation]] = field(default_factory=dict)
    before: Manifest | None = None
    template_comment: str = ""
    is_named: bool = True
    usage: KustomizationUsage = NOT_LISTED
    in_no_cluster: bool = False
    deciding: tuple[str, ...] = ()
    off: frozenset[str] = frozenset()

    @cached_property
    def placed(self) -> "tuple[Placed, ...]":
        """The workload copies, with where each can be scheduled.

        None if the pods are static, or if there are none.

        Raises:
            PoolsNeeded: it depends on pools that later input may contain.
        """
        return tuple(one for one in self._placed if one.copy.is_certain)

    @cached_property
    def checked(self) -> "tuple[Placed, ...]":
        """The workload copies that validation rules look at: none if a controller owns the object,
        because what is wrong with it is reported of its owner.
        """
        return () if self.controller is not None else self.placed

    @property
    def all_placed(self) -> "tuple[Placed, ...]":
        """The same, and those of which it is not certain what they are."""
        return () if self.controller is not None else self._placed

    @property
    def undecided(self) -> set[str]:
        """For want of what it is unknown whether copies run on host-network pools."""
        known = (one for one in self.all_placed if not self.is_for_another_cluster(one))
        return {one.undecided for one in known if one.undecided}

    def is_for_another_cluster(self, one: "Placed") -> bool:
        """Whether a copy selects pools that only others have, and may be meant for these."""
        missing = one.schedule.missing
        is_elsewhere = all(self.cluster.known_in.get(name) for name in missing)
        return self.in_no_cluster and bool(missing) and is_elsewhere

    @cached_property
    def _placed(self) -> "tuple[Placed, ...]":
        if not self.templates or self.is_static or not self.makes_pods:
            return ()
        from transformer.placement.placed import placed  # most runs of `transform` ask for none

        return placed(self.manifest, self.templates, self.cluster.pools, self.cluster.nodes)

    @property
    def pinned(self) -> "list[Placed]":
        """The workload copies that can run on host-network pools only."""
        return [one for one in self.placed if one.pinned_to]

    @cached_property
    def on_host_network(self) -> "list[Placed]":
        """The workload copies that have pods on host-network pools."""
        return [one for one in self.checked if one.runs_on]

    @cached_property
    def perhaps_on_host_network(self) -> "list[Placed]":
        """The other workload copies that may have pods there: no rule reports which names these
        look up, but they break, or would with the network of the host (see `looks_up_on`).
        """
        return [one for one in self.checked if one.can_land and not one.runs_on]

    def source(self, placed: "Placed") -> PodTemplate:
        """Return the pod template as the object has it of which `placed` is a copy."""
        return next(
            template for template in self.templates if template.pointer == placed.template.pointer
        )

    def broken_by(self, rule: str, *, running: bool = False) -> "dict[Break, list[Placed]]":
        """Return what a rule finds on host-network pools, each with the copies that it breaks.

        `running`: only copies that have pods there.
        """
        found: dict[Break, list[Placed]] = {}
        for copy, one in self._breaks:
            if one.rule == rule and (copy.runs_on or not running):
                found.setdefault(one, []).append(copy)
        return found

    def breaks(self, copy: "Placed") -> "Iterator[Break]":
        """Yield what breaks the pods of a workload copy where they land on host-network pools."""
        from transformer.placement.breaks import breaks

        return breaks(copy, self.source(copy), self._level, self.cluster.node_count)

    def breaks_anywhere(self, copy: "Placed") -> "Iterator[Break]":
        """Yield what breaks the pods of a workload copy on nodes of any pool."""
        from transformer.placement.breaks import breaks_anywhere

        return breaks_anywhere(copy, self.source(copy), self._level)

    @property
    def _level(self) -> str:
        """The level of Pod Security that the namespace of the object enforces."""
        return self.cluster.namespaces.get(self.manifest.ref.namespace, "")

    @cached_property
    def _breaks(self) -> "list[tuple[Placed, Break]]":
        return [(copy, one) for copy in self.checked for one in self.breaks(copy)]

    @cached_property
    def subjects(self) -> frozenset[Subject]:
        """What the object is to validation rules; nothing if it is none of these."""
        manifest = self.manifest
        found: dict[Subject, bool] = {
            "pools": is_pool(manifest),
            "nodes": is_node(manifest),
            "workloads": bool(self.templates),
            "services": is_service(manifest),
        }
        return frozenset(subject for subject, is_one in found.items() if is_one)

    @property
    def controller(self) -> str | None:
        """The controller that owns the object, if any."""
        return controller_of(self.manifest)

    @property
    def makes_pods(self) -> bool:
        """Whether the templates of the object are those of pods that run, or are to run."""
        ref, phase = self.manifest.ref, mapping_at(self.manifest.value, "status").get("phase")
        is_over = ref.kind == "Pod" and phase in ("Succeeded", "Failed")
        is_template = (ref.group, ref.kind) == ("", "PodTemplate")
        return not (is_over or is_template)

    @property
    def is_static(self) -> bool:
        """Whether the pods bypass the scheduler: YurtStaticSet, and mirror pods."""
        return _MIRROR in self.manifest.annotations or any(
            template.is_static for template in self.templates
        )


_MIRROR = "kubernetes.io/config.mirror"
