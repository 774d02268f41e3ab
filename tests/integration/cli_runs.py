"""The command line, run within the test's process (fast) or in one of its own (pipes, signals)."""

import os
import subprocess
import sys
from collections.abc import Mapping
from inspect import signature
from pathlib import Path
from typing import Any, NamedTuple

from click.testing import CliRunner

from transformer.cli import main

TOOL = (sys.executable, "-m", "transformer")
ROOT = Path(__file__).resolve().parents[2]


class Run(NamedTuple):
    """What a run left behind."""

    status: int
    out: bytes
    err: str


_APART: dict[str, Any] = (
    {"mix_stderr": False} if "mix_stderr" in signature(CliRunner).parameters else {}
)
"""What keeps both outputs apart in click before 8.2."""


def invoke(*args: str | Path, stdin: bytes = b"") -> Run:
    """Run the command line in this process."""
    with CliRunner(**_APART).isolation(input=stdin) as streams:
        status = main.run([str(arg) for arg in args])
        sys.stderr.flush()
        return Run(status, streams[0].getvalue(), streams[1].getvalue().decode())


def spawn(
    *args: str | Path,
    stdin: bytes = b"",
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Run:
    """Run the command line in a process of its own."""
    done = subprocess.run(
        [*TOOL, *map(str, args)],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=environment(**(env or {})),
        check=False,
        timeout=60,
    )
    return Run(done.returncode, done.stdout, done.stderr.decode())


def environment(**more: str) -> dict[str, str]:
    """Return an environment that finds the package from every folder."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}
