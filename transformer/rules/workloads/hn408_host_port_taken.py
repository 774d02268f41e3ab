"""HN408: two workloads need the same port of the same nodes.

On a host-network node pods share the ports of the node: with `hostNetwork: true` every container
port is a port of the host. If two workloads are pinned to a common pool and need the same port and
protocol on an overlapping host address, the second pod on a node stays pending or fails to bind.
This is certain, and an error, if both are DaemonSets, if the pool has one node in the input and
both are sure to run there, and within one pod; otherwise it is a warning. Nothing is reported if
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

from collections.abc import Iterator, Sequence

from transformer.findings import Severity, Violation
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.ports import host_ports
from transformer.kubernetes.selection_overlap import demands
from transformer.kubernetes.tolerations import tolerates
from transformer.rules.base import (
    Conclusion,
    LocatedObservation,
    Observation,
    RuleContext,
    ValidationRule,
)
from transformer.rules.exempt import controller_owner
from transformer.rules.pinned import pinned_to, pool_words
from transformer.rules.port_claims import Claim, collisions

_COME_TO_AN_END = ("CronJob", "Job", "BroadcastJob", "AdvancedCronJob")
"""Kinds whose pods need not run at the same time as others."""


def collect(context: RuleContext) -> Iterator[Observation]:
    manifest = context.manifest
    if controller_owner(context) is not None:
        return  # a copy of what its owner needs
    if manifest.ref.kind == "PodTemplate" or manifest.spec.get("replicas") == 0:
        return  # no pods
    for template in context.templates:
        is_on_host = template.spec.get("hostNetwork") is True
        ports = list(host_ports(template, host_network=is_on_host))
        pools = _reached(context, template) if ports else ()
        if not pools:
            continue
        is_daemon_set = manifest.ref.kind == "DaemonSet"
        is_in_each = is_daemon_set or template.selection is not None or len(pools) == 1
        is_in_each = is_in_each and manifest.ref.kind not in _COME_TO_AN_END
        single = tuple(
            pool for pool in pools if is_in_each and context.cluster.pool_sizes.get(pool) == 1
        )
        wanted = demands(template)
        for port in ports:
            value = (port.ip, pools, single, is_daemon_set, wanted, template.pointer)
            yield Observation(f"{port.protocol} {port.host}", port.pointer, value)


def _reached(context: RuleContext, template: PodTemplate) -> tuple[str, ...]:
    """Return the pools that the pods are pinned to, and whose taints they tolerate."""
    pinned = pinned_to(context, template)
    known = {pool.name: pool.taints for pool in context.cluster.pools.named(pinned)}
    is_daemon_set = context.manifest.ref.kind == "DaemonSet"
    return tuple(
        name
        for name in pinned
        if tolerates(template, known.get(name, ()), is_daemon_set=is_daemon_set)
    )


def finalize(observations: Sequence[LocatedObservation]) -> Iterator[Conclusion]:
    claims = [_claim(located) for located in observations]
    for index, before, is_certain in collisions(claims):
        claim, other = claims[index], claims[before]
        first, later = observations[before], observations[index]
        if claim.pod == other.pod:
            message = f"the port is already used by the same pod, in line {first.place.line}"
        else:
            common = [pool for pool in other.pools if pool in claim.pools]
            place = f"{first.place.file}:{first.place.line}"
            message = (
                f"the port is already used by {first.object} ({place}), which is pinned to"
                f" {pool_words(common)} too"
            )
        hint = "give one of them another port, or pin it to another pool"
        severity: Severity = "error" if is_certain else "warning"
        yield later, Violation(later.place.pointer, message, hint, severity)


def _claim(located: LocatedObservation) -> Claim:
    *facts, template = located.value
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
)
