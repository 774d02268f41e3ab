"""HN301: a node cannot be moved to another pool by its label.

Once the label `apps.openyurt.io/nodepool` of a node is set, the Node webhook refuses an update that
changes it. If a manifest has only the older label `apps.openyurt.io/desired-nodepool`, that label
counts: the webhook, and `transform`, copy it. If one of the two pools is host-network and the other
is not, HN304 is reported instead.

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
      labels: {apps.openyurt.io/nodepool: shanghai}

Fix: keep the label; to move the node, reset it and join it to the other pool.

Source: OpenYurt `validateNodeUpdate`, pkg/yurtmanager/webhook/node/v1/node_validation.go.
"""

from collections.abc import Iterator

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.nodes import moved, network_mode_changes, pool_label
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    move = moved(context.before, context.manifest)
    if move is not None and not network_mode_changes(
        move, context.cluster.pools, context.cluster.former_pools
    ):
        yield Violation(
            pointer.join("/metadata/labels", pool_label(context.manifest)),
            f"node {context.manifest.ref.name} was in pool {move[0]} and is moved to {move[1]}; the"
            " cluster refuses that",
            hint="keep the label, or reset the node and join it to the other pool",
        )


RULE = ValidationRule(
    "HN301", "a node's nodepool label changes", "error", check, ("nodes", "old"), on=("nodes",)
)
