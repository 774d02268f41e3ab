"""HN303: the hostnetwork label of a node cannot be changed or removed once it is set.

The Node webhook refuses an update that changes `nodepool.openyurt.io/hostnetwork`. `transform`
reports it where it has to replace another value: the manifest is right afterwards, but a live
node that carries the old value cannot be updated to it.

Bad, in a host-network pool:

    kind: Node
    metadata:
      labels:
        apps.openyurt.io/nodepool: hangzhou
        nodepool.openyurt.io/hostnetwork: "false"

Mend it: reset the node and join it again.

Source: OpenYurt `validateNodeUpdate`, pkg/yurtmanager/webhook/node/v1/node_validation.go.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.manifest.names import HOST_NETWORK_LABEL
from transformer.rules.base import Subject, ValidationRule
from transformer.yamltree import pointer


def check(subject: Subject) -> Iterator[Violation]:
    at = pointer.join("/metadata/labels", HOST_NETWORK_LABEL)
    label = subject.manifest.labels.get(HOST_NETWORK_LABEL)
    planned = (operation for plan in subject.planned.values() for operation in plan)
    if any(operation.path == at for operation in planned) and isinstance(label, str) and label:
        yield Violation(
            at,
            f"the hostnetwork label of node {subject.manifest.ref.name} is {label!r} and becomes"
            " 'true'; the cluster refuses that change on a live node",
            hint="reset the node and join it again if it is in the cluster with the old value",
        )


RULE = ValidationRule("HN303", "the hostnetwork label changes", "error", check, "wanted")
