"""The JSON report of `transform`; its entries are in temporary files to save memory."""

from typing import TextIO

from transformer.findings import Change, Finding
from transformer.inputs.spool import FileSpool
from transformer.report import as_json

_MEMORY = 4 * 1024 * 1024


class JsonReport:
    """Collects changes and findings, and writes the report to `file` at the end."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._changes: FileSpool[str] = FileSpool(_MEMORY)
        self._findings: FileSpool[str] = FileSpool(_MEMORY)

    def add_change(self, made: Change) -> None:
        self._changes.append(as_json.change(made))

    def add_finding(self, found: Finding) -> None:
        self._findings.append(as_json.finding(found))

    def write(self, documents: int) -> None:
        """Write the report; `documents` is the number of documents."""
        self._file.writelines(as_json.assemble(documents, self._changes, self._findings))
        self._file.flush()
