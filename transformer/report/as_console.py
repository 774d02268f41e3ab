"""A validation report for people: file by file, each finding with the line that it is about."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from shlex import quote
from unicodedata import combining, east_asian_width

from transformer.findings import Finding
from transformer.report import coverage
from transformer.report.formatting import Paint, clean, count, details, message, unpainted
from transformer.report.report import LeftOut, Report

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


_MOST_UNDECIDED = 5
"""The most reasons to show for which it is unknown where workloads run."""


def summary(report: Report, *, with_names: bool = False) -> list[str]:
    """Return how much was read and found, what was not looked into (`with_names`: also a line for
    each), and which rules were skipped and why.
    """
    counts = Counter[str](found.severity for found in report.findings)
    read = f"{count(report.documents, 'document')} in {count(report.files, 'file')}"
    names = {"error": "error", "warning": "warning", "info": "note"}
    totals = [count(counts[key], name) for key, name in names.items() if counts[key]]
    lines = [f"{read}: {', '.join(totals) or 'no findings'}"]
    for left_out in report.left_out:
        lines += _left_out(left_out, with_names=with_names)
    if report.unseen:
        lines.append(f"not looked into: {coverage.counts(report.unseen)}")
        lines += [f"  {line}" for line in coverage.names(report.unseen) if with_names]
        lines += [f"  {line}" for line in coverage.helps(report.unseen, "validate")]
    for reason, ids in report.skipped_rules:
        ranges = ", ".join(_ranges(ids, report.rule_ids))
        lines.append(f"skipped: {ranges} ({clean(reason)})")
    for wanted, number in report.undecided[:_MOST_UNDECIDED]:
        workloads = count(number, "workload")
        lines.append(
            f"unknown: whether {workloads} can run on host-network pools ({clean(wanted)})"
        )
    if more := sum(number for _, number in report.undecided[_MOST_UNDECIDED:]):
        lines.append(f"unknown: the same of {count(more, 'further workload')} (other reasons)")
    return lines


_MOST_ENTRIES = 5


def _left_out(one: LeftOut, *, with_names: bool) -> Iterator[str]:
    yield f"left out: {count(one.findings, 'finding')} that {clean(one.where)} has"
    for entries, why in (
        (one.unneeded, "no longer needed there"),
        (one.elsewhere, "about what is not in the input"),
    ):
        if entries:
            most = len(entries) if with_names else _MOST_ENTRIES
            more = f" and {len(entries) - most} more: -v" if len(entries) > most else ""
            number = f"{len(entries)} {'entry' if len(entries) == 1 else 'entries'}"
            yield f"  {number} {why}: {', '.join(map(clean, entries[:most]))}{more}"
    if one.unneeded:
        yield f"  help: `validate --write-baseline {clean(quote(one.where))}` drops them"


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


def _ranges(ids: Sequence[str], order: Sequence[str]) -> Iterator[str]:
    """Yield rule ids, as ranges (`HN201-HN204`) where they are consecutive in `order`."""
    places = {rule: place for place, rule in enumerate(order)}
    numbered = enumerate(sorted(ids, key=lambda rule: places.get(rule, -1)))
    for _, group in groupby(numbered, key=lambda entry: places.get(entry[1], -1) - entry[0]):
        run = [rule for _, rule in group]
        yield run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}"
