"""What there is to choose from, for `rules`, `schema`, `--enable`: rules and JSON Schemas."""

from transformer.config.package_data import read, schema_names
from transformer.report.report import RuleHelp
from transformer.report.rule_page import index, page
from transformer.rules import registry
from transformer.rules.base import ValidationRule
from transformer.wording import resolve_name

_SUFFIX = ".schema.json"


def rule_helps() -> tuple[RuleHelp, ...]:
    """Return what people read of each rule; a rule that transforms reports what it cannot do."""
    helps = []
    for rule in registry.transform_rules():
        standing = f"Transforms, {'on' if rule.on_by_default else 'off'} by default."
        text = registry.documentation(rule.id) or ""
        helps.append(RuleHelp(rule.id, rule.summary, "error", text, standing))
    for check in registry.validation_rules():
        text = registry.documentation(check.id) or ""
        helps.append(RuleHelp(check.id, check.summary, check.severity, text, _standing(check)))
    return tuple(helps)


def _standing(rule: ValidationRule) -> str:
    """Return how bad a finding is, and which command reports it when."""
    severity = rule.severity.capitalize()
    by = "`validate`" if rule.in_transform == "never" else "`validate` and `transform`"
    mend = " `--fix` mends it." if rule.fix is not None else ""
    if "old" in rule.needs:
        return f"{severity}. Reported by {by} where there is an old state.{mend}"
    return f"{severity}. Reported by {by}.{mend}"


def rules() -> str:
    """Return a table of the rules."""
    lines = ["Rules that transform:"]
    for rule in registry.transform_rules():
        state = "" if rule.on_by_default else " (off by default)"
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
    wanted = registry.resolve_rule_id(name)
    return page(next(rule for rule in rule_helps() if rule.id == wanted)).rstrip("\n")


def rule_pages() -> dict[str, str]:
    """Return the pages of `docs/rules/`, by file name."""
    rules = rule_helps()
    return {"README.md": index(rules)} | {f"{rule.id}.md": page(rule) for rule in rules}


def schemas() -> str:
    """Return the names of the schemas, a line each."""
    return "\n".join(_schema_names())


def schema(name: str) -> str:
    """Return the text of a JSON Schema.

    Raises:
        SettingsError: there is no such schema.
    """
    names = _schema_names()
    hint = f"there are: {', '.join(names)}"
    known = resolve_name("schema", name.removesuffix(_SUFFIX), names, hint)
    return read(f"schemas/{known}{_SUFFIX}").decode().removesuffix("\n")


def _schema_names() -> list[str]:
    return sorted(name.removesuffix(_SUFFIX) for name in schema_names())
