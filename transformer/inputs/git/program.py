"""The `git` program, and which commit a revision means.

Nothing is checked out, and neither index nor work tree is changed. All commands only read the
object database and the index: they run no hook, filter or file monitor of the repository. Arguments
of the user are never interpreted as options of git.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from transformer.errors import GitError, reason_of
from transformer.regexes import regex

EMPTY = ""
"""Represents the commit before the first one."""

_ABOUT_PLACES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")
"""Variables that name folders, relative to the working folder of this process."""

_ABOUT_REPOSITORY = (
    *_ABOUT_PLACES,
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
)
"""Variables that apply to one repository, and not to its submodules."""

_OBJECT_NAME = regex(rb"[0-9a-f]{40,64}\n")
_OF_COMMIT = regex(rb"\n([0-9a-f]{40,64})\n([0-9a-f]{40,64})\n")
"""The folder in its work tree (none: it is the top, or there is no work tree), and two objects."""


class Revision(NamedTuple):
    """A commit (or `EMPTY`) of the repository whose work tree is `top`; `name` as it was given."""

    top: Path
    commit: str
    name: str

    @property
    def in_words(self) -> str:
        left, dots, right = self.name.partition("...")
        return f"the merge base of {left or 'HEAD'} and {right or 'HEAD'}" if dots else self.name


class Git(NamedTuple):
    """Runs git in a folder: the top of a work tree, or a repository without a work tree."""

    folder: Path
    environment: Mapping[str, str]
    has_work_tree: bool = True

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """Return a completed command, whether it succeeded or not.

        Raises:
            SettingsError: git cannot be run.
        """
        try:
            return subprocess.run(
                self._command(arguments), capture_output=True, check=False, env=self.environment
            )
        except OSError as error:
            raise _no_git(error) from None

    def run(self, *arguments: str) -> bytes:
        """Return what a command prints.

        Raises:
            SettingsError: it fails.
        """
        done = self.attempt(*arguments)
        if done.returncode:
            raise GitError(f"git {arguments[0]}: {_error_of(done)}", hint=_advice(done))
        return done.stdout

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Return a running command, with pipes to and from it.

        Raises:
            SettingsError: git cannot be run.
        """
        try:
            return subprocess.Popen(
                self._command(arguments),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=self.environment,
            )
        except OSError as error:
            raise _no_git(error) from None

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        options = ("--no-pager", "--literal-pathspecs", "-c", "core.fsmonitor=false")
        return ["git", *options, "-C", str(self.folder), *arguments]


def outer(folder: Path) -> Git:
    """Return git for the repository of the user.

    A hook of the repository may run this process: its environment (GIT_DIR, GIT_INDEX_FILE) counts.
    """
    named = {name: value for name in _ABOUT_PLACES if (value := os.environ.get(name))}
    places = {name: str(Path(value).absolute()) for name, value in named.items()}
    return Git(folder, {**os.environ, **places, **_QUIET})


def inner(folder: Path) -> Git:
    """Return git for a repository in the work tree of another one."""
    return Git(folder, _clean_environment())


def without_work_tree(git_dir: Path) -> Git:
    """Return git for a repository whose work tree may not exist any more."""
    places = {"GIT_DIR": str(git_dir), "GIT_WORK_TREE": str(git_dir)}
    return Git(git_dir, {**_clean_environment(), **places}, has_work_tree=False)


def resolve(folder: Path, revision: str) -> Revision:
    """Return the commit that `revision` means in the repository around `folder`.

    `REV...` and `REV...OTHER` mean the merge base of both sides; an empty side means HEAD. HEAD
    means an empty tree if nothing is committed yet.

    Raises:
        SettingsError: there is no repository, or no such commit.
    """
    if not revision:
        hint = "check that the variables in the command are set"
        raise GitError("a revision is empty", hint=hint)
    top = top_of(folder)
    git = outer(top)
    left, dots, right = revision.partition("...")
    if not dots:
        if revision in ("HEAD", "@") and not _object(git, "HEAD"):
            return Revision(top, EMPTY, revision)
        return Revision(top, _commit(git, revision), revision)
    sides = [_commit(git, side or "HEAD") for side in (left, right)]
    done = git.attempt("merge-base", *sides)
    if done.returncode:
        raise _missing(git, f"{left or 'HEAD'} and {right or 'HEAD'} have no common commit here")
    return Revision(top, done.stdout.decode().strip(), revision)


def commit_and_tree(git: Git, revision: str) -> tuple[str, str]:
    """Return the names of the commit that `revision` means and of its tree; `EMPTY` of both for
    HEAD in a repository without any branch. The folder of `git` must be the top of the repository.

    Raises:
        SettingsError: git cannot read the repository, or there is no such commit.
    """
    if not revision.startswith("-"):
        wanted = (f"{revision}^{{commit}}", f"{revision}^{{tree}}")
        done = git.attempt("rev-parse", "--show-prefix", *wanted)
        if not done.returncode and (names := _OF_COMMIT.fullmatch(done.stdout)):
            return names[1].decode(), names[2].decode()
    if not git.run("for-each-ref", "--count=1") and revision == "HEAD":
        return EMPTY, EMPTY
    raise _missing(git, f"there is no commit {revision!r} in this repository")


def top_of(folder: Path) -> Path:
    """Return the top folder of the work tree around `folder`.

    Raises:
        SettingsError: there is none.
    """
    done = outer(folder).attempt("rev-parse", "--show-toplevel")
    if done.returncode or not done.stdout.strip():
        message = f"git finds no work tree around {folder}: {_error_of(done)}"
        hint = "run it in a checked out repository, or leave out --base and --staged"
        raise GitError(message, hint=_advice(done) or hint)
    return Path(os.fsdecode(done.stdout.removesuffix(b"\n")))


def _error_of(done: "subprocess.CompletedProcess[bytes]") -> str:
    """Return the error message of git, in one line."""
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    fatal = [line.partition(": ")[2] for line in lines if line.startswith(("fatal: ", "error: "))]
    return [*fatal, *lines, f"exit status {done.returncode}"][0]


def _advice(done: "subprocess.CompletedProcess[bytes]") -> str:
    """Return the command that git suggests as a fix (`safe.directory`), or an empty string."""
    lines = done.stderr.decode(errors="replace").splitlines()
    commands = [line.strip() for line in lines if line.startswith("\tgit ")]
    return f"`{commands[0]}`" if commands else ""


def _commit(git: Git, revision: str) -> str:
    # The name of a commit cannot begin with this, and git would interpret it as an option.
    found = "" if revision.startswith("-") else _object(git, f"{revision}^{{commit}}")
    if not found:
        raise _missing(git, f"there is no commit {revision!r} in this repository")
    return found


def _object(git: Git, name: str) -> str:
    """Return the full name of an object, or an empty string if it does not exist."""
    done = git.attempt("rev-parse", "--verify", "--quiet", name)
    is_one = done.returncode == 0 and _OBJECT_NAME.fullmatch(done.stdout)
    return done.stdout.decode().strip() if is_one else ""


def _missing(git: Git, message: str) -> GitError:
    if git.attempt("rev-parse", "--is-shallow-repository").stdout.strip() != b"true":
        return GitError(message, hint="`git fetch` it, or check its name")
    return GitError(
        f"{message}: it is a shallow clone, which lacks older commits and other branches",
        hint="`git fetch --unshallow`, or `git fetch --depth=100 origin BRANCH`; with "
        "actions/checkout: `fetch-depth: 0`",
    )


_QUIET = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}


def _clean_environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _ABOUT_REPOSITORY}
    return {**kept, **_QUIET}


def _no_git(error: OSError) -> GitError:
    return GitError(f"git cannot be run: {reason_of(error)}", hint="install git")
