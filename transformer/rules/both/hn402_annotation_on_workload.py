"""HN402: the exclude annotation stands on the workload, not on its pod template.

The Pod webhook sees pods, and pods get the annotations of the pod template. On the workload's own
metadata `apps.openyurt.io/exclude-host-network-pool` has no effect: the pods are not kept off.

Bad:

    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      annotations:
        apps.openyurt.io/exclude-host-network-pool: "true"
    spec:
      template:
        spec:
          containers: [{name: web, image: "web:1"}]

Mend it: move it to `spec.template.metadata.annotations`.

Source: OpenYurt `PodHandler.Default`, pkg/yurtmanager/webhook/pod/v1alpha1/pod_default.go.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.manifest.manifest import places_of, value_at
from transformer.manifest.names import EXCLUDE_ANNOTATION
from transformer.rules.base import Subject, ValidationRule
from transformer.yamltree import pointer

_OWN = pointer.join("/metadata/annotations", EXCLUDE_ANNOTATION)


def check(subject: Subject) -> Iterator[Violation]:
    below = [
        template
        for template in subject.templates
        if template.pointer and EXCLUDE_ANNOTATION not in template.annotations
    ]
    if not below:
        return
    for at in places_of(subject.manifest.value, EXCLUDE_ANNOTATION):
        is_metadata = at.endswith(pointer.join("/metadata/annotations", EXCLUDE_ANNOTATION))
        is_inside = any(at.startswith(f"{one.pointer}/") for one in subject.templates)
        value = value_at(subject.manifest.value, at)
        is_of_hn403 = at == _OWN and value != "true"
        if is_metadata and not is_inside and not is_of_hn403 and value != "false":
            yield Violation(
                at,
                f"the annotation has no effect here: the pods of {subject.manifest.ref} get the"
                " annotations of the pod template",
                hint=f"move it to {below[0].pointer}/metadata/annotations",
            )


RULE = ValidationRule(
    "HN402",
    "exclude annotation not on the pod template",
    "error",
    check,
    "always",
    frozenset({"workloads"}),
)
