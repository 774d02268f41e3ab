"""HN404: pods are kept off host-network nodes, but cannot run anywhere else.

The selection pins them to host-network pools, and the guard (or the annotation
`apps.openyurt.io/exclude-host-network-pool: "true"`, for which the webhook adds it) keeps them off
these same nodes. They can never be scheduled.

Bad, where `hangzhou` is a host-network pool:

    apiVersion: v1
    kind: Pod
    metadata:
      name: collector
      annotations: {apps.openyurt.io/exclude-host-network-pool: "true"}
    spec:
      hostNetwork: true
      nodeSelector: {apps.openyurt.io/nodepool: hangzhou}
      containers: [{name: collector, image: "collector:1"}]

Fix: remove the guard and the annotation, or select other nodes.

Source: OpenYurt `PodHandler.Default`, pkg/yurtmanager/webhook/pod/v1alpha1/pod_default.go;
Kubernetes scheduler, node affinity.
"""

from collections.abc import Iterator

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.node_match import is_guarded
from transformer.kubernetes.well_known import EXCLUDE_ANNOTATION
from transformer.rules.base import RuleContext, ValidationRule
from transformer.rules.pinned import guard_at, kept_off_everywhere, pool_words


def check(context: RuleContext) -> Iterator[Violation]:
    for template in context.templates:
        if pools := kept_off_everywhere(context, template):
            has_guard = is_guarded(template)
            annotations = f"{template.pointer}/metadata/annotations"
            yield Violation(
                guard_at(template) if has_guard else pointer.join(annotations, EXCLUDE_ANNOTATION),
                f"the pods can run on {pool_words(pools)} only, and"
                f" {'a guard' if has_guard else 'the annotation'} keeps them off: they can never be"
                " scheduled",
                hint="remove the guard and the annotation, or select other nodes",
            )


RULE = ValidationRule(
    "HN404", "pods kept off the only nodes they may run on", "error", check, ("workloads", "pools")
)
