"""HN312: a node is labeled host-network, but its pool is a standard pool.

The label `nodepool.openyurt.io/hostnetwork: "true"` keeps network components and guarded pods off
the node, although its pool is a standard pool and its pods need them. Once the label is set, the
cluster refuses to remove it (HN303).

Bad, where `shanghai` is a standard pool:

    apiVersion: v1
    kind: Node
    metadata:
      name: edge-1
      labels:
        apps.openyurt.io/nodepool: shanghai
        nodepool.openyurt.io/hostnetwork: "true"

Fix: remove the label if the node is not in the cluster yet; otherwise reset the node and join it to
the intended pool.

Source: OpenYurt `NodeHandler.Default`, pkg/yurtmanager/webhook/node/v1/node_default.go, sets the
label in host-network pools only.
"""

from collections.abc import Iterator

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.nodes import pool_name
from transformer.kubernetes.well_known import HOST_NETWORK_LABEL
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    manifest = context.manifest
    if manifest.labels.get(HOST_NETWORK_LABEL) != "true":
        return
    name = pool_name(manifest)
    pool = context.cluster.pools.find(name) if name else None
    if pool is not None and not pool.is_meant_host_network:
        yield Violation(
            pointer.join("/metadata/labels", HOST_NETWORK_LABEL),
            f"node {manifest.ref.name} is labeled host-network, but its pool {name} is a standard"
            " pool",
            hint=_advice(context),
        )


def _advice(context: RuleContext) -> str:
    """Return what to do; the cluster refuses to remove the label from a node (HN303)."""
    reset = "reset the node and join it again"
    if context.before is None:
        return f"remove the label if the node is not in the cluster yet, otherwise {reset}"
    if context.before.labels.get(HOST_NETWORK_LABEL):
        return f"{reset}: once the label is set, the cluster refuses to remove it"
    return "remove the label"


RULE = ValidationRule(
    "HN312",
    "a node in a standard pool is labeled host-network",
    "error",
    check,
    ("nodes", "pools"),
    on=("nodes",),
)
