"""A state of a Git repository as files in another folder, for programs that read folders.

Blobs are written as they are: no filter of the repository runs, and its work tree is not touched.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from transformer.inputs.git.repository import SUBMODULE, SYMLINK, Entry, Repository


def export(repository: Repository, entries: Iterable[Entry], folder: Path) -> None:
    """Write the files of a tree, and then its links, so that none leads a file out of `folder`.

    Submodules are left out, and so are paths that no work tree can have.

    Raises:
        SettingsError: git cannot read a file.
        OSError: a file cannot be written.
    """
    links = []
    for entry in entries:
        path = folder / entry.path
        if entry.mode == SUBMODULE or ".." in path.parts or entry.path.startswith("/"):
            continue
        if entry.mode == SYMLINK:
            links.append((path, entry))
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        with repository.open(entry) as blob, path.open("xb") as file:
            shutil.copyfileobj(blob, file)
    for path, entry in links:
        path.parent.mkdir(parents=True, exist_ok=True)
        with repository.open(entry) as blob:
            path.symlink_to(os.fsdecode(blob.read()))
