"""HN415: a guard is wanted in a patch, or in a pod template without containers.

A strategic merge replaces `nodeSelectorTerms` as a whole, so a guard in a patch would erase the
base's own terms. Patches (files that a kustomization names as such) and pieces of objects are
never edited.

Bad, in a file that a kustomization.yaml lists under `patches`:

    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        metadata:
          annotations:
            apps.openyurt.io/exclude-host-network-pool: "true"

Mend it: guard the base, or run hostnet-transform on the built result.

Source: kustomize, strategic merge of lists without a merge key (measured, kustomize 5.8).
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.rules.base import Subject, ValidationRule
from transformer.rules.exempt import is_partial


def check(subject: Subject) -> Iterator[Violation]:
    if subject.wanted and is_partial(subject):
        what = "a patch" if subject.is_patch else "a pod template without containers"
        yield Violation(
            "",
            f"{' and '.join(subject.wanted)} would apply to {subject.manifest.ref}, but it is"
            f" {what}",
            hint="guard the base, or transform the built result",
        )


RULE = ValidationRule("HN415", "a guard is wanted in a partial object", "warning", check, "wanted")
