"""HN902: a mapping holds the same key twice.

kubectl keeps the last one silently, kustomize refuses the file. Which one is meant cannot be told,
so the document is not edited. The same is said of files that run together in a stream where it is
not certain which key belongs to which manifest (HN904).

Bad:

    apiVersion: v1
    kind: Pod
    metadata: {name: web}
    spec:
      hostNetwork: true
      hostNetwork: false
      containers: [{name: web, image: "web:1"}]

Mend it: keep one.

Source: YAML, mapping keys are unique; kubectl and kustomize as measured.
"""

from transformer.rules.base import ValidationRule

RULE = ValidationRule("HN902", "a key stands twice in one mapping", "error", None, "always")
