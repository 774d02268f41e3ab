"""What a task of `fleet` reads: a folder on the disk, or a revision of a Git repository.

A checkout or a folder is read in place. A revision, and a bare repository, are read from Git's
objects into a folder of this run (`git/snapshots.py`).
"""

import os
from pathlib import Path
from typing import NamedTuple

from transformer.config.config_file import load
from transformer.config.resolve import NAME
from transformer.errors import GitError, SettingsError, reason_of
from transformer.inputs.discovery import SUFFIXES
from transformer.inputs.git.snapshots import Snapshot, Writer, refuse_outside, snapshot
from transformer.kubernetes.generators import KUSTOMIZATIONS
from transformer.pipeline.settings import Settings

_BARE = ("HEAD", "objects", "refs")
_INCOMPLETE = (
    "`git fsck` lists missing objects; nothing is fetched here, so a partial clone must have them"
)


class Unreadable(Exception):
    """A repository cannot be read; `message` says why, and `hint` what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Repository(NamedTuple):
    """A repository or folder; `snapshot` is what to read of it (None: what is on the disk)."""

    folder: Path
    snapshot: Snapshot | None = None


def opened(name: str, revision: str) -> Repository:
    """Return what is at an absolute path, with the commit that is to be read.

    Raises:
        Unreadable: there is no folder, git cannot read it, or there is no such revision.
    """
    folder = Path(name)
    try:
        names = set(os.listdir(folder))  # noqa: PTH208 (only names)
    except FileNotFoundError:
        hint = "check the list; a revision is separated from the path by a tab"
        raise Unreadable("there is no such folder", hint) from None
    except NotADirectoryError:
        raise Unreadable("this is a file", "name the folder of a repository") from None
    except OSError as error:
        raise Unreadable(f"the folder cannot be read: {reason_of(error)}") from None
    is_bare = ".git" not in names and names.issuperset(_BARE)
    if ".git" not in names and not is_bare:
        if revision:
            hint = "name the top of a repository, or remove the revision"
            raise Unreadable(f"this is no Git repository, so it has no revision {revision!r}", hint)
        return Repository(folder)
    if not revision and not is_bare:
        return Repository(folder)
    try:
        return Repository(folder, snapshot(folder, revision or "HEAD"))
    except SettingsError as error:
        raise Unreadable(error.message, error.hint) from None


def written(found: Snapshot, folder: Path) -> Settings | None:
    """Write the files of a revision into the empty working folder `folder`, and return its
    configuration, if it has one. Only of files that a run may read the contents are written.

    Raises:
        SettingsError: the configuration is invalid.
        Unreadable: git cannot read a file, or a file cannot be written.
    """
    try:
        with Writer(found, folder) as writer:
            writer.write(_is_manifest)
            if not os.path.lexists(folder / NAME):
                return None
            settings = _configuration()
            if settings.build:
                writer.fill_all()
            else:
                writer.fill(filter(None, (*settings.pool_paths, settings.baseline)))
    except GitError as error:
        if not error.file:
            raise Unreadable(error.message, error.hint) from None
        raise Unreadable(f"{error.file}: {error.message}", _INCOMPLETE) from None
    except OSError as error:
        name = error.filename2 or error.filename  # of a link the target is first
        where = os.path.relpath(name, folder) if name else "a file"
        raise Unreadable(f"{where} cannot be written: {reason_of(error)}") from None
    return settings


def _configuration() -> Settings:
    """Return the configuration in the working folder.

    Raises:
        SettingsError: it is invalid, or names something outside of the repository.
    """
    settings = load(Path(NAME))
    named = [*(("the path of pools", path) for path in settings.pool_paths)]
    for what, path in [*named, ("the baseline", settings.baseline)]:
        refuse_outside(path, what, NAME)
    return settings


def _is_manifest(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith(SUFFIXES) or name in KUSTOMIZATIONS
