"""HN403: the exclude annotation has a value without effect.

Only the string `true` asks for the guard. A value that is not a string (`true` without quotes) is
refused by the API server; a string such as `True` or `yes` is accepted and ignored. A placeholder
(`${EXCLUDE}`, `$(EXCLUDE)`) is a warning: substitute first, then transform.

Bad:

    apiVersion: v1
    kind: Pod
    metadata:
      name: web
      annotations:
        apps.openyurt.io/exclude-host-network-pool: true
    spec:
      containers: [{name: web, image: "web:1"}]

Fix: write `"true"`, in quotes (or `"false"` if you do not want the guard).

Source: OpenYurt `PodHandler.Default` compares with "true"; the API server's decoder takes only
strings as annotation values.
"""

from collections.abc import Iterator

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.placeholders import advice, is_placeholder
from transformer.kubernetes.well_known import EXCLUDE_ANNOTATION
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext
from transformer.rules.exempt import AS_BUILT


def check(context: RuleContext) -> Iterator[Violation]:
    places = {"": context.manifest.annotations}
    places.update((template.pointer, template.annotations) for template in context.templates)
    for base, annotations in places.items():
        value = annotations.get(EXCLUDE_ANNOTATION, "false")
        if value in ("true", "false") and isinstance(value, str):
            continue
        at = pointer.join(f"{base}/metadata/annotations", EXCLUDE_ANNOTATION)
        if is_placeholder(value) or (value is None and context.template_comment):
            message = "it is not known yet whether this asks for the guard"
            yield Violation(at, message, hint=advice(value), severity="warning")
            continue
        if value is None or isinstance(value, str):
            message = f"{value or ''!r} does not ask for the guard, only 'true' does"
        else:
            message = "the value is not a string, so the API server refuses the object"
        do = 'write "true" or "false", in quotes, and'
        hint = f"{do} run `hostnet-transform -w`"
        yield Violation(at, message, hint=hint, built_hint=f"{do} {AS_BUILT}")


RULE = ValidationRule(
    "HN403",
    "exclude annotation with another value",
    "error",
    check,
    ("workloads",),
    "always",
    on=("workloads",),
)
