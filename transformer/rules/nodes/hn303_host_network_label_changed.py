"""HN303: the hostnetwork label of a node cannot be changed or removed once it is set.

The Node webhook refuses an update that changes or removes `nodepool.openyurt.io/hostnetwork`. With
an old state, every such change is reported. So is a value that `transform` has to replace, unless
the old state lacks the label: the manifest is correct afterwards, but a live node with that value
cannot be updated.

Bad:

    # before
    apiVersion: v1
    kind: Node
    metadata:
      name: edge-1
      labels: {nodepool.openyurt.io/hostnetwork: "true"}
    ---
    # now
    apiVersion: v1
    kind: Node
    metadata:
      name: edge-1
      labels: {nodepool.openyurt.io/hostnetwork: "false"}

Fix: keep the value; to change it, reset the node and join it again.

Source: OpenYurt `validateNodeUpdate`, pkg/yurtmanager/webhook/node/v1/node_validation.go.
"""

from collections.abc import Iterator
from itertools import chain

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.nodes import is_replaced, label_change, label_place
from transformer.kubernetes.well_known import HOST_NETWORK_LABEL
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    manifest = context.manifest
    at = pointer.join("/metadata/labels", HOST_NETWORK_LABEL)
    change = label_change(context.before, manifest, HOST_NETWORK_LABEL)
    label = manifest.labels.get(HOST_NETWORK_LABEL)
    operations = chain(*context.planned.values())
    planned = [operation.value for operation in operations if operation.path == at]
    if change is not None:
        now = "is gone" if change[1] is None else f"becomes {change[1]!r}"
        yield Violation(
            label_place(manifest, HOST_NETWORK_LABEL),
            f"the hostnetwork label of node {manifest.ref.name} was {change[0]!r} and {now}; the"
            " cluster refuses that",
            hint="keep the value, or reset the node and join it again",
        )
    elif planned and is_replaced(context.before, HOST_NETWORK_LABEL, label):
        yield Violation(
            at,
            f"the hostnetwork label of node {manifest.ref.name} is {label!r} and becomes"
            f" {planned[-1]!r}; the cluster refuses that change on a live node",
            hint="reset the node and join it again if it is in the cluster with the old value",
        )


RULE = ValidationRule(
    "HN303",
    "the hostnetwork label changes",
    "error",
    check,
    ("nodes",),
    "wanted",
    on=("nodes",),
    compares=True,
)
