"""Keep pods that need a pod network off host-network pools (off by default).

On a host-network node there is no CNI: a pod that needs a network of its own hangs in
ContainerCreating as soon as the scheduler puts it there. This rule looks for pod templates whose
pods can be scheduled to a host-network pool and break there (HN420, and HN411 for DaemonSets), and
that can run elsewhere too. It gives each the annotation that the webhook looks for, and the guard
that the webhook would add.

Nothing is changed if the pods use the host's network, if the template already has the annotation
with another value, if they can run on host-network pools only (HN401), or for YurtAppSets, whose
copies each run in the pool that they are for.

Nor is the source of a kustomization in the input changed if a patch decides where its pods run
(HN415).

Before, where the NodePool `hangzhou` is host-network and has no taint:

    kind: Deployment
    spec:
      template:
        metadata:
          labels: {app: web}
        spec:
          containers: [...]

After:

        metadata:
          labels: {app: web}
          annotations:
            apps.openyurt.io/exclude-host-network-pool: "true"
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

Source: OpenYurt, documentation of host-network NodePools, "Step 3: Exclude CNI-Dependent Pods from
Host Network Nodes".
"""

from transformer.kubernetes.entries import set_entries
from transformer.kubernetes.node_affinity import add_guards
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.well_known import EXCLUDE_ANNOTATION
from transformer.operations import Operation
from transformer.placement.placed import Placed, pool_words
from transformer.placement.truth import Truth
from transformer.rules.base import TransformRule
from transformer.rules.components import is_surely_component
from transformer.rules.context import RuleContext


def plan(context: RuleContext) -> list[Operation]:
    return [
        operation
        for placed in _breaking(context)
        for operation in (*_annotate(placed.template), *add_guards((placed.template,)))
    ]


def _breaking(context: RuleContext) -> list[Placed]:
    """Return the copies that can run on a host-network pool, break there, and can run elsewhere."""
    candidates = [
        template for template in context.templates if template.spec.get("hostNetwork") is not True
    ]
    return [
        placed
        for placed in (context.placed if candidates else ())
        if placed.is_on_host is Truth.FALSE
        and not placed.copy.pool
        and placed.lands_on
        and placed.runs_elsewhere
        and EXCLUDE_ANNOTATION not in placed.template.annotations
        and not is_surely_component(context, placed.template)
    ]


def _annotate(template: PodTemplate) -> list[Operation]:
    wanted = {EXCLUDE_ANNOTATION: "true"}
    return set_entries(template, "annotations", wanted, below=template.pointer)


def reason(context: RuleContext) -> str:
    pools = (one.pool for placed in _breaking(context) for one in placed.lands_on)
    return f"could be scheduled to {pool_words(pools)}"


RULE = TransformRule(
    "keep-off",
    "keep pods that need a pod network off host-network pools",
    frozenset({"templates"}),
    plan,
    reason,
    suppressed_with=("HN411", "HN420"),
)
