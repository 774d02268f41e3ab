"""HN901: the document cannot be read as YAML or JSON.

The document is not UTF-8, has a syntax error, is followed by another one without a `---`, exceeds
the limits of nesting or alias expansion, or is larger than `--max-document`. A file that contains
`{{` or `{%` outside comments is probably a template: render it first, and transform the result.

With `validate --build`, it is also for a kustomization that kustomize cannot build. Then the help
is the command that prints all of the reason.

Bad:

    metadata:
      name: {{ .Values.name }}

Fix: correct the syntax at the line and column in the message.

Source: YAML 1.1 as libyaml reads it, which is what kubectl reads.
"""

from transformer.rules.base import ValidationRule

RULE = ValidationRule("HN901", "not readable as YAML or JSON", "error", in_transform="always")
