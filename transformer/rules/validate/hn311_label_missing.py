"""HN311: a node in a host-network pool lacks the hostnetwork label.

The Node webhook puts the label `nodepool.openyurt.io/hostnetwork: "true"` on such nodes, unless it
is down: it may fail open. Without the label nothing keeps network components and guarded pods off
the node. `transform` adds it.

Bad, where `hangzhou` is a host-network pool:

    apiVersion: v1
    kind: Node
    metadata:
      name: edge-1
      labels: {apps.openyurt.io/nodepool: hangzhou}

Mend it: add the label, or run `hostnet-transform` or `validate --fix`, which do.

Source: OpenYurt `NodeHandler.Default`, pkg/yurtmanager/webhook/node/v1/node_default.go.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.manifest.names import HOST_NETWORK_LABEL
from transformer.manifest.nodes import is_node, pool_name
from transformer.rules.base import Subject, ValidationRule
from transformer.yamltree import pointer


def check(subject: Subject) -> Iterator[Violation]:
    manifest = subject.manifest
    if not is_node(manifest) or not (name := pool_name(manifest)):
        return
    pool, label = subject.world.pools.find(name), manifest.labels.get(HOST_NETWORK_LABEL)
    if pool is None or not pool.is_meant_host_network or label == "true":
        return
    at = pointer.join("/metadata/labels", HOST_NETWORK_LABEL)
    if any(operation.path == at for plan in subject.planned.values() for operation in plan) and (
        isinstance(label, str) and label
    ):
        return  # HN303 says that it cannot be replaced
    found = "has not the label" if label is None else f"has the label with {label!r} instead of"
    yield Violation(
        at,
        f"node {manifest.ref.name} is in the host-network pool {name} and {found}"
        f' {HOST_NETWORK_LABEL}: "true"',
        hint="add it; `hostnet-transform -w` and `validate --fix` do",
    )


RULE = ValidationRule(
    "HN311",
    "a node in a host-network pool lacks the label",
    "error",
    check,
    needs=frozenset({"nodes", "pools"}),
)
