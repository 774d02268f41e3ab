"""HN414: the exclude annotation stands in a kind whose pod templates are not known.

Where pod templates live is a table of kinds. An annotation in any other kind may well reach pods
(an operator's custom resource), but the guard cannot be put there.

Bad:

    apiVersion: example.com/v1
    kind: Widget
    spec:
      podMetadata:
        annotations:
          apps.openyurt.io/exclude-host-network-pool: "true"

Mend it: add a row for the kind under `podTemplates` in the configuration, or set the affinity in
the object's own fields.

Source: this tool; SPEC of its behaviour, section 5.
"""

from collections.abc import Iterator
from typing import Any

from transformer.findings import Violation
from transformer.manifest.names import EXCLUDE_ANNOTATION
from transformer.rules.base import Subject, ValidationRule
from transformer.yamltree import pointer


def check(subject: Subject) -> Iterator[Violation]:
    ref = subject.manifest.ref
    if not ref.kind or (ref.group, ref.kind) in subject.world.rows:
        return
    for at in _places(subject.manifest.value, ""):
        yield Violation(
            at,
            f"pod templates of kind {ref.kind} are not known, so no guard can be added",
            hint="add the kind under podTemplates in the configuration",
        )


def _places(value: Any, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            below = pointer.join(at, key)
            if key == EXCLUDE_ANNOTATION:
                yield below
            else:
                yield from _places(item, below)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _places(item, f"{at}/{index}")


RULE = ValidationRule("HN414", "exclude annotation in an unknown kind", "warning", check, "always")
