"""A validation report for somebody who waits for a commit: what makes the run fail, and how much
else there is.
"""

from collections import Counter
from collections.abc import Collection, Iterator

from transformer.findings import Finding
from transformer.report import as_console, coverage
from transformer.report.formatting import Paint, clean, count, not_shown, severities, unpainted
from transformer.report.report import Report


def render(
    report: Report, fail_on: Collection[str] = (), paint: Paint = unpainted
) -> Iterator[str]:
    """Yield the lines of the report; `fail_on` is what makes a run fail besides errors."""
    shown = tuple(found for found in report.findings if _fails(found, fail_on))
    yield from as_console.findings(report._replace(findings=shown), paint)
    totals = Counter[str](found.severity for found in shown)
    rest = Counter[str](found.severity for found in report.findings) - totals
    yield "; ".join(filter(None, (severities(totals) or "no errors", not_shown(rest)))) + "\n"
    for one in report.left_out:
        yield f"left out: {count(one.findings, 'finding')} that {clean(one.where)} has\n"
    if unchecked := "; ".join(_unchecked(report)):
        yield f"{unchecked} (-v says more)\n"
    if "unseen" in fail_on:
        yield from (f"  {line}\n" for line in coverage.names(report.unseen))


def _fails(found: Finding, fail_on: Collection[str]) -> bool:
    """Whether a finding makes the run fail."""
    is_counted = "warning" in fail_on and not found.patches
    return found.severity == "error" or (found.severity == "warning" and is_counted)


def _unchecked(report: Report) -> Iterator[str]:
    """Yield how much was not checked, by reason."""
    if report.unseen:
        yield f"not looked into: {coverage.kinds(report.unseen)}"
    if rules := {rule for _, ids in report.skipped_rules for rule in ids}:
        yield f"skipped: {count(len(rules), 'rule')}"
    if workloads := sum(number for _, number in report.undecided):
        yield f"unknown: where {count(workloads, 'workload')} can run"
