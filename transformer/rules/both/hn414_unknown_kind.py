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

from transformer.findings import Violation
from transformer.manifest.manifest import places_of, value_at
from transformer.manifest.names import EXCLUDE_ANNOTATION
from transformer.manifest.pod_template import fixed_pointers
from transformer.rules.base import Subject, ValidationRule


def check(subject: Subject) -> Iterator[Violation]:
    ref = subject.manifest.ref
    if subject.templates or fixed_pointers(ref, subject.world.rows):
        return  # HN402
    for at in places_of(subject.manifest.value, EXCLUDE_ANNOTATION):
        if value_at(subject.manifest.value, at) == "false":
            continue
        version = f"{ref.group}/{ref.version}" if ref.group else ref.version
        yield Violation(
            at,
            f"no pod template is known here in {ref.kind} {version}, so no guard can be added",
            hint="add the kind under podTemplates in the configuration",
            at_key=True,
        )


RULE = ValidationRule("HN414", "exclude annotation in an unknown kind", "warning", check, "always")
