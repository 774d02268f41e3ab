"""HN902: a mapping contains the same key twice.

kubectl silently keeps the last one, and kustomize refuses the file. It is not known which one is
meant, so the document is not edited. The same applies to files that run together in a stream, if it
is not certain which key belongs to which manifest (HN904).

Bad:

    apiVersion: v1
    kind: Pod
    metadata: {name: web}
    spec:
      hostNetwork: true
      hostNetwork: false
      containers: [{name: web, image: "web:1"}]

Fix: keep one of the two.

Source: YAML, mapping keys are unique; kubectl and kustomize as measured.
"""

from transformer.rules.base import ValidationRule

RULE = ValidationRule("HN902", "a key occurs twice in one mapping", "error", in_transform="always")
