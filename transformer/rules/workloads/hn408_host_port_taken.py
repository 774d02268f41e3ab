"""HN408: two workloads need the same port of the same nodes.

On a host-network node pods share the ports of the node: with `hostNetwork: true` every container
port is a port of the host. If two workloads run on a common pool (they are pinned to it, or are
DaemonSets that have a pod on each node) and need the same port and protocol on an overlapping host
address, the second pod on a node stays pending or fails to bind.
This is certain, and an error, if both are DaemonSets that every node of their pools takes, or if
the pool has one node in the input and both are sure to run there; otherwise it is a warning.
Nothing is reported if their node selectors keep them apart (`kubernetes.io/arch`, for example) or a
pool's taints keep one of them off, nor for pods that a controller has created and workloads with no
replicas.

A port that one pod uses twice is an error wherever its pods can land on a host-network pool: the
API server refuses such a pod, or its containers fail to bind.

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

Fix: give one of them another port, or pin it to another pool.

Source: Kubernetes scheduler, plugin NodePorts; API server, defaults of hostPort for hostNetwork.
"""

from collections.abc import Iterable, Iterator

from transformer.findings import Severity, Violation
from transformer.kubernetes.ports import host_ports
from transformer.placement.placed import pool_words
from transformer.placement.port_claims import Claim, Collision, collisions
from transformer.placement.selection_overlap import demands
from transformer.placement.truth import Truth
from transformer.rules.base import (
    Conclusion,
    LocatedObservation,
    Observation,
    ValidationRule,
    affected,
)
from transformer.rules.context import RuleContext

_COME_TO_AN_END = ("CronJob", "Job", "BroadcastJob", "AdvancedCronJob")
"""Kinds whose pods need not run at the same time as others."""


def check(context: RuleContext) -> Iterator[Violation]:
    for one in context.broken_by("HN408"):
        yield Violation(one.pointer, one.message, hint=one.hint)


def collect(context: RuleContext) -> Iterator[Observation]:
    manifest = context.manifest
    for placed in context.on_host_network:
        template, pools = placed.template, placed.runs_on
        if placed.copy.workload.get("replicas") == 0:
            continue  # no pods
        is_on_host = placed.is_on_host is Truth.TRUE
        ports = list(host_ports(template, host_network=is_on_host))
        there = [one for one in placed.schedule.pools if one.pool in pools and one.is_host_network]
        is_in_each = placed.is_daemon_set or len(pools) == 1
        is_in_each = is_in_each and manifest.ref.kind not in _COME_TO_AN_END
        single = tuple(
            one.pool
            for one in there
            if is_in_each and context.cluster.node_count(one.pool) == one.fitting == 1
        )
        on_each_node = placed.is_daemon_set and all(one.everywhere for one in there)
        wanted = demands(template)
        for port in ports:
            facts = (port.ip, pools, single, on_each_node, wanted)
            name = f"{port.protocol} {port.host}"
            value = (*facts, name, template.pointer, placed.copy.pool)
            yield Observation(name, port.pointer, value)


def finalize(observations: Iterable[LocatedObservation]) -> Iterator[Conclusion]:
    every = list(observations)
    claims = [_claim(located) for located in every]
    broken: set[tuple[int, str, bool]] = set()
    """The claims of which it is said in which pool they collide, and whether for certain."""

    for found in collisions(claims):
        for one in found:
            first, later = every[one.earlier], every[one.claim]
            broken.update((one.claim, pool, one.is_certain) for pool in one.pools)
            message = _message(claims[one.earlier], claims[one.claim], first)
            cause = _needed_by(first)
            yield later, _violation(one, later, first, cause, message if one is found[0] else "")
            of_first = [(one.earlier, pool, one.is_certain) for pool in one.pools]
            left = [key for key in of_first if key not in broken]
            broken.update(left)
            if left:
                rest = one._replace(pools=tuple(pool for _, pool, _ in left))
                yield first, _violation(rest, first, later, _needed_by(later))


def _message(earlier: Claim, claim: Claim, first: LocatedObservation) -> str:
    common = pool_words(pool for pool in earlier.pools if pool in claim.pools)
    return f"the port is already used by {_named(first)}, which runs on {common} too"


def _needed_by(other: LocatedObservation) -> str:
    *_, port, _, _ = other.value
    return f"{_named(other)} needs the same port, {port}"


def _named(located: LocatedObservation) -> str:
    return f"{located.object} ({located.place.file}:{located.place.line})"


def _violation(
    found: Collision,
    located: LocatedObservation,
    other: LocatedObservation,
    cause: str,
    message: str = "",
) -> Violation:
    """Return what a collision breaks of the workload at `located`; it is reported if there is a
    message. Either workload breaks, because the pod that comes later gets no port.
    """
    severity: Severity = "error" if found.is_certain else "warning"
    *_, template, copy = located.value
    return Violation(
        located.place.pointer,
        message or cause,
        "give one of them another port, or pin it to another pool",
        severity,
        patches=other.patches,
        affected=(affected(located, template, copy, found.pools),),
        cause=cause,
        is_reported=bool(message),
        mentioned=(other.place,),
        other=str(other.object),
    )


def _claim(located: LocatedObservation) -> Claim:
    *facts, _, template, _ = located.value
    ref, place = located.object, located.place
    owner = (ref.group, ref.kind, ref.namespace, ref.name)
    return Claim(owner, (place.file, place.document, place.item, template), *facts)


RULE = ValidationRule(
    "HN408",
    "two workloads need the same host port",
    "error",
    check,
    ("workloads", "pools"),
    collect=collect,
    finalize=finalize,
    on=("workloads",),
    places=True,
)
