"""Verdicts after the edits of `transform`, from a second reading: that of what is then built.

An edit of one built object is not always one of its source, and an edit of a source is one of all
that is built from it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from transformer.inputs.comparison import PossibleEdits
from transformer.pipeline.placement_records import Workloads
from transformer.placements import PoolVerdict, Reason, Word, Workload, differing
from transformer.rules.exempt import BY_PLACEMENT


class AfterEdits:
    """Workloads with the verdicts after the edits; they can be iterated several times.

    `edited` are the same after the edits, in the same order. Of one that is not among them, because
    it cannot be built any more, the verdicts after the edits are those of the edits alone.
    `possible` are the edits of sources by rules that are off.
    """

    def __init__(self, now: Workloads, edited: Workloads, possible: PossibleEdits) -> None:
        self._now, self._edited, self._possible = now, edited, possible
        numbers = {key: number for number, key in enumerate(_keys(edited))}
        self._numbers = [numbers.get(key) for key in _keys(now)]

    def __iter__(self) -> Iterator[Workload]:
        for one, number in zip(self._now, self._numbers, strict=True):
            if number is None:
                yield one
            else:
                found = _after(one, self._edited[number].verdicts)
                verdicts = (self._without_impossible(one, each) for each in found.verdicts)
                yield found._replace(verdicts=tuple(verdicts))

    def _without_impossible(self, one: Workload, verdict: PoolVerdict) -> PoolVerdict:
        """Return a verdict without the edit of a rule that is off and does not edit the source."""
        edit = verdict.edit
        if edit is None or edit.is_enabled or edit.rule not in BY_PLACEMENT:
            return verdict
        is_possible = (edit.rule, one.at.file, one.at.line) in self._possible
        return verdict if is_possible else verdict._replace(edit=None)


def _keys(workloads: Iterable[Workload]) -> Iterator[tuple[object, ...]]:
    """Yield what distinguishes each workload, and which of those alike it is."""
    seen: Counter[tuple[str, ...]] = Counter()
    for one in workloads:
        where = one.build or f"{one.at.file}:"
        named = (one.kind, one.api_version, one.namespace, one.name)
        key = (where, *named, one.copy, one.template)
        seen[key] += 1
        yield key, seen[key]


def _after(one: Workload, verdicts: tuple[PoolVerdict, ...]) -> Workload:
    known = {_what(reason): reason for verdict in one.verdicts for reason in verdict.reasons}
    after = tuple(differing([_placed(verdict, known) for verdict in verdicts], one.verdicts))
    words: dict[str, Word] = {pool: verdict.word for verdict in after for pool in verdict.pools}
    made = (part for verdict in one.verdicts for part in _edited(verdict, words))
    return one._replace(verdicts=tuple(made), after=after)


def _what(reason: Reason) -> tuple[str, ...]:
    return reason.rule, reason.message, reason.at.file, reason.at.pointer


def _placed(verdict: PoolVerdict, known: Mapping[tuple[str, ...], Reason]) -> PoolVerdict:
    """Return a verdict whose reasons are where they are before the edits, if they are known."""
    reasons = (known.get(_what(reason), reason) for reason in verdict.reasons)
    return verdict._replace(reasons=tuple(reasons))


def _edited(verdict: PoolVerdict, words: Mapping[str, Word]) -> Iterator[PoolVerdict]:
    """Yield a verdict with what its edit really makes of each pool: perhaps nothing."""
    edit = verdict.edit
    if edit is None or not edit.is_enabled:
        yield verdict
        return
    pools: dict[Word | None, list[str]] = {}
    for pool in verdict.pools:
        pools.setdefault(words.get(pool), []).append(pool)
    for word, its in pools.items():
        made = None if word is None else edit._replace(word=word)
        yield verdict._replace(pools=tuple(its), edit=made)
