"""HN302: a node's nodepool label is removed.

Removing the label `apps.openyurt.io/nodepool` is not a supported way to leave a pool: what the pool
has set on the node stays, and so does the setup of its network. The older label
`apps.openyurt.io/desired-nodepool` counts as well: the webhook, and `transform`, copy it.

Bad:

    # before
    apiVersion: v1
    kind: Node
    metadata:
      name: edge-1
      labels: {apps.openyurt.io/nodepool: hangzhou}
    ---
    # now
    apiVersion: v1
    kind: Node
    metadata:
      name: edge-1
      labels: {}

Fix: keep the label; to take the node out of the pool, reset it and join it again.

Source: OpenYurt, documentation of host-network NodePools, "Node Cannot Be Moved Between Standard
and Host Network NodePools" and FAQ.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.kubernetes.nodes import is_node, label_change, label_place, pool_label, pool_name
from transformer.rules.base import RuleContext, ValidationRule


def check(context: RuleContext) -> Iterator[Violation]:
    manifest, before = context.manifest, context.before
    if before is None or not is_node(manifest) or pool_name(manifest):
        return
    label = pool_label(before)
    change = label_change(before, manifest, label)
    if change is not None:
        state = "gone" if change[1] is None else "empty"
        yield Violation(
            label_place(manifest, label),
            f"node {manifest.ref.name} was in pool {change[0]}, and the label {label} is {state};"
            " this is not a supported way to leave a pool",
            hint="keep the label, or reset the node and join it again",
        )


RULE = ValidationRule(
    "HN302", "a node's nodepool label is removed", "warning", check, ("nodes", "old")
)
