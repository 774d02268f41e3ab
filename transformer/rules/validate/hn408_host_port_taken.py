"""HN408: two workloads want the same port of the same nodes.

On a host-network node pods share the ports of the node: with `hostNetwork: true` every container
port is a port of the host. Where two workloads are pinned to a common pool and want one port, one
protocol and an overlapping host address, the second pod on a node stays pending or fails to bind.
That is certain, and an error, where both are DaemonSets, where the pool has one node in the input
and both are sure to run there, and within one pod; otherwise it is a warning. Nothing is said where
their node selectors keep them apart (`kubernetes.io/arch`, for example) or a pool's taints keep one
of them off, nothing of pods that a controller has made, and of a workload with no replicas.

Bad, where both are pinned to the host-network pool `hangzhou`:

    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: one}
    spec:
      template:
        spec:
          hostNetwork: true
          nodeSelector: {apps.openyurt.io/nodepool: hangzhou}
          containers: [{name: one, image: "one:1", ports: [{containerPort: 9100}]}]
    ---
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: two}
    spec:
      template:
        spec:
          hostNetwork: true
          nodeSelector: {apps.openyurt.io/nodepool: hangzhou}
          containers: [{name: two, image: "two:1", ports: [{containerPort: 9100}]}]

Mend it: give one of them another port, or pin it to another pool.

Source: Kubernetes scheduler, plugin NodePorts; API server, defaults of hostPort for hostNetwork.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from transformer.findings import Violation
from transformer.manifest.apart import Demands, are_apart, demands, only_values
from transformer.manifest.names import POOL_LABEL
from transformer.manifest.pod_template import PodTemplate
from transformer.manifest.ports import host_ports, overlap
from transformer.manifest.tolerations import tolerates
from transformer.rules.base import Fact, Sighting, Subject, ValidationRule
from transformer.rules.exempt import controller_owner
from transformer.rules.pinned import pinned_to, pool_words

_COME_TO_AN_END = ("CronJob", "Job", "BroadcastJob", "AdvancedCronJob")
"""Kinds whose pods need not run at the same time as others."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a fact says of a port: its address, who wants it, and on which nodes.

    `pools` are those that the pods are pinned to, `single` those that have one node only, and pods
    for sure. `template` is the pointer of the pod template.
    """

    ip: str
    pools: tuple[str, ...]
    single: tuple[str, ...]
    is_daemon_set: bool
    wanted: Demands
    template: str


def gather(subject: Subject) -> Iterator[Fact]:
    manifest = subject.manifest
    if controller_owner(subject) is not None:
        return  # a copy of what its owner wants
    if manifest.ref.kind == "PodTemplate" or manifest.spec.get("replicas") == 0:
        return  # no pods
    for template in subject.templates:
        is_on_host = template.spec.get("hostNetwork") is True
        ports = list(host_ports(template, host_network=is_on_host))
        pools = _reached(subject, template) if ports else ()
        if not pools:
            continue
        is_daemon_set = manifest.ref.kind == "DaemonSet"
        is_in_each = is_daemon_set or template.selection is not None or len(pools) == 1
        is_in_each = is_in_each and manifest.ref.kind not in _COME_TO_AN_END
        single = tuple(
            pool for pool in pools if is_in_each and subject.world.pool_sizes.get(pool) == 1
        )
        wanted = demands(template)
        for port in ports:
            value = (port.ip, pools, single, is_daemon_set, wanted, template.pointer)
            yield Fact(f"{port.protocol} {port.host}", port.pointer, value)


def _reached(subject: Subject, template: PodTemplate) -> tuple[str, ...]:
    """Return the pools that the pods are pinned to, and whose taints they put up with."""
    pinned = pinned_to(subject, template)
    known = {pool.name: pool.taints for pool in subject.world.pools.named(pinned)}
    return tuple(name for name in pinned if tolerates(template, known.get(name, ())))


def conclude(sightings: Sequence[Sighting]) -> Iterator[tuple[Sighting, Violation]]:
    """Yield for each sighting the first one before it that it collides with.

    Those before are looked up by pool, and by the label by which most of them are told apart: many
    may well use one port, each in a pool or at a site of its own.
    """
    claims = [_Claim(*sighting.value) for sighting in sightings]
    label = _most_telling_label(claims)
    earlier: dict[tuple[str, str], list[int]] = {}
    for index, (claim, later) in enumerate(zip(claims, sightings, strict=True)):
        values = only_values(claim.wanted, label)
        found = []
        for pool in claim.pools:
            before = [earlier.get((pool, value), ()) for value in (_ANY, *(values or (_EACH,)))]
            found += [_first_collision(indexes, sightings, later) for indexes in before]
        if collisions := [collision for collision in found if collision is not None]:
            yield later, min(collisions, key=itemgetter(0))[1]
        for pool in claim.pools:
            for value in {*(values or (_ANY,)), _EACH}:
                earlier.setdefault((pool, value), []).append(index)


_ANY, _EACH = "\0any", "\0each"
"""No label's value: stand for claims that demand none of the label, and for all claims."""


def _most_telling_label(claims: Iterable[_Claim]) -> str:
    """Return the label of which the claims demand the most different values."""
    values: dict[str, set[str]] = {}
    for claim in claims:
        for key, operator, words in claim.wanted[0] if claim.wanted else ():
            if operator == "In" and key != POOL_LABEL:
                values.setdefault(key, set()).update(words)
    return max(values, key=lambda key: len(values[key]), default="")


def _first_collision(
    indexes: Iterable[int], sightings: Sequence[Sighting], later: Sighting
) -> tuple[int, Violation] | None:
    """Return the first of those before in a common pool that `later` collides with, and how."""
    for index in indexes:
        if (violation := _collision(sightings[index], later)) is not None:
            return index, violation
    return None


def _collision(first: Sighting, later: Sighting) -> Violation | None:
    """Return what there is to say of `later`, whose pods share a pool with those of `first`."""
    one, other = _Claim(*first.value), _Claim(*later.value)
    is_same_object = _place(first) == _place(later)
    if not is_same_object and _identity(first) == _identity(later):
        return None  # HN107
    if not overlap(one.ip, other.ip) or are_apart(one.wanted, other.wanted):
        return None
    if is_same_object and one.template == other.template:
        message = f"the port is taken already by the same pod, in line {first.line}"
        is_certain = True
    else:
        message = f"the port is taken already by {first.object} ({first.file}:{first.line}), which"
        common = [pool for pool in one.pools if pool in other.pools]
        message += f" is pinned to {pool_words(common)} too"
        are_daemon_sets = one.is_daemon_set and other.is_daemon_set
        is_certain = are_daemon_sets or bool({*one.single} & {*other.single})
    return Violation(
        later.pointer,
        message,
        hint="give one of them another port, or pin it to another pool",
        severity="error" if is_certain else "warning",
    )


def _place(sighting: Sighting) -> tuple[str, int, str]:
    return sighting.file, sighting.document, sighting.item


def _identity(sighting: Sighting) -> tuple[str, ...]:
    ref = sighting.object
    return ref.group, ref.kind, ref.namespace, ref.name


RULE = ValidationRule(
    "HN408",
    "two workloads want the same host port",
    "error",
    needs=frozenset({"workloads", "pools"}),
    gather=gather,
    conclude=conclude,
)
