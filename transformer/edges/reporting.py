"""Telling people and machines what a run did: lines on standard error, a JSON report in a file.

Findings and changes are told as they come; what the JSON report needs is kept in temporary files,
so that a long run stays small.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from transformer.errors import SettingsError
from transformer.findings import DocumentResult
from transformer.report import as_json, as_text

_MEMORY = 4 * 1024 * 1024


class _Entries:
    """Encoded report entries, in the order they came."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115 (closed with the reporter)
            max_size=_MEMORY, mode="w+", encoding="utf-8", newline="\n"
        )

    def add(self, entry: str) -> None:
        self._file.write(entry + "\n")

    def __iter__(self) -> Iterator[str]:
        self._file.seek(0)
        for line in self._file:
            yield line.rstrip("\n")

    def close(self) -> None:
        self._file.close()


class Reporter:
    """Counts results, tells them on `err`, and writes the JSON report at the end.

    `text`: tell people (None: do not). `json_to`: where the JSON report goes, if anywhere; a path,
    or None for `err` when `json` is true. `level` -1 keeps quiet about all but errors, 1 adds
    counts of what was screened, parsed and edited.
    """

    def __init__(
        self,
        err: TextIO,
        *,
        text: bool = True,
        json: bool = False,
        file: Path | None = None,
        file_is_text: bool = False,
        level: int = 0,
        paint: as_text.Paint = as_text.unpainted,
        before: Callable[[], None] = lambda: None,
    ) -> None:
        self._err = err
        self._text = text
        self._file = file
        self._json_to_err = json and file is None
        self._level = level
        self._paint = paint
        self._before = before
        self._file_is_text = file_is_text
        self._lines = _Entries() if file is not None and file_is_text else None
        keeps = self._json_to_err or (file is not None and not file_is_text)
        self._changed = _Entries() if keeps else None
        self._findings = _Entries() if keeps else None
        self.counts: Counter[str] = Counter()

    def add(self, result: DocumentResult) -> None:
        """Take in the result of one document."""
        counts = self.counts
        counts["documents"] += 1
        counts[result.stage] += 1
        if result.failed:
            counts["failed"] += 1
        if result.data != result.source:
            counts["changed"] += 1
        for made in result.changes:
            if self._changed is not None:
                self._changed.add(as_json.change(made))
            self._tell(as_text.change(made, self._paint), as_text.change(made), "change")
        for found in result.findings:
            counts[found.severity] += 1
            if found.severity == "error":
                counts["unreadable" if found.rule in ("HN901", "HN902") else "violations"] += 1
            if self._findings is not None:
                self._findings.add(as_json.finding(found))
            told = as_text.finding(found, self._paint)
            self._tell(told, as_text.finding(found), found.severity)

    def say(self, message: str) -> None:
        """Tell people something that is no finding."""
        self._tell(message, message, "info")

    def _tell(self, painted: str, plain: str, weight: str) -> None:
        if self._text and (self._level >= 0 or weight == "error"):
            self._before()
            self._err.write(painted + "\n")
        if self._lines is not None:
            self._lines.add(plain)

    def close(self) -> None:
        """Write the summary and the report.

        Raises:
            SettingsError: the report's file cannot be written.
        """
        counts = self.counts
        if self._level >= 0:
            parts = [as_text.count(counts["documents"], "document"), f"{counts['changed']} changed"]
            for severity in ("error", "warning"):
                if counts[severity]:
                    parts.append(as_text.count(counts[severity], severity))
            if self._level > 0:
                parts += [f"{counts[stage]} {stage}" for stage in ("screened", "parsed", "edited")]
            self.say(", ".join(parts))
        report = (
            as_json.report(counts["documents"], self._changed, self._findings)
            if self._changed is not None and self._findings is not None
            else (line + "\n" for line in self._lines or ())
        )
        if self._json_to_err:
            self._err.writelines(report)
        elif self._file is not None:
            try:
                with self._file.open("w", encoding="utf-8", newline="\n") as out:
                    out.writelines(report)
            except OSError as error:
                raise SettingsError(
                    f"the report cannot be written to {self._file}: {error.strerror}"
                ) from None
        for entries in (self._lines, self._changed, self._findings):
            if entries is not None:
                entries.close()
