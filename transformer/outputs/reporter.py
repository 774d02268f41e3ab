"""Report what a run did: lines on standard error for people, and further reports in files.

Findings and changes are printed immediately, and passed on to the other reports.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TextIO, TypeVar

from transformer.findings import DocumentResult, Finding, shortened
from transformer.inputs.discovery import SUFFIXES
from transformer.pipeline.non_manifests import NonManifests
from transformer.report import as_text
from transformer.report.formatting import Paint, clean, not_shown, unpainted
from transformer.rules.documents.hn903_no_kind import fold
from transformer.text.prefilter import is_blank

if TYPE_CHECKING:
    from transformer.outputs.report_files import RunReport

T = TypeVar("T")

NO_MANIFEST = "no manifest in the input"
NOTHING_FOUND = (
    f"no manifests found: folders are searched for *{', *'.join(SUFFIXES)}; hidden folders,"
    " node_modules and the templates of charts are skipped"
)

NOTHING_READ = (
    "warning: nothing was read: the input is empty, or has only comments; if another command writes"
    " it, check whether that command failed"
)


class Reporter:
    """Counts results, prints them to `err` and, without color, to `lines`, and tells `reports`.

    If `err` is None, nothing is printed. With `level` -1 only errors are printed; 1 adds counts of
    documents that were screened, parsed and edited. `is_brief`: findings other than errors are only
    counted. `before` is called before a line is written to `err`; `changed` is the word for a
    change in the summary. If the reader of `err` is gone, the run continues. `has_read`: some
    document was not blank.
    """

    def __init__(
        self,
        err: TextIO | None,
        *,
        lines: Sequence[TextIO] = (),
        reports: "Sequence[RunReport]" = (),
        level: int = 0,
        is_brief: bool = False,
        paint: Paint = unpainted,
        before: Callable[[], object] = lambda: None,
        changed: str = "changed",
    ) -> None:
        self._err = err
        self._lines = lines
        self._reports = reports
        self._level = level
        self.is_verbose = level > 0
        self._is_brief = is_brief
        self._paint = paint
        self._before = before
        self._changed = changed
        self.counts: Counter[str] = Counter()
        self.has_read = False
        self._non_manifests = NonManifests()

    @property
    def has_failed(self) -> bool:
        """Whether something could not be read or written, or is wrong."""
        return bool(self.counts["failed"] or self.counts["error"])

    @property
    def status(self) -> int:
        """The exit status so far: 3 if something cannot be read or written, 1 on an error, or 0."""
        return 3 if self.counts["failed"] else 1 if self.counts["error"] else 0

    def add(self, result: DocumentResult) -> None:
        """Report the result of one document."""
        counts = self.counts
        counts["documents"] += 0 if result.continues else result.documents
        is_nothing = is_blank(result.source)
        self.has_read = self.has_read or not is_nothing
        counts[result.stage] += result.documents
        counts["failed"] += result.failed
        is_changed = result.data != result.source
        counts["changed"] += len({made.item for made in result.changes}) or is_changed
        counts["objects"] += result.objects or 0
        counts["uncounted"] += result.objects is None
        for made in result.changes:
            for report in self._reports:
                report.add_change(made)
            self._print(as_text.change, made)
        others = self._non_manifests.add(result.file, result.non_manifests, is_blank=is_nothing)
        for found in (*result.findings, *others):
            self._find(found)

    def _find(self, found: Finding) -> None:
        self.counts[found.severity] += 1
        for report in self._reports:
            report.add_finding(found)
        render = partial(as_text.finding, with_related=self.is_verbose)
        is_error = found.severity == "error"
        self._print(render, found, is_error, is_minor=self._is_brief and not is_error)

    def flush(self) -> None:
        """Flush what has been printed so far."""
        if self._err is not None:
            try:
                self._err.flush()
            except OSError:
                self._err = None

    def say(self, message: str) -> None:
        """Print a message that is not a finding."""
        self._print(lambda text, _: clean(text), message)

    def fail(self, file: str, message: str) -> None:
        """Print and count a failure of a file as a whole."""
        self.counts["failed"] += 1
        self.counts["error"] += 1
        self._print(partial(as_text.failure, file), message, is_error=True)

    def close(self, *, quietly: bool = False) -> None:
        """Report what concerns all files, write the report, and unless `quietly` the summary."""
        for found in fold(tuple(self._non_manifests.finalize())):
            self._find(shortened(found))
        summary = as_text.summary(self.counts, self._changed, verbose=self.is_verbose)
        if not quietly:
            self.say(summary)
            if self._is_brief and (rest := not_shown({**self.counts, "error": 0})):
                self.say(rest)
        for report in self._reports:
            report.write(self.counts["documents"], summary)

    def _print(
        self,
        render: Callable[[T, Paint], str],
        what: T,
        is_error: bool = False,
        *,
        is_minor: bool = False,
    ) -> None:
        for file in self._lines:
            file.write(render(what, unpainted) + "\n")
        if self._err is not None and (self._level >= 0 or is_error) and not is_minor:
            self._before()
            try:
                self._err.write(render(what, self._paint) + "\n")
            except OSError:
                self._err = None
