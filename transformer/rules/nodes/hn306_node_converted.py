"""HN306: a node gets the label of an Edge pool and is no edge worker: OpenYurt converts it.

From OpenYurt 1.7 on, the label `apps.openyurt.io/nodepool` of an Edge pool is enough to turn a
plain node into an edge worker (`openyurt.io/is-edge-worker: "true"`). The conversion controller is
on by default and does it at once, for each node that it sees:

1. The node is cordoned. Its pods stay, new ones are not scheduled there.
2. The privileged Job `node-servant-conversion-NODE` in `kube-system` runs on the node. It installs
   YurtHub as a systemd service, points the kubelet at it and restarts the kubelet, and stops every
   container on the node (the kubelet starts them again, but not those with `restartPolicy: Never`;
   no PodDisruptionBudget is asked).
3. If that succeeds, the node gets the label `openyurt.io/is-edge-worker: "true"` and is uncordoned.
   If not (after three retries), it stays cordoned, and its condition `YurtNodeConversionFailed` is
   `True` with the reason `ConvertFailed`. The controller starts again when the Job is gone, two
   hours later or when you delete it. A node whose kubelet was not set up by kubeadm always fails.

With an old state, a node that comes into a pool is reported, with how many nodes of the pool do so
in this change: all of them are converted at the same time. Without one, a node is reported if its
manifest says that it is no edge worker, as an export from a running cluster does: it is converted
as soon as yurt-manager 1.7 starts. `transform` reports a node to which it
adds the label, because only `apps.openyurt.io/desired-nodepool` names its pool.

Manifests may leave `openyurt.io/is-edge-worker` out, since OpenYurt sets it. Then nothing happens
if the node is an edge worker already, and the finding says so. In a Cloud pool nothing happens
either. Whether a pool that is not in the input is an Edge pool is unknown: HN313 reports that.

Bad, where `shanghai` is an Edge pool:

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
      labels: {apps.openyurt.io/nodepool: shanghai}

Fix: add the label in a maintenance window, to one pool at a time and to a few nodes first, and wait
for the condition's reason `Converted`. If it says `ConvertFailed`, read the log of the Job's pods,
fix the cause and delete the Job; or remove the label again, delete the Job and uncordon the node.
To join a new machine, use `yurtadm join`, which sets both labels. A node that must not be converted
stays out of Edge pools; a node of a standard pool cannot join a host-network pool or the other way
round without a reset (HN304).

Source: OpenYurt `desiredActionFromNode`, `startNewConversionRound` and `reconcileExistingJob`,
pkg/yurtmanager/controller/yurtnodeconversion; `nodeConverter.Do`, pkg/node-servant/convert.
"""

from collections.abc import Iterator

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.nodes import is_edge_worker, joins, pool_label, pool_name
from transformer.kubernetes.well_known import POOL_LABEL
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    manifest = context.manifest
    if not (name := pool_name(manifest)):
        return
    is_worker, pool = is_edge_worker(manifest, context.before), context.cluster.pools.find(name)
    if is_worker or pool is None or pool.type != "Edge":
        return  # of a pool that is not known, HN313 reports that
    joining = context.cluster.joining
    is_new = joins(manifest, context.before) and (joining is not None or _is_labeled(context))
    if not is_new and is_worker is None:
        return
    number = joining.get(name, 0) if joining is not None and is_new else 0
    said = f"{'comes into' if is_new else 'is in'} the Edge pool {name}"
    said += " and is no edge worker" if is_worker is not None else ""
    if number:
        said += f" ({number} {'node' if number == 1 else 'nodes'} of {name} in this change)"
    said += "; OpenYurt 1.7 converts it"
    said += "" if is_new else " as soon as yurt-manager starts"
    said += ", unless it is an edge worker already" if is_worker is None else ""
    yield Violation(
        pointer.join("/metadata/labels", pool_label(manifest)),
        f"node {manifest.ref.name} {said}: it is cordoned, a privileged Job installs YurtHub, every"
        " container is restarted, and the node stays cordoned if that fails",
        hint="do it in a maintenance window, one pool at a time",
    )


def _is_labeled(context: RuleContext) -> bool:
    """Whether `transform` sets the label of the pool."""
    at = pointer.join("/metadata/labels", POOL_LABEL)
    return any(operation.path == at for operation in context.planned.get("node-label", ()))


RULE = ValidationRule(
    "HN306",
    "a node comes into an Edge pool and is converted",
    "warning",
    check,
    ("nodes",),
    "wanted",
    on=("nodes",),
    compares=True,
)
