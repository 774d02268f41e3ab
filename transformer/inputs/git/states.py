"""Manifests in a Git commit or in the index: files like those on the disk, read from blobs.

Folders are searched by the same rules. A symbolic link is followed within the tree; one that leads
out of it is skipped. All PATHs must be in one repository.

A submodule in or above a PATH is read from its own repository, at the commit that the tree around
it records. If it is not checked out, a search skips it as long as the index records the same
commit, because it has no files on the disk either. Otherwise, and if a PATH names something in it,
it is an error.
"""

import os
import posixpath
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple, NoReturn

from transformer.errors import SettingsError
from transformer.inputs.discovery import DiscoveredFile, FileLookup, searched
from transformer.inputs.git import program
from transformer.inputs.git.export import Part, export, placed
from transformer.inputs.git.program import Git, Revision
from transformer.inputs.git.repository import SUBMODULE, SYMLINK, Entry, Repository
from transformer.inputs.git.submodules import Closed, opened, without_commit

_MOST_LINKS = 40
"""The maximum number of symbolic links that are followed for one path, as in operating systems."""


class GitStates(ExitStack):
    """Finds files in states of Git repositories; a context manager, which closes them."""

    def __init__(self) -> None:
        super().__init__()
        self._repositories: dict[Path, Repository] = {}

    def at(self, revision: Revision) -> FileLookup:
        """Return the lookup of files in a commit (see `discovery.discover`)."""
        repository = self.repository(program.outer(revision.top))
        return _State(self, repository, repository.tree(revision.commit)).look

    def in_index(self, top: Path) -> FileLookup:
        """Return the lookup of files in the index of the repository with this work tree.

        Raises:
            SettingsError: a merge is not finished.
        """
        repository = self.repository(program.outer(top))
        return _State(self, repository, repository.index()).look

    def export(self, revision: Revision, folder: Path) -> None:
        """Write the files of a commit into a folder."""
        repository = self.repository(program.outer(revision.top))
        export(list(self._parts(Part(repository, repository.tree(revision.commit), folder), "")))

    def export_index(self, top: Path, folder: Path) -> None:
        """Write the files of the index into a folder."""
        repository = self.repository(program.outer(top))
        export(list(self._parts(Part(repository, repository.index(), folder), "")))

    def _parts(self, part: Part, below: str) -> Iterator[Part]:
        """Yield a tree at the path `below`, and its submodules that can be read."""
        yield part
        for entry, folder in placed(part):
            path = below + entry.path
            inside = opened(part.repository, entry, path) if entry.mode == SUBMODULE else None
            if isinstance(inside, Git):
                submodule = self.repository(inside)
                with suppress(SettingsError):  # it lacks the commit
                    inner = Part(submodule, submodule.tree(entry.sha), folder)
                    yield from self._parts(inner, f"{path}/")

    def changed(self, revision: Revision, *, in_work_tree: bool) -> list[Path]:
        """Return the files that differ from a commit: in the index, or in the work tree."""
        repository = self.repository(program.outer(revision.top))
        paths = repository.changed_since(revision.commit, in_work_tree=in_work_tree)
        return [revision.top / path for path in paths]

    def between(self, old: Revision, new: Revision) -> list[Path]:
        """Return the files that differ between two commits."""
        repository = self.repository(program.outer(new.top))
        differing = set(repository.tree(old.commit)) ^ set(repository.tree(new.commit))
        return [new.top / path for path in sorted({entry.path for entry in differing})]

    def repository(self, by: Git) -> Repository:
        """Return a repository, which stays open until this object is closed."""
        if by.folder not in self._repositories:
            self._repositories[by.folder] = repository = Repository(by)
            self.callback(repository.close)
        return self._repositories[by.folder]


class _Item(NamedTuple):
    """A file, symbolic link or submodule, and the repository that records it."""

    entry: Entry
    repository: Repository


class _Folder(NamedTuple):
    folders: list[str]
    files: list[str]


class _State:
    """A tree of files; paths are relative to the top, which is an empty string.

    A submodule is added to the tree when it is first accessed.
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
        """Yield the files of a PATH; none if it does not exist in the tree.

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
            self._refuse_unreadable(name, place)

    def _search(self, folder: str, shown: Path) -> Iterator[DiscoveredFile]:
        closed: list[str] = []
        for path in searched(self._walk(folder, closed)):
            is_link = self._blobs[path].entry.mode == SYMLINK
            target = self._followed(path) if is_link else path
            if target is not None and target in self._blobs:
                found = self._found(target, shown / _below(path, folder), is_named=False)
                yield found._replace(is_link=is_link)
        for path in closed:
            # Raised when it is read, unless a pattern for the files in it excludes it.
            place = shown / _below(f"{path}/*.yaml", folder)
            opener = partial(_raise, self._closed[path].error)
            yield DiscoveredFile(place, False, place.as_posix(), opener)

    def _found(self, path: str, shown: Path, *, is_named: bool) -> DiscoveredFile:
        entry, repository = self._blobs[path]
        opener = partial(repository.open, entry)
        identity = f"{self._top}/{path}"
        return DiscoveredFile(shown, is_named, identity, opener, blob=entry.sha)

    def _walk(self, top: str, closed: list[str]) -> Iterator[tuple[str, list[str], list[str]]]:
        """Yield what `os.walk` yields; add submodules that cannot be read to `closed`."""
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
        """Return the path of the file or folder that a path leads to after following links."""
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
        """Return the target of a link, with a leading `/` if it is relative to the top."""
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
        """Return a folder; if it is new, create it and those above it."""
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
        """Add a submodule to the tree if it has not been accessed yet."""
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

    def _refuse_unreadable(self, name: str, place: str) -> None:
        """Raise an error if a PATH that is not in the tree cannot be in any other state either."""
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
    """Yield the possible paths of a PATH in the repository, as it is and with links resolved."""
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
    hint = "a run compares files of one repository: run it in the other repository separately"
    return SettingsError(f"{name!r} is not in the Git repository {top}", hint=hint)


def _raise(error: SettingsError) -> NoReturn:
    raise error
