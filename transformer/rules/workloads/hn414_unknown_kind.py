"""HN414: the exclude annotation is in a kind whose pod templates are not known.

A table of kinds says where pod templates are (docs/editing.md). In any other kind, such as an
operator's custom resource, the annotation may reach pods, but the guard cannot be added. Kinds that
neither contain nor create pods, such as a Service or a ConfigMap, are not reported, because
`commonAnnotations` of a kustomization adds the annotation everywhere. In a kustomization and in a
chart's values, the annotation is for pods that do not exist yet. For an OpenShift Template,
`validate` reports HN425 instead.

Bad:

    apiVersion: example.com/v1
    kind: Widget
    spec:
      podMetadata:
        annotations:
          apps.openyurt.io/exclude-host-network-pool: "true"

Fix: add a row for the kind under `podTemplates` in the configuration, or set the affinity in the
object's own fields. For a kustomization (also of Flux), transform what it builds; for a chart (a
HelmRelease, HelmChart, or Application of Argo CD), transform what it renders. HN415 reports what a
kustomization patches inline.

Source: this tool; docs/editing.md.
"""

from collections.abc import Iterator

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.builtin_kinds import is_podless
from transformer.kubernetes.generators import TEMPLATES, asking_places, generator_of
from transformer.kubernetes.objects import places_of
from transformer.kubernetes.pod_template import fixed_pointers
from transformer.kubernetes.well_known import EXCLUDE_ANNOTATION
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    ref, value = context.manifest.ref, context.manifest.value
    if context.templates or is_podless(ref) or fixed_pointers(ref, context.cluster.rows):
        return  # HN402 reports what there is to report
    if (generator := generator_of(ref)) is not None:
        for at in asking_places(value, generator):
            at_key = pointer.split(at)[-1] == EXCLUDE_ANNOTATION
            yield Violation(at, *_ADVICE[generator.generates], at_key=at_key)
        return
    for at, found in places_of(value, EXCLUDE_ANNOTATION):
        if found == "false":
            continue
        version = f"{ref.group}/{ref.version}" if ref.group else ref.version
        yield Violation(
            at,
            f"no pod template is known in {ref.kind} {version}, so no guard can be added",
            hint="add the kind under podTemplates in the configuration",
            at_key=True,
        )


_ADVICE = {
    "kustomization": (
        "the annotation is for what this kustomization builds, where no guard can be added yet",
        "transform what it builds, as in `kubectl kustomize DIR | hostnet-transform`",
    ),
    "chart": (
        "the annotation is for what a chart renders, where no guard can be added yet",
        "render the chart and transform the result, as in `helm template ... | hostnet-transform`",
    ),
    "chart or kustomization": (
        "the annotation is for what this application renders, where no guard can be added yet",
        "render its chart or kustomization and transform the result",
    ),
}
"""The message and the hint, by what the object generates."""


RULE = ValidationRule(
    "HN414",
    "exclude annotation in an unknown kind",
    "warning",
    check,
    in_transform="always",
    left_to=tuple((group, kind, "HN425") for group, kind in TEMPLATES),
)
