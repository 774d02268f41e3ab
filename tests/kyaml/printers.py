"""KYAML as others print it: kubectl, and the library behind it."""

import json
import re
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

Printer: TypeAlias = Callable[[Sequence[str]], list[str | None]]
"""Prints texts of one document each as KYAML; None where it refuses one."""

_AT_ONCE = 200
_REFUSED = re.compile(r"([0-9]{4})\.yaml")
_DOCUMENT = re.compile(r"^---\n", re.MULTILINE)


def by_kubectl(kubectl: str) -> Printer:
    """Return what prints by `kubectl`, without a cluster.

    It sorts keys and drops comments. No text may be a List, of which it prints the items.
    """

    def printed(texts: Sequence[str]) -> list[str | None]:
        found: list[str | None] = []
        for start in range(0, len(texts), _AT_ONCE):
            found += _by_kubectl(kubectl, texts[start : start + _AT_ONCE])
        return found

    return printed


def _by_kubectl(kubectl: str, texts: Sequence[str]) -> list[str | None]:
    command = [kubectl, "patch", "--local", "--type=merge", "-p", "{}", "-o", "kyaml", "-f"]
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(texts):
            (Path(folder) / f"{number:04}.yaml").write_bytes(text.encode())
        done = subprocess.run([*command, folder], capture_output=True, check=False)
    found = [f"---\n{text}" for text in _DOCUMENT.split(done.stdout.decode())[1:]]
    refused = {int(number) for number in _REFUSED.findall(done.stderr.decode())}
    if len(found) + len(refused) == len(texts):
        left = iter(found)
        return [None if number in refused else next(left) for number in range(len(texts))]
    if len(texts) == 1:
        return [None]
    half = len(texts) // 2  # some are neither: ask in smaller groups
    return _by_kubectl(kubectl, texts[:half]) + _by_kubectl(kubectl, texts[half:])


def by_library(program: Path) -> Printer:
    """Return what prints by the program in `printer/`. It keeps the order of keys, and comments."""

    def printed(texts: Sequence[str]) -> list[str | None]:
        lines = "".join(f"{json.dumps(text)}\n" for text in texts).encode()
        done = subprocess.run([program], input=lines, stdout=subprocess.PIPE, check=True)
        return list(map(json.loads, done.stdout.splitlines()))

    return printed


def build(into: Path) -> Path:
    """Build the program that `by_library` takes, with Go, and return where it is."""
    program = into / "printer"
    folder = Path(__file__).parent / "printer"
    subprocess.run(["go", "build", "-o", program, "."], cwd=folder, check=True)
    return program
