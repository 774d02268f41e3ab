"""Several reports of one run: each is what a run for it alone gives."""

import subprocess
from pathlib import Path

import pytest

from tests.integration.cli_runs import ROOT, TOOL, environment, invoke
from transformer.report import as_sarif
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


MANIFEST = (ROOT / "testdata/demo/pools.yaml").read_bytes()
CONFIG = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\nspec: {}\n"
BASELINE = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetBaseline\nentries: []\n"


@pytest.mark.parametrize("link", ["none", "symbolic", "hard", "folder"])
@pytest.mark.parametrize(
    ("args", "read"),
    [
        (("validate", "in"), "in/pools.yaml"),
        (("validate", "--old", "in", "other"), "in/pools.yaml"),
        (("validate", "--pools", "in/pools.yaml", "other"), "in/pools.yaml"),
        (("validate", "--config", "in/config", "other"), "in/config"),
        (("validate", "--config", "in/known", "--baseline", "in/base", "other"), "in/base"),
        (("validate", "--config", "in/known", "other"), "in/base"),
        (("validate", "--baseline", "in/base", "other"), "in/base"),
        (("validate", "--write-baseline", "in/base", "other"), "in/base"),
        (("placement", "in"), "in/pools.yaml"),
        (("placement", "--pools", "in/pools.yaml", "other"), "in/pools.yaml"),
        (("placement", "--config", "in/config", "other"), "in/config"),
        (("transform", "--check", "in"), "in/pools.yaml"),
        (("transform", "-w", "--pools", "in/pools.yaml", "other"), "in/pools.yaml"),
        (("transform", "--check", "--config", "in/config", "other"), "in/config"),
        (("hook", "check", "in/pools.yaml"), "in/pools.yaml"),
        (("hook", "transform", "--pools", "in/pools.yaml", "in/nodes.yaml"), "in/pools.yaml"),
        (("kustomize", "plugin", "in/config"), "in/config"),
    ],
)
def test_no_report_replaces_what_the_run_reads(args: tuple[str, ...], read: str, link: str) -> None:
    Path("other").mkdir()
    Path("other/pools.yaml").write_bytes(MANIFEST)
    for name, text in (("config", CONFIG), ("base", BASELINE)):
        Path("in", name).write_text(text)
    Path("in/known").write_text(CONFIG.replace("{}", "{baseline: base}"))
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    subprocess.run(["git", "init", "-q"], check=True)
    path = _linked(read, link)
    option = ("--report-file", path) if args[0] in ("hook", "kustomize") else ("--report-to",)
    run = invoke(*args[:-1], *option, *([f"json={path}"] if len(option) == 1 else []), args[-1])
    assert run.status == 2, run
    assert f"{path}: error: the report would replace {read}, which this run reads" in run.err
    assert {path: path.read_bytes() for path in before} == before


def _linked(name: str, link: str) -> str:
    """Return a name of a file that leads to it in another way."""
    if link == "symbolic":
        Path("link").symlink_to(name)
    elif link == "hard":
        Path("link").hardlink_to(name)
    elif link == "folder":
        Path("folder").symlink_to("in")
        return f"folder/{Path(name).name}"
    return name if link == "none" else "link"


def test_no_report_replaces_standard_input() -> None:
    for command in (("validate",), ("placement",), ("transform",)):
        with Path("in/pools.yaml").open("rb") as stdin:
            run = subprocess.run(
                [*TOOL, *command, "--report-to", "json=in/pools.yaml"],
                stdin=stdin,
                capture_output=True,
                env=environment(),
            )
        assert run.returncode == 2, command
        assert b"would replace standard input" in run.stderr
        assert Path("in/pools.yaml").read_bytes() == MANIFEST


def test_a_report_in_a_folder_that_is_read_is_replaced_by_the_next_run() -> None:
    for form in ("json", "sarif", "gitlab", "rdjsonl"):
        option = ("--report-to", f"{form}=in/found.json")
        for folder in ("in", "in", "in/pools.yaml", "in"):  # the third finds nothing
            run = invoke("validate", *option, folder)
            assert run.status == int(folder == "in"), run.err
    for command in (("placement",), ("transform", "--check")):
        for _ in range(2):
            run = invoke(*command, "--report-to", "json=in/found.json", "in")
            assert "would replace" not in run.err


def test_a_report_that_the_next_run_takes_for_a_manifest_needs_another_name() -> None:
    option = ("--report-to", "markdown=in/found.yaml")
    assert invoke("validate", *option, "in").status == 1
    written = Path("in/found.yaml").read_bytes()
    run = invoke("validate", *option, "in")
    assert run.status == 2
    assert "the report would replace in/found.yaml, which this run reads\n" in run.err
    assert "another file; a search of folders reads *.yaml, *.yml, *.json\n" in run.err
    assert Path("in/found.yaml").read_bytes() == written
    assert invoke("validate", "--report-to", "markdown=in/found.md", "in").status != 2


@pytest.mark.parametrize("link", ["symbolic", "hard", "dangling"])
def test_two_reports_do_not_share_a_file_through_a_link(link: str) -> None:
    if link != "dangling":
        Path("a").write_bytes(b"")
    if link == "hard":
        Path("b").hardlink_to("a")
    else:
        Path("b").symlink_to("a")
    for command in ("validate", "placement", "transform"):
        run = invoke(command, "--report-to", "json=a", "--report-to", "markdown=b", "in")
        assert run.status == 2
        assert "two reports cannot be written to one file" in run.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", ["validate", "placement", "transform"])
def test_the_report_that_does_not_fit_on_the_disk_is_named(command: str) -> None:
    Path("full").symlink_to("/dev/full")
    run = invoke(command, "--report-to", "json=a", "--report-to", "markdown=full", "in")
    assert run.status == 3
    assert "error: full: no space left on device" in run.err


def test_findings_that_sarif_has_no_room_for_are_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(as_sarif, "MOST_RESULTS", 2)
    run = invoke("validate", "-q", "--format", "sarif", "--report-to", "sarif=a", "in")
    assert run.err.count("warning: the SARIF report has only 2 of ") == 1
    assert Path("a").read_bytes() == run.out
