"""Findings for reviewdog: lines that it takes."""

import json
from typing import Any

from transformer.findings import Finding, Fix, ObjectRef, Related, TextEdit
from transformer.report.as_rdjsonl import render
from transformer.report.report import Report

REF = ObjectRef("apps", "v1", "Deployment", "shop", "cart")
FOUND = Finding("HN426", "warning", "it lacks its guard", "a.yaml", 3, 5, 0, object=REF, hint="add")


def diagnostics(*findings: Finding) -> list[dict[str, Any]]:
    text = "".join(render(Report(1, 1, findings)))
    assert text.count("\n") == len(findings)
    assert all(len(line) < 65_536 for line in text.split("\n"))
    return [json.loads(line) for line in text.splitlines()]


def test_a_finding_has_its_place_rule_and_message() -> None:
    (found,) = diagnostics(FOUND)
    assert found["message"] == "Deployment/shop/cart: it lacks its guard; add"
    assert found["location"] == {"path": "a.yaml", "range": {"start": {"line": 3, "column": 5}}}
    assert (found["severity"], found["code"]) == ("WARNING", {"value": "HN426"})
    assert found["source"] == {"name": "hostnet-transform"}


def test_nothing_found_is_no_line() -> None:
    assert diagnostics() == []


def test_a_line_is_never_so_long_that_reviewdog_would_leave_it_out() -> None:
    related = tuple(Related("b.yaml", line, 1, "x" * 1_000) for line in range(100))
    edit = TextEdit(1, 1, 1, 1, "\n" + "y" * 70_000, 1, 1)
    fix = Fix(("pod-guard",), (edit,))
    many, large, long, named = diagnostics(
        FOUND._replace(related=related, fix=Fix(fix.rules, (edit._replace(text="\n  a: b"),))),
        FOUND._replace(fix=fix),
        FOUND._replace(message="\U0001f600" * 70_000, related=related, fix=fix),
        FOUND._replace(object=REF._replace(name="z" * 70_000)),
    )
    assert 10 < len(many["related_locations"]) < 100
    assert many["suggestions"]
    assert "suggestions" not in large
    assert large["message"].endswith("; add")
    assert long["message"].endswith(" ...")
    assert named["message"].endswith(" ...")


def test_what_is_no_utf8_is_escaped() -> None:
    (found,) = diagnostics(FOUND._replace(message="a\ud800", file="f\udcff.yaml", object=None))
    assert found["message"] == "a\\ud800; add"
    assert found["location"]["path"] == "f\\udcff.yaml"
