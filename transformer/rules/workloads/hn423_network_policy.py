"""HN423: a NetworkPolicy selects pods on host-network nodes, where nothing enforces it.

The network plugin of a node enforces NetworkPolicies. The nodes of a host-network pool have none,
and pods on the network of the host are outside of most plugins' reach anyway: the policy is stored,
but all traffic passes. Pods that run on host-network pools only are counted, and DaemonSets that
run there too.

Bad, where `hangzhou` is a host-network pool:

    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: deny, namespace: edge}
    spec: {podSelector: {matchLabels: {app: collector}}, policyTypes: [Ingress]}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: collector, namespace: edge}
    spec:
      template:
        metadata: {labels: {app: collector}}
        spec:
          hostNetwork: true
          nodeSelector: {apps.openyurt.io/nodepool: hangzhou}
          containers: [{name: collector, image: "collector:1"}]

Fix: filter the traffic on the nodes themselves or in front of them (a host firewall, the site's
network), and do not count on the policy there.

Source: OpenYurt, documentation of host-network NodePools, "Pod Network Limitations on Host Network
Nodes"; Kubernetes documentation, Network Policies.
"""

from collections.abc import Iterable, Iterator

from transformer.findings import Violation
from transformer.kubernetes.objects import Manifest
from transformer.placement.node_match import NodeLabels, match_selector
from transformer.placement.truth import Truth
from transformer.rules.base import (
    Conclusion,
    LocatedObservation,
    Observation,
    ValidationRule,
    patches_of,
)
from transformer.rules.context import RuleContext

_POLICY, _PODS = "policy", "pods"


def collect(context: RuleContext) -> Iterator[Observation]:
    manifest = context.manifest
    namespace = manifest.ref.namespace
    if _is_policy(manifest):
        yield Observation(namespace, "/spec/podSelector", (_POLICY, manifest.spec["podSelector"]))
    for placed in context.checked:
        if placed.pinned_to or (placed.is_daemon_set and placed.lands_on):
            labels = {
                key: value
                for key, value in placed.template.labels.items()
                if isinstance(value, str)
            }
            yield Observation(namespace, placed.template.pointer, (_PODS, labels))


def _is_policy(manifest: Manifest) -> bool:
    ref = manifest.ref
    return (ref.group, ref.kind) == ("networking.k8s.io", "NetworkPolicy") and isinstance(
        manifest.spec.get("podSelector"), dict
    )


def finalize(observations: Iterable[LocatedObservation]) -> Iterator[Conclusion]:
    policies: list[LocatedObservation] = []
    pods: list[LocatedObservation] = []
    for located in observations:
        (policies if located.value[0] == _POLICY else pods).append(located)
    for policy in policies:
        found = [one for one in pods if _selects(policy.value[1], one.value[1])]
        # Those without patches, if there are any: only these are sure to run there.
        found = [one for one in found if not one.patches] or found
        objects = list(dict.fromkeys(one.object for one in found))
        if objects:
            others = f" and {len(objects) - 1} more" if len(objects) > 1 else ""
            yield (
                policy,
                Violation(
                    policy.place.pointer,
                    f"the policy selects pods of {objects[0]}{others} on host-network pools, where"
                    " no network plugin enforces it",
                    hint="filter the traffic on the nodes or in front of them",
                    patches=patches_of(found),
                ),
            )


def _selects(selector: object, labels: dict[str, str]) -> bool:
    return match_selector(selector, NodeLabels(labels, is_complete=True)) is Truth.TRUE


RULE = ValidationRule(
    "HN423",
    "a NetworkPolicy on host-network nodes",
    "info",
    needs=("workloads", "pools"),
    collect=collect,
    finalize=finalize,
    as_built=True,
)
