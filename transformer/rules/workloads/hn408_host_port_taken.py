"""HN408: two workloads need the same port of the same nodes.

On a host-network node pods share the ports of the node: with `hostNetwork: true` every container
port is a port of the host. If two workloads run on a common pool (they are pinned to it, or are
DaemonSets that have a pod on each node) and need the same port and protocol on an overlapping host
address, the second pod on a node stays pending or fails to bind.
This is certain, and an error, if both are DaemonSets that every node of their pools takes, if the
pool has one node in the input and both are sure to run there, and within one pod; otherwise it is a
warning. Nothing is reported if
their node selectors keep them apart (`kubernetes.io/arch`, for example) or a pool's taints keep one
of them off, nor for pods that a controller has created and workloads with no replicas.

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
from transformer.placement.port_claims import Claim, collisions
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
            value = (*facts, template.pointer, placed.copy.pool)
            yield Observation(f"{port.protocol} {port.host}", port.pointer, value)


def finalize(observations: Iterable[LocatedObservation]) -> Iterator[Conclusion]:
    every = list(observations)
    claims = [_claim(located) for located in every]
    for index, before, is_certain in collisions(claims):
        claim, other = claims[index], claims[before]
        first, later = every[before], every[index]
        common = tuple(pool for pool in other.pools if pool in claim.pools)
        if claim.pod == other.pod:
            message = f"the port is already used by the same pod, in line {first.place.line}"
        else:
            place = f"{first.place.file}:{first.place.line}"
            message = (
                f"the port is already used by {first.object} ({place}), which runs on"
                f" {pool_words(common)} too"
            )
        hint = "give one of them another port, or pin it to another pool"
        severity: Severity = "error" if is_certain else "warning"
        *_, template, copy = later.value
        yield (
            later,
            Violation(
                later.place.pointer,
                message,
                hint,
                severity,
                patches=first.patches,
                affected=(affected(later, template, copy, common),),
            ),
        )


def _claim(located: LocatedObservation) -> Claim:
    *facts, template, _ = located.value
    ref, place = located.object, located.place
    owner = (ref.group, ref.kind, ref.namespace, ref.name)
    return Claim(owner, (place.file, place.document, place.item, template), *facts)


RULE = ValidationRule(
    "HN408",
    "two workloads need the same host port",
    "error",
    needs=("workloads", "pools"),
    collect=collect,
    finalize=finalize,
    on=("workloads",),
    places=True,
)
