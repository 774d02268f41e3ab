"""Runs of the tool in processes of their own that need not start Python: they are forked from one
that has loaded the tool. It serves one run after another, until its standard input ends.

What Python reads of the environment when it starts, such as the locale, has a process each.
"""

import atexit
import gc
import os
import pickle
import resource
import select
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr
from functools import cache
from io import StringIO
from pathlib import Path
from typing import IO, NamedTuple

from tests.integration.cli_runs import ROOT, environment
from transformer.cli import main

_SECONDS = 200
"""The longest that a run may take, by the clock."""


_AT_START = ("LC_", "LANG", "PYTHON")
"""How variables begin that Python reads when it starts."""

Program = Callable[[list[str]], object]
"""What gets the arguments of a run. It is found by its name, in a module that can be imported."""


class Request(NamedTuple):
    """What to run, in which folder, environment, and with which limits; `files` are for its
    standard streams.
    """

    program: Program
    args: tuple[bytes, ...]
    folder: str
    environ: Mapping[str, str]
    files: tuple[str, str, str]
    limits: Mapping[int, int]


class Ended(NamedTuple):
    """What a run left behind."""

    status: int
    out: bytes
    err: bytes


def forked(
    *args: str | bytes,
    folder: Path,
    stdin: bytes,
    limits: Mapping[int, int] | None = None,
    env: Mapping[str, str] | None = None,
    program: Program = main.main,
) -> Ended:
    """Run the tool in `folder`, with limits of `resource` and more variables in its environment."""
    names = [folder.parent / f"{folder.name}.{stream}" for stream in ("in", "out", "err")]
    names[0].write_bytes(stdin)
    environ = environment(**(env or {}))
    server, stdout = _server(
        frozenset((key, value) for key, value in environ.items() if key.startswith(_AT_START))
    )
    assert server.stdin is not None
    request = Request(
        program,
        tuple(map(os.fsencode, args)),
        str(folder),
        environ,
        (str(names[0]), str(names[1]), str(names[2])),
        limits or {},
    )
    pickle.dump(tuple(request), server.stdin)
    server.stdin.flush()
    if not select.select([stdout], [], [], _SECONDS)[0]:
        server.kill()
        raise TimeoutError(f"{args!r} took more than {_SECONDS} s")
    return Ended(pickle.load(stdout), names[1].read_bytes(), names[2].read_bytes())


@cache
def _server(at_start: frozenset[tuple[str, str]]) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
    rest = {key: value for key, value in os.environ.items() if not key.startswith(_AT_START)}
    server = subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**rest, **dict(at_start)},
    )
    assert server.stdout is not None

    def end() -> None:
        server.communicate()

    atexit.register(end)
    return server, server.stdout


def _serve() -> None:
    """Fork a process for each request, and write its exit status."""
    _load()
    while True:
        try:
            request = Request(*pickle.load(sys.stdin.buffer))
        except EOFError:
            return
        child = os.fork()
        if child == 0:
            _become(request)
            request.program(list(map(os.fsdecode, request.args)))
            sys.exit(0)
        _, status = os.waitpid(child, 0)
        pickle.dump(os.waitstatus_to_exitcode(status), sys.stdout.buffer)
        sys.stdout.buffer.flush()


def _load() -> None:
    """Load what runs need."""
    for args in (["-q", "--check", os.devnull], ["validate", "-q", os.devnull]):
        with redirect_stderr(StringIO()):
            main.run(args)
    gc.freeze()


def _become(request: Request) -> None:
    """Make this process one that the request is for."""
    os.chdir(request.folder)
    os.environ.clear()
    os.environ.update(request.environ)
    tempfile.tempdir = None  # it may be another one in this environment
    flags = (os.O_RDONLY, *(os.O_RDWR | os.O_CREAT | os.O_TRUNC,) * 2)
    for stream, (name, flag) in enumerate(zip(request.files, flags, strict=True)):
        os.dup2(os.open(name, flag, 0o600), stream)
    for kind, most in request.limits.items():
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    _serve()
