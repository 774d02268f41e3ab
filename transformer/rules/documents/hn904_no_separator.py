"""HN904: two manifests without `---` between them.

`cat *.yaml` joins files that do not begin with `---` into one document whose root has apiVersion
and kind twice; other tools keep the last manifest and silently drop the first.

In a stream (standard input), a `---` line is inserted between the manifests if it is certain where
each one ends. Otherwise, and with `--strict`, the document is refused (HN902), and nothing in it is
changed. The end is not certain if a root key above the border sorts before `apiVersion`, because it
may be the first key of a manifest whose keys are sorted; if it is not a key of the kind above; or
if the text is a template.

`transform` does not split a file, because its author has to fix it: the finding is an error if a
rule would edit one of the manifests, otherwise a warning. `validate --fix` inserts the `---` where
the border is certain.

Content after a `...` line without a `---` is a document for this tool, but kubectl silently drops
it. With `--strict`, this is an error.

Bad:

    apiVersion: v1
    kind: Namespace
    metadata: {name: shop}
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}

Fix: begin each file with `---`.

Source: YAML streams; kubectl's YAML reader (measured).
"""

from transformer.rules.base import ValidationRule

RULE = ValidationRule("HN904", "no --- between two manifests", "warning", in_transform="always")
