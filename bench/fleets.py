"""Made-up bare repositories of many sites: a fleet, for `fleet`."""

import subprocess
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from bench import corpus, repository

FEWEST, MOST = 100, 1000
"""Manifests in a repository."""


def make(folder: Path, number: int, fewest: int = FEWEST, most: int = MOST) -> int:
    """Make bare repositories `00000.git` and so on, of different sizes, and return how many
    manifests they have together.
    """
    total = 0
    for index in range(number):
        size = fewest + (index * 7919) % (most - fewest + 1)
        _make_one(folder / f"{index:05d}.git", dict(_files(index, size)))
        total += size
    return total


def _files(index: int, size: int) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a repository; no two repositories have the same."""
    full = max(size, repository.FEWEST)
    documents = (one for file in repository.files(full) for one in file.documents)
    for file in repository.in_files("site", islice(documents, size)):
        yield file.path, corpus.joined(file.documents)
    yield "README.md", f"site {index}\n".encode()


def _make_one(path: Path, files: dict[str, bytes]) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", "--template=", path], check=True)
    subprocess.run(["git", "-C", path, "symbolic-ref", "HEAD", "refs/heads/main"], check=True)
    subprocess.run(
        ["git", "-C", path, "fast-import", "--quiet"], input=b"".join(_stream(files)), check=True
    )


def _stream(files: dict[str, bytes]) -> Iterator[bytes]:
    yield b"commit refs/heads/main\ncommitter bench <bench@example.com> 0 +0000\ndata 3\nall\n"
    for name, data in files.items():
        yield f"M 100644 inline {name}\ndata {len(data)}\n".encode() + data + b"\n"
    yield b"done\n"
