"""Suppressions of a run, in the configuration and at objects: were they of any use? (HN906)

An entry of the configuration is only judged where an object that it could cover was looked at, so
that a run over some files says nothing of entries that are there for others.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import TypeAlias

from transformer.findings import Finding
from transformer.pipeline.context import RunContext, SuppressedBy
from transformer.pipeline.settings import matches_suppression
from transformer.pipeline.validate_document import DocumentDiagnostics, SuppressionRequest
from transformer.rules.registry import validation_rules

_Place: TypeAlias = tuple[str, int, str]
"""File, document, and item: the object that an annotation is at."""


class SuppressionUsage:
    """Takes in what was left out and why; tells in the end what nothing was left out for."""

    def __init__(self, context: RunContext) -> None:
        self._engine = context
        self._asked: list[SuppressionRequest] = []
        self._used: dict[_Place, set[str]] = {}
        self._entries_used: set[tuple[int, str]] = set()
        self._entries_in_play: set[int] = set()

    def add(self, result: DocumentDiagnostics, file: str) -> None:
        """Take in a document of `file` (relative)."""
        self._asked.extend(result.suppression_requests)
        for suppressed in result.suppressed:
            self.use(suppressed.found, suppressed.by)
        for index, entry in enumerate(self._engine.settings.suppressions):
            if index not in self._entries_in_play and any(
                matches_suppression(entry, entry.rules[0], str(ref), file) for ref in result.refs
            ):
                self._entries_in_play.add(index)

    def use(self, found: Finding, by: SuppressedBy) -> None:
        """Note that a finding was left out."""
        if by == "annotation":
            place = (found.file, found.document, found.item)
            self._used.setdefault(place, set()).add(found.rule)
        else:
            self._entries_used.add((by, found.rule))

    def unused(self, checked_rules: Collection[str]) -> Iterator[Finding]:
        """Yield a finding for each unused suppression of rules in `checked_rules`."""
        known = {rule.id for rule in validation_rules()}
        for request in self._asked:
            place = (request.at.file, request.at.document, request.at.item)
            used = self._used.get(place, ())
            idle = [rule for rule in request.ids if rule not in used]
            yield from self._weighed(_idle(request.at, idle, checked_rules, known))
        for index, entry in enumerate(self._engine.settings.suppressions):
            idle = [rule for rule in entry.rules if (index, rule) not in self._entries_used]
            if index in self._entries_in_play and entry.line:
                name = self._engine.settings.name
                at = Finding("HN906", "warning", "", name, entry.line, 1, 0)
                yield from self._weighed(_idle(at, idle, checked_rules, known))

    def _weighed(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        for found in findings:
            if (weighed := self._engine.weigh(found)) is not None:
                yield weighed


def _idle(
    at: Finding, rules: list[str], checked_rules: Collection[str], known: Collection[str]
) -> Iterator[Finding]:
    """Yield what is to be said of `rules` that are suppressed where nothing was found."""
    unknown = [rule for rule in rules if rule not in known]
    if unknown:
        message = f"there is no rule {', '.join(unknown)} to suppress here"
        yield replace(at, message=message, hint="`hostnet-transform rules` lists them")
    idle = [rule for rule in rules if rule in checked_rules]
    if idle:
        message = f"nothing was found here that the suppression of {', '.join(idle)} left out"
        yield replace(at, message=message, hint="take it away, so that a new finding is seen")
