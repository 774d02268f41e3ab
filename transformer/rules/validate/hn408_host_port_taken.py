"""HN408: two workloads want the same port of the same nodes.

On a host-network node pods share the ports of the node: with `hostNetwork: true` every container
port is a port of the host. Where two workloads are pinned to a common pool and want one port, one
protocol and an overlapping host address, the second pod on a node stays pending or fails to bind.
That is certain, and an error, where both are DaemonSets, where the pool has one node in the input
and both are sure to run there, and within one pod; otherwise it is a warning. Nothing is said where
their node selectors keep them apart (`kubernetes.io/arch`, for example), and nothing of pods that a
controller has made.

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
from transformer.manifest.apart import Demands, are_apart, demands
from transformer.manifest.ports import host_ports, overlap
from transformer.rules.base import Fact, Sighting, Subject, ValidationRule
from transformer.rules.exempt import controller_owner
from transformer.rules.pinned import pinned_to, pool_words


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
    if controller_owner(subject) is not None:
        return  # a copy of what its owner wants
    for template in subject.templates:
        is_on_host = template.spec.get("hostNetwork") is True
        ports = list(host_ports(template, host_network=is_on_host))
        pools = pinned_to(subject, template) if ports else ()
        if not pools:
            continue
        is_daemon_set = subject.manifest.ref.kind == "DaemonSet"
        is_in_each = is_daemon_set or template.selection is not None or len(pools) == 1
        single = tuple(
            pool for pool in pools if is_in_each and subject.world.pool_sizes.get(pool) == 1
        )
        wanted = demands(template)
        for port in ports:
            value = (port.ip, pools, single, is_daemon_set, wanted, template.pointer)
            yield Fact(f"{port.protocol} {port.host}", port.pointer, value)


def conclude(sightings: Sequence[Sighting]) -> Iterator[tuple[Sighting, Violation]]:
    """Yield for each sighting the first one before it that it collides with.

    Those before are looked up by pool: many pools may well use one port each.
    """
    earlier: dict[str, list[tuple[int, Sighting]]] = {}
    for index, later in enumerate(sightings):
        pools = _Claim(*later.value).pools
        found = [_first_collision(earlier.get(pool, ()), later) for pool in pools]
        if collisions := [collision for collision in found if collision is not None]:
            yield later, min(collisions, key=itemgetter(0))[1]
        for pool in pools:
            earlier.setdefault(pool, []).append((index, later))


def _first_collision(
    earlier: Iterable[tuple[int, Sighting]], later: Sighting
) -> tuple[int, Violation] | None:
    """Return the first of those before in a common pool that `later` collides with, and how."""
    for index, first in earlier:
        if (violation := _collision(first, later)) is not None:
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
