"""Print figures of a tree of the tool: `python tools/figures.py [TREE]` (default: this one).

Sizes; where findings are built, suppressed and matched by globs; which of its own modules a command
imports, and which ones one small Deployment passes. TREE may be of another revision.
"""

import ast
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

SMALL = b"""\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
      annotations:
        apps.openyurt.io/exclude-host-network-pool: "true"
    spec:
      containers:
      - name: web
        image: web:1
"""

COMMANDS = {
    "--help": ["--help"],
    "--version": ["--version"],
    "a small pipe": [],
    "validate of a file": ["validate", "web.yaml"],
}

PLACES: dict[str, Callable[[str], object]] = {
    "Finding is built": re.compile("Finding").fullmatch,
    "suppression is decided": re.compile(
        "hush_of|covers|ignored_rules|suppression_of|matches_suppression|suppressed_rules|"
        "(is|find|decide)_suppress.*"
    ).fullmatch,
    "globs are matched": re.compile(
        "fnmatch|fnmatchcase|full_match|PathSpec|GitIgnoreSpec|from_lines|match_files?"
    ).fullmatch,
}
"""What happens where a function of such a name is called."""

# Prints the files whose functions are called; modules are loaded before, so that no call is of one.
CALLED = """
import importlib, os, pkgutil, runpy, sys
import transformer
os._exit = sys.exit  # which the program ends with
for found in pkgutil.walk_packages(transformer.__path__, "transformer."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
files, stderr = set(), sys.stderr
sys.setprofile(lambda frame, *_: files.add(frame.f_code.co_filename))
try:
    runpy.run_module("transformer", run_name="__main__", alter_sys=True)
finally:
    sys.setprofile(None)
    print(*files, sep="\\n", file=stderr)
"""


class Named(NamedTuple):
    """A file, class or function, by its number of lines."""

    lines: int
    name: str

    def __str__(self) -> str:
        return f"{self.lines} ({self.name})"


def sizes(tree: Path, files: dict[Path, ast.Module]) -> Iterator[tuple[str, object]]:
    """Yield how much code there is."""
    lines = [Named(len(path.read_text("utf-8").splitlines()), _name(path, tree)) for path in files]
    found: dict[type, list[Named]] = {ast.FunctionDef: [], ast.ClassDef: []}
    for path, module in files.items():
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                found[type(node)].append(Named(size, f"{_name(path, tree)}: {node.name}"))
    long = [one for one in sorted(found[ast.FunctionDef], reverse=True) if one.lines > 40]
    yield "files", len(lines)
    yield "lines", sum(one.lines for one in lines)
    yield "largest file", max(lines)
    yield "largest class", max(found[ast.ClassDef])
    yield "functions over 40 lines", "".join([str(len(long)), *(f"\n  {one}" for one in long)])


def places(tree: Path, files: dict[Path, ast.Module]) -> Iterator[tuple[str, object]]:
    """Yield where functions of certain names are called."""
    for what, is_meant in PLACES.items():
        found = []
        for path, module in files.items():
            for node in ast.walk(module):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    if is_meant(name):
                        found.append(f"\n  {_name(path, tree)}:{node.lineno} {name}")
        yield f"places where {what}", "".join([str(len(found)), *sorted(found)])


def modules(tree: Path) -> Iterator[tuple[str, object]]:
    """Yield which modules of the tree are imported, and passed by a Deployment."""
    for what, args in COMMANDS.items():
        told = _run(tree, "-X", "importtime", "-m", "transformer", *args)
        names = re.findall(r"\| +(transformer[\w.]*)$", told, re.MULTILINE)
        yield f"own modules imported by {what}", len(set(names))
    called = map(Path, _run(tree, "-c", CALLED).splitlines())
    passed = [path for path in called if path.is_relative_to(tree / "transformer")]
    yield "own modules that a small Deployment passes", len(passed)


def _run(tree: Path, *args: str) -> str:
    """Return what Python prints on standard error, with the Deployment on standard input."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "web.yaml").write_bytes(SMALL)
        return subprocess.run(
            [sys.executable, "-P", *args],
            env={**os.environ, "PYTHONPATH": str(tree)},
            cwd=folder,
            input=SMALL,
            capture_output=True,
            check=False,
        ).stderr.decode()


def _name(path: Path, tree: Path) -> str:
    return path.relative_to(tree / "transformer").as_posix()


def main(tree: Path) -> None:
    """Print the figures."""
    paths = sorted((tree / "transformer").rglob("*.py"))
    files = {path: ast.parse(path.read_text("utf-8")) for path in paths}
    for figures in (sizes(tree, files), places(tree, files), modules(tree)):
        for what, value in figures:
            print(f"{what}: {value}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1]).resolve())
