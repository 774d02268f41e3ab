"""A commit of a repository as files in another folder: read from Git's objects, not checked out.

What a run asks of a folder besides contents (is it a folder, which kustomization is in it, where
does a link lead) has the same answer there as in a checkout. No index is made, no hook or filter
runs, and the repository is not changed. Files that a run cannot read are there, but empty. Git's
own protection applies: a repository of another user is refused unless `safe.directory` names it.

Submodules are empty folders, as after `git clone`. A link that leads out of the tree is left out.
"""

import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from errno import EINVAL
from pathlib import Path
from typing import NamedTuple

from transformer.errors import SettingsError
from transformer.inputs.git import program
from transformer.inputs.git.export import Part, placed
from transformer.inputs.git.program import Git
from transformer.inputs.git.repository import SUBMODULE, SYMLINK, Entry, Repository

_AS_IT_IS = {
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
}
"""Nothing takes the place of an object, since a tree stands for its files in every repository; and
nothing is fetched, by programs that a repository configures, into a repository that is only read.
Git before 2.45 needs the last one for that.
"""


class Snapshot(NamedTuple):
    """A commit, and the hash of its tree, which stands for all of its files."""

    git: Git
    commit: str
    tree: str


def snapshot(folder: Path, revision: str) -> Snapshot:
    """Return the commit that `revision` means in the repository in a folder: bare, or a checkout.

    Raises:
        SettingsError: git cannot read it, or there is no such commit.
    """
    git = program.inner(folder)
    above = {"GIT_CEILING_DIRECTORIES": str(folder.parent)}  # it is this folder, and not one above
    git = git._replace(environment={**git.environment, **_AS_IT_IS, **above})
    return Snapshot(git, *program.commit_and_tree(git, revision))


class Writer(ExitStack):
    """Writes a commit into an empty folder; a context manager, which ends the process of Git.

    Raises:
        SettingsError: git cannot read the tree.
    """

    def __init__(self, found: Snapshot, folder: Path) -> None:
        super().__init__()
        self._repository = Repository(found.git)
        self.callback(self._repository.close)
        entries = self._repository.tree(found.commit)
        self._placed = [
            one for one in placed(Part(self._repository, entries, folder)) if not _is_own(one[0])
        ]
        self._folder = folder
        self._empty: dict[str, Entry] = {}

    def write(self, has_content: Callable[[str], bool]) -> None:
        """Write everything; files without content are empty for now. A link to a file has content
        if its own name says so.

        Raises:
            SettingsError: git cannot read a file.
            OSError: a file cannot be written.
        """
        links = []
        for entry, path in self._placed:
            folder = path if entry.mode == SUBMODULE else path.parent
            folder.mkdir(parents=True, exist_ok=True)
            if entry.mode == SYMLINK:
                links.append((entry, path))
            elif entry.mode != SUBMODULE:
                if has_content(entry.path):
                    self._copy(entry, path)
                else:
                    path.touch()
                    self._empty[str(path)] = entry
        self._link(links)
        self.fill(path for entry, path in links if has_content(entry.path))
        (self._folder / ".git").mkdir(exist_ok=True)  # it is the top of a repository

    def fill(self, paths: Iterable[str | Path]) -> None:
        """Write the contents of further files: those that are at these paths, or to which links
        there lead.

        Raises:
            SettingsError: git cannot read a file.
            OSError: a file cannot be written.
        """
        for path in map(os.path.realpath, paths):
            if (entry := self._empty.pop(str(path), None)) is not None:
                self._copy(entry, Path(path))

    def fill_all(self) -> None:
        """Write the contents of all files; raises as `fill`."""
        self.fill(tuple(self._empty))

    def _copy(self, entry: Entry, path: Path) -> None:
        with self._repository.open(entry) as blob, path.open("wb") as file:
            shutil.copyfileobj(blob, file)

    def _link(self, links: list[tuple[Entry, Path]]) -> None:
        """Make the links last, so that none leads a file out of the folder.

        Raises:
            OSError: one cannot be made, or leads to no name that a file can have.
        """
        for entry, path in links:
            with self._repository.open(entry) as blob:
                target = blob.read()
            if b"\0" in target:
                raise OSError(EINVAL, os.strerror(EINVAL), str(path))
            path.symlink_to(os.fsdecode(target))
        top = os.path.realpath(self._folder)
        for _, path in links:
            if not Path(os.path.realpath(path)).is_relative_to(top):
                path.unlink()


def _is_own(entry: Entry) -> bool:
    """Whether a path is one that Git never checks out: it would be a repository of its own."""
    return ".git" in entry.path.lower().split("/")


def refuse_outside(path: str, what: str, file: str) -> None:
    """Check that a path of the configuration `file` does not lead out of the tree.

    Raises:
        SettingsError: it does.
    """
    if Path(path).is_absolute() or Path(os.path.normpath(path)).parts[:1] == (os.pardir,):
        message = f"{what} {path!r} leads out of the repository"
        hint = "where it is not checked out, only what is in it can be read"
        raise SettingsError(message, hint=hint, file=file)
