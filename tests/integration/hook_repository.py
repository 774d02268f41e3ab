"""A repository in which hooks run within the test's process, as pre-commit runs them."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.integration.cli_runs import Run, invoke
from tests.integration.empty_repositories import begin
from tests.requirements import require_tool


def start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin a repository in `folder`, and work there."""
    require_tool("git")
    for name in [name for name in os.environ if name.startswith(("GIT", "PRE_COMMIT"))]:
        monkeypatch.delenv(name)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "tester")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "tester@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.chdir(folder)
    begin(folder)


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout


def add(files: dict[str, bytes | str]) -> None:
    """Write files, and stage them."""
    for name, data in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    git("add", "--all")


def commit(files: dict[str, bytes | str]) -> str:
    add(files)
    git("commit", "-qm", "m")
    return git("rev-parse", "HEAD").strip()


def hook(name: str, *arguments: str) -> Run:
    return invoke("hook", name, *arguments)
