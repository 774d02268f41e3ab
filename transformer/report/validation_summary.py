"""What a validation says at its end: how much was read and found, and what was not judged."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from shlex import quote

from transformer.report import coverage
from transformer.report.formatting import clean, count, severities
from transformer.report.report import LeftOut, Report

_MOST_UNDECIDED = 5
"""The most reasons to show for which it is unknown where workloads run."""


def summary(report: Report, *, with_names: bool = False) -> list[str]:
    """Return how much was read and found, what was not looked into (`with_names`: also a line for
    each), and which rules were skipped and why.
    """
    counts = Counter[str](found.severity for found in report.findings)
    read = f"{count(report.documents, 'document')} in {count(report.files, 'file')}"
    lines = [f"{read}: {severities(counts) or 'no findings'}"]
    if len(report.findings) > _MANY:
        rules = sorted(Counter(found.rule for found in report.findings).items(), key=_most_first)
        lines.append(f"by rule: {', '.join(f'{number} {rule}' for rule, number in rules)}")
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


_MANY = 10
"""Of more findings, the summary says how many each rule has."""


def _most_first(entry: tuple[str, int]) -> tuple[int, str]:
    return -entry[1], entry[0]


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
            number = count(len(entries), "entry", "entries")
            yield f"  {number} {why}: {', '.join(map(clean, entries[:most]))}{more}"
    if one.unneeded:
        where = clean(quote(one.where))
        drops = f"hostnet-transform validate --baseline {where} --write-baseline {where} PATH"
        yield f"  help: `{drops}` drops them, and adds none"


def _ranges(ids: Sequence[str], order: Sequence[str]) -> Iterator[str]:
    """Yield rule ids, as ranges (`HN201-HN204`) where they are consecutive in `order`."""
    places = {rule: place for place, rule in enumerate(order)}
    numbered = enumerate(sorted(ids, key=lambda rule: places.get(rule, -1)))
    for _, group in groupby(numbered, key=lambda entry: places.get(entry[1], -1) - entry[0]):
        run = [rule for _, rule in group]
        yield run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}"
