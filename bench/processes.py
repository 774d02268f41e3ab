"""Whole processes, measured: time, processor time and peak memory, with pipes at both ends."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_LAUNCHER = Path(__file__).with_name("launch.py")
_NOWHERE = Path(os.devnull)


@dataclass(frozen=True, slots=True)
class Command:
    """A program and its arguments, under the name that it has in tables.

    `stdin` comes through a pipe, and output goes into one: `cat STDIN | command | cat > OUTPUT`.
    It runs in `folder`, and may use so many `processors` (0: all). `before` is called before each
    run.
    """

    name: str
    arguments: tuple[str, ...]
    stdin: Path | None = None
    folder: Path | None = None
    processors: int = 0
    statuses: tuple[int, ...] = (0,)
    before: Callable[[], object] | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took. CPU is user and system time of the process and of all that it started.

    `peak_bytes` is the peak memory (RSS) of the largest process or, if the run was watched and that
    is more, of all of them together.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int


def run(command: Command, folder: Path, output: Path = _NOWHERE, *, watch: bool = False) -> Run:
    """Run a command; `folder` is for what is noted of it.

    Raises:
        RuntimeError: it ended with another status than it may.
    """
    if command.before is not None:
        command.before()
    source = command.stdin and subprocess.Popen(["cat", command.stdin], stdout=subprocess.PIPE)
    with output.open("wb") as sink, (folder / "stderr").open("wb") as errors:
        drain = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=sink)
        launched = subprocess.Popen(
            _launch(command, folder, watch),
            cwd=command.folder or folder,
            stdin=source.stdout if source else subprocess.DEVNULL,
            stdout=drain.stdin,
            stderr=errors,
            env=_environment(folder),
        )
        for pipe in (source.stdout if source else None, drain.stdin):
            if pipe is not None:
                pipe.close()
        for process in (launched, drain, source):
            if process:
                process.wait()
    return _result(command, folder)


def _launch(command: Command, folder: Path, watch: bool) -> list[str]:
    launcher = [sys.executable, "-I", "-S", str(_LAUNCHER), str(folder / "measured.json")]
    return [*launcher, str(command.processors), str(int(watch)), *command.arguments]


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment without settings that change how Python starts and writes.

    Byte code is kept, as it is for an installed package, and caches are, but in `folder`.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name == "PYTHONPATH" or not name.startswith(("PYTHON", "HOSTNET_"))
    }
    caches = {"PYTHONPYCACHEPREFIX": "bytecode", "XDG_CACHE_HOME": "cache"}
    return kept | {name: str(folder / place) for name, place in caches.items()}


def _result(command: Command, folder: Path) -> Run:
    measured = json.loads((folder / "measured.json").read_text())
    status = measured.pop("status")
    if status not in command.statuses:
        said = (folder / "stderr").read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{command.name} ended with status {status}:\n{said}")
    return Run(**measured)
