"""HN903: a document without apiVersion or kind.

It is no Kubernetes manifest: a values file, a piece of configuration, or a manifest that lost its
head. Nothing in it is touched. In folder searches this is a note, with `--strict` an error.

Bad:

    metadata: {name: web}
    spec: {replicas: 2}

Mend it: add apiVersion and kind, or leave the file out.

Source: Kubernetes API conventions, type metadata.
"""

from transformer.rules.base import ValidationRule

RULE = ValidationRule("HN903", "no apiVersion or kind", "warning", None, "always")
