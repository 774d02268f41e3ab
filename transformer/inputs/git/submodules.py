"""Where the commits of a submodule are: next to its files, or in the repository around it."""

import os
from typing import NamedTuple

from transformer.errors import SettingsError
from transformer.inputs.git import program
from transformer.inputs.git.program import Git
from transformer.inputs.git.repository import Entry, Repository


class Closed(NamedTuple):
    """Why a submodule cannot be read.

    `is_unchanged`: the index records the same commit, so a search need not report it.
    """

    error: SettingsError
    is_unchanged: bool = False


def opened(around: Repository, entry: Entry, path: str) -> Git | Closed:
    """Return git for a submodule: `entry` in the repository `around`; `path` is from the top."""
    top = around.git.folder / entry.path
    if (top / ".git").exists():
        return program.inner(top)
    now = around.submodules().get(entry.path) if around.git.has_work_tree else None
    if now is not None:
        hint = f"`git submodule update --init {path}`, or add it to `exclude`"
        error = SettingsError(f"the submodule {path} is not checked out", hint=hint)
        return Closed(error, is_unchanged=now == entry.sha)
    kept = around.git.run("rev-parse", "--git-path", f"modules/{entry.path}").removesuffix(b"\n")
    folder = (around.git.folder / os.fsdecode(kept)).resolve()
    if (folder / "HEAD").exists():
        return program.without_work_tree(folder)
    message = f"the submodule {path} has been removed, and its content is not available"
    return Closed(SettingsError(message, hint="add it to `exclude` in the configuration"))


def without_commit(entry: Entry, path: str, error: SettingsError) -> Closed:
    """Return the error that the repository of a submodule does not have its commit."""
    message = f"the submodule {path} lacks its commit {entry.sha[:12]}: {error.message}"
    hint = error.hint or f"`git -C {path} fetch`, or `git submodule update --init {path}`"
    return Closed(SettingsError(message, hint=hint))
