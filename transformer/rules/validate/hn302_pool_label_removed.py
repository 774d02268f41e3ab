"""HN302: a node's nodepool label is removed.

Taking the label `apps.openyurt.io/nodepool` off is no supported way to leave a pool: what the pool
has put on the node stays, and the setup of its network stays what it was.

Bad, where the node was in pool `hangzhou` before:

    apiVersion: v1
    kind: Node
    metadata:
      name: edge-1
      labels: {}

Mend it: keep the label; to take the node out of the pool, reset it and join it again.

Source: OpenYurt, documentation of host-network NodePools, "Node Cannot Be Moved Between Standard
and Host Network NodePools" and FAQ.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.manifest.names import POOL_LABEL
from transformer.manifest.nodes import is_node, label_change
from transformer.rules.base import Subject, ValidationRule
from transformer.yamltree import pointer


def check(subject: Subject) -> Iterator[Violation]:
    change = label_change(subject.before, subject.manifest, POOL_LABEL)
    if change is not None and is_node(subject.manifest) and not change[1]:
        yield Violation(
            pointer.join("/metadata/labels", POOL_LABEL),
            f"node {subject.manifest.ref.name} was in pool {change[0]}, and the label"
            f" {POOL_LABEL} is gone; that is no way to leave a pool",
            hint="keep the label, or reset the node and join it again",
        )


RULE = ValidationRule(
    "HN302",
    "a node's nodepool label is removed",
    "warning",
    check,
    needs=frozenset({"nodes", "old"}),
)
