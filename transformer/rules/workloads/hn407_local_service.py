"""HN407: a Service needs kube-proxy on nodes that have none.

With `externalTrafficPolicy: Local` or `internalTrafficPolicy: Local` the node that a pod runs on
routes the traffic to it, which is the task of kube-proxy. All pods of this Service run on
host-network pools, where there is no kube-proxy: no traffic ever reaches them. (A Service without
these policies still works for clients on standard nodes.)

Bad, where `hangzhou` is a host-network pool:

    apiVersion: v1
    kind: Service
    metadata: {name: collector}
    spec:
      selector: {app: collector}
      internalTrafficPolicy: Local
      ports: [{port: 80}]
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: collector
      labels: {app: collector}
    spec:
      hostNetwork: true
      nodeSelector: {apps.openyurt.io/nodepool: hangzhou}
      containers: [{name: collector, image: "collector:1"}]

Fix: set the policy to `Cluster`, or connect to the pods at the address of their node.

Source: OpenYurt, documentation of host-network NodePools, "Pod Network Limitations on Host Network
Nodes"; Kubernetes documentation, traffic policies of Services.
"""

from collections.abc import Iterable, Iterator

from transformer.findings import Violation
from transformer.kubernetes.services import local_policies, local_service
from transformer.rules.base import (
    Conclusion,
    LocatedObservation,
    Observation,
    ValidationRule,
    patches_of,
)
from transformer.rules.context import RuleContext

_POLICY, _PINNED, _ELSEWHERE = "policy", "pinned", "elsewhere"


def collect(context: RuleContext) -> Iterator[Observation]:
    manifest = context.manifest
    namespace = manifest.ref.namespace
    if local_service(manifest) is not None:
        for field in local_policies(manifest):
            yield Observation(f"{namespace}/{manifest.ref.name}", f"/spec/{field}", _POLICY)
    services = context.cluster.services.get(namespace, ())
    for placed in context.checked if services else ():
        value = _PINNED if placed.pinned_to else _ELSEWHERE
        for service in services:
            if service.selects(placed.template.labels):
                yield Observation(f"{namespace}/{service.name}", placed.template.pointer, value)


def finalize(observations: Iterable[LocatedObservation]) -> Iterator[Conclusion]:
    every = list(observations)
    seen = {located.value for located in every}
    if _PINNED not in seen or _ELSEWHERE in seen:
        return
    pods = [located for located in every if located.value == _PINNED]
    for located in every:
        if located.value == _POLICY:
            field = located.place.pointer.rpartition("/")[2]
            yield (
                located,
                Violation(
                    located.place.pointer,
                    f"{field}: Local needs kube-proxy, but all pods of {located.object} run on"
                    " host-network pools, which have none",
                    hint="set it to Cluster, or connect to the pods at the address of their node",
                    patches=patches_of(pods),
                ),
            )


RULE = ValidationRule(
    "HN407",
    "a Service needs kube-proxy on host-network nodes",
    "warning",
    needs=("services", "workloads", "pools"),
    collect=collect,
    finalize=finalize,
    as_built=True,
    on=("services", "workloads"),
)
