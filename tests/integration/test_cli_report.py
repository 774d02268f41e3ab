"""The reports: sentences on standard error, JSON that fits its schema."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.integration.cli_runs import ROOT, invoke
from tests.manifests import CONFIG_MAP, TEMPLATE, guarded, joined, node, pool

SCHEMA = json.loads((ROOT / "schemas" / "report.schema.json").read_text())

WORKLOAD_ANNOTATION = (
    guarded()
    .replace(
        b"  name: web\n",
        b"  name: web\n  annotations: {apps.openyurt.io/exclude-host-network-pool: 'true'}\n",
        1,
    )
    .replace(b"        apps.openyurt.io/exclude-host-network-pool", b"        other")
)
LISTED = b"apiVersion: v1\nkind: List\nitems:\n- " + guarded("a").replace(b"\n", b"\n  ").rstrip(
    b" "
)
STREAMS = {
    "nothing": b"",
    "changes": joined(guarded("a"), node("n1", "p"), pool("p"), LISTED),
    "an object without a pool": node("n1", "p"),
    "a template": TEMPLATE,
    "no manifest": b"a: b\n",
    "duplicate keys": b"apiVersion: v1\nkind: Node\nmetadata: {}\nmetadata: {}\n",
    "an annotation without effect": WORKLOAD_ANNOTATION,
    "a value that cannot be": guarded().replace(
        b"      containers", b"      affinity: 1\n      containers"
    ),
    "a lost pool": pool("p").replace(b"v1beta2", b"v1alpha1"),
    "no manifest, glued": guarded("a") + guarded("b"),
}


def valid(text: str | bytes) -> dict[str, Any]:
    """Return a report that fits the schema."""
    report: dict[str, Any] = json.loads(text)
    assert list(Draft202012Validator(SCHEMA).iter_errors(report)) == []
    return report


def test_the_schema_is_one_and_describes_every_property() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    def undescribed(schema: Any, name: str) -> list[str]:
        if not isinstance(schema, dict):
            return []
        found = [] if "description" in schema else [name]
        for key, value in {**schema.get("properties", {}), **schema.get("$defs", {})}.items():
            found += undescribed(value, f"{name}.{key}")
        if "properties" in schema:
            assert schema["additionalProperties"] is False, name
        return found + (
            undescribed(schema["items"], f"{name}[]") if name.endswith("operations") else []
        )

    assert undescribed(SCHEMA, "report") == []


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)
@pytest.mark.parametrize("is_strict", [False, True])
def test_real_reports_fit_the_schema(stream: bytes, is_strict: bool) -> None:
    strict = ("--strict",) if is_strict else ()
    report = valid(invoke("--report", "json", *strict, stdin=stream).err)
    assert bool(report["documents"]) == bool(stream)


def test_reports_of_files_that_cannot_be_read_fit_the_schema(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to("nowhere")
    report = valid(invoke("--report", "json", tmp_path).err)
    assert report["findings"][0]["file"] == str(tmp_path / "a.yaml")


def test_the_report_says_where_and_what() -> None:
    report = valid(invoke("--report", "json", stdin=STREAMS["changes"]).err)
    assert report["documents"] == 4
    assert [(made["document"], made["item"], made["line"]) for made in report["changed"]] == [
        (0, "", 1),
        (1, "", 15),
        (3, "/items/0", 33),
    ]
    assert report["changed"][1]["object"] == {
        "group": "",
        "version": "v1",
        "kind": "Node",
        "namespace": "",
        "name": "n1",
    }
    finding = valid(invoke("--report", "json", stdin=node("n1", "p")).err)["findings"][0]
    assert (finding["rule"], finding["severity"]) == ("HN313", "warning")
    assert (finding["line"], finding["column"]) == (6, 32)
    assert finding["pointer"] == "/metadata/labels/apps.openyurt.io~1nodepool"


def test_a_report_file_has_the_machine_s_copy_besides_the_sentences(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    run = invoke("--report-file", file, stdin=guarded())
    assert "pod-guard: Deployment/web" in run.err
    assert len(valid(file.read_bytes())["changed"]) == 1


def test_the_environment_can_name_the_report_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOSTNET_REPORT_FILE", str(tmp_path / "report.json"))
    assert invoke("-q", stdin=guarded()).err == ""
    assert valid((tmp_path / "report.json").read_bytes())["documents"] == 1
    monkeypatch.setenv("HOSTNET_REPORT_FILE", "")
    assert invoke("-q", stdin=guarded()).status == 0


def test_a_report_file_can_hold_sentences(tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    run = invoke("--report", "text", "--report-file", file, "--color", "always", stdin=guarded())
    assert file.read_text() == re.sub(r"\x1b\[[\d;]*m", "", run.err)


def test_a_report_file_alone_keeps_standard_error_empty(tmp_path: Path) -> None:
    for kind in ("none", "json"):
        file = tmp_path / f"{kind}.json"
        assert invoke("--report", kind, "--report-file", file, stdin=guarded()).err == ""
        assert valid(file.read_bytes())["documents"] == 1


def test_no_report_is_silence_and_the_status_stays() -> None:
    run = invoke("--report", "none", stdin=TEMPLATE)
    assert (run.status, run.err) == (3, "")


def test_a_report_file_that_cannot_be_written_is_wrong_usage_before_anything_is_done(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.yaml").write_bytes(guarded())
    run = invoke("-w", "--report-file", tmp_path / "no" / "report.json", tmp_path / "a.yaml")
    assert run.status == 2
    assert "report.json: error: the report cannot be written: no such file or directory" in run.err
    assert (tmp_path / "a.yaml").read_bytes() == guarded()


def test_the_report_of_a_run_that_failed_is_written(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    assert invoke("--report-file", file, stdin=joined(TEMPLATE, CONFIG_MAP)).status == 3
    assert valid(file.read_bytes())["findings"][0]["rule"] == "HN901"


def test_names_cannot_paint_the_terminal() -> None:
    run = invoke(stdin=guarded('"\\e[31mred\\nline"'))
    assert "\x1b" not in run.err
    assert "Deployment/\\x1b[31mred\\nline: added" in run.err
