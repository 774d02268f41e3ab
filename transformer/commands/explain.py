"""The `rules` and `schema` commands: list rules and JSON Schemas, or print one."""

from transformer.config.package_data import SUFFIX, read, schema_names
from transformer.report.report import RuleHelp
from transformer.report.rule_page import index, page
from transformer.rules import registry
from transformer.rules.base import ValidationRule
from transformer.rules.index import OFF_BY_DEFAULT
from transformer.wording import resolve_name


def rule_helps() -> tuple[RuleHelp, ...]:
    """Return the help on each rule; a transform rule reports what it cannot do as an error."""
    helps = []
    for rule in registry.transform_rules():
        use = f"Transforms, {'off' if rule.id in OFF_BY_DEFAULT else 'on'} by default."
        text = registry.documentation(rule.id) or ""
        helps.append(RuleHelp(rule.id, rule.summary, "error", text, use))
    for check in registry.validation_rules():
        text = registry.documentation(check.id) or ""
        helps.append(RuleHelp(check.id, check.summary, check.severity, text, _use_of(check)))
    return tuple(helps)


def _use_of(rule: ValidationRule) -> str:
    """Return the severity of findings, and which command reports them when."""
    severity = rule.severity.capitalize()
    by = "`validate`" if rule.in_transform == "never" else "`validate` and `transform`"
    fix = " `--fix` fixes it." if rule.fix is not None else ""
    old = " if there is an old state" if "old" in rule.needs else ""
    return f"{severity}. Reported by {by}{old}.{fix}"


def rules() -> str:
    """Return a table of the rules."""
    lines = ["Rules that transform:"]
    for rule in registry.transform_rules():
        state = " (off by default)" if rule.id in OFF_BY_DEFAULT else ""
        lines.append(f"  {rule.id:16} {rule.summary}{state}")
    lines += ["", "Rules that check:"]
    for check in registry.validation_rules():
        lines.append(f"  {check.id}  {check.severity:7}  {check.summary}")
    return "\n".join([*lines, "", "`hostnet-transform rules ID` explains one."])


def explained(name: str) -> str:
    """Return the documentation of a rule.

    Raises:
        SettingsError: there is no such rule.
    """
    rule_id = registry.resolve_rule_id(name)
    return page(next(rule for rule in rule_helps() if rule.id == rule_id)).rstrip("\n")


def rule_pages() -> dict[str, str]:
    """Return the pages of `docs/rules/`, by file name."""
    rules = rule_helps()
    return {"README.md": index(rules)} | {f"{rule.id}.md": page(rule) for rule in rules}


def schemas() -> str:
    """Return the names of the schemas, one per line."""
    return "\n".join(schema_names())


def schema(name: str) -> str:
    """Return the text of a JSON Schema.

    Raises:
        SettingsError: there is no such schema.
    """
    names = schema_names()
    hint = f"there are: {', '.join(names)}"
    known = resolve_name("schema", name.removesuffix(SUFFIX), names, hint)
    return read(f"schemas/{known}{SUFFIX}").decode().removesuffix("\n")
