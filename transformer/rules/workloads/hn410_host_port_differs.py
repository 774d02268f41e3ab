"""HN410: the API server refuses a pod on the host's network.

With `hostNetwork: true`, ports are not translated: the API server refuses a `hostPort` that differs
from the `containerPort`. It also refuses `hostUsers: false`, because a user namespace does not go
with the network of the host. Reported are pods that can land on a host-network pool, and the copies
of a YurtAppSet with the tweaks for their pools. Pods that have nothing to do with such a pool are
left to the API server.

Bad:

    apiVersion: apps.openyurt.io/v1beta2
    kind: NodePool
    metadata: {name: hangzhou}
    spec: {type: Edge, hostNetwork: true}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: collector}
    spec:
      hostNetwork: true
      containers:
      - name: collector
        image: collector:1
        ports: [{containerPort: 8080, hostPort: 80}]

Fix: make the container listen on the host port, or remove `hostPort`; remove `hostUsers`.

Source: Kubernetes API validation, `validatePodHostNetworkDeps`, which looks at `containers`, and
`validateHostUsers`.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    for one in context.broken_by("HN410"):
        yield Violation(one.pointer, one.message, hint=one.hint)


RULE = ValidationRule(
    "HN410",
    "what the API server refuses on the host's network",
    "error",
    check,
    ("workloads", "pools"),
    on=("workloads",),
)
