"""HN302: a node's nodepool label is removed.

The Node webhook of OpenYurt 1.7 allows it, and on an edge worker (a node with the label
`openyurt.io/is-edge-worker: "true"`) the conversion controller then *reverts* the node:

1. The node is cordoned. Its pods stay, new ones are not scheduled there.
2. The privileged Job `node-servant-conversion-NODE` in `kube-system` runs on the node. It points
   the kubelet at the API server again and restarts it, stops every container on the node (the
   kubelet starts them again, but not those with `restartPolicy: Never`; no PodDisruptionBudget is
   asked), and removes YurtHub with its cache.
3. If that succeeds, the label `openyurt.io/is-edge-worker` is removed and the node uncordoned. If
   not (after three retries), the node stays cordoned, and its condition `YurtNodeConversionFailed`
   is `True` with the reason `RevertFailed`. The controller starts again when the Job is gone, two
   hours later or when you delete it.

What the pool set on the node stays, and so does the label `nodepool.openyurt.io/hostnetwork`
(HN303): a node of a host-network pool must be reset before it can join a standard pool.

A node that is known to be no edge worker is not reported, unless it leaves a host-network pool, nor
is a node of a Cloud pool whose manifests leave the label out: OpenYurt converts nodes of Edge pools
only. If only the older label `apps.openyurt.io/desired-nodepool` named the pool, its removal
changes nothing in the cluster, and the rule says that.

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
      labels: {}

Fix: keep the label. If the node is to leave the pool, do it in a maintenance window, one node at a
time, and wait for the condition's reason `Reverted` before the next; a node of a host-network pool
is better reset (`yurtadm reset`) and joined again.

Source: OpenYurt `desiredActionFromNode` and `reconcileExistingJob`,
pkg/yurtmanager/controller/yurtnodeconversion; `nodeReverter.Do`, pkg/node-servant/revert;
documentation of host-network NodePools, "Node Cannot Be Moved Between Standard and Host Network
NodePools".
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.kubernetes.nodes import (
    is_edge_worker,
    label_change,
    label_place,
    pool_label,
    pool_name,
)
from transformer.kubernetes.well_known import HOST_NETWORK_LABEL, POOL_LABEL
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    manifest, before = context.manifest, context.before
    if before is None or pool_name(manifest):
        return
    label = pool_label(before)
    change = label_change(before, manifest, label)
    if change is None:
        return
    name, state = change[0], "gone" if change[1] is None else "empty"
    said = f"node {manifest.ref.name} was in pool {name}, and the label {label} is {state}"
    at = label_place(manifest, label)
    if label != POOL_LABEL:
        yield Violation(
            at,
            f"{said}; in the cluster the node stays in the pool, because the webhook has set"
            f" {POOL_LABEL}",
            hint=f"write {POOL_LABEL}: {name}; to take the node out of the pool, reset it",
        )
        return
    is_worker, is_host = is_edge_worker(manifest, before), _is_host_network(context, name)
    if is_worker is None and not _is_cloud(context, name):
        said += "; if it is an edge worker, OpenYurt 1.7 reverts it"
    elif is_worker:
        said += "; OpenYurt 1.7 reverts it"
    elif is_host:
        yield Violation(at, f"{said}; {_STAYS}", hint=f"keep the label, or {_RESET}")
        return
    else:
        return
    yield Violation(
        at,
        f"{said}: the node is cordoned, a privileged Job removes YurtHub, every container is"
        " restarted, and the node stays cordoned if that fails"
        + (f"; {_STAYS}" if is_host else ""),
        hint=f"keep the label, or {_RESET if is_host else _WINDOW}",
    )


_STAYS = "its hostnetwork label stays"
_RESET = "reset the node and join it again: as it is, it cannot join a standard pool"
_WINDOW = "remove it in a maintenance window, one node at a time"


def _is_cloud(context: RuleContext, name: str) -> bool:
    cluster = context.cluster
    pool = cluster.pools.find(name) or cluster.former_pools.get(name)
    return pool is not None and pool.type == "Cloud"


def _is_host_network(context: RuleContext, name: str) -> bool:
    """Whether the node has the hostnetwork label, as far as its manifests and its pool tell."""
    cluster, before = context.cluster, context.before
    pool = cluster.pools.find(name) or cluster.former_pools.get(name)
    states = (context.manifest, before) if before is not None else (context.manifest,)
    is_labeled = any(state.labels.get(HOST_NETWORK_LABEL) == "true" for state in states)
    return is_labeled or (pool is not None and pool.is_meant_host_network)


RULE = ValidationRule(
    "HN302", "a node's nodepool label is removed", "warning", check, ("nodes", "old"), on=("nodes",)
)
