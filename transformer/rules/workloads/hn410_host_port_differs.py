"""HN410: a pod on the host's network has a host port that differs from its container port.

With `hostNetwork: true`, ports are not translated: the API server refuses a `hostPort` that differs
from the `containerPort`. Reported are pods that can land on a host-network pool, and the copies of
a YurtAppSet with the tweaks for their pools. Pods that have nothing to do with such a pool are left
to the API server.

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

Fix: make the container listen on the host port, or remove `hostPort`.

Source: Kubernetes API validation, `validatePodHostNetworkDeps`, which looks at `containers`.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.kubernetes.ports import ports
from transformer.placement.truth import Truth
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    seen: set[str] = set()
    for placed in context.checked:
        if placed.is_on_host is not Truth.TRUE or not placed.can_land:
            continue
        for port in ports(placed.template):
            at = placed.copy.place(f"{port.pointer}/hostPort")
            if not port.is_sidecar and port.host not in (0, port.container) and at not in seen:
                seen.add(at)
                yield Violation(
                    at,
                    f"hostPort {port.host} differs from containerPort {port.container}, which the"
                    " API server refuses with hostNetwork: true",
                    hint=f"make the container listen on {port.host}, or remove hostPort",
                )


RULE = ValidationRule(
    "HN410",
    "hostPort differs from containerPort on the host's network",
    "error",
    check,
    ("workloads", "pools"),
    on=("workloads",),
)
