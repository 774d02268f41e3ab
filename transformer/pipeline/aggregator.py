"""What is kept of a whole run: findings, observations, and which suppressions were used.

Each observation is kept as a short byte string, by world under a hash of its key, with numbers
for words that are repeated often (files, kinds). There is one for every named object (HN107
reports duplicate names), and only a few others. Findings are kept as they are.
"""

import marshal
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from transformer.findings import Finding, ObjectRef, Place, finding_at
from transformer.pipeline.context import RunContext
from transformer.pipeline.suppressions import SuppressedFinding, SuppressionUsage
from transformer.pipeline.validate_document import ALL_STATES, DocumentDiagnostics, RuleObservation
from transformer.pipeline.worlds import OUTSIDE, reason_in
from transformer.rules.base import LocatedObservation, Need, ValidationRule

if TYPE_CHECKING:
    from transformer.pipeline.placement_records import PlacementRecords

_MISSING: Mapping[Need, str] = {
    "old": "nothing in an old state to compare with",
    "pools": "no NodePool in the input",
    "nodes": "no Node in the input",
    "workloads": "no workload in the input",
    "services": "no Service in the input",
}

_GIVE_ONE = "; give --base or --old"
_NOT_IN_IT = ": no NodePool, Node, Pod or Job in it"


def _records() -> "PlacementRecords":
    from transformer.pipeline.placement_records import PlacementRecords  # only for `placement`

    return PlacementRecords()


class RunAggregator:
    """Aggregates the diagnostics of all documents, and finds what depends on several of them.

    `compares`: there is an old state, even if it is empty. `worlds` are the names of the worlds in
    which workloads are validated.
    """

    def __init__(
        self, context: RunContext, *, compares: bool = False, worlds: Sequence[str] = (OUTSIDE,)
    ) -> None:
        self._context = context
        self._compares = compares
        self._worlds = worlds
        self._observations: dict[tuple[str, str], dict[int, bytes | list[bytes]]] = {}
        """By rule and world."""

        self._words: dict[str, int] = {}
        self._suppressions = SuppressionUsage(context.policy)
        self.documents = 0
        self.has_failed = False
        self.needs = defaultdict[str, set[Need]](set)
        """What there is for rules to check, by world."""

        self.names: set[tuple[str, str]] = set()
        """The objects of the input, each with its file (relative), if there is a baseline."""

        self.findings: list[Finding] = []
        self._undecided = Counter[tuple[str, str]]()
        self.records = _records() if context.places_workloads else None
        """For `placement`: where workloads can land."""

    def add(self, result: DocumentDiagnostics, file: str) -> None:
        """Add the diagnostics of a document in `file` (relative)."""
        self.documents += not result.continues
        self.has_failed = self.has_failed or result.failed
        for world, need in result.needs:
            self.needs[world].add(need)
        self.findings.extend(result.findings)
        self._undecided.update(result.undecided)
        self._suppressions.add(result.suppression_requests, result.suppressed, result.refs, file)
        if self._context.settings.baseline:
            self.names.update((file, str(ref)) for ref in result.refs)
        if self.records is not None:
            self.records.add(result.placed, result.pools)
            self.records.explained += result.explained
        for observation in result.observations:
            key = hash(observation.key)
            packed = self._packed(observation)
            of_rule = self._observations.setdefault((observation.rule, observation.world), {})
            known = of_rule.setdefault(key, packed)
            if isinstance(known, list):
                known.append(packed)
            elif known is not packed:
                of_rule[key] = [known, packed]

    def see(self, files: Iterable[tuple[str, Sequence[ObjectRef]]]) -> None:
        """Note the objects in further files (relative): suppressions may be meant for them."""
        self._suppressions.see(files)

    def add_unread(self, found: Finding) -> None:
        """Add the finding that a file, or a document of the old state, cannot be read."""
        self.has_failed = self.has_failed or found.severity == "error"
        self.findings.append(found)

    def finalize(self) -> None:
        """Add the findings that need the whole input: on observations, and on suppressions."""
        for rule in self._context.validation:
            if rule.finalize is not None:
                self.findings.extend(self._finalized(rule))
        self._observations.clear()
        checked = {
            rule.id
            for rule in self._context.validation
            if any(self.needs[world].issuperset(rule.needs) for world in (OUTSIDE, *self._worlds))
        }
        self.findings.extend(self._suppressions.findings(checked))

    def undecided(self) -> list[tuple[str, int]]:
        """Return for want of what it is unknown whether workloads run on host-network pools, each
        with the number of workloads, the greatest first.
        """
        worlds_of: dict[tuple[str, int], list[str]] = {}
        for (world, missing), number in self._undecided.items():
            worlds_of.setdefault((missing, number), []).append(world)
        found = [
            (reason_in(missing, worlds, self._worlds), number)
            for (missing, number), worlds in worlds_of.items()
        ]
        return sorted(found, key=lambda item: (-item[1], item[0]))

    def skipped_rules(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield reasons why rules had nothing to check, each with the ids of these rules.

        A reason that does not hold in all worlds names those in which it does. It is no reason that
        a cluster has no pools or nodes if there are some that belong to no cluster.
        """
        worlds_of: dict[str, dict[str, list[str]]] = {}
        """By reason and rule."""

        outside = set(self._checked_outside())
        for world in self._worlds:
            for reason, ids in self._skipped_in(world):
                for rule in (rule for rule in ids if rule not in outside):
                    worlds_of.setdefault(reason, {}).setdefault(rule, []).append(world)
        for reason, by_rule in worlds_of.items():
            for worlds in dict.fromkeys(map(tuple, by_rule.values())):
                ids = tuple(rule for rule, names in by_rule.items() if tuple(names) == worlds)
                yield reason_in(reason, worlds, self._worlds), ids

    def unchecked(self) -> Iterator[tuple[str, str]]:
        """Yield the rules that had nothing to check in a world, each with the name of the world."""
        for world in {OUTSIDE, *self._worlds}:
            yield from ((world, rule) for _, ids in self._skipped_in(world) for rule in ids)

    def _checked_outside(self) -> Iterator[str]:
        """Yield the rules about pools and nodes that checked some that belong to no cluster."""
        if OUTSIDE in self._worlds:
            for rule in self._context.validation:
                is_apart = bool(rule.on) and {"pools", "nodes"}.issuperset(rule.on)
                if is_apart and self.needs[OUTSIDE].issuperset(rule.needs):
                    yield rule.id

    def _skipped_in(self, world: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        needs = self.needs[world]
        names = (world,) if world else ()
        found = {one.rule for one in self.findings if one.clusters == names}
        left = [
            rule
            for rule in self._context.validation
            if not needs.issuperset(rule.needs) and rule.id not in found
        ]
        for need, reason in _MISSING.items():
            if need not in needs:
                ids = tuple(rule.id for rule in left if need in rule.needs)
                if need == "old":
                    reason += _NOT_IN_IT if self._compares else _GIVE_ONE
                left = [rule for rule in left if need not in rule.needs]
                if ids:
                    yield reason, ids

    def _packed(self, observation: RuleObservation) -> bytes:
        at, value = observation.located.place, observation.located.value
        ref, words = observation.located.object, self._words
        common = (ref.group, ref.version, ref.kind, ref.namespace, at.pointer, at.file)
        numbers = tuple(words.setdefault(word, len(words)) for word in common)
        place = (at.line, at.column, at.document, at.item)
        by, patches = observation.located.suppressed_by, observation.located.patches
        return marshal.dumps((value, ref.name, numbers, place, by, patches, observation.states))

    def _finalized(self, rule: ValidationRule) -> Iterator[Finding]:
        words = list(self._words)
        for (known, world), buckets in self._observations.items():
            if known == rule.id:
                # An object that is built several times may be found several times.
                concluded = self._concluded(rule, world, buckets.values(), words)
                for found in dict.fromkeys(concluded):
                    yield found._replace(clusters=(world,)) if world else found

    def _concluded(
        self,
        rule: ValidationRule,
        world: str,
        buckets: Iterable[bytes | list[bytes]],
        words: Sequence[str],
    ) -> Iterator[Finding]:
        for bucket in buckets:
            if isinstance(bucket, bytes):
                if not rule.alone:
                    continue
                bucket = [bucket]
            by_state = _by_state(bucket) if rule.places and self.records else [(ALL_STATES, bucket)]
            for states, observed in by_state:
                yield from self._concluded_in(states, rule, world, observed, words)

    def _concluded_in(
        self,
        states: int,
        rule: ValidationRule,
        world: str,
        bucket: Iterable[bytes],
        words: Sequence[str],
    ) -> Iterator[Finding]:
        """Yield what a rule finds, if the input as it is is among the states (see `_by_state`)."""
        assert rule.finalize is not None
        # One after another: a rule may need only a few of very many.
        for located, violation in rule.finalize(_unpacked(one, words) for one in bucket):
            found = finding_at(located.place, rule.id, rule.severity, violation)
            patches = tuple(dict.fromkeys((*located.patches, *violation.patches)))
            by, policy = located.suppressed_by, self._context.policy
            if self.records is not None:
                reason, is_suppressed = policy.settle(found, patches=patches), by is not None
                self.records.add_break(
                    world, violation, reason, states, is_suppressed=is_suppressed
                )
            if violation.is_reported and states & 1:
                settled = policy.settle(found, by, patches)
                if isinstance(settled, SuppressedFinding):
                    self._suppressions.use(settled)
                elif settled is not None:
                    yield settled


_MOST_STATES = 16


def _by_state(bucket: Iterable[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """Yield what is observed in which states of the input, those together that have the same."""
    masks = [marshal.loads(one)[-1] for one in bucket]
    distinct = tuple(set(masks))
    alike: dict[tuple[int, ...], int] = {}
    for number in range(_MOST_STATES):
        key = tuple(mask >> number & 1 for mask in distinct)
        alike[key] = alike.get(key, 0) | 1 << number
    for states in alike.values():
        yield states, [one for one, mask in zip(bucket, masks, strict=True) if mask & states]


def _unpacked(packed: bytes, words: Sequence[str]) -> LocatedObservation:
    # Our own bytes.
    value, name, common, (line, column, document, item), by, patches, _ = marshal.loads(packed)
    group, version, kind, namespace, pointer, file = (words[number] for number in common)
    ref = ObjectRef(group, version, kind, namespace, name)
    place = Place(file, line, column, document, item, ref, pointer)
    return LocatedObservation(value, place, by, patches)
