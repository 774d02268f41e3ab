"""HN313: a node's pool is not in the input.

The Node webhook refuses a node whose NodePool does not exist, and it is unknown whether the node
needs the hostnetwork label. The node is not changed. If the pool is in another cluster of the
configuration only, the finding names that cluster. The rule also reports a node if two different
NodePools in the input have the name of its pool, and a NodePool that conflicts with the one from
`--pools` or `pools` in the configuration: only one of the two is host-network.

Bad, with no NodePool `hangzhou` anywhere:

    apiVersion: v1
    kind: Node
    metadata:
      name: edge-1
      labels: {apps.openyurt.io/nodepool: hangzhou}

Fix: add the NodePool to the input, or name its file with `--pools`.

Source: OpenYurt `NodeHandler.Default`, pkg/yurtmanager/webhook/node/v1/node_default.go.
"""

from collections.abc import Iterator

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.nodes import is_node, pool_label, pool_name
from transformer.kubernetes.placeholders import is_placeholder
from transformer.kubernetes.pools import is_pool, pool_of
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    manifest, pools = context.manifest, context.cluster.pools
    if is_pool(manifest) and pools.contradicts_given(pool_of(manifest)):
        yield Violation(
            "/metadata/name",
            f"NodePool {manifest.ref.name} conflicts with the one from --pools or `pools` in the"
            " configuration: only one of them is host-network",
            hint="keep one, or separate the clusters with `clusters` in the configuration",
        )
    if not is_node(manifest) or not (name := pool_name(manifest)) or is_placeholder(name):
        return
    if pools.find(name) is not None:
        return
    at = pointer.join("/metadata/labels", pool_label(manifest))
    if pools.is_ambiguous(name):
        yield Violation(
            at,
            f"node {manifest.ref.name} is in pool {name}, and there are different NodePools {name}",
            hint="keep one, or separate the clusters with `clusters` in the configuration",
        )
    else:
        elsewhere = context.cluster.pool_elsewhere(name)
        hint = "add the NodePool to the input, or name its file with --pools"
        if elsewhere:
            hint = "add the NodePool to this cluster, or correct the name or `clusters`"
        where = f"is {elsewhere}" if elsewhere else "is not in the input"
        message = f"node {manifest.ref.name} is in pool {name}, which {where}"
        yield Violation(at, message, hint=hint)


RULE = ValidationRule(
    "HN313",
    "the node's pool is not in the input",
    "warning",
    check,
    ("nodes",),
    "always",
    on=("pools", "nodes"),
)
