"""A validation in the formats that other programs read: GitHub, GitLab, JUnit, SARIF."""

import gzip
import json
import random
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from transformer.findings import Finding, ObjectRef
from transformer.report import as_github, as_gitlab, as_junit, as_sarif
from transformer.report.formats import FORMATS, renderer
from transformer.report.report import Report, RuleHelp

NODE = ObjectRef("", "v1", "Node", "", "edge-1")
ERROR = Finding(
    "HN303",
    "error",
    "the label changes",
    "a b/nodes.yaml",
    7,
    5,
    1,
    "/items/0",
    NODE,
    "/metadata/labels/x~1y",
    "keep it",
    "    x/y: old",
)
WARNING = Finding("HN903", "warning", "no kind: 100%, really\nnone", "./b.yaml", 1, 1, 0)
NOTE = Finding("HN401", "info", "cannot be told", "b.yaml", 3, 1, 0, object=NODE)
RULES = (
    RuleHelp("HN201", "hostNetwork changes", "error", "HN201: hostNetwork changes.\n\nBad."),
    RuleHelp("HN303", "the hostnetwork label changes", "error", "Text.\n\n    a: b", "An error."),
    RuleHelp("HN313", "no pool", "warning", "Text."),
    RuleHelp("HN401", "no hostNetwork", "error", "Text."),
    RuleHelp("HN903", "no kind", "warning", "Text."),
)
REPORT = Report(
    3,
    2,
    (WARNING, ERROR, NOTE),
    lambda: RULES,
    (("no old state", ("HN201",)),),
    version=lambda: "1.2",
    checks=tuple(rule.id for rule in RULES),
    rule_ids=tuple(rule.id for rule in RULES),
)

Render = Callable[[Report], Iterator[str]]
RENDERERS = [renderer(name) for name in FORMATS]


def text(render: Render, report: Report = REPORT) -> str:
    return "".join(render(report))


@pytest.mark.parametrize("render", RENDERERS)
def test_two_runs_write_the_same_text(render: Render) -> None:
    assert text(render) == text(render)


@pytest.mark.parametrize("render", RENDERERS)
def test_names_of_any_bytes_can_be_told(render: Render) -> None:
    odd = Finding("HN901", "error", "\x00\x1b\ud800\uffff\U0001f600", "f\udcff\n<&>", 1, 1, 0)
    told = text(render, Report(1, 1, (odd,), lambda: RULES))
    told.encode("utf-8", "backslashreplace")
    assert "\x1b" not in told
    if render is as_junit.render:
        ET.fromstring(told)


# --- github -------------------------------------------------------------------------------------


def test_github_gets_a_command_for_each_finding_errors_first() -> None:
    assert text(as_github.render).splitlines() == [
        "::error file=a b/nodes.yaml,line=7,col=5,title=HN303 Node/edge-1"
        "::the label changes; keep it",
        "::warning file=b.yaml,line=1,col=1,title=HN903::no kind: 100%25, really\\nnone",
        "::notice file=b.yaml,line=3,col=1,title=HN401 Node/edge-1::cannot be told",
    ]


def test_github_is_not_led_astray_by_a_file_name() -> None:
    odd = Finding("HN901", "error", "bad", "a,line=9::x\n::error::y", 1, 1, 0)
    assert text(as_github.render, Report(1, 1, (odd,))) == (
        "::error file=a%2Cline=9%3A%3Ax\\n%3A%3Aerror%3A%3Ay,line=1,col=1,title=HN901::bad\n"
    )


def test_nothing_found_is_nothing_for_github() -> None:
    assert text(as_github.render, Report(1, 1, ())) == ""


# --- gitlab -------------------------------------------------------------------------------------


def test_gitlab_gets_what_its_format_requires() -> None:
    entries = json.loads(text(as_gitlab.render))
    assert [entry["severity"] for entry in entries] == ["minor", "major", "info"]
    assert entries[1]["location"] == {"path": "a b/nodes.yaml", "lines": {"begin": 7}}
    assert entries[1]["description"] == "Node/edge-1: the label changes; keep it"
    assert entries[1]["check_name"] == "HN303"
    assert entries[0]["location"]["path"] == "b.yaml"
    assert len({entry["fingerprint"] for entry in entries}) == 3


def test_nothing_found_is_an_empty_list_for_gitlab() -> None:
    assert json.loads(text(as_gitlab.render, Report(1, 1, ()))) == []


def fingerprints(*findings: Finding) -> list[str]:
    entries = json.loads(text(as_gitlab.render, Report(1, 1, findings)))
    return [entry["fingerprint"] for entry in entries]


def test_a_finding_is_the_same_one_after_its_lines_have_moved() -> None:
    moved = Finding(*[*_values(ERROR)[:4], 70, 9, 4, *_values(ERROR)[7:]])
    assert fingerprints(moved) == fingerprints(ERROR)


def test_findings_that_are_alike_are_told_apart() -> None:
    assert len(set(fingerprints(ERROR, ERROR, ERROR))) == 3


def _values(found: Finding) -> list[Any]:
    return [getattr(found, name) for name in Finding._fields]


# --- sarif --------------------------------------------------------------------------------------


def sarif_run(report: Report = REPORT) -> dict[str, Any]:
    log = json.loads(text(as_sarif.render, report))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    return dict(run)


def test_sarif_has_a_result_for_each_finding_with_its_place() -> None:
    run = sarif_run()
    assert [result["level"] for result in run["results"]] == ["warning", "error", "note"]
    result = run["results"][1]
    (location,) = result["locations"]
    physical = location["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "a%20b/nodes.yaml"
    assert physical["region"] == {
        "startLine": 7,
        "startColumn": 5,
        "endLine": 7,
        "endColumn": 13,
        "snippet": {"text": "    x/y: old"},
    }
    assert location["logicalLocations"][0]["fullyQualifiedName"] == (
        "Node/edge-1/metadata/labels/x~1y"
    )
    assert result["message"]["text"] == "Node/edge-1: the label changes; keep it"
    assert run["columnKind"] == "unicodeCodePoints"


def test_sarif_brings_help_for_every_rule_and_points_to_it() -> None:
    run = sarif_run()
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("hostnet-transform", "1.2")
    assert [rule["id"] for rule in driver["rules"]] == [rule.id for rule in RULES]
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    label = driver["rules"][1]
    assert label["help"]["markdown"].endswith("```yaml\na: b\n```\n")
    assert label["defaultConfiguration"] == {"level": "error"}


def test_sarif_names_no_absolute_path_as_a_relative_one() -> None:
    found = Finding("HN901", "error", "bad", "/tmp/a.yaml", 1, 1, 0)
    (result,) = sarif_run(Report(1, 1, (found,)))["results"]
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"] == "file:///tmp/a.yaml"
    assert "ruleIndex" not in result


def test_sarif_has_what_code_scanning_takes_the_most_severe_first_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(as_sarif, "MOST_RESULTS", 4)
    said: list[str] = []
    every = (NOTE, WARNING, ERROR, WARNING, ERROR, NOTE)
    report = REPORT._replace(findings=every, warns=said.append)
    run = sarif_run(report)
    assert [result["level"] for result in run["results"]] == ["error"] * 2 + ["warning"] * 2
    whole = sarif_run(REPORT._replace(findings=every[:2]))
    assert [result["level"] for result in whole["results"]] == ["note", "warning"]
    assert "invocations" not in whole
    (invocation,) = run["invocations"]
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["message"]["text"] == said[0]
    assert said == [
        "the SARIF report has only 4 of 6 findings, the most severe ones: code scanning takes 4 at"
        " most, and 10 MB compressed"
    ]


def test_sarif_is_as_large_as_code_scanning_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(as_sarif, "MOST_BYTES", 30_000)
    noise = random.Random(16)
    findings = tuple(
        one._replace(message=noise.randbytes(200).hex())
        for one in (NOTE, WARNING, ERROR)
        for _ in range(200)
    )
    said: list[str] = []
    rendered = text(as_sarif.render, REPORT._replace(findings=findings, warns=said.append))
    assert 20_000 < len(gzip.compress(rendered.encode())) <= 30_000
    (run,) = json.loads(rendered)["runs"]
    assert {result["level"] for result in run["results"]} == {"error"}
    assert len(said) == 1


# --- junit --------------------------------------------------------------------------------------


def cases(report: Report = REPORT) -> dict[str, ET.Element]:
    root = ET.fromstring(text(as_junit.render, report))
    return {str(case.get("classname")): case for case in root.iter("testcase")}


def test_junit_has_a_test_for_each_rule() -> None:
    found = cases()
    assert list(found) == ["HN201", "HN303", "HN313", "HN401", "HN903"]
    assert list(found["HN313"]) == []
    assert found["HN313"].get("name") == "no pool"


def test_in_junit_an_error_is_a_failure_and_a_warning_is_none() -> None:
    found = cases()
    (failure,) = found["HN303"]
    told = "Node/edge-1: the label changes"
    assert (failure.tag, failure.get("message")) == ("failure", told)
    assert failure.text == "a b/nodes.yaml:7:5: Node/edge-1: the label changes; keep it"
    (output,) = found["HN903"]
    assert output.tag == "system-out"
    assert str(output.text).startswith("warning: ./b.yaml:1:1: no kind")


def test_in_junit_what_had_nothing_to_check_is_skipped_with_the_reason() -> None:
    (skipped,) = cases()["HN201"]
    assert (skipped.tag, skipped.get("message")) == ("skipped", "skipped: no old state")


def test_junit_counts() -> None:
    suite = ET.fromstring(text(as_junit.render)).find("testsuite")
    assert suite is not None
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "5", "failures": "1", "errors": "0", "skipped": "1"}


def test_a_rule_that_is_switched_off_is_no_test_in_junit() -> None:
    assert list(cases(Report(1, 1, (), lambda: RULES, checks=("HN313",)))) == ["HN313"]
