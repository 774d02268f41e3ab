"""HN204: a NodePool is removed while nodes belong to it.

The NodePool webhook refuses to delete a pool that still has nodes. Members are the Nodes in the
input that name the pool, and those that the old manifest lists under `status.nodes`, unless their
own manifests are removed together with the pool or name another pool.

Bad:

    # before
    apiVersion: apps.openyurt.io/v1beta2
    kind: NodePool
    metadata: {name: hangzhou}
    spec: {type: Edge}
    ---
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
      labels: {apps.openyurt.io/nodepool: hangzhou}

Fix: remove the nodes first (reset them, and join them to another pool if you want to keep them).

Source: OpenYurt `validateNodePoolDeletion`, pkg/yurtmanager/webhook/nodepool/v1beta2/
nodepool_validation.go.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.kubernetes.objects import list_at
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext

_SHOWN = 3


def check_removed(context: RuleContext) -> Iterator[Violation]:
    name = context.manifest.ref.name
    if members := list(_members(context, name)):
        shown = ", ".join(members[:_SHOWN]) + (", ..." if len(members) > _SHOWN else "")
        belong = "node still belongs" if len(members) == 1 else "nodes still belong"
        yield Violation(
            "",
            f"NodePool {name} is removed, and {len(members)} {belong} to it ({shown}); the cluster"
            " refuses that",
            hint="remove its nodes first, or keep the pool",
        )


def _members(context: RuleContext, pool: str) -> Iterator[str]:
    """Yield the names of the nodes of `pool`: those of the input, then those of the old status."""
    cluster = context.cluster
    yield from (node for node, its_pool in cluster.nodes.pools.items() if its_pool == pool)
    listed = list_at(context.manifest.value.get("status"), "nodes")
    for name in dict.fromkeys(name for name in listed if isinstance(name, str)):
        is_gone = name in cluster.former_nodes and name not in cluster.nodes.pools
        if not is_gone and not cluster.nodes.pools.get(name):
            yield name


RULE = ValidationRule(
    "HN204",
    "a NodePool that has nodes is removed",
    "error",
    needs=("old",),
    check_removed=check_removed,
    on=("pools",),
)
