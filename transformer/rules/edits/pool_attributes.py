"""Put a pool's labels, annotations and taints on its Node manifests (off by default).

This rule does to Node manifests what the nodepool controller does to nodes: `spec.labels` and
`spec.annotations` of the pool overwrite those of the node, and a taint of `spec.taints` is added
unless the node has one with the same key and effect. Nothing is removed. Labels that say which pool
a node belongs to are not copied, nor is the hostnetwork label of a host-network pool: the Node
webhook undoes or refuses such a change.

Before, with a pool that has `labels: {region: eu}`:

    kind: Node
    metadata:
      labels:
        apps.openyurt.io/nodepool: hangzhou

After:

      labels:
        apps.openyurt.io/nodepool: hangzhou
        region: eu

Source: OpenYurt `conciliateNode`, pkg/yurtmanager/controller/nodepool/nodepool_controller.go.
"""

from typing import Any

from transformer.errors import PatchError
from transformer.kubernetes.entries import set_entries
from transformer.kubernetes.nodes import is_node, pool_name
from transformer.kubernetes.placeholders import wrong_type
from transformer.kubernetes.pools import Pool
from transformer.kubernetes.well_known import DESIRED_POOL_LABEL, HOST_NETWORK_LABEL, POOL_LABEL
from transformer.operations import Operation
from transformer.rules.base import TransformRule
from transformer.rules.context import RuleContext


def plan(context: RuleContext) -> list[Operation]:
    manifest = context.manifest
    if not is_node(manifest) or not (name := pool_name(manifest)):
        return []
    pool = context.cluster.pools.find(name)
    if pool is None or pool.loses_host_network:
        return []
    if context.cluster.pools.differs(name):
        raise PatchError(
            f"NodePools named {name} put different labels, annotations or taints on their nodes",
            hint="keep one, or separate the clusters with `clusters` in the configuration",
        )
    return [
        *set_entries(manifest, "labels", _labels(pool)),
        *set_entries(manifest, "annotations", pool.annotations),
        *_add_taints(manifest.value.get("spec"), pool.taints),
    ]


def _labels(pool: Pool) -> dict[str, Any]:
    kept = (POOL_LABEL, DESIRED_POOL_LABEL, *([HOST_NETWORK_LABEL] if pool.host_network else ()))
    return {key: value for key, value in pool.labels.items() if key not in kept}


def _add_taints(spec: Any, taints: tuple[dict[str, Any], ...]) -> list[Operation]:
    if not taints:
        return []
    if spec is not None and not isinstance(spec, dict):
        raise wrong_type("/spec", spec, "a mapping")
    present = spec.get("taints") if spec is not None else None
    if present is not None and not isinstance(present, list):
        raise wrong_type("/spec/taints", present, "a list")
    known = {_identity(taint) for taint in present or () if isinstance(taint, dict)}
    missing = []
    for taint in taints:
        if _identity(taint) not in known:
            known.add(_identity(taint))
            missing.append(taint)
    if not missing:
        return []
    if spec is None:
        return [Operation("add", "/spec", {"taints": missing})]
    if present is None:
        return [Operation("add", "/spec/taints", missing)]
    return [Operation("add", "/spec/taints/-", taint) for taint in missing]


def _identity(taint: dict[str, Any]) -> tuple[str, str]:
    return repr(taint.get("key")), repr(taint.get("effect"))


def reason(context: RuleContext) -> str:
    return f"in pool {pool_name(context.manifest)}"


RULE = TransformRule(
    "pool-attributes",
    "put a pool's labels, annotations and taints on its nodes",
    frozenset({"nodes"}),
    plan,
    reason,
)
