"""HN304: a node moves between a standard and a host-network pool.

The network of a node is set up when the node joins. The Node webhook refuses to change its nodepool
label, and bypassing the webhook does not help: a node that leaves a host-network pool has no CNI,
and a node that moves into one keeps its network setup.

Bad, where `hangzhou` is a host-network pool and `shanghai` is not:

    # before
    apiVersion: v1
    kind: Node
    metadata:
      name: edge-1
      labels: {apps.openyurt.io/nodepool: shanghai}
    ---
    # now
    apiVersion: v1
    kind: Node
    metadata:
      name: edge-1
      labels: {apps.openyurt.io/nodepool: hangzhou}

Fix: reset the node, and join it to the other pool.

Source: OpenYurt, documentation of host-network NodePools, "Node Cannot Be Moved Between Standard
and Host Network NodePools"; `validateNodeUpdate`, pkg/yurtmanager/webhook/node/v1/
node_validation.go.
"""

from collections.abc import Iterator

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.nodes import moved, network_mode_changes, pool_label
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    move, pools = moved(context.before, context.manifest), context.cluster.pools
    if move is None or not network_mode_changes(move, pools, context.cluster.former_pools):
        return
    old, new = move
    pool = pools.find(new)
    sorts = "standard", "host-network"
    if pool is not None and not pool.is_meant_host_network:
        sorts = "host-network", "standard"
    yield Violation(
        pointer.join("/metadata/labels", pool_label(context.manifest)),
        f"node {context.manifest.ref.name} moves from the {sorts[0]} pool {old} to the {sorts[1]}"
        f" pool {new}; its network was set up when it joined",
        hint="reset the node, and join it to the other pool",
    )


RULE = ValidationRule(
    "HN304",
    "a node moves between a standard and a host-network pool",
    "error",
    check,
    ("nodes", "pools", "old"),
    on=("nodes",),
)
