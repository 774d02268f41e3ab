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

from transformer.rules.base import ValidationRule

RULE = ValidationRule("HN903", "no apiVersion or kind", "warning", in_transform="always")
