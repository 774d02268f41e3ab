"""HN901: the document cannot be read as YAML or JSON.

Not UTF-8, a syntax error, a second document without its `---`, nesting or alias expansion beyond
the limits, or a document larger than `--max-document`. A file that holds `{{` or `{%` outside
comments is probably a template: render it first, and transform the result.

Bad:

    metadata:
      name: {{ .Values.name }}

Mend it: correct the syntax at the line and column given.

Source: YAML 1.1 as libyaml reads it, which is what kubectl reads.
"""

from transformer.rules.base import ValidationRule

RULE = ValidationRule("HN901", "not readable as YAML or JSON", "error", None, "always")
