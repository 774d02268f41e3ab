"""HN904: two manifests without `---` between them.

`cat *.yaml` glues files that do not begin with `---` into one document whose root has apiVersion
and kind twice; other tools keep the last manifest and lose the first without a word. Where both
parts are whole manifests, a `---` line is put between them. Content after a `...` line without a
`---` is a document for this tool, but kubectl drops it silently. With `--strict` an error.

Bad:

    apiVersion: v1
    kind: Namespace
    metadata: {name: shop}
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}

Mend it: begin each file with `---`.

Source: YAML streams; kubectl's YAML reader (measured).
"""

from transformer.rules.base import ValidationRule

RULE = ValidationRule("HN904", "no --- between two manifests", "warning", None, "always")
