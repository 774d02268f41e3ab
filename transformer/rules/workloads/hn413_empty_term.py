"""HN413: an empty node selector term.

A term without expressions matches no node. Once the guard is added to it, as the webhook does, it
matches every standard node: the pod can then run where it could not before.

Bad:

    apiVersion: v1
    kind: Pod
    metadata: {name: collector}
    spec:
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms:
            - {}
      containers: [{name: collector, image: "collector:1"}]

Fix: remove the empty term, or specify which nodes it selects.

Source: Kubernetes API, `NodeSelectorTerm`; OpenYurt `PodHandler.Default`.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.kubernetes.node_affinity import empty_terms
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    for template in () if context.is_static else context.templates:
        for at in empty_terms(template):
            yield Violation(
                at,
                "an empty node selector term matches no node; with the guard in it, it matches"
                " every standard node",
                hint="remove the empty term, or specify which nodes it selects",
            )


RULE = ValidationRule(
    "HN413",
    "an empty node selector term",
    "warning",
    check,
    ("workloads",),
    "wanted",
    on=("workloads",),
)
