"""Manifests as of a Git commit or of the index: sources like those on the disk, from blobs.

Folders are searched by the same rules. A symbolic link is followed within the tree; one that leads
out of it is left out. All PATHs are of one repository.

A submodule in or above a PATH is read from its own repository, at the commit that the tree around
it records. Where it is not checked out, a search has nothing to tell as long as the index records
the same commit, since on the disk nothing is seen of it either. Otherwise, and where a PATH names
something in it, it is an error.
"""

import os
import posixpath
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import NamedTuple, NoReturn

from transformer.errors import SettingsError
from transformer.inputs.discovery import DiscoveredFile, FileLookup, searched
from transformer.inputs.git import program
from transformer.inputs.git.program import Git, Revision
from transformer.inputs.git.repository import SUBMODULE, SYMLINK, Entry, Repository
from transformer.inputs.git.submodules import Closed, opened, without_commit

_MOST_LINKS = 40
"""So many symbolic links are followed for one path, as by an operating system."""


class GitStates:
    """Looks for files in states of Git repositories; a context manager, which closes them."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._repositories: dict[Path, Repository] = {}

    def __enter__(self) -> "GitStates":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def at(self, revision: Revision) -> FileLookup:
        """Return what looks for files in a commit (see `sources.discover`)."""
        repository = self.repository(program.outer(revision.top))
        return _State(self, repository, repository.tree(revision.commit)).look

    def in_index(self, top: Path) -> FileLookup:
        """Return what looks for files in the index of the repository with this work tree.

        Raises:
            SettingsError: a merge is not finished.
        """
        repository = self.repository(program.outer(top))
        return _State(self, repository, repository.index()).look

    def changed(self, revision: Revision, *, in_work_tree: bool) -> list[Path]:
        """Return the files that are no longer as in a commit: in the index, or the work tree."""
        repository = self.repository(program.outer(revision.top))
        paths = repository.changed_since(revision.commit, in_work_tree=in_work_tree)
        return [revision.top / path for path in paths]

    def between(self, old: Revision, new: Revision) -> list[Path]:
        """Return the files that one commit has not as the other has them."""
        repository = self.repository(program.outer(new.top))
        entries = [set(repository.tree(revision.commit)) for revision in (old, new)]
        paths = {entry.path for entry in entries[0] ^ entries[1]}
        return [new.top / path for path in sorted(paths)]

    def repository(self, by: Git) -> Repository:
        """Return a repository; it stays open until all are closed."""
        if by.folder not in self._repositories:
            self._repositories[by.folder] = self._stack.enter_context(Repository(by))
        return self._repositories[by.folder]


class _Item(NamedTuple):
    """A file, symbolic link or submodule, and the repository that records it."""

    entry: Entry
    repository: Repository


class _Folder(NamedTuple):
    folders: list[str]
    files: list[str]


class _State:
    """A tree of files; paths are from the top, which is an empty string.

    A submodule joins the tree when it is first looked into.
    """

    def __init__(self, states: GitStates, repository: Repository, entries: list[Entry]) -> None:
        self._states = states
        self._top = repository.git.folder
        self._blobs: dict[str, _Item] = {}
        self._folders = {"": _Folder([], [])}
        self._submodules: dict[str, _Item] = {}
        self._entered: set[str] = set()
        self._closed: dict[str, Closed] = {}
        self._add(repository, entries, "")

    def look(self, name: str) -> Iterator[DiscoveredFile]:
        """Yield the files that a PATH stands for; none where it is not there.

        Raises:
            SettingsError: it is not in this repository, or in a submodule that cannot be read.
        """
        places = list(dict.fromkeys(_places(self._top, name)))
        for place in places:
            path = self._followed(place)
            if path is not None and path in self._blobs:
                yield self._found(path, Path(name), is_named=True)
                return
            if path is not None:
                yield from self._search(path, Path(name))
                return
        if not places:
            raise _elsewhere(name, self._top)
        for place in places:
            self._refuse_what_cannot_be_told(name, place)

    def _search(self, folder: str, shown: Path) -> Iterator[DiscoveredFile]:
        closed: list[str] = []
        for path in searched(self._walk(folder, closed)):
            is_link = self._blobs[path].entry.mode == SYMLINK
            target = self._followed(path) if is_link else path
            if target is not None and target in self._blobs:
                found = self._found(target, shown / _below(path, folder), is_named=False)
                yield found._replace(is_link=is_link)
        for path in closed:
            # To be raised when it is read, unless a glob for the files in it leaves it out.
            place = shown / _below(f"{path}/*.yaml", folder)
            yield DiscoveredFile(
                place, False, place.as_posix(), partial(_raise, self._closed[path].error)
            )

    def _found(self, path: str, shown: Path, *, is_named: bool) -> DiscoveredFile:
        entry, repository = self._blobs[path]
        return DiscoveredFile(
            shown, is_named, f"{self._top}/{path}", partial(repository.open, entry)
        )

    def _walk(self, top: str, closed: list[str]) -> Iterator[tuple[str, list[str], list[str]]]:
        """Yield what `os.walk` does; `closed` takes the submodules that cannot be looked into."""
        ahead = [top]
        while ahead:
            here = ahead.pop()
            self._enter(here)
            if here in self._closed and not self._closed[here].is_unchanged:
                closed.append(here)
            folders = list(self._folders[here].folders)
            yield here, folders, self._folders[here].files
            ahead.extend(posixpath.join(here, name) for name in reversed(folders))

    def _followed(self, place: str) -> str | None:
        """Return the path of the file or folder that a path leads to, links in it followed."""
        path, ahead, links = "", place.split("/")[::-1], 0
        while ahead:
            name = ahead.pop()
            if name in ("", "."):
                continue
            if name == "..":
                if not path:
                    return None
                path = posixpath.dirname(path)
                continue
            path = posixpath.join(path, name)
            self._enter(path)
            item = self._blobs.get(path)
            if item is not None and item.entry.mode == SYMLINK:
                links += 1
                if links > _MOST_LINKS:
                    return None
                target = self._target(item)
                path = "" if target.startswith("/") else posixpath.dirname(path)
                ahead.extend(target.split("/")[::-1])
            elif path not in self._folders and (item is None or ahead):
                return None
        return path

    def _target(self, link: _Item) -> str:
        """Return where a link leads to, with a `/` in front if that is from the top."""
        with link.repository.open(link.entry) as file:
            target = os.fsdecode(file.read())
        return f"/{os.path.relpath(target, self._top)}" if target.startswith("/") else target

    def _add(self, repository: Repository, entries: list[Entry], below: str) -> None:
        for entry in entries:
            path, item = below + entry.path, _Item(entry, repository)
            if entry.mode == SUBMODULE:
                self._submodules[path] = item
                self._folder(path)
            else:
                self._blobs[path] = item
                folder, _, name = path.rpartition("/")
                self._folder(folder).files.append(name)

    def _folder(self, path: str) -> _Folder:
        """Return a folder, made with those above it where it is new."""
        if path in self._folders:
            return self._folders[path]
        made = _Folder([], [])
        below = made
        while path not in self._folders:
            self._folders[path] = below
            path, _, name = path.rpartition("/")
            below = self._folders.get(path, _Folder([], []))
            below.folders.append(name)
        return made

    def _enter(self, path: str) -> None:
        """Let a submodule that nobody has looked into yet join the tree."""
        if path not in self._submodules:
            return
        entry, repository = self._submodules.pop(path)
        self._entered.add(path)
        inside = opened(repository, entry, path)
        if isinstance(inside, Closed):
            self._closed[path] = inside
            return
        submodule = self._states.repository(inside)
        try:
            self._add(submodule, submodule.tree(entry.sha), f"{path}/")
        except SettingsError as error:
            self._closed[path] = without_commit(entry, path, error)

    def _refuse_what_cannot_be_told(self, name: str, place: str) -> None:
        """Raise an error where a PATH that is not in the tree is in no other state of it either."""
        parts = place.split("/")
        for count in range(1, len(parts) + 1):
            path = "/".join(parts[:count])
            if path in self._closed:
                raise self._closed[path].error
            top = self._top / path
            if path not in self._entered and (top / ".git").exists():
                done = program.inner(top).attempt("rev-parse", "--show-superproject-working-tree")
                if not done.stdout.strip():
                    raise _elsewhere(name, self._top)


def _places(top: Path, name: str) -> Iterator[str]:
    """Yield what a PATH may be called in the repository, as it is and with links resolved."""
    given = os.path.normpath(Path(name).absolute())
    folder, file = os.path.split(given)
    for spelling in (given, Path(os.path.realpath(folder), file), os.path.realpath(name)):
        path = Path(spelling)
        if path.is_relative_to(top):
            inside = path.relative_to(top).as_posix()
            yield "" if inside == "." else inside


def _below(path: str, folder: str) -> str:
    return path[len(folder) + 1 :] if folder else path


def _elsewhere(name: str, top: Path) -> SettingsError:
    return SettingsError(
        f"{name!r} is not in the Git repository {top}",
        hint="one run compares files of one repository: run it in the other one for those",
    )


def _raise(error: SettingsError) -> NoReturn:
    raise error
