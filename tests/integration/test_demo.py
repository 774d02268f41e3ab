"""The example in `testdata/demo`: what becomes of each file, byte for byte, and what is reported.

`expected.diff` holds the difference between all files before and after. HOSTNET_GOLDEN=rewrite
(`make golden`) writes it anew.
"""

import difflib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from transformer import transform

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "testdata" / "demo"
EXPECTED = DEMO / "expected.diff"
TOOL = (sys.executable, "-m", "transformer")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a folder with the example's manifests."""
    for file in DEMO.glob("*.yaml"):
        shutil.copyfile(file, tmp_path / file.name)
    return tmp_path


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*TOOL, *arguments], cwd=folder, capture_output=True, check=False)


def _contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*.yaml"))}


def _difference(folder: Path) -> Iterator[bytes]:
    for name, new in _contents(folder).items():
        old = (DEMO / name).read_bytes()
        yield from difflib.diff_bytes(
            difflib.unified_diff,
            old.splitlines(keepends=True),
            new.splitlines(keepends=True),
            b"a/" + name.encode(),
            b"b/" + name.encode(),
        )


def test_each_file_becomes_what_is_expected(copy: Path) -> None:
    _run(copy, "-w", ".")
    difference = b"".join(_difference(copy))
    if os.environ.get("HOSTNET_GOLDEN") == "rewrite":
        assert "CI" not in os.environ, "expectations are not rewritten in CI"
        EXPECTED.write_bytes(difference)
    assert difference == EXPECTED.read_bytes()


def test_the_one_error_is_the_annotation_in_the_wrong_place(copy: Path) -> None:
    done = _run(copy, "--quiet", "-w", ".")
    assert done.returncode == 1
    errors = [line for line in done.stderr.splitlines() if b"error[" in line]
    assert len(errors) == 1
    assert errors[0].startswith(b"apps.yaml:48:")
    assert b"error[HN402]" in errors[0]
    assert b"Deployment/parking/price-board" in errors[0]


def test_a_second_run_changes_nothing(copy: Path) -> None:
    _run(copy, "-w", ".")
    once = _contents(copy)
    _run(copy, "-w", ".")
    assert _contents(copy) == once
    assert _run(copy, "--check", "--disable", "HN402", ".").returncode == 0


def test_the_pipe_gives_the_same_manifests_as_the_files(copy: Path) -> None:
    """Only a `---` is put in where a file does not begin with one (HN904)."""
    joined = b"".join(_contents(copy).values())
    piped = subprocess.run(TOOL, input=joined, capture_output=True, check=False)
    assert piped.returncode == 1
    _run(copy, "-w", ".")
    rewritten = b"".join(_contents(copy).values())
    assert _without_markers(piped.stdout) == _without_markers(rewritten)
    assert piped.stdout == transform(joined).data


def _without_markers(data: bytes) -> list[bytes]:
    return [line for line in data.splitlines() if line != b"---"]


def test_git_can_apply_the_printed_diff(copy: Path) -> None:
    printed = _run(copy, "--diff", ".").stdout
    assert printed == EXPECTED.read_bytes()
    subprocess.run(["git", "apply"], cwd=copy, input=printed, check=True)
    by_git = _contents(copy)
    for name in by_git:
        shutil.copyfile(DEMO / name, copy / name)
    _run(copy, "-w", ".")
    assert _contents(copy) == by_git


@pytest.mark.skipif(os.name != "posix", reason="a shell script")
def test_the_script_of_make_demo_succeeds(tmp_path: Path) -> None:
    tool = Path(sys.executable).with_name("hostnet-transform")
    page = tmp_path / "new" / "page.html"
    done = subprocess.run(
        [ROOT / "tools" / "demo.sh", tool, page], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "error[HN402]" in done.stdout
    assert "byte for byte" in done.stdout
    assert "error[HN201]" in done.stdout
    assert re.search(r"price-board\n.* breaks -> kept off ", done.stdout)
    assert done.stdout.endswith(f"Open it in a browser: {page}\n")
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
