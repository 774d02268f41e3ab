"""A validation report for people: file by file, each finding with the line that it is about."""

from collections.abc import Iterator
from itertools import groupby
from unicodedata import combining, east_asian_width

from transformer.findings import Finding
from transformer.report.formatting import Paint, clean, details, message, unpainted
from transformer.report.report import Report
from transformer.report.validation_summary import summary

_WIDTH = 100
"""A longer line is cut to this many characters around the column of the finding."""


def render(
    report: Report, paint: Paint = unpainted, *, with_related: bool = False
) -> Iterator[str]:
    """Yield the lines of the report; `with_related` adds the further places of findings, and what
    was not looked into.
    """
    yield from findings(report, paint, with_related=with_related)
    for line in summary(report, with_names=with_related):
        yield f"{line}\n"


def findings(
    report: Report, paint: Paint = unpainted, *, with_related: bool = False
) -> Iterator[str]:
    """Yield the lines of the findings, and an empty line after those of each file."""
    for file, group in groupby(report.findings, key=lambda found: found.file):
        yield f"{paint(clean(file), 'place')}\n"
        for found in group:
            yield from _finding(found, paint)
            yield from (f"{line}\n" for line in details(found, with_related=with_related))
            places = max(found.related_total, len(found.related))
            if places > 1 and not with_related:
                yield f"  {places} more places: -v\n"
        yield "\n"


def _finding(found: Finding, paint: Paint) -> Iterator[str]:
    severity = paint(f"{found.severity}[{found.rule}]", found.severity)
    yield f"  {found.line}:{found.column} {severity} {clean(message(found))}\n"
    if found.excerpt.strip():
        number = f"{found.line:>6}"
        text, indent = _cut(found.excerpt, found.column - 1)
        yield f"{number} | {text}\n"
        yield f"{'':>6} | {indent}{paint('^', found.severity)}\n"


def _cut(line: str, column: int) -> tuple[str, str]:
    """Return the part of a line around `column` (0-based), and the blanks below it up to there."""
    start = max(column - _WIDTH // 2, 0) if len(line) > _WIDTH else 0
    end = start + _WIDTH
    before, rest = line[start:column], line[column:end]
    left, right = "..." if start else "", "..." if end < len(line) else ""
    indent = "".join(map(_blank, left + _printable(before)))
    return f"{left}{_printable(before)}{_printable(rest)}{right}", indent


def _printable(text: str) -> str:
    """Return `text` with control characters other than tabs escaped."""
    return "\t".join(clean(part) for part in text.split("\t"))


def _blank(character: str) -> str:
    if character == "\t":
        return "\t"
    if combining(character):
        return ""
    return "  " if east_asian_width(character) in "WF" else " "
