"""The JSON report."""

import json

from transformer.findings import Change, Finding, ObjectRef
from transformer.report import as_json

REF = ObjectRef("apps", "v1", "Deployment", "shop", "web")
STEP = {"op": "add", "path": "/metadata/labels/a", "value": "b"}


def test_a_report_without_entries_is_whole() -> None:
    report = "".join(as_json.assemble(0, [], []))
    assert json.loads(report) == {"documents": 0, "changed": [], "findings": []}
    assert report.endswith("}\n")


def test_entries_come_in_order_one_a_line() -> None:
    changes = [
        as_json.change(Change("r", "f", line, 2, "/items/0", REF, (STEP,))) for line in (1, 2)
    ]
    finding = as_json.finding(Finding("HN901", "error", "bad", "f", 1, 1, 0))
    text = "".join(as_json.assemble(3, changes, [finding]))
    report = json.loads(text)
    assert [entry["line"] for entry in report["changed"]] == [1, 2]
    assert report["changed"][0] == {
        "file": "f",
        "line": 1,
        "document": 2,
        "item": "/items/0",
        "rule": "r",
        "object": {
            "group": "apps",
            "version": "v1",
            "kind": "Deployment",
            "namespace": "shop",
            "name": "web",
        },
        "operations": [STEP],
    }
    assert report["findings"][0]["object"] is None
    assert "hint" not in report["findings"][0]
    assert text.count("\n") == 10


def test_a_hint_is_told_where_there_is_one() -> None:
    finding = Finding("HN901", "error", "bad", "f", 1, 1, 0, hint="mend it")
    assert json.loads(as_json.finding(finding))["hint"] == "mend it"


def test_names_of_any_bytes_can_be_told() -> None:
    finding = Finding("HN901", "error", "bad\n", "f\udcff", 1, 1, 0)
    assert as_json.finding(finding).isascii()
    assert "\n" not in as_json.finding(finding)
