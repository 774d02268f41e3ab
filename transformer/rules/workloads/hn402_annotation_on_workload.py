"""HN402: the exclude annotation is in a place where it has no effect.

The Pod webhook sees pods, and pods get the annotations of the pod template. Anywhere else
`apps.openyurt.io/exclude-host-network-pool` does nothing, and the pods are not kept off: on the
workload's own metadata, on a CronJob's `jobTemplate`, under `template.annotations`, in the pod's
`spec`, in a selector, or as a label. If the pod template has the annotation as well, nothing is
reported; nor is it by a run of `hostnet-transform` that adds it there (`keep-off`).

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

Fix: move it to `spec.template.metadata.annotations`; for a Pod, to `metadata.annotations`.

What a YurtAppSet patches into its workloads is checked at the place where the patch puts it. If the
value is a variable such as `${EXCLUDE}`, it may mean "false", and the finding is a warning.

Source: OpenYurt `PodHandler.Default`, pkg/yurtmanager/webhook/pod/v1alpha1/pod_default.go.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.invisible_characters import may_have, misspelt
from transformer.kubernetes.objects import places_of
from transformer.kubernetes.placeholders import is_placeholder
from transformer.kubernetes.pod_template import fixed_pointers, resolve
from transformer.kubernetes.well_known import EXCLUDE_ANNOTATION
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext

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


def check(context: RuleContext) -> Iterator[Violation]:
    manifest = context.manifest
    known = {template.pointer: template.annotations for template in context.templates}
    known = known or {at: {} for at in fixed_pointers(manifest.ref, context.cluster.rows)}
    is_right = all(EXCLUDE_ANNOTATION in annotations for annotations in known.values())
    if is_right or not may_have(manifest.value, EXCLUDE_ANNOTATION):
        return
    right = set(_right_places(manifest.value, known))
    lacking = _first_lacking(known)
    why = f"the pods of {manifest.ref} get the annotations of the pod template"
    if "" in known:
        why = f"the webhook looks at the annotations in the metadata of {manifest.ref}"
    is_useless = context.is_static
    found = misspelt(manifest.value, EXCLUDE_ANNOTATION, *_ABOVE)
    blank = f"{found[2]} at the key {found[1]}: use an ordinary space" if found else ""
    if found is not None and found[1] == EXCLUDE_ANNOTATION:
        message = f"the annotation has no effect: there is a {found[2]} at its key"
        yield Violation(found[0], message, "use an ordinary space", at_key=True)
    for at, value in places_of(manifest.value, EXCLUDE_ANNOTATION):
        is_of_hn403 = at == _ANNOTATION and context.templates and value != "true"
        if at in right or value == "false" or is_of_hn403:
            continue
        meant = lacking[next(above for above in _ways(at) if above in lacking)]
        if meant is not None:
            yield Violation(
                at,
                f"the annotation has no effect here: {why}",
                _STATIC if is_useless else blank or _move_to(meant),
                "warning" if is_placeholder(value) else None,
                at_key=True,
            )


_ABOVE = ("metadata", "annotations", "spec", "template")
"""Keys above the annotation that may be misspelled with an unusual space."""


def _right_places(value: Any, templates: Iterable[str]) -> Iterator[str]:
    """Yield the pointers at which the annotation reaches the pods of these pod templates."""
    for template in templates:
        yield f"{template}{_ANNOTATION}"
    for pattern, below in _REACHING_PODS:
        for at, _ in resolve(value, pattern):
            yield f"{at}{below}"
    for at, path in resolve(value, f"{_TWEAKS}/path"):
        if isinstance(path, str) and _TWEAKED.startswith(path):
            yield f"{at.removesuffix('/path')}/value{_TWEAKED.removeprefix(path)}"


def _first_lacking(templates: Mapping[str, Mapping[str, Any]]) -> dict[str, str | None]:
    """Return, for each pointer that leads to pod templates, the first of these without the
    annotation, or None if all of them have it.
    """
    found: dict[str, str | None] = {}
    for template, annotations in templates.items():
        for above in _ways(template):
            found.setdefault(above, None)
            if EXCLUDE_ANNOTATION not in annotations and found[above] is None:
                found[above] = template
    return found


def _ways(at: str) -> Iterator[str]:
    """Yield a pointer, then those of all its parents, up to the object."""
    yield at
    while at:
        at = at.rpartition("/")[0]
        yield at


def _move_to(template: str) -> str:
    whose = f"pod template ({template}/metadata/annotations)" if template else "Pod"
    return f"move it to the metadata.annotations of the {whose}"


_STATIC = "remove it: static pods bypass the scheduler, and no guard keeps them off"


RULE = ValidationRule(
    "HN402", "exclude annotation where it has no effect", "error", check, ("workloads",), "always"
)
