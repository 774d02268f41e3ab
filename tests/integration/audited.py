"""The tool with an audit hook in its process, which tells of all that it opens and starts.

What it loads is loaded before, so that a run opens nothing but what it is about. Standard error
ends with a line of JSON: the status, and each event with its name, what it is about and its mode.
"""

import importlib
import json
import os
import pkgutil
import shutil  # noqa: F401 - what is imported late would be an event
import sys
import tempfile  # noqa: F401
from typing import Any

import jsonschema  # noqa: F401
import junitparser  # noqa: F401
import ruamel.yaml  # noqa: F401

import transformer
from transformer.cli.main import run

for _found in pkgutil.walk_packages(transformer.__path__, "transformer."):
    if not _found.name.endswith("__main__"):
        importlib.import_module(_found.name)

_PROGRAMS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork")
_ELSEWHERE = ("socket.connect", "socket.getaddrinfo", "urllib.Request", "pickle.find_class")


def main(args: list[str]) -> None:
    """Run the command line, and say what it did."""
    seen: list[tuple[str, str, str]] = []

    def hook(event: str, about: tuple[Any, ...]) -> None:
        if event == "open" and not isinstance(about[0], int):
            seen.append((event, os.fsdecode(about[0]), str(about[1])))
        elif event in _PROGRAMS:
            seen.append((event, str(about[1] if event == "subprocess.Popen" else about), ""))
        elif event in _ELSEWHERE:
            seen.append((event, str(about[-1]), ""))
        elif event.startswith(("ctypes.", "os.putenv", "os.rename")):
            seen.append((event, str(about[0]) if about else "", ""))

    sys.addaudithook(hook)
    status = run(args)
    sys.stdout.flush()
    print("\n" + json.dumps([status, seen]), file=sys.stderr)
