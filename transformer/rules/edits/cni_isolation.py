"""Keep cluster-network components off host-network nodes.

Flannel, kube-proxy, CoreDNS and similar components serve pods on the pod network; on a node where
all pods use the host's network, they only use resources. No webhook guards them, so the pod
template of each one gets a node affinity requirement. A catalog (docs/cni-catalog.md) lists these
workloads, which are recognized by kind and name and at least one more sign. The configuration
extends the catalog, and the annotation `transform.hostnet.io/cni: "true"` or `"false"` on a
workload or its pod template decides for that workload.

Before:

    kind: DaemonSet
    metadata: {name: kube-proxy, namespace: kube-system}
    spec:
      template:
        spec:
          containers: [...]

After, in the pod template's spec:

    affinity:
      nodeAffinity:
        requiredDuringSchedulingIgnoredDuringExecution:
          nodeSelectorTerms:
          - matchExpressions:
            - key: nodepool.openyurt.io/hostnetwork
              operator: NotIn
              values:
              - "true"

Source: OpenYurt, documentation of host-network NodePools, "Prerequisites"; the edit is that of
`PodHandler.Default`, pkg/yurtmanager/webhook/pod/v1alpha1/pod_default.go.
"""

from transformer.kubernetes.node_affinity import add_guards
from transformer.kubernetes.well_known import CNI_ANNOTATION
from transformer.operations import Operation
from transformer.rules.base import TransformRule
from transformer.rules.components import choice_for, component_of, is_component
from transformer.rules.context import RuleContext


def plan(context: RuleContext) -> list[Operation]:
    return list(add_guards(one for one in context.templates if is_component(context, one)))


def reason(context: RuleContext) -> str:
    names = []
    for template in context.templates:
        component = component_of(context, template)
        if choice_for(context, template) == "true":
            names.append(f"annotated {CNI_ANNOTATION}")
        elif component is not None:
            names.append(f"recognized as {component.id}")
    return ", ".join(dict.fromkeys(names))


RULE = TransformRule(
    "cni-isolation",
    "keep cluster-network components off host-network nodes",
    frozenset({"components", "annotated"}),
    plan,
    reason,
    suppressed_with=("HN406",),
)
