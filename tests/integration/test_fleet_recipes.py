"""The programs of docs/fleet.md under a stand-in for the tools that make pull requests.

The stand-in keeps what multi-gitter, turbolift and Batch Changes document alike: a clone, a program
that runs in its top folder, no standard input, some variables, the exit status, and the difference
to the commit. What is specific: multi-gitter runs a file and sets `REPOSITORY`; the others run a
command of a shell.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.effort import tried
from tests.integration.cli_runs import ROOT, environment
from tests.integration.fleets import GIT, checkout, git, site

NUMBER = tried(20)
PAGE = (ROOT / "docs/fleet.md").read_text("utf-8")
PROGRAMS = dict(re.findall(r"<!-- program: (\S+) -->\n```sh\n(.*?)```", PAGE, re.DOTALL))


class Taken(NamedTuple):
    """What a tool takes from a clone: exit status, files that differ, and what was printed."""

    status: int
    difference: str
    out: str


@pytest.fixture(scope="module")
def origins(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return repositories: of every five, one has an error, and one nothing to change."""
    folder = tmp_path_factory.mktemp("origins")
    return [checkout(folder / f"site-{number:02}", files_of(number)) for number in range(NUMBER)]


def files_of(number: int) -> dict[str, bytes]:
    if number % 5 == 3:
        return {"README.md": b"nothing to change\n"}
    broken = {"broken.yaml": b"apiVersion: v1\nkind: Node\nmetadata: {a: b, a: c}\n"}
    return site(number) | (broken if number % 5 == 4 else {})


def run(tool: str, origin: Path, folder: Path) -> Taken:
    """Clone a repository, run the program of a tool there, and take what it takes."""
    clone = folder / tool / origin.name
    git(folder, "clone", "-q", str(origin), str(clone))
    command = program(tool, folder)
    done = subprocess.run(
        command,
        cwd=clone,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env=environment(
            PATH=f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            REPOSITORY=f"sites/{origin.name}",
            REPORTS=str(folder),
            **GIT,
        ),
    )
    git(clone, "add", "--all")
    return Taken(done.returncode, git(clone, "diff", "--cached", "--name-only"), done.stdout)


def program(tool: str, folder: Path) -> list[str]:
    tools = folder / "bin"
    if not tools.exists():
        tools.mkdir()
        own = tools / "hostnet-transform"
        own.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m transformer "$@"\n')
        own.chmod(0o755)
    text = PROGRAMS[tool].replace("/tmp/", f"{folder}/")
    if tool != "multi-gitter":
        return ["sh", "-c", text]
    script = folder / "guard.sh"
    script.write_text(text)
    script.chmod(0o755)
    return [str(script)]


@pytest.mark.parametrize("tool", ["multi-gitter", "turbolift", "batch-changes"])
def test_the_program_of_a_recipe_keeps_the_contract(
    tool: str, origins: list[Path], tmp_path: Path
) -> None:
    assert {*PROGRAMS} == {"multi-gitter", "turbolift", "batch-changes"}
    for number, origin in enumerate(origins):
        taken = run(tool, origin, tmp_path)
        assert bool(taken.status) == (number % 5 == 4)
        expected = set() if number % 5 == 3 else {"apps/guarded.yaml", "nodes.yaml"}
        assert {*taken.difference.splitlines()} == expected, taken
        if tool == "batch-changes" and not taken.status:
            assert "hostnet-transform" in taken.out
        if tool == "multi-gitter":
            assert (tmp_path / f"sites_{origin.name}.md").stat().st_size
        clone = tmp_path / tool / origin.name
        git(clone, "commit", "-qm", "guard", "--allow-empty")
        again = subprocess.run(
            [tmp_path / "bin/hostnet-transform", "--check", "."],
            cwd=clone,
            check=False,
            capture_output=True,
            env=environment(),
        )
        assert again.returncode == taken.status  # nothing is left to change
