"""HN410: a pod on the host's network has a host port that differs from its container port.

With `hostNetwork: true`, ports are not translated: the API server refuses a `hostPort` that differs
from the `containerPort`.

Bad:

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
from transformer.rules.base import RuleContext, ValidationRule


def check(context: RuleContext) -> Iterator[Violation]:
    for template in context.templates:
        for port in ports(template) if template.spec.get("hostNetwork") is True else ():
            if not port.is_sidecar and port.host not in (0, port.container):
                yield Violation(
                    f"{port.pointer}/hostPort",
                    f"hostPort {port.host} differs from containerPort {port.container}, which the"
                    " API server refuses with hostNetwork: true",
                    hint=f"make the container listen on {port.host}, or remove hostPort",
                )


RULE = ValidationRule(
    "HN410",
    "hostPort differs from containerPort on the host's network",
    "error",
    check,
    ("workloads",),
)
