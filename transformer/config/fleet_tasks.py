"""The tasks of `fleet` and their results: plain data that can go to another process or machine."""

import os
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, NamedTuple, TypeAlias

from transformer.text.framing import MAX_DOCUMENT

Mode: TypeAlias = Literal["check", "validate", "placement", "patch"]
"""What is done with a repository: `--check`, `validate`, `placement`, or `--diff` as a patch."""

DEFAULT_TIMEOUT = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What holds for all tasks of a run; the configuration of each repository applies besides.

    `fail_on`, `pools`, `enable`, `disable`, `on_invalid`, `strict` and `max_document` are those of
    the command line. `timeout`: the seconds that one repository may take. `cache`: the folder in
    which results are kept (empty: none are).
    """

    mode: Mode = "validate"
    fail_on: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    enable: tuple[str, ...] = ()
    disable: tuple[str, ...] = ()
    on_invalid: Literal["fail", "pass"] | None = None
    strict: bool = False
    max_document: int = MAX_DOCUMENT
    timeout: float = DEFAULT_TIMEOUT
    cache: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One repository, or one folder: its path, and the revision to read.

    Without a revision, a checkout or a folder is read as it is on the disk, and a bare repository
    at its HEAD. `folder` is where `repository` is, as an absolute path (empty: relative to the
    working folder).
    """

    repository: str
    revision: str = ""
    settings: Settings = field(default_factory=Settings)
    folder: str = ""

    def placed(self) -> "Task":
        """Return the task with the absolute paths that it has in this working folder."""
        pools = tuple(map(os.path.abspath, self.settings.pools))
        folder = self.folder or os.path.abspath(self.repository)  # noqa: PTH100 (keeps links)
        return replace(self, folder=folder, settings=replace(self.settings, pools=pools))

    def as_plain(self) -> dict[str, Any]:
        """Return the task as plain values."""
        return asdict(self)


def task_of(plain: dict[str, Any]) -> Task:
    """Return the task with these plain values."""
    settings: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in plain["settings"].items()
    }
    return Task(**{**plain, "settings": Settings(**settings)})


class Result(NamedTuple):
    """The result of a task: the object of its line (see `schemas/fleet.schema.json`), the patch
    that `git apply` takes (empty: nothing would change, or none was asked for), and whether it was
    known from an earlier run.
    """

    line: dict[str, Any]
    patch: str = ""
    is_cached: bool = False

    @property
    def status(self) -> int:
        """The exit status that the command has in this repository."""
        return int(self.line["status"])


def failure(
    task: Task, message: str, hint: str = "", *, status: int = 3, commit: str = "", **place: Any
) -> Result:
    """Return the result of a task that could not be done: an error, and no report.

    `status`: 2 if the configuration is wrong, 3 if something cannot be read. `place`: the `file`,
    `line` and `column` of the error, if they are known.
    """
    error = {"message": message, "hint": hint, "file": "", "line": 0, "column": 0, **place}
    return Result(line_of(task, commit, {"status": status, "error": error}))


def line_of(task: Task, commit: str, rest: dict[str, Any]) -> dict[str, Any]:
    """Return the object of a line: what was read, and what came of it."""
    return {
        "repository": task.repository,
        "revision": task.revision,
        "commit": commit,
        "mode": task.settings.mode,
        "status": 0,
        "error": None,
        "counts": None,
        "messages": [],
        "report": None,
        **rest,
    }
