"""Manifests of a file that have no `---` between them: the findings on them (HN904).

Files are not split, but each manifest is checked, so that a finding can report whether an edit is
needed there. At a border that is not certain, only the border is reported.
"""

from collections.abc import Iterator
from itertools import pairwise

from transformer.findings import Severity, Violation
from transformer.pipeline.boundaries import Border
from transformer.pipeline.context import RunContext
from transformer.pipeline.diagnostics import DiagnosticCollector, Origin
from transformer.pipeline.documents import Document
from transformer.text.raw_document import Opening
from transformer.wording import RENDER_FIRST


def manifests_of(document: Document) -> list[Document]:
    """Return each manifest as a document that begins where it does."""
    first, *lower = document.manifests
    return [Document(first), *(Document(raw._replace(opening=Opening.START)) for raw in lower)]


def doubtful(document: Document) -> list[bool]:
    """Return for each manifest whether its beginning or its end is not certain."""
    doubts = [False, *(border.doubt is not None for border in document.borders), False]
    return [above or below for above, below in pairwise(doubts)]


def runs(document: Document) -> Iterator[range]:
    """Yield ranges of manifests that have no certain border between them."""
    start = 0
    for index, border in enumerate(document.borders, 1):
        if border.doubt is None:
            yield range(start, index)
            start = index
    yield range(start, len(document.manifests))


def at_borders(
    document: Document, origin: Origin, context: RunContext, *, is_edited: bool, is_template: bool
) -> DiagnosticCollector:
    """Return the findings on the borders.

    They are errors if a rule would edit one of the manifests (`is_edited`).
    """
    diagnostics = DiagnosticCollector(document.raw, origin, context)
    diagnostics.source.text = document.raw.data.decode()
    severity: Severity = "error" if is_edited else "warning"
    if is_template and not (is_edited or origin.is_named):
        severity = "info"
    for border in document.borders:
        at, issue = _issue(border, is_template=is_template)
        diagnostics.report_issue_at("HN904", severity, issue, at)
    return diagnostics


def _issue(border: Border, *, is_template: bool) -> tuple[int, Violation]:
    """Return the offset at which to report a border, what is wrong there, and what to do."""
    message = "no --- between this manifest and the one above"
    if is_template:
        return border.below, Violation("", message, f"this is a template: {RENDER_FIRST}")
    if border.doubt is None:
        hint = "add a --- line above it, or run `validate --fix`"
        return border.below, Violation("", f"{message}; kubectl applies only the last", hint)
    at = border.below if border.doubt.offset is None else border.doubt.offset
    hint = "add a --- line where the lower manifest begins; kubectl applies only the last"
    return at, Violation("", f"no --- between two manifests: {border.doubt.message}", hint)
