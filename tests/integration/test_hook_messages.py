"""What hooks print: the few lines that somebody needs who waits for a commit."""

import re
from pathlib import Path

import pytest

from tests.integration.cli_runs import ROOT, Run
from tests.integration.hook_repository import add, commit, hook, start
from tests.manifests import TEMPLATE, guarded, joined, kept_off, node, pool

PAGE = (ROOT / "docs/pre-commit.md").read_text(encoding="utf-8")
SAMPLE = re.search(r"^```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
RELEASE = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: a}\n"
FIX = "fix what is reported, `git add` it, and commit again\n"


@pytest.fixture(autouse=True)
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start(tmp_path, monkeypatch)


def _printed(run: Run) -> str:
    """Return what a hook prints, as pre-commit shows it."""
    return run.out.decode() + run.err


def _many() -> dict[str, bytes | str]:
    """Return files as in a repository of years, none of which has an error."""
    return {
        "pools.yaml": pool("p"),
        "values.yaml": "replicas: 2\n",
        "release.yaml": RELEASE,
        "templates.yaml": TEMPLATE,
        **{f"{number}.yaml": guarded(f"web-{number}") for number in range(30)},
    }


def test_an_error_among_many_files_is_all_that_is_shown_and_the_rest_is_counted() -> None:
    commit({"pools.yaml": pool("p")})
    files = _many() | {"pools.yaml": pool("p", host_network=False)}
    add(files)
    run = hook("validate", *files)
    lines = _printed(run).splitlines()
    assert run.status == 1
    assert lines[0] == "pools.yaml"
    assert "error[HN201]" in lines[1]
    assert len([line for line in lines if re.search(r"\[HN\d+\]", line)]) == 1
    assert len(lines) < 12, lines
    counts = lines[lines.index("") + 1]
    assert re.fullmatch(r"1 error; not shown: \d+ warnings, \d+ notes? \(-v shows them\)", counts)
    assert "not looked into: 1 HelmRelease" in _printed(run)
    assert lines[-1] + "\n" == FIX


def test_verbose_shows_what_was_only_counted() -> None:
    files = _many() | {"node.yaml": node("n", "p")}
    add(files)
    brief, verbose = hook("validate", *files), hook("validate", "-v", *files)
    assert brief.status == verbose.status == 1
    assert b"warning[HN426]" not in brief.out
    assert verbose.out.count(b"warning[HN426]") == 30
    assert b"HelmRelease/a" in verbose.out
    assert re.search(rb"^skipped: HN\d+", verbose.out, re.MULTILINE)
    assert verbose.err == brief.err


def test_the_documentation_shows_what_is_printed() -> None:
    commit({"pools.yaml": pool("p")})
    add({"pools.yaml": pool("p", host_network=False), "web.yaml": guarded(), "r.yaml": RELEASE})
    assert SAMPLE is not None
    assert _printed(hook("validate", "pools.yaml", "web.yaml", "r.yaml")) == SAMPLE[1]


def test_a_hook_that_passes_says_so_in_a_few_lines() -> None:
    files = _many()
    add(files)
    run = hook("validate", *files)
    assert run.status == 0
    assert run.out.startswith(b"no errors; not shown: ")
    assert len(_printed(run).splitlines()) == 2
    assert FIX not in _printed(run)


def test_what_makes_a_hook_fail_is_shown() -> None:
    files = _many()
    add(files)
    run = hook("validate", "--fail-on", "warning", *files)
    assert run.status == 1
    assert run.out.count(b"warning[HN426]") == 30
    run = hook("validate", "--fail-on", "unseen", *files)
    assert (run.status, b"warning[" in run.out) == (1, False)
    assert b"release.yaml:1 HelmRelease/a" in run.out
    assert run.err.endswith(FIX)


def test_what_to_do_depends_on_what_is_validated() -> None:
    old = commit({"p.yaml": pool("p")})
    new = commit({"p.yaml": pool("p", host_network=False)})
    run = hook("validate", "--from-ref", old, "--to-ref", new)
    assert run.err.endswith("fix what is reported, commit it, and try again\n")
    assert hook("validate", "-q", "--from-ref", old, "--to-ref", new).err == ""


def test_what_cannot_be_read_is_shown() -> None:
    add({"manifest.yaml": b"apiVersion: v1\nkind: Node\na: [\n"})
    run = hook("validate", "manifest.yaml")
    assert (run.status, b"error[HN901]" in run.out) == (3, True)
    assert run.err == FIX


def test_a_changed_file_is_shown_with_what_to_do() -> None:
    add({"web.yaml": guarded(), "t.yaml": TEMPLATE})
    run = hook("transform", "web.yaml", "t.yaml")
    assert run.status == 1
    change, summary, rest, step = _printed(run).splitlines()
    assert change.startswith("web.yaml:1: pod-guard: ")
    assert summary.endswith("1 changed, 1 file written")
    assert rest == "not shown: 1 note (-v shows them)"
    assert step == "a file was changed: review the changes, `git add` them, and try again"
    assert Path("web.yaml").read_bytes() == kept_off()


def test_a_change_that_is_only_checked_for_is_shown_with_what_to_do() -> None:
    add({"web.yaml": guarded()})
    run = hook("check", "web.yaml")
    assert run.status == 1
    change, _, step = _printed(run).splitlines()
    assert change.startswith("web.yaml:1: pod-guard: ")
    assert step == "make the changes (`hostnet-transform -w .` does), `git add` them, and try again"


def test_an_error_that_no_edit_mends_is_shown_with_what_to_do() -> None:
    wrong = guarded().replace(b'"true"', b'"yes"')
    add({"web.yaml": joined(wrong, node("n", "missing"))})
    run = hook("transform", "web.yaml")
    assert run.status == 1
    assert "error[HN403]" in run.err
    assert "[HN313]" not in run.err
    assert run.err.endswith("fix the errors, `git add` the files, and try again\n")
    assert "[HN313]" in hook("transform", "-v", "web.yaml").err
