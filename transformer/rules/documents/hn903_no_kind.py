"""HN903: a document without apiVersion or kind.

It is no Kubernetes manifest: a values file, a piece of configuration, or a manifest that lost its
head. Nothing in it is touched. With `--strict` this is an error.

A search of folders finds many such files, so one note is about all of them ("63 files hold no
manifest"); `-v` names them, and so does the JSON report. It leaves out kustomizations, `Chart.yaml`
and values files. A document without a head in a file that also holds manifests keeps a note of its
own, and so does a file that was named as a PATH, with a warning.

Bad:

    metadata: {name: web}
    spec: {replicas: 2}

Mend it: add apiVersion and kind, or leave the file out.

Source: Kubernetes API conventions, type metadata.
"""

from transformer.rules.base import ValidationRule

RULE = ValidationRule("HN903", "no apiVersion or kind", "warning", None, "always")
