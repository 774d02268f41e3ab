"""HN305: a node's edge-worker label is added, changed or removed.

The label `openyurt.io/is-edge-worker` says whether YurtHub runs on the node. `yurtadm join` sets it
through the kubelet, and in OpenYurt 1.7 the conversion controller sets and removes it. The Node
webhook refuses an update by anybody else that adds, changes or removes it: the whole update, with
everything else in it.

A label that is gone from the manifest is a warning: `kubectl apply` removes a label only if its
last-applied annotation on the node has it. Then the update is refused; otherwise the label stays.

Bad:

    # before
    apiVersion: v1
    kind: Node
    metadata:
      name: edge-1
      labels: {}
    ---
    # now
    apiVersion: v1
    kind: Node
    metadata:
      name: edge-1
      labels: {openyurt.io/is-edge-worker: "true"}

Fix: keep the manifest as it was. To make a node an edge worker, give it the label of an Edge pool
(HN306) or join it with `yurtadm join`; to make it a plain node, remove the label of its pool
(HN302) or reset it. To stop keeping this label in Git, also take it out of the annotation
`kubectl.kubernetes.io/last-applied-configuration` of the node, with `kubectl apply
edit-last-applied node NAME`.

Source: OpenYurt `validateNodeUpdate` and `isAllowedToModifyEdgeWorkerLabel`,
pkg/yurtmanager/webhook/node/v1/node_validation.go; `constructNodeLabels`, pkg/yurtadm.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.kubernetes.nodes import label_place
from transformer.kubernetes.well_known import EDGE_WORKER_LABEL
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    manifest, before = context.manifest, context.before
    if before is None:
        return
    old, new = before.labels.get(EDGE_WORKER_LABEL), manifest.labels.get(EDGE_WORKER_LABEL)
    is_readable = all(value is None or isinstance(value, str) for value in (old, new))
    if not is_readable or (old or "") == (new or ""):
        return
    at = label_place(manifest, EDGE_WORKER_LABEL)
    said = f"the label {EDGE_WORKER_LABEL} of node {manifest.ref.name} was {_word(old)} and is now"
    if new is None:
        yield Violation(
            at,
            f"{said} absent; the cluster refuses the update if `kubectl apply` removes the label",
            hint="keep the label, or remove it of the last-applied annotation of the node too"
            f" (kubectl apply edit-last-applied node {manifest.ref.name})",
            severity="warning",
        )
    else:
        yield Violation(
            at,
            f"{said} {_word(new)}; the cluster refuses the update: only the conversion controller"
            " and the node itself may change this label",
            hint="keep the label as it was; OpenYurt sets it when the node joins a pool",
        )


def _word(value: object) -> str:
    return "absent" if value is None else repr(value)


RULE = ValidationRule(
    "HN305", "a node's edge-worker label changes", "error", check, ("nodes", "old"), on=("nodes",)
)
