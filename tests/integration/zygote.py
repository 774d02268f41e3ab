"""Runs of the tool in processes of their own that need not start Python: they are forked from one
that has loaded the tool. It serves one run after another, until its standard input ends.
"""

import atexit
import gc
import os
import pickle
import resource
import select
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr
from functools import cache
from io import StringIO
from pathlib import Path
from typing import IO, NamedTuple

from tests.integration.cli_runs import ROOT, environment
from transformer.cli import main

_SECONDS = 200
"""The longest that a run may take, by the clock."""


class Request(NamedTuple):
    """What to run, in which folder, with which limits; `files` are for its standard streams."""

    args: tuple[str, ...]
    folder: str
    files: tuple[str, str, str]
    limits: Mapping[int, int]


class Ended(NamedTuple):
    """What a run left behind."""

    status: int
    out: bytes
    err: bytes


def forked(*args: str, folder: Path, stdin: bytes, limits: Mapping[int, int]) -> Ended:
    """Run the tool in `folder`, with limits of `resource`."""
    names = [folder.parent / f"{folder.name}.{stream}" for stream in ("in", "out", "err")]
    names[0].write_bytes(stdin)
    server, stdout = _server()
    assert server.stdin is not None
    request = Request(args, str(folder), (str(names[0]), str(names[1]), str(names[2])), limits)
    pickle.dump(tuple(request), server.stdin)
    server.stdin.flush()
    if not select.select([stdout], [], [], _SECONDS)[0]:
        server.kill()
        raise TimeoutError(f"{args} took more than {_SECONDS} s")
    return Ended(pickle.load(stdout), names[1].read_bytes(), names[2].read_bytes())


@cache
def _server() -> tuple[subprocess.Popen[bytes], IO[bytes]]:
    server = subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=environment(),
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
            main.main(list(request.args))
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
    flags = (os.O_RDONLY, *(os.O_RDWR | os.O_CREAT | os.O_TRUNC,) * 2)
    for stream, (name, flag) in enumerate(zip(request.files, flags, strict=True)):
        os.dup2(os.open(name, flag, 0o600), stream)
    for kind, most in request.limits.items():
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    _serve()
