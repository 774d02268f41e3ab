"""Runs command lines in a tree: in forks of a process that has the tool loaded, or by the shell.

This file is also the program of that process; it imports nothing of ours, because the tree that
counts is the one that PYTHONPATH names.
"""

import gc
import importlib
import io
import json
import os
import pkgutil
import re
import runpy
import shlex
import signal
import subprocess
import sys
from pathlib import Path

_PYTHON = (sys.executable, "-P")  # `-P`: nothing is imported from the folder of the inputs
_SIMPLE = re.compile(r"hnt(?P<args>[^|&;<>$*]*)(< (?P<stdin>\S+))?")
_SECONDS = 300

Printed = tuple[int, bytes, bytes]
"""Exit status (negative: a signal), standard output and standard error."""


class Tree:
    """One of the trees, and a process that runs its commands one by one.

    `home` is a folder for temporary files. The user's own variables do not count.
    """

    def __init__(self, tree: Path, home: Path) -> None:
        program = home / "bin" / "hnt"
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f'#!/bin/sh\nexec {shlex.join(_PYTHON)} -m transformer "$@"\n')
        program.chmod(0o755)
        self._env = {
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
            **{"HOME": str(home), "TMPDIR": str(home), "PYTHONPATH": str(tree)},
            **{"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", "PYTHONHASHSEED": "0"},
            **{"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
        }
        self._outputs = [home / "stdout", home / "stderr"]
        self._server = subprocess.Popen(
            [*_PYTHON, __file__], env=self._env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def run(self, command: str, folder: Path, *, by_shell: bool = False) -> Printed:
        """Run a command line in a folder; only one that is simple needs no shell."""
        found = None if by_shell else _SIMPLE.fullmatch(command)
        if found is None:
            done = subprocess.run(
                ["sh", "-c", command],
                cwd=folder,
                env=self._env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
            return done.returncode, done.stdout, done.stderr
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        files = [found["stdin"] or os.devnull, *map(str, self._outputs)]
        task = (str(folder), shlex.split(found["args"]), files)
        self._server.stdin.write(json.dumps(task).encode() + b"\n")
        self._server.stdin.flush()
        status = int(self._server.stdout.readline())
        out, err = (path.read_bytes() for path in self._outputs)
        return status, out, err

    def close(self) -> None:
        """End the process."""
        self._server.communicate()


def _serve() -> None:
    """Load the tool; then run the tasks that come, each in a fork, and print its exit status."""
    package = importlib.import_module("transformer")
    for module in pkgutil.walk_packages(package.__path__, "transformer."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    gc.freeze()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _become_the_tool(*json.loads(line))
            return
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def _become_the_tool(folder: str, args: list[str], files: list[str]) -> None:
    """Run the tool in this process; `files` become its standard streams."""
    os.chdir(folder)
    for number, path in enumerate(files):
        mode = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        os.dup2(os.open(path, mode, 0o600), number)
    sys.stdin, sys.stdout = (
        io.TextIOWrapper(io.BufferedReader(io.FileIO(0)), errors="surrogateescape"),
        io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w")), errors="surrogateescape"),
    )
    sys.stderr = io.TextIOWrapper(io.BufferedWriter(io.FileIO(2, "w")), errors="backslashreplace")
    signal.alarm(_SECONDS)
    sys.argv = ["hnt", *args]
    runpy.run_module("transformer", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve()
