"""Reports in files, besides what a run prints."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol, TextIO

from transformer.errors import SettingsError, reason_of
from transformer.findings import Change, Finding
from transformer.inputs.spool import FileSpool
from transformer.report import as_json
from transformer.report.as_markdown import Digest

_MEMORY = 4 * 1024 * 1024


def opened_report(path: Path) -> TextIO:
    """Return the file at `path`, opened for a report.

    Raises:
        SettingsError: it cannot be written.
    """
    try:
        return path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        message = f"the report cannot be written: {reason_of(error)}"
        raise SettingsError(message, file=str(path)) from None


@contextmanager
def opened_reports(
    named: Sequence[tuple[str, Path]],
) -> Iterator[list[tuple[str, TextIO]]]:
    """Yield the format of each report and its file, opened.

    Raises:
        SettingsError: one cannot be written, or two have the same file.
    """
    paths = [path.absolute() for _, path in named]
    for number, path in enumerate(paths):
        if path in paths[:number]:
            message = "two reports cannot be written to one file"
            raise SettingsError(message, file=str(path), hint="give each a file of its own")
    with ExitStack() as opened:
        yield [(form, opened.enter_context(opened_report(path))) for form, path in named]


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
