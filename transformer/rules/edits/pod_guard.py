"""Keep annotated pods off host-network nodes.

A pod template with the annotation `apps.openyurt.io/exclude-host-network-pool: "true"` gets a node
affinity requirement. In a cluster, the Pod webhook does this when a pod is created, but it may fail
open; a manifest that contains the requirement does not depend on the webhook. The annotation must
be on the pod template: on the workload's own metadata it has no effect (HN402).

Node selector terms are ORed, so every term that lacks the exact requirement gets it, at the end of
its expressions; if there is no term, one is added. Nothing else is changed.

Before:

    metadata:
      annotations:
        apps.openyurt.io/exclude-host-network-pool: "true"
    spec:
      containers: [...]

After:

    spec:
      containers: [...]
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms:
            - matchExpressions:
              - key: nodepool.openyurt.io/hostnetwork
                operator: NotIn
                values:
                - "true"

Source: OpenYurt `PodHandler.Default`, pkg/yurtmanager/webhook/pod/v1alpha1/pod_default.go.
"""

from transformer.kubernetes.node_affinity import add_guards, asks_for_the_guard
from transformer.operations import Operation
from transformer.rules.base import TransformRule
from transformer.rules.context import RuleContext


def plan(context: RuleContext) -> list[Operation]:
    return list(add_guards(filter(asks_for_the_guard, context.templates)))


def reason(context: RuleContext) -> str:
    return "annotated exclude-host-network-pool"


RULE = TransformRule(
    "pod-guard",
    "keep annotated pods off host-network nodes",
    frozenset({"annotated"}),
    plan,
    reason,
    suppressed_with=("HN426",),
)
