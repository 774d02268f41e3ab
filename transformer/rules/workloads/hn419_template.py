"""HN419: a template that is valid YAML needs an edit.

ytt reads its directives from comments that begin with `#@`, and authors put `{{ }}` and `{% %}` of
Helm and Jinja into comments so that editors can parse the rest as YAML. Comments are code there: a
guard between `#@ if` and `#@ end` exists only if the condition holds. Such a document is not
edited. In folder searches and hooks the finding is an info, because the templates of a repository
are not what is applied.

Bad:

    apiVersion: v1
    kind: Pod
    metadata:
      name: web
      annotations:
        apps.openyurt.io/exclude-host-network-pool: "true"
    spec:
      containers: [{name: web, image: "web:1"}]
      #@ if data.values.cache:
      volumes: [{name: cache, emptyDir: {}}]
      #@ end

Fix: render it first (`ytt -f`, `helm template`), and transform the result.

Source: ytt, directives are comments that begin with `#@`; Helm and Jinja render the whole file,
comments included.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext
from transformer.rules.exempt import editable_once_rendered
from transformer.wording import RENDER_FIRST


def check(context: RuleContext) -> Iterator[Violation]:
    if not context.template_comment:
        return
    rules = [
        rule
        for rule, operations in context.planned.items()
        if editable_once_rendered(context, operations)
    ]
    if rules:
        yield Violation(
            "",
            f"{' and '.join(rules)} would apply to {context.manifest.ref}, but this is a template:"
            f" {context.template_comment} is code",
            hint=RENDER_FIRST,
            severity=None if context.is_named else "info",
        )


RULE = ValidationRule(
    "HN419", "a template that is valid YAML needs an edit", "error", check, in_transform="wanted"
)
