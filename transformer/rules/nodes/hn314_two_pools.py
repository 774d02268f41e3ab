"""HN314: a node's two pool labels differ.

`apps.openyurt.io/nodepool` says which pool a node is in. The older label
`apps.openyurt.io/desired-nodepool` is used only if that label is absent or empty; with another
value, it is misleading.

Bad:

    apiVersion: v1
    kind: Node
    metadata:
      name: edge-1
      labels:
        apps.openyurt.io/nodepool: hangzhou
        apps.openyurt.io/desired-nodepool: shanghai

Fix: remove the older label.

Source: OpenYurt `NodeHandler.Default`, pkg/yurtmanager/webhook/node/v1/node_default.go.
"""

from collections.abc import Iterator

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.well_known import DESIRED_POOL_LABEL, POOL_LABEL
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    labels = context.manifest.labels
    pool, desired = labels.get(POOL_LABEL), labels.get(DESIRED_POOL_LABEL)
    if not (isinstance(pool, str) and isinstance(desired, str)):
        return
    if pool and desired and pool != desired:
        yield Violation(
            pointer.join("/metadata/labels", DESIRED_POOL_LABEL),
            f"node {context.manifest.ref.name} is in pool {pool}, and {DESIRED_POOL_LABEL} says"
            f" {desired}, which has no effect",
            hint=f"remove the label {DESIRED_POOL_LABEL}",
        )


RULE = ValidationRule(
    "HN314", "a node's two pool labels differ", "warning", check, ("nodes",), on=("nodes",)
)
