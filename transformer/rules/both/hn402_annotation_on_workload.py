"""HN402: the exclude annotation stands where it has no effect.

The Pod webhook sees pods, and pods get the annotations of the pod template. Anywhere else
`apps.openyurt.io/exclude-host-network-pool` does nothing, and the pods are not kept off: on the
workload's own metadata, on a CronJob's `jobTemplate`, under `template.annotations`, in the pod's
`spec`, in a selector, or as a label. Where the pod template has the annotation as well, nothing is
wrong.

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

Mend it: move it to `spec.template.metadata.annotations`; of a Pod, to `metadata.annotations`.

What a YurtAppSet patches into its workloads is judged by where it ends up. Where a variable such as
`${EXCLUDE}` stands for the value it may mean "false", and the finding is a warning.

Source: OpenYurt `PodHandler.Default`, pkg/yurtmanager/webhook/pod/v1alpha1/pod_default.go.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import takewhile
from typing import Any

from transformer.findings import Violation
from transformer.manifest.manifest import places_of, value_at
from transformer.manifest.names import EXCLUDE_ANNOTATION
from transformer.manifest.placeholders import is_placeholder
from transformer.manifest.pod_template import fixed_pointers, resolve
from transformer.rules.base import Subject, ValidationRule
from transformer.rules.exempt import is_static
from transformer.yamltree import pointer

_ANNOTATION = pointer.join("/metadata/annotations", EXCLUDE_ANNOTATION)

_TWEAKS = "/spec/workload/workloadTweaks/*/tweaks/patches/*"
_TWEAKED = f"/spec/template{_ANNOTATION}"

_REACHING_PODS = (
    ("/spec/topology/pools/*/patch", _TWEAKED),
    ("/spec/topology/subsets/*/patch", _ANNOTATION),
    ("/spec/strategy/*/*Metadata", _ANNOTATION.removeprefix("/metadata")),
)
"""Where else controllers take annotations of pods from: patches of a YurtAppSet v1alpha1 and of a
UnitedDeployment, metadata of a Rollout's strategy.
"""


def check(subject: Subject) -> Iterator[Violation]:
    manifest = subject.manifest
    known = {template.pointer: template.annotations for template in subject.templates}
    known = known or {at: {} for at in fixed_pointers(manifest.ref, subject.world.rows)}
    if all(EXCLUDE_ANNOTATION in annotations for annotations in known.values()):
        return
    right = set(_right_places(manifest.value, known))
    for at in places_of(manifest.value, EXCLUDE_ANNOTATION):
        value = value_at(manifest.value, at)
        is_of_hn403 = at == _ANNOTATION and subject.templates and value != "true"
        if at in right or value == "false" or is_of_hn403:
            continue
        lacking = [one for one in _nearest(known, at) if EXCLUDE_ANNOTATION not in known[one]]
        if lacking:
            yield Violation(
                at,
                f"the annotation has no effect here: {_why(subject)}",
                _advice(subject, lacking[0]),
                "warning" if is_placeholder(value) else None,
                at_key=True,
            )


def _right_places(value: Any, templates: Iterable[str]) -> Iterator[str]:
    """Yield the pointers at which the annotation comes to pods of these pod templates."""
    for template in templates:
        yield f"{template}{_ANNOTATION}"
    for pattern, below in _REACHING_PODS:
        for at, _ in resolve(value, pattern):
            yield f"{at}{below}"
    for at, path in resolve(value, f"{_TWEAKS}/path"):
        if isinstance(path, str) and _TWEAKED.startswith(path):
            yield f"{at.removesuffix('/path')}/value{_TWEAKED.removeprefix(path)}"


def _nearest(templates: Collection[str], at: str) -> list[str]:
    """Return those of the pod templates that have most of the way to `at` in common with it."""
    way = pointer.split(at)

    def shared(template: str) -> int:
        pairs = zip(pointer.split(template), way, strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    most = max(map(shared, templates))
    return [template for template in templates if shared(template) == most]


def _why(subject: Subject) -> str:
    ref = subject.manifest.ref
    if any(not template.pointer for template in subject.templates):
        return f"the webhook looks at the annotations in the metadata of {ref}"
    return f"the pods of {ref} get the annotations of the pod template"


def _advice(subject: Subject, template: str) -> str:
    if is_static(subject):
        return "take it away: static pods bypass the scheduler, and no guard keeps them off"
    whose = f"pod template ({template}/metadata/annotations)" if template else "Pod"
    return f"move it to the metadata.annotations of the {whose}"


RULE = ValidationRule(
    "HN402",
    "exclude annotation where it has no effect",
    "error",
    check,
    "always",
    frozenset({"workloads"}),
)
