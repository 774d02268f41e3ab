"""The content of a Git repository: the entries of a tree or of the index, and raw blobs.

One `git cat-file --batch` provides all blobs of a repository. Each blob is requested and read
completely before the next one, so the two processes cannot block each other.
"""

import os
import subprocess
from collections.abc import Iterator
from io import BytesIO
from typing import IO, BinaryIO, NamedTuple

from transformer.errors import GitError
from transformer.inputs.git.program import EMPTY, Git

SUBMODULE = "160000"
SYMLINK = "120000"

_UNSTAGED = (
    ("diff-files", "--name-only", "-z"),
    ("ls-files", "--others", "--exclude-standard", "-z"),
)
"""Commands that list files of the work tree that differ from the index, without reading them."""

_LARGE = 8 * 1024 * 1024
"""A larger blob is not held in memory."""

_KEPT = 24 * 1024 * 1024
"""Bytes of blobs that are kept: most files are the same in both states, and read more than once."""

_EMPTY_BLOBS = (
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)
"""The empty file, in repositories of either hash."""


class Entry(NamedTuple):
    """A file, symbolic link or submodule in a tree or in the index; `path` is below the top."""

    mode: str
    sha: str
    path: str


class Repository:
    """A Git repository."""

    def __init__(self, git: Git) -> None:
        self.git = git
        self._cat: subprocess.Popen[bytes] | None = None
        self._kept: dict[str, bytes] = {}
        self._room = _KEPT

    def close(self) -> None:
        """End the process that provides blobs, if there is one."""
        if self._cat is not None:
            self._cat.terminate()  # it may still be writing a blob that is no longer needed
            self._cat.communicate()

    def tree(self, commit: str) -> list[Entry]:
        """Return all entries of a commit.

        Raises:
            SettingsError: the commit does not exist.
        """
        if commit == EMPTY:
            return []
        out = self.git.run("ls-tree", "-r", "-z", "--full-tree", commit)
        return [Entry(mode, sha, path) for (mode, _, sha), path in _lines(out)]

    def index(self) -> list[Entry]:
        """Return the entries of the index except for empty files: they have no manifest, and an
        entry of `git add --intent-to-add` looks like an empty file.

        Raises:
            SettingsError: a merge is not finished.
        """
        entries = []
        for stage, entry in self._staged():
            if stage != "0":
                message = "the index has a merge conflict in this file"
                hint = "resolve it and `git add` the file"
                raise GitError(message, file=entry.path, hint=hint)
            if entry.sha not in _EMPTY_BLOBS:
                entries.append(entry)
        return entries

    def changed_since(self, commit: str, *, in_work_tree: bool) -> list[str]:
        """Return the paths of files that differ between `commit` and the index, or also the work
        tree, including untracked files that are not ignored. Files with only a new modification
        time may be included: no content is read.
        """
        differing = set(self.tree(commit)) ^ {entry for _, entry in self._staged()}
        paths = {entry.path for entry in differing}
        if in_work_tree:
            for command in _UNSTAGED:
                out = self.git.run(*command)
                paths.update(map(os.fsdecode, out.split(b"\0")[:-1]))
        return sorted(paths)

    def submodules(self) -> dict[str, str]:
        """Return the commit of each submodule in the index, by path."""
        return {entry.path: entry.sha for _, entry in self._staged() if entry.mode == SUBMODULE}

    def open(self, entry: Entry) -> BinaryIO:
        """Return the bytes of a file, or the target of a link, as a file.

        Raises:
            SettingsError: git cannot read it: the repository is damaged, or a fetch failed.
        """
        kept = self._kept.get(entry.sha)
        return BytesIO(kept) if kept is not None else self._read(entry)

    def _read(self, entry: Entry) -> BinaryIO:
        """Return the bytes of a file as git gives them."""
        if self._cat is None:
            self._cat = self.git.start("cat-file", "--batch")
        to, back = self._cat.stdin, self._cat.stdout
        assert to is not None
        assert back is not None
        try:
            to.write(f"{entry.sha}\n".encode())
            to.flush()
            head = back.readline().split()
            if len(head) != 3:
                raise _unreadable(entry)
            size = int(head[2])
            blob = self._small(entry, back, size) if size <= _LARGE else _spooled(back, size)
            _exactly(back, 1)
        except (BrokenPipeError, EOFError):
            raise _unreadable(entry) from None
        return blob

    def _small(self, entry: Entry, pipe: IO[bytes], size: int) -> BinaryIO:
        """Return the next `size` bytes of `pipe`, and keep them if there is room."""
        data = _exactly(pipe, size)
        if size <= self._room:
            self._room -= size
            self._kept[entry.sha] = data
        return BytesIO(data)

    def _staged(self) -> Iterator[tuple[str, Entry]]:
        """Yield the entries of the index, each with its stage (not 0: part of a conflict)."""
        out = self.git.run("ls-files", "--stage", "-z", "--full-name")
        for (mode, sha, stage), path in _lines(out):
            yield stage, Entry(mode, sha, path)


def _lines(out: bytes) -> Iterator[tuple[list[str], str]]:
    """Yield the words and the path in each line of a listing."""
    for line in out.split(b"\0")[:-1]:
        words, path = line.split(b"\t", 1)
        yield words.decode().split(" "), os.fsdecode(path)


def _unreadable(entry: Entry) -> GitError:
    message = f"git cannot read the object {entry.sha}"
    hint = "`git fsck` lists missing objects; in a partial clone, check that `git fetch` works"
    return GitError(message, file=entry.path, hint=hint)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _spooled(pipe: IO[bytes], size: int) -> BinaryIO:
    """Return the next `size` bytes of `pipe` in a temporary file without a name."""
    import tempfile  # rarely needed

    file = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    try:
        for start in range(0, size, _LARGE):
            file.write(_exactly(pipe, min(_LARGE, size - start)))
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file
