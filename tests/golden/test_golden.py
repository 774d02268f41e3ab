"""Input and output of the main job, byte for byte, as files.

`testdata/rules/<rule-id>/<case>/` shows what a rule does, `testdata/splice/<case>/` how an edit is
written into a text. A case holds

- `in.yaml` or `in.json`;
- `out.yaml` or `out.json`: the bytes that come out. Without it, they are those that went in;
- `findings.json`: the findings of `transform`, as the JSON report has them but without `file`.
  Without it: none;
- `validated.json`: those of `validate`, in the cases of validation rules;
- `old.yaml`, where needed: the old state that `validate` compares with;
- `settings.yaml`, where needed: the configuration.

With HOSTNET_GOLDEN=rewrite (`make golden`) the expectations are written instead of compared, and
are to be read in the diff. Where CI is set, that is refused.
"""

import inspect
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cases import check_each
from transformer import Finding, Result, transform, validate
from transformer.report import as_json
from transformer.rules.base import TransformRule, ValidationRule
from transformer.rules.registry import documentation, transform_rules, validation_rules
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse

TESTDATA = Path(__file__).resolve().parents[2] / "testdata"
RULES = TESTDATA / "rules"
SPLICE = TESTDATA / "splice"

IS_REWRITTEN = os.environ.get("HOSTNET_GOLDEN") == "rewrite"

TRANSFORM_CASES = ("changes", "already-done", "not-applicable", "comments-and-anchors")

Rule = TransformRule | ValidationRule


class Case(NamedTuple):
    """The files of one case. `folder` is the case's own, below `testdata`."""

    folder: Path
    source: Path

    @property
    def expected_output(self) -> Path:
        return self.folder / f"out{self.source.suffix}"

    @property
    def expected_findings(self) -> Path:
        return self.folder / "findings.json"

    @property
    def output(self) -> bytes:
        file = self.expected_output
        return (file if file.exists() else self.source).read_bytes()

    @property
    def findings(self) -> list[dict[str, Any]]:
        file = self.expected_findings
        if not file.exists():
            return []
        found: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))
        return found

    @property
    def expected_validation(self) -> Path:
        return self.folder / "validated.json"

    @property
    def validation(self) -> list[dict[str, Any]]:
        file = self.expected_validation
        if not file.exists():
            return []
        found: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))
        return found

    @property
    def old(self) -> bytes | None:
        file = self.folder / f"old{self.source.suffix}"
        return file.read_bytes() if file.exists() else None

    @property
    def settings(self) -> dict[str, Any] | None:
        file = self.folder / "settings.yaml"
        return construct(parse(file.read_text("utf-8")).root) if file.exists() else None

    def run(self, data: bytes) -> Result:
        return transform(data, config=self.settings, name=self.source.name)

    def validate(self) -> list[dict[str, Any]]:
        data = self.source.read_bytes()
        config, name = self.settings, self.source.name
        return told(validate(data, old=self.old, config=config, name=name))


def told(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return findings as the JSON report has them, without `file`."""
    entries = [json.loads(as_json.finding(finding)) for finding in findings]
    for entry in entries:
        del entry["file"]
    return entries


def cases_below(folder: Path) -> Iterator[Case]:
    for source in sorted(folder.rglob("in.*")):
        yield Case(source.parent, source)


CASES = (*cases_below(RULES), *cases_below(SPLICE))


def group_of(case: Case) -> str:
    """Return the folder of a case's rule, or that of all cases of splicing."""
    return "splice" if case.folder.is_relative_to(SPLICE) else case.folder.parent.name


GROUPS: dict[str, list[Case]] = {}
for one in CASES:
    GROUPS.setdefault(group_of(one), []).append(one)

each_group = pytest.mark.parametrize("group", GROUPS)


def check_cases(group: str, check: Callable[[Case], None]) -> None:
    check_each(GROUPS[group], check, lambda case: case.folder.relative_to(TESTDATA).as_posix())


def rewrite(case: Case, result: Result) -> None:
    if os.environ.get("CI"):
        pytest.fail("expectations are not rewritten where CI is set")
    case.expected_output.unlink(missing_ok=True)
    if result.data != case.source.read_bytes():
        case.expected_output.write_bytes(result.data)
    write_findings(case.expected_findings, told(result.findings))


def write_findings(file: Path, findings: list[dict[str, Any]]) -> None:
    if os.environ.get("CI"):
        pytest.fail("expectations are not rewritten where CI is set")
    file.unlink(missing_ok=True)
    if findings:
        text = json.dumps(findings, indent=2, ensure_ascii=False) + "\n"
        file.write_text(text, "utf-8", newline="\n")


@each_group
def test_output_and_findings_are_the_expected_ones(group: str) -> None:
    def check(case: Case) -> None:
        result = case.run(case.source.read_bytes())
        if IS_REWRITTEN:
            rewrite(case, result)
        assert result.data == case.output
        assert told(result.findings) == case.findings

    check_cases(group, check)


@pytest.mark.parametrize("group", [group for group in GROUPS if group.startswith("HN")])
def test_validate_finds_the_expected(group: str) -> None:
    def check(case: Case) -> None:
        found = case.validate()
        if IS_REWRITTEN:
            write_findings(case.expected_validation, found)
        assert found == case.validation

    check_cases(group, check)


@each_group
def test_a_second_run_changes_plans_and_finds_nothing_new(group: str) -> None:
    def check(case: Case) -> None:
        output = case.output
        result = case.run(output)
        assert result.data == output
        assert result.changes == ()
        found_first = {finding["rule"] for finding in case.findings}
        assert {finding.rule for finding in result.findings} <= found_first

    check_cases(group, check)


def test_folders_hold_cases_and_nothing_else() -> None:
    allowed = {"in", "out", "findings", "settings", "validated", "old"}
    for case in CASES:
        assert {file.stem for file in case.folder.iterdir()} <= allowed, case.folder
        assert len(list(case.folder.glob("in.*"))) == 1, case.folder
        level = case.folder.parent if case.folder.is_relative_to(SPLICE) else case.folder.parents[1]
        assert level in (SPLICE, RULES), case.folder
    assert {folder.name for folder in RULES.iterdir()} <= {rule.id for rule in all_rules()}


def test_an_expectation_that_says_nothing_new_is_not_kept() -> None:
    for case in CASES:
        if case.expected_output.exists():
            assert case.output != case.source.read_bytes(), case.folder
        if case.expected_findings.exists():
            assert case.findings, case.folder
        if case.expected_validation.exists():
            assert case.validation, case.folder


# --- what belongs to a rule ---------------------------------------------------------------------


def all_rules() -> tuple[Rule, ...]:
    return (*transform_rules(), *validation_rules())


def rule_params(rules: Iterable[Rule]) -> list[Any]:
    return [pytest.param(rule, id=rule.id) for rule in rules]


def module_name(rule: Rule) -> str:
    """Return the name of the module that holds `rule`, without its package."""
    for name, module in sys.modules.items():
        if name.startswith("transformer.rules.") and getattr(module, "RULE", None) is rule:
            return name.rpartition(".")[2]
    raise AssertionError(f"no module has the rule {rule.id}")


def case_of(rule: Rule, name: str) -> Case:
    found = list(cases_below(RULES / rule.id / name))
    assert len(found) == 1, f"testdata/rules/{rule.id}/{name} holds no case"
    return found[0]


def changed_by(rule: Rule, case: Case) -> bool:
    result = case.run(case.source.read_bytes())
    return any(change.rule == rule.id for change in result.changes)


def test_rule_ids_are_unique() -> None:
    ids = [rule.id for rule in all_rules()]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("rule", rule_params(transform_rules()))
def test_a_transform_rule_has_its_id_as_file_name(rule: TransformRule) -> None:
    assert module_name(rule) == rule.id.replace("-", "_")


@pytest.mark.parametrize("rule", rule_params(validation_rules()))
def test_the_file_name_of_a_validation_rule_begins_with_its_id(rule: ValidationRule) -> None:
    number, _, slug = module_name(rule).partition("_")
    assert number == rule.id.lower()
    assert slug


@pytest.mark.parametrize("rule", rule_params(all_rules()))
def test_a_rule_is_documented_with_an_example_and_its_source(rule: Rule) -> None:
    text = documentation(rule.id)
    assert text is not None
    paragraphs = [inspect.cleandoc(paragraph) for paragraph in text.split("\n\n")]
    assert any(paragraph.startswith("Source: ") for paragraph in paragraphs)
    example = ("Before",) if isinstance(rule, TransformRule) else ("Bad",)
    assert any(paragraph.startswith(example) for paragraph in paragraphs)
    wanted = "After" if isinstance(rule, TransformRule) else "Fix: "
    assert any(paragraph.startswith(wanted) for paragraph in paragraphs)
    assert rule.summary
    assert not rule.summary.endswith(".")


@pytest.mark.parametrize("rule", rule_params(transform_rules()))
def test_a_transform_rule_has_its_cases(rule: TransformRule) -> None:
    for name in TRANSFORM_CASES:
        case_of(rule, name)
    assert changed_by(rule, case_of(rule, "changes"))
    assert changed_by(rule, case_of(rule, "comments-and-anchors"))
    assert not changed_by(rule, case_of(rule, "already-done"))
    assert not changed_by(rule, case_of(rule, "not-applicable"))


ABOUT_CONFIGURATION_FILES = ("HN907",)
"""Rules that find nothing in manifests, whatever the settings."""


@pytest.mark.parametrize(
    "rule",
    rule_params(rule for rule in validation_rules() if rule.id not in ABOUT_CONFIGURATION_FILES),
)
def test_a_validation_rule_has_a_failing_and_a_passing_case(rule: ValidationRule) -> None:
    cases = list(cases_below(RULES / rule.id))
    failing = [case for case in cases if case.folder.name.startswith("fails")]
    passing = [case for case in cases if case.folder.name.startswith("passes")]
    assert failing
    assert passing
    for case in cases:
        is_found = rule.id in {finding["rule"] for finding in (*case.findings, *case.validation)}
        assert is_found == (case in failing), case.folder
