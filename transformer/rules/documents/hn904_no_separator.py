"""HN904: two manifests without `---` between them.

`cat *.yaml` glues files that do not begin with `---` into one document whose root has apiVersion
and kind twice; other tools keep the last manifest and lose the first without a word.

In a stream (standard input) a `---` line is put between the manifests where it is certain where
each ends. Where it is not, the document is refused (HN902), and nothing in it is changed: a root
key above the border sorts before `apiVersion`, so that it may be the first of a manifest whose keys
are sorted; or it is no key of the kind above; or the text is a template; or with `--strict`.

In a file nothing is taken apart, because the file is what its author has to mend: it is an error
where a rule would have edited one of the manifests, else a warning. `validate --fix` puts the `---`
in where the border is certain.

Content after a `...` line without a `---` is a document for this tool, but kubectl drops it
silently. With `--strict` an error.

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
