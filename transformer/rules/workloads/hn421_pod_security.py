"""HN421: Pod Security refuses the pods that a workload makes for a host-network pool.

The namespace has the label `pod-security.kubernetes.io/enforce` with the level `baseline` or
`restricted` (a value that is none of the levels counts as `restricted`). Both refuse pods that use
the network of the host or a port of the host. The API server takes the workload, with a warning at
most, but refuses each of its pods: there are events of the ReplicaSet or the DaemonSet, and no pod.
Workloads that can run on a host-network pool are checked, where `hostNetwork: true` is what makes
pods work.

Bad, where `hangzhou` is a host-network pool:

    apiVersion: v1
    kind: Namespace
    metadata:
      name: edge
      labels: {pod-security.kubernetes.io/enforce: baseline}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: collector, namespace: edge}
    spec:
      template:
        spec:
          hostNetwork: true
          nodeSelector: {apps.openyurt.io/nodepool: hangzhou}
          containers: [{name: collector, image: "collector:1"}]

Fix: move the workload to a namespace of its own whose label says `privileged`, and keep the
stricter level for the others.

Source: k8s.io/pod-security-admission, checks `hostNamespaces` and `hostPorts`; Kubernetes
documentation, Pod Security Standards.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.placement.breaks import refused_use
from transformer.placement.placed import of_copies
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    namespace = context.manifest.ref.namespace
    level = context.cluster.namespaces.get(namespace)
    for one, copies in context.broken_by("HN421").items():
        yield Violation(
            one.pointer,
            f"namespace {namespace} enforces the Pod Security level {level}, which refuses pods"
            f" that use {refused_use(copies[0])}: no pod{of_copies(copies)} of"
            f" {context.manifest.ref} is created",
            hint=one.hint,
        )


RULE = ValidationRule(
    "HN421",
    "Pod Security refuses the pods for a host-network pool",
    "error",
    check,
    needs=("workloads", "pools"),
    on=("workloads",),
)
