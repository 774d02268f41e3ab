"""Label the nodes of host-network pools.

A Node whose pool has `hostNetwork: true` gets the label `nodepool.openyurt.io/hostnetwork: "true"`.
The label `apps.openyurt.io/nodepool` names the pool or, if it is absent or empty,
`apps.openyurt.io/desired-nodepool` does (then the first label is set as well). A label is never
removed. A Node whose pool is not in the input is not changed (HN313); a label with another value is
replaced and reported (HN303), because the cluster refuses that change on a live node.

Before:

    kind: Node
    metadata:
      name: edge-1
      labels:
        apps.openyurt.io/nodepool: hangzhou

After, where the NodePool `hangzhou` is host-network:

      labels:
        apps.openyurt.io/nodepool: hangzhou
        nodepool.openyurt.io/hostnetwork: "true"

Source: OpenYurt `NodeHandler.Default`, pkg/yurtmanager/webhook/node/v1/node_default.go.
"""

from transformer import pointer
from transformer.kubernetes.entries import set_entries
from transformer.kubernetes.nodes import is_node, pool_name
from transformer.kubernetes.placeholders import wrong_type
from transformer.kubernetes.well_known import DESIRED_POOL_LABEL, HOST_NETWORK_LABEL, POOL_LABEL
from transformer.operations import Operation
from transformer.rules.base import TransformRule
from transformer.rules.context import RuleContext


def plan(context: RuleContext) -> list[Operation]:
    manifest = context.manifest
    if not is_node(manifest):
        return []
    for label in (POOL_LABEL, DESIRED_POOL_LABEL):
        value = manifest.labels.get(label)
        if value is not None and not isinstance(value, str):
            raise wrong_type(pointer.join("/metadata/labels", label), value, "a string")
    if not (name := pool_name(manifest)):
        return []
    pool = context.cluster.pools.find(name)
    if pool is None or pool.loses_host_network:
        return []
    wanted = {POOL_LABEL: name} if not manifest.labels.get(POOL_LABEL) else {}
    former = context.cluster.former_pools.get(name)
    if pool.host_network and (former is None or former.host_network):  # else HN201
        wanted[HOST_NETWORK_LABEL] = "true"
    return set_entries(manifest, "labels", wanted)


def reason(context: RuleContext) -> str:
    return f"in pool {pool_name(context.manifest)}"


RULE = TransformRule(
    "node-label",
    "label the nodes of host-network pools",
    frozenset({"nodes"}),
    plan,
    reason,
    suppressed_with=("HN311",),
)
