"""HN305: a node's edge-worker label cannot be changed, added or removed.

The label `openyurt.io/is-edge-worker` is set when the node joins, and the Node webhook refuses
every update that changes it.

Bad:

    # before
    apiVersion: v1
    kind: Node
    metadata:
      name: edge-1
      labels: {}
    ---
    # now
    apiVersion: v1
    kind: Node
    metadata:
      name: edge-1
      labels: {openyurt.io/is-edge-worker: "true"}

Fix: keep the label as it was; to change it, reset the node and join it again.

Source: OpenYurt `validateNodeUpdate`, pkg/yurtmanager/webhook/node/v1/node_validation.go.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.kubernetes.nodes import is_node, label_place
from transformer.kubernetes.well_known import EDGE_WORKER_LABEL
from transformer.rules.base import RuleContext, ValidationRule


def check(context: RuleContext) -> Iterator[Violation]:
    manifest, before = context.manifest, context.before
    if before is None or not is_node(manifest):
        return
    old, new = before.labels.get(EDGE_WORKER_LABEL), manifest.labels.get(EDGE_WORKER_LABEL)
    is_readable = all(value is None or isinstance(value, str) for value in (old, new))
    if is_readable and (old or "") != (new or ""):
        yield Violation(
            label_place(manifest, EDGE_WORKER_LABEL),
            f"the label {EDGE_WORKER_LABEL} of node {manifest.ref.name} was {_word(old)} and is now"
            f" {_word(new)}; the cluster refuses that",
            hint="keep the label as it was, or reset the node and join it again",
        )


def _word(value: object) -> str:
    return "absent" if value is None else repr(value)


RULE = ValidationRule(
    "HN305", "a node's edge-worker label changes", "error", check, ("nodes", "old")
)
