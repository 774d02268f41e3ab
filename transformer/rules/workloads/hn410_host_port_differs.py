"""HN410: a pod on the host's network wants another host port than its container port.

With `hostNetwork: true` there is no translation of ports: the API server refuses a `hostPort` that
is not the `containerPort`.

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

Mend it: let the container listen on the host port, or leave `hostPort` out.

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
                    f"hostPort {port.host} is not containerPort {port.container}, and with"
                    " hostNetwork: true the API server refuses that",
                    hint=f"let the container listen on {port.host}, or leave hostPort out",
                )


RULE = ValidationRule(
    "HN410",
    "hostPort is not containerPort on the host's network",
    "error",
    check,
    needs=frozenset({"workloads"}),
)
