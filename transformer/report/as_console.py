"""A validation for people: file by file, each finding with the line that it is about."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from unicodedata import combining, east_asian_width

from transformer.findings import Finding
from transformer.report.formatting import Paint, clean, count, further_places, named, unpainted
from transformer.report.report import Report

_WIDTH = 100
"""A longer line is cut around the place that is meant."""

_NUMBERED = re.compile(r"(HN)(\d+)")


def render(
    report: Report, paint: Paint = unpainted, *, with_related: bool = False
) -> Iterator[str]:
    """Yield the lines of the report, each with its end; `with_related` the further places too."""
    yield from findings(report, paint, with_related=with_related)
    for line in summary(report):
        yield f"{line}\n"


def findings(
    report: Report, paint: Paint = unpainted, *, with_related: bool = False
) -> Iterator[str]:
    """Yield the lines of the findings, each with its end."""
    for file, group in groupby(report.findings, key=lambda found: found.file):
        yield f"{paint(clean(file), 'place')}\n"
        for found in group:
            yield from _finding(found, paint)
            yield from (f"{line}\n" for line in (further_places(found) if with_related else ()))
        yield "\n"


def summary(report: Report) -> list[str]:
    """Return how much was judged and found, and which rules had nothing to judge and why."""
    counts = Counter[str](found.severity for found in report.findings)
    read = f"{count(report.documents, 'document')} in {count(report.files, 'file')}"
    names = {"error": "error", "warning": "warning", "info": "note"}
    told = [count(counts[key], name) for key, name in names.items() if counts[key]]
    lines = [f"{read}: {', '.join(told) or 'no findings'}"]
    order = [rule.id for rule in report.rules]
    for reason, ids in report.skipped_rules:
        lines.append(f"not judged: {', '.join(_ranges(ids, order))} ({reason})")
    return lines


def _finding(found: Finding, paint: Paint) -> Iterator[str]:
    weight = paint(f"{found.severity}[{found.rule}]", found.severity)
    yield f"  {found.line}:{found.column} {weight} {clean(named(found))}\n"
    if found.excerpt.strip():
        number = f"{found.line:>6}"
        text, indent = _cut(found.excerpt, found.column - 1)
        yield f"{number} | {text}\n"
        yield f"{'':>6} | {indent}{paint('^', found.severity)}\n"
    if found.hint:
        yield f"  help: {clean(found.hint)}\n"


def _cut(line: str, column: int) -> tuple[str, str]:
    """Return the part of a line around `column` (0-based), and what goes below it to that place."""
    start = max(column - _WIDTH // 2, 0) if len(line) > _WIDTH else 0
    end = start + _WIDTH
    before, rest = line[start:column], line[column:end]
    left, right = "..." if start else "", "..." if end < len(line) else ""
    indent = "".join(map(_blank, left + _printable(before)))
    return f"{left}{_printable(before)}{_printable(rest)}{right}", indent


def _printable(text: str) -> str:
    """Return `text` with control characters spelled out, but for tabs."""
    return "\t".join(clean(part) for part in text.split("\t"))


def _blank(character: str) -> str:
    if character == "\t":
        return "\t"
    if combining(character):
        return ""
    return "  " if east_asian_width(character) in "WF" else " "


def _ranges(ids: Sequence[str], order: Sequence[str]) -> Iterator[str]:
    """Yield `HN201-HN204` for rules that follow one another among all rules."""
    places = {rule: place for place, rule in enumerate(order)}
    numbered = enumerate(sorted(ids, key=lambda rule: places.get(rule, -1)))
    for _, group in groupby(numbered, key=lambda entry: places.get(entry[1], -1) - entry[0]):
        run = [rule for _, rule in group]
        yield run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}"
