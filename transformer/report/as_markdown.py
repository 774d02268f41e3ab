"""Findings and changes as Markdown, for a pull request or the summary of a job."""

from collections import Counter
from collections.abc import Iterable, Iterator

from transformer.findings import Change, Finding, Severity
from transformer.report.describe_change import describe_with_reason
from transformer.report.formatting import count, message
from transformer.report.markdown import MOST_BYTES, escaped, in_words
from transformer.report.report import Report
from transformer.report.validation_summary import summary

_ORDER: tuple[Severity, ...] = ("error", "warning", "info")
_NAMES = {"error": "error", "warning": "warning", "info": "note"}
_CHANGE = "change"
_MOST_RELATED = 3
_FOR_COUNTS = 500
"""Bytes of the lines that say how many more there are."""


def render(report: Report) -> Iterator[str]:
    """Yield the lines of the report, as many as fit in a comment."""
    digest = Digest()
    for found in report.findings:
        digest.add_finding(found)
    for made in report.changes:
        digest.add_change(made)
    yield from digest.render(summary(report), "`--format json` has all of them")


class Digest:
    """Counts findings and changes, and keeps as many of each kind as fit in a comment."""

    def __init__(self) -> None:
        self._rules = Counter[tuple[str, Severity]]()
        self._totals = Counter[str]()
        self._kept: dict[str, list[str]] = {kind: [] for kind in (*_ORDER, _CHANGE)}
        self._sizes = Counter[str]()

    def add_finding(self, found: Finding) -> None:
        """Add a finding."""
        self._rules[found.rule, found.severity] += 1
        self._add(found.severity, "".join(_finding(found)))

    def add_change(self, made: Change) -> None:
        """Add a change."""
        self._add(_CHANGE, _change(made))

    def _add(self, kind: str, text: str) -> None:
        self._totals[kind] += 1
        self._sizes[kind] += _size(text)
        if self._sizes[kind] <= MOST_BYTES:
            self._kept[kind].append(text)

    def render(self, summary: Iterable[str], rest: str) -> Iterator[str]:
        """Yield the text with `summary` at its end; `rest` says where all of it is."""
        totals = [count(self._totals[one], _NAMES[one]) for one in _ORDER if self._totals[one]]
        head = [f"### hostnet-transform: {', '.join(totals) or 'no findings'}\n\n"]
        head += self._by_rule()
        foot = [f"{in_words(line.strip())}  \n" for line in summary]
        size = _FOR_COUNTS + sum(map(_size, (*head, *foot)))
        yield from head
        for kind in (*_ORDER, _CHANGE):
            if kind == _CHANGE and self._totals[kind]:
                yield f"\n{count(self._totals[kind], 'change')}:\n\n"
            shown = 0
            for text in self._kept[kind]:
                size += _size(text)
                if size > MOST_BYTES:
                    break
                yield text
                shown += 1
            if left := self._totals[kind] - shown:
                noun = count(left, f"further {_NAMES.get(kind, kind)}")
                yield f"- {noun} left out, for the size of a comment: {rest}\n"
        yield "\n"
        yield from foot

    def _by_rule(self) -> Iterator[str]:
        """Yield a table of how many findings each rule has."""
        if not self._rules:
            return
        yield "| rule | errors | warnings | notes |\n| --- | --- | --- | --- |\n"
        for rule in sorted({rule for rule, _ in self._rules}):
            cells = (str(self._rules[rule, severity] or "") for severity in _ORDER)
            yield f"| {rule} | {' | '.join(cells)} |\n"
        yield "\n"


def _size(text: str) -> int:
    return len(text.encode("utf-8", "backslashreplace"))


def _finding(found: Finding) -> Iterator[str]:
    where = escaped(f"{found.file.removeprefix('./')}:{found.line}:{found.column}")
    yield f"- **{_NAMES[found.severity]} {found.rule}** {where}: {escaped(message(found))}  \n"
    if found.hint:
        yield f"  help: {in_words(found.hint)}  \n"
    shown = found.related[:_MOST_RELATED]
    for also in shown:
        who = f"{also.object}: " if also.object is not None else ""
        yield f"  also {escaped(f'{also.file}:{also.line}: {who}{also.message}')}  \n"
    if (left := max(found.related_total, len(found.related)) - len(shown)) > 0:
        yield f"  and {count(left, 'further place')}  \n"


def _change(made: Change) -> str:
    words = f"{made.object}: {describe_with_reason(made)}"
    return f"- {escaped(f'{made.file}:{made.line}')} **{made.rule}** {escaped(words)}  \n"
