"""Whole processes, measured: time, processor time and peak memory, with pipes at both ends."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

_LAUNCHER = Path(__file__).with_name("launch.py")
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took. `written` counts the bytes that it wrote to standard output.

    `peak_bytes` is the peak memory (RSS) of the largest process, `own_peak_bytes` that of the
    command's own, and `forked_peak_bytes` that of the largest that it forked, with the pages that
    it shares with the command's (0: there was none, or nobody can tell).
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    written: int = 0
    own_peak_bytes: int = 0
    forked_peak_bytes: int = 0


def tool(name: str) -> str | None:
    """Return the path of a program: beside this Python, or on the PATH."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def run(
    command: Sequence[str],
    folder: Path,
    *,
    stdin: Path | None = None,
    output: Path | None = None,
    status: int = 0,
) -> Run:
    """Run `command` in `folder`; `stdin` comes through a pipe, as in `cat FILE | command > OUT`.

    Raises:
        RuntimeError: it did not end with `status`.
    """
    out = output or folder / "out"
    cat = None if stdin is None else subprocess.Popen(["cat", str(stdin)], stdout=subprocess.PIPE)
    with out.open("wb") as sink, (folder / "stderr").open("wb") as errors:
        source = subprocess.DEVNULL if cat is None else cat.stdout
        launched = subprocess.Popen(
            _launch(command, folder),
            cwd=folder,
            stdin=source,
            stdout=sink,
            stderr=errors,
            env=_environment(folder),
        )
        if cat is not None and cat.stdout is not None:
            cat.stdout.close()
        launched.wait()
    if cat is not None:
        cat.wait()
    return _result(command, folder, out.stat().st_size, status)


def stream(command: Sequence[str], folder: Path, blocks: Iterable[bytes]) -> Run:
    """Run `command` between two pipes, with `blocks` written into the one as they are made.

    Raises:
        RuntimeError: it failed.
    """
    with (folder / "stderr").open("wb") as errors:
        launched = subprocess.Popen(
            _launch(command, folder),
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=_environment(folder),
            bufsize=0,
        )
        assert launched.stdin is not None
        assert launched.stdout is not None
        writer = threading.Thread(target=_write, args=(launched.stdin.fileno(), blocks))
        writer.start()
        written = 0
        while chunk := os.read(launched.stdout.fileno(), _CHUNK):
            written += len(chunk)
        launched.wait()
        writer.join()
        launched.stdout.close()
    return _result(command, folder, written)


def _write(pipe: int, blocks: Iterable[bytes]) -> None:
    try:
        for block in blocks:
            rest = memoryview(block)
            while rest:
                rest = rest[os.write(pipe, rest) :]
    except BrokenPipeError:
        pass  # the command has failed, and says so with its status
    finally:
        os.close(pipe)


def _launch(command: Sequence[str], folder: Path) -> list[str]:
    launcher = [sys.executable, "-I", "-S", str(_LAUNCHER), str(folder / "measured.json")]
    return [*launcher, *command]


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment without settings that change how Python starts and writes.

    Byte code is kept, as it is for an installed package, but in `folder`, not in the source tree.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name == "PYTHONPATH" or not name.startswith(("PYTHON", "HOSTNET_"))
    }
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def _result(command: Sequence[str], folder: Path, written: int, status: int = 0) -> Run:
    measured = json.loads((folder / "measured.json").read_text())
    ended = measured.pop("status")
    if ended != status:
        said = (folder / "stderr").read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{command[0]} ended with status {ended}:\n{said}")
    return Run(**measured, written=written)
