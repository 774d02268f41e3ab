"""Inputs that once went wrong, each in a folder of `testdata/field/`, and what is right for them.

Those of `testdata/repositories/` are an example of each sort of repository, with known faults.

A folder holds the files of one fault, and `runs.yaml` in it, or the file beside it that has its
name, says what is to be run among them, and what must come of it. Each entry of that list has

- `run`: a command for the shell, in which `hnt` is the tool;
- `status`: its exit status;
- `findings`: all of them, sorted as text, each as `file:line:column severity[ID]`;
- `out`, if wanted: the file that holds the bytes of standard output (nothing: an empty text);
- `says` and `never_says`, if wanted: texts that its messages hold, or do not hold;
- `writes`, if wanted: by the name of a file, the one that holds what is in it afterwards. All
  other files must be as they were.

Files whose name begins with `expected` are not there when the command runs.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli_runs import Run, environment, invoke
from tests.requirements import require_tool
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse

TESTDATA = Path(__file__).resolve().parents[2] / "testdata"
RUNS = {
    **{file.parent: file for file in sorted(TESTDATA.glob("field/*/runs.yaml"))},
    **{file.with_suffix(""): file for file in sorted(TESTDATA.glob("repositories/*.yaml"))},
}


def _runs() -> list[Any]:
    return [
        pytest.param(folder, entry, id=f"{folder.name}: {entry['run']}")
        for folder, file in RUNS.items()
        for entry in construct(parse(file.read_text(encoding="utf-8")).root)
    ]


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    """Return a folder for PATH in which `hnt` is the tool."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "hnt"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m transformer "$@"\n')
    script.chmod(0o755)
    return folder


@pytest.mark.parametrize(("folder", "entry"), _runs())
def test_an_input_that_once_went_wrong_comes_out_right(
    folder: Path,
    entry: dict[str, Any],
    tmp_path: Path,
    bin_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if "--build" in entry["run"]:
        tools = Path(require_tool("kubectl")).parent
        monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    work = tmp_path / "work"
    hidden = shutil.ignore_patterns("expected*", "runs.yaml")
    shutil.copytree(folder, work, ignore=hidden)
    before = _contents(work)
    report = tmp_path / "report.json"
    monkeypatch.chdir(work)
    monkeypatch.setenv("HOSTNET_REPORT_FILE", str(report))
    done = _run(entry["run"], entry["status"], bin_folder)
    assert (done.status, _findings(report)) == (entry["status"], entry["findings"]), done.err
    if "out" in entry:
        wanted = (folder / entry["out"]).read_bytes() if entry["out"] else b""
        assert done.out.decode() == wanted.decode()
    messages = done.err + done.out.decode()
    for text in entry.get("says", ()):
        assert text in messages
    for text in entry.get("never_says", ()):
        assert text not in messages
    writes = entry.get("writes", {})
    wanted_files = {name: (folder / other).read_bytes() for name, other in writes.items()}
    assert _contents(work) == before | wanted_files


def _run(command: str, status: int, bin_folder: Path) -> Run:
    """Run a command: within this process if it is the tool and no more, for that is faster.

    Not where the tool stops at its settings: then it leaves it to the end of its process to close
    what it has begun to write.
    """
    alone = re.fullmatch(r"hnt([^|;&<>$`*]*)(?:< *(\S+))?", command)
    if alone and status != 2:
        stdin = Path(alone[2]).read_bytes() if alone[2] else b""
        return invoke(*shlex.split(alone[1]), stdin=stdin)
    done = subprocess.run(
        ["sh", "-c", command],
        env=environment(PATH=f"{bin_folder}{os.pathsep}{os.environ['PATH']}"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return Run(done.returncode, done.stdout, done.stderr.decode())


def _contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _findings(report: Path) -> list[str]:
    text = report.read_bytes() if report.exists() else b""
    found = json.loads(text)["findings"] if text else []
    return sorted(
        f"{one['file']}:{one['line']}:{one['column']} {one['severity']}[{one['rule']}]"
        for one in found
    )
