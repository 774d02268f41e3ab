"""HN404: pods are kept off host-network nodes, and may run nowhere else.

The selection pins them to host-network pools, and the guard (or the annotation
`apps.openyurt.io/exclude-host-network-pool: "true"`, for which the webhook adds it) keeps them off
these very nodes. They can never be scheduled.

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

Mend it: take the guard and the annotation away, or select other nodes.

Source: OpenYurt `PodHandler.Default`, pkg/yurtmanager/webhook/pod/v1alpha1/pod_default.go;
Kubernetes scheduler, node affinity.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.manifest.node_match import Truth
from transformer.manifest.scheduling import placement
from transformer.rules.base import Subject, ValidationRule
from transformer.rules.pinned import asks_to_be_kept_off, pool_words


def check(subject: Subject) -> Iterator[Violation]:
    for template in subject.templates:
        found = placement(template, subject.world.pools, past_guard=True)
        is_asked_for = asks_to_be_kept_off(template)
        if found.pinned is Truth.TRUE and (found.is_guarded or is_asked_for):
            why = "a guard" if found.is_guarded else "the annotation"
            yield Violation(
                f"{template.pointer}/spec",
                f"the pods can run on {pool_words(found.pools)} only, and {why} keeps them off:"
                " they can never be scheduled",
                hint="take the guard and the annotation away, or select other nodes",
            )


RULE = ValidationRule(
    "HN404",
    "pods kept off the only nodes they may run on",
    "error",
    check,
    needs=frozenset({"workloads", "pools"}),
)
