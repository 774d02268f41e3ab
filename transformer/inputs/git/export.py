"""A state of a Git repository as files in another folder, for programs that read folders.

Blobs are written as they are: no filter of the repository runs, and its work tree is not touched.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from transformer.inputs.git.repository import SUBMODULE, SYMLINK, Entry, Repository


class Part(NamedTuple):
    """The entries of a tree, and the folder for their files."""

    repository: Repository
    entries: Sequence[Entry]
    folder: Path


def export(parts: Sequence[Part]) -> None:
    """Write the files of a tree and of its submodules, and then the links, so that none leads a
    file out of a folder.

    Paths that no work tree can have are left out.

    Raises:
        SettingsError: git cannot read a file.
        OSError: a file cannot be written.
    """
    for part in parts:
        for entry, path in placed(part):
            if entry.mode not in (SUBMODULE, SYMLINK):
                path.parent.mkdir(parents=True, exist_ok=True)
                with part.repository.open(entry) as blob, path.open("xb") as file:
                    shutil.copyfileobj(blob, file)
    for part in parts:
        for entry, path in placed(part):
            if entry.mode == SYMLINK:
                path.parent.mkdir(parents=True, exist_ok=True)
                with part.repository.open(entry) as blob:
                    path.symlink_to(os.fsdecode(blob.read()))


def placed(part: Part) -> Iterator[tuple[Entry, Path]]:
    """Yield the entries that a work tree can have, each with its path."""
    for entry in part.entries:
        path = part.folder / entry.path
        if ".." not in path.parts and not entry.path.startswith("/"):
            yield entry, path
