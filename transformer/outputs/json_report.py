"""The JSON report of `transform`; its entries are in temporary files to save memory."""

from collections.abc import Iterator
from typing import TextIO

from transformer.findings import Change, Finding
from transformer.report import as_json
from transformer.system.spooled import spooled_file

_MEMORY = 4 * 1024 * 1024


class JsonReport:
    """Collects changes and findings, and writes the report to `file` at the end."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._changes = _Entries()
        self._findings = _Entries()

    def add_change(self, made: Change) -> None:
        self._changes.add(as_json.change(made))

    def add_finding(self, found: Finding) -> None:
        self._findings.add(as_json.finding(found))

    def write(self, documents: int) -> None:
        """Write the report; `documents` is the number of documents."""
        self._file.writelines(as_json.assemble(documents, self._changes, self._findings))
        self._file.flush()


class _Entries:
    """Encoded report entries, in the order of addition."""

    def __init__(self) -> None:
        self._file = spooled_file(_MEMORY, mode="w+", encoding="utf-8", newline="\n")

    def add(self, entry: str) -> None:
        self._file.write(entry + "\n")

    def __iter__(self) -> Iterator[str]:
        """Yield the entries, once."""
        self._file.seek(0)
        with self._file:
            for line in self._file:
                yield line.rstrip("\n")
