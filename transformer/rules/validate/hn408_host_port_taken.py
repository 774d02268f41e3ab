"""HN408: two workloads want the same port of the same nodes.

On a host-network node pods share the ports of the node: with `hostNetwork: true` every container
port is a port of the host. Where two workloads are pinned to a common pool and want one port, one
protocol and an overlapping host address, the second pod on a node stays pending or fails to bind.
That is certain, and an error, where both are DaemonSets, where the pool has one node in the input,
and within one pod; otherwise it is a warning.

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

from collections.abc import Iterator, Sequence

from transformer.findings import Violation
from transformer.manifest.ports import host_ports, overlap
from transformer.manifest.scheduling import ANY_POOL
from transformer.rules.base import Fact, Sighting, Subject, ValidationRule
from transformer.rules.pinned import pinned_to, pool_words


def gather(subject: Subject) -> Iterator[Fact]:
    for template in subject.templates:
        is_on_host = template.spec.get("hostNetwork") is True
        ports = list(host_ports(template, host_network=is_on_host))
        pools = pinned_to(subject, template) if ports else ()
        if not pools:
            continue
        single = tuple(pool for pool in pools if _has_one_node(subject, pool))
        is_daemon_set = subject.manifest.ref.kind == "DaemonSet"
        for port in ports:
            value = (port.ip, pools, single, is_daemon_set, template.pointer)
            yield Fact(f"{port.protocol} {port.host}", port.pointer, value)


def _has_one_node(subject: Subject, pool: str) -> bool:
    return sum(its_pool == pool for its_pool in subject.world.nodes.values()) == 1


def conclude(sightings: Sequence[Sighting]) -> Iterator[tuple[Sighting, Violation]]:
    for index, later in enumerate(sightings):
        for first in sightings[:index]:
            if (violation := _collision(first, later)) is not None:
                yield later, violation
                break


def _collision(first: Sighting, later: Sighting) -> Violation | None:
    ip, pools, single, is_daemon_set, template = first.value
    other_ip, other_pools, _, other_is_daemon_set, other_template = later.value
    is_same_object = (first.file, first.document, first.item) == (
        later.file,
        later.document,
        later.item,
    )
    if not is_same_object and _identity(first) == _identity(later):
        return None  # HN107
    common = _common(pools, other_pools)
    if not common or not overlap(ip, other_ip):
        return None
    if is_same_object and template == other_template:
        message = f"the port is taken already by the same pod, in line {first.line}"
        is_certain = True
    else:
        message = f"the port is taken already by {first.object} ({first.file}:{first.line}), which"
        message += f" is pinned to {pool_words(common)} too"
        is_certain = (is_daemon_set and other_is_daemon_set) or any(
            pool in single for pool in common
        )
    return Violation(
        later.pointer,
        message,
        hint="give one of them another port, or pin it to another pool",
        severity="error" if is_certain else "warning",
    )


def _common(pools: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    if ANY_POOL in pools:
        return tuple(others)
    if ANY_POOL in others:
        return tuple(pools)
    return tuple(pool for pool in pools if pool in others)


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
