"""HN311: a node in a host-network pool lacks the hostnetwork label.

The Node webhook adds the label `nodepool.openyurt.io/hostnetwork: "true"` to such nodes, but it may
fail open while it is down. Without the label, nothing keeps network components and guarded pods off
the node. `transform` adds it.

Bad, where `hangzhou` is a host-network pool:

    apiVersion: v1
    kind: Node
    metadata:
      name: edge-1
      labels: {apps.openyurt.io/nodepool: hangzhou}

Fix: add the label, or run `hostnet-transform -w` or `validate --fix`. If the label has another
value, which cannot be replaced on a live node, HN303 is reported. If `hostNetwork` of the pool is
lost in the conversion, fix that first (HN106): once a node has the label, it cannot be removed.

Source: OpenYurt `NodeHandler.Default`, pkg/yurtmanager/webhook/node/v1/node_default.go.
"""

from collections.abc import Iterator

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.nodes import is_replaced, label_change, label_place, pool_name
from transformer.kubernetes.placeholders import is_placeholder
from transformer.kubernetes.well_known import HOST_NETWORK_LABEL
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext
from transformer.rules.exempt import is_encrypted


def check(context: RuleContext) -> Iterator[Violation]:
    manifest = context.manifest
    if not (name := pool_name(manifest)):
        return
    pool, label = context.cluster.pools.find(name), manifest.labels.get(HOST_NETWORK_LABEL)
    if pool is None or not pool.is_meant_host_network or label == "true":
        return
    if not (label is None or isinstance(label, str)):
        return  # HN101
    if is_placeholder(label):
        return  # HN428
    if is_encrypted(context) and _is_planned(context) and "HN417" not in context.off:
        return
    before = context.before
    is_change = label_change(before, manifest, HOST_NETWORK_LABEL) is not None
    is_wrong = _is_planned(context) and is_replaced(before, HOST_NETWORK_LABEL, label)
    if (is_change or is_wrong) and "HN303" not in context.off:
        return
    found = "lacks the label" if label is None else f"has the label with {label!r} instead of"
    do = "add it" if label is None else "set it"
    hint, built_hint = do, ""
    former = context.cluster.former_pools.get(name)
    if former is not None and not former.host_network:
        hint = "keep the NodePool a standard pool (HN201): no node can lose the label again"
    elif pool.loses_host_network:
        hint = f"fix the NodePool first (HN106), then {do}; `validate --fix` does both"
    elif _is_planned(context):
        hint, built_hint = f"{do}, or run `hostnet-transform -w` or `validate --fix`", do
    yield Violation(
        label_place(manifest, HOST_NETWORK_LABEL),
        f"node {manifest.ref.name} is in the host-network pool {name} and {found}"
        f' {HOST_NETWORK_LABEL}: "true"',
        hint,
        built_hint=built_hint,
    )


def _is_planned(context: RuleContext) -> bool:
    at = pointer.join("/metadata/labels", HOST_NETWORK_LABEL)
    return any(operation.path == at for plan in context.planned.values() for operation in plan)


RULE = ValidationRule(
    "HN311",
    "a node in a host-network pool lacks the label",
    "error",
    check,
    ("nodes", "pools"),
    on=("nodes",),
    compares=True,
)
