"""Several reports of one run: each is what a run for it alone gives."""

from pathlib import Path

import pytest

from tests.integration.cli_runs import ROOT, invoke
from transformer.report.formats import FORMATS, PAGE, PLACEMENT_FORMATS


@pytest.fixture(autouse=True)
def _example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    for path in (ROOT / "testdata/demo").glob("*.yaml"):
        Path("in", path.name).write_bytes(path.read_bytes())


@pytest.mark.parametrize(
    ("command", "formats"),
    [("validate", [*FORMATS]), ("placement", [*PLACEMENT_FORMATS, PAGE])],
)
def test_all_formats_in_one_run_are_those_one_by_one(command: str, formats: list[str]) -> None:
    wanted = [arg for form in formats for arg in ("--report-to", f"{form}={form}.txt")]
    together = invoke(command, *wanted, "in")
    for form in formats:
        alone = invoke(command, "--format", form, "in")
        assert (together.status, Path(f"{form}.txt").read_bytes()) == (alone.status, alone.out), (
            form
        )


def test_reports_of_transform_are_those_one_by_one() -> None:
    wanted = ("--report-to", "json=a.json", "--report-to", "text=a.txt", "--report-to")
    together = invoke("--check", *wanted, "markdown=a.md", "in")
    alone = invoke("--check", "--report", "json", "in")
    assert (together.status, Path("a.json").read_text()) == (alone.status, alone.err)
    assert Path("a.txt").read_text() == together.err
    invoke("--check", "--report", "none", "--report-to", "markdown=b.md", "in")
    assert Path("b.md").read_bytes() == Path("a.md").read_bytes()
    assert "7 changes:" in Path("a.md").read_text()


def test_a_report_file_is_short_for_json() -> None:
    invoke("validate", "--report-file", "a.json", "--report-to", "json=b.json", "in")
    assert Path("a.json").read_bytes() == Path("b.json").read_bytes() != b""


@pytest.mark.parametrize("command", ["validate", "placement", "transform"])
@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["yaml=a"], "'yaml=a' is not FORMAT=FILE with one of"),
        (["json"], "'json' is not FORMAT=FILE"),
        (["json="], "'json=' names no file"),
        (["json=."], "'json=.' names no file"),
        (["json=no/a"], "the report cannot be written"),
        (["json=a", "markdown=./a"], "two reports cannot be written to one file"),
    ],
)
def test_a_report_that_cannot_be_written_is_refused(
    command: str, values: list[str], message: str
) -> None:
    options = [arg for value in values for arg in ("--report-to", value)]
    run = invoke(command, *options, "in")
    assert (run.status, run.out) == (2, b"")
    assert message in run.err
