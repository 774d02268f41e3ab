"""Repositories of every sort, for the tests of `fleet`."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.integration.cli_runs import TOOL, environment
from tests.manifests import guarded, joined, kept_off, node, pool
from tests.requirements import require_tool

GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{one}_NAME": "tester" for one in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{one}_EMAIL": "tester@example.org" for one in ("AUTHOR", "COMMITTER")},
}


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **GIT},
    )
    return done.stdout.strip()


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def checkout(folder: Path, files: dict[str, bytes]) -> Path:
    """Make a repository with a work tree, and commit the files."""
    require_tool("git")
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    write(folder, files)
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "--allow-empty", "-m", "all")
    return folder


def bare(source: Path, folder: Path) -> Path:
    git(source.parent, "clone", "-q", "--bare", "--no-hardlinks", str(source), str(folder))
    return folder


def site(number: int = 0) -> dict[str, bytes]:
    """Return the files of a site with a change to make, and a finding."""
    return {
        "pools/pools.yaml": joined(pool("hangzhou"), pool("barriers", host_network=True)),
        "nodes.yaml": node(f"edge-{number}", pool="barriers"),
        "apps/guarded.yaml": guarded(),
        "apps/kept-off.yaml": kept_off(),
        "README.md": f"site {number}\n".encode(),
    }


def fleet(
    *arguments: str | Path,
    cwd: Path,
    stdin: bytes = b"",
    before: Callable[[], None] | None = None,
    **more: str,
) -> "subprocess.CompletedProcess[bytes]":
    """Run `fleet` in a process of its own, in which `before` is called, with a cache in `cwd`."""
    return subprocess.run(
        [*TOOL, "fleet", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=environment(XDG_CACHE_HOME=str(cwd / "cache"), **GIT, **more),
        check=False,
        timeout=120,
        preexec_fn=before,
    )


def lines(done: "subprocess.CompletedProcess[bytes]") -> dict[str, dict[str, Any]]:
    """Return the lines by repository (and `@` revision); none may be there twice."""
    assert done.stdout.endswith(b"\n") or not done.stdout
    every = [json.loads(line) for line in done.stdout.splitlines()]
    named = {
        one["repository"] + (f"@{one['revision']}" if one["revision"] else ""): one for one in every
    }
    assert len(named) == len(every)
    return named
