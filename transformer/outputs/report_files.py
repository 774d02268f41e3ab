"""Reports in files, besides what a run prints."""

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol, TextIO, TypeAlias

from transformer.errors import SettingsError, reason_of
from transformer.findings import Change, Finding
from transformer.inputs.discovery import SUFFIXES
from transformer.inputs.spool import FileSpool
from transformer.report import as_json
from transformer.report.as_markdown import Digest
from transformer.report.formats import is_report
from transformer.report.formatting import clean

_MEMORY = 4 * 1024 * 1024
_HEAD = 256
"""Bytes of the beginning of a file."""

_Identity: TypeAlias = tuple[int, int] | str
"""Device and number of a file, or the path of one that does not exist."""


class _NamedFile(io.FileIO):
    """A file whose errors name it: a run may write several reports."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise OSError(error.errno, error.strerror, self.name) from None


@contextmanager
def opened_reports(
    named: Sequence[tuple[str, Path]], reads: Iterable[Path]
) -> Iterator[list[tuple[str, TextIO]]]:
    """Yield the format of each report and its file, opened.

    `reads` are the files that the run reads, besides standard input: none of them is replaced,
    under whatever name, unless it is empty or an earlier report.

    Raises:
        SettingsError: one cannot be written or replaced, or two have the same file.
    """
    _refuse_conflicts([path for _, path in named], reads)
    with ExitStack() as opened:
        yield [(form, opened.enter_context(_opened(path))) for form, path in named]


def _opened(path: Path) -> TextIO:
    try:
        raw = _NamedFile(str(path), "w")
    except OSError as error:
        message = f"the report cannot be written: {reason_of(error)}"
        raise SettingsError(message, file=str(path)) from None
    out = io.BufferedWriter(raw)
    return io.TextIOWrapper(out, encoding="utf-8", errors="backslashreplace", newline="\n")


def _refuse_conflicts(reports: Sequence[Path], reads: Iterable[Path]) -> None:
    """Check that each report has a file of its own, which the run does not read.

    Raises:
        SettingsError: one has not.
    """
    hint = "give each a file of its own"
    own: dict[_Identity, Path] = {}
    for path in reports:
        if own.setdefault(_identity(path), path) is not path:
            message = "two reports cannot be written to one file"
            raise SettingsError(message, file=str(path), hint=hint)
    kept = {identity: path for identity, path in own.items() if _has_content(path)}
    if not kept:
        return
    stdin = _identity_of_stdin()
    if stdin in kept:
        raise _replaces(kept[stdin], "standard input")
    for path in reads:
        if (report := kept.get(_identity(path))) is not None:
            raise _replaces(report, clean(str(path)))


def _replaces(report: Path, read: str) -> SettingsError:
    message = f"the report would replace {read}, which this run reads"
    hint = "write the report to another file"
    if report.name.endswith(SUFFIXES):
        hint += f"; a search of folders reads {', '.join(f'*{one}' for one in SUFFIXES)}"
    return SettingsError(message, file=str(report), hint=hint)


def _identity(path: Path) -> _Identity:
    """Return what tells files apart, whatever links lead to them."""
    try:
        status = path.stat()
    except OSError:
        return os.path.realpath(path)
    return status.st_dev, status.st_ino


def _identity_of_stdin() -> "_Identity | None":
    try:
        status = os.fstat(sys.stdin.fileno())
    except (OSError, ValueError, AttributeError):  # it is closed, or replaced
        return None
    return status.st_dev, status.st_ino


def _has_content(path: Path) -> bool:
    """Whether a file holds anything that is lost when a report replaces it: not another report."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return True
    return bool(head) and not is_report(head)


class RunReport(Protocol):
    """A report of `transform`: what it is told, it writes at the latest at the end."""

    def add_change(self, made: Change) -> None: ...

    def add_finding(self, found: Finding) -> None: ...

    def write(self, documents: int, summary: str) -> None:
        """Write the report; `documents` is their number, and `summary` the last line."""


class JsonReport:
    """The JSON report; its entries are in temporary files to save memory."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._changes: FileSpool[str] = FileSpool(_MEMORY)
        self._findings: FileSpool[str] = FileSpool(_MEMORY)

    def add_change(self, made: Change) -> None:
        self._changes.append(as_json.change(made))

    def add_finding(self, found: Finding) -> None:
        self._findings.append(as_json.finding(found))

    def write(self, documents: int, summary: str) -> None:
        self._file.writelines(as_json.assemble(documents, self._changes, self._findings))
        self._file.flush()


class MarkdownReport:
    """The report as Markdown."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._digest = Digest()

    def add_change(self, made: Change) -> None:
        self._digest.add_change(made)

    def add_finding(self, found: Finding) -> None:
        self._digest.add_finding(found)

    def write(self, documents: int, summary: str) -> None:
        self._file.writelines(self._digest.render([summary], "`--report json` has all of them"))
        self._file.flush()


REPORTS: Mapping[str, Callable[[TextIO], RunReport]] = {
    "json": JsonReport,
    "markdown": MarkdownReport,
}
"""The reports of `transform` besides its lines for people, by format."""
