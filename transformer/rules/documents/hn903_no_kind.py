"""HN903: a document without apiVersion or kind.

It is not a Kubernetes manifest, but a values file, other configuration, or a manifest without its
first lines. Nothing in it is changed. With `--strict`, this is an error.

A search of folders finds many such files, so one info covers all of them ("63 files hold no
manifest"); `-v` and the JSON report name them. Kustomizations, `Chart.yaml` and values files are
not counted. A document without apiVersion or kind in a file that also contains manifests gets an
info of its own, and a file that is named as a PATH gets a warning.

Bad:

    metadata: {name: web}
    spec: {replicas: 2}

Fix: add apiVersion and kind, or exclude the file.

Source: Kubernetes API conventions, type metadata.
"""

from collections.abc import Iterator, Sequence

from transformer.findings import Finding
from transformer.rules.base import ValidationRule

_HINT = "they have no apiVersion or kind, and nothing in them is changed; -v lists them"


def fold(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield the findings; one on several files is at the first of them, and names the others."""
    for found in findings:
        if not found.is_each:
            yield found
            continue
        first, *others = found.related
        at = found._replace(
            file=first.file, line=first.line, column=first.column, message=first.message
        )
        if first.file != found.file:
            at = at._replace(document=0, excerpt="")
        if others:
            message = f"{len(found.related)} files hold no manifest"
            at = at._replace(message=message, hint=_HINT, excerpt="")
        yield at._replace(related=tuple(others), is_each=False)


RULE = ValidationRule("HN903", "no apiVersion or kind", "warning", in_transform="always", fold=fold)
