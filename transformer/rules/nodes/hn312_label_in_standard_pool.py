"""HN312: a node is labelled host-network, and its pool is not.

With the label `nodepool.openyurt.io/hostnetwork: "true"` network components and guarded pods stay
off the node, though its pool is a standard one and its pods need them. Once it is set, the cluster
refuses to take the label off again (HN303).

Bad, where `shanghai` is a standard pool:

    apiVersion: v1
    kind: Node
    metadata:
      name: edge-1
      labels:
        apps.openyurt.io/nodepool: shanghai
        nodepool.openyurt.io/hostnetwork: "true"

Mend it: take the label away if the node is not in the cluster yet; else reset the node and join it
to the pool that it is meant for.

Source: OpenYurt `NodeHandler.Default`, pkg/yurtmanager/webhook/node/v1/node_default.go, sets the
label in host-network pools only.
"""

from collections.abc import Iterator

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.nodes import is_node, pool_name
from transformer.kubernetes.well_known import HOST_NETWORK_LABEL
from transformer.rules.base import RuleContext, ValidationRule


def check(context: RuleContext) -> Iterator[Violation]:
    manifest = context.manifest
    if not is_node(manifest) or manifest.labels.get(HOST_NETWORK_LABEL) != "true":
        return
    name = pool_name(manifest)
    pool = context.cluster.pools.find(name) if name else None
    if pool is not None and not pool.is_meant_host_network:
        yield Violation(
            pointer.join("/metadata/labels", HOST_NETWORK_LABEL),
            f"node {manifest.ref.name} is labelled host-network, and its pool {name} is a standard"
            " pool",
            hint=_advice(context),
        )


def _advice(context: RuleContext) -> str:
    """Return what to do; the cluster refuses to take a label off a node that has it (HN303)."""
    anew = "reset the node and join it again"
    if context.before is None:
        return f"take the label away if the node is not in the cluster yet, else {anew}"
    if context.before.labels.get(HOST_NETWORK_LABEL):
        return f"{anew}: once the label is set, the cluster refuses to take it off"
    return "take the label away"


RULE = ValidationRule(
    "HN312",
    "a node in a standard pool is labelled host-network",
    "error",
    check,
    needs=frozenset({"nodes", "pools"}),
)
