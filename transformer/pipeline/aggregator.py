"""What is kept of a whole run: findings, observations, and which suppressions were used.

Each observation is kept as a short byte string, under a hash of its scope and key, with numbers
for words that are repeated often (files, kinds). There is one for every named object (HN107
reports duplicate names), and only a few others. Findings are kept as they are.
"""

import marshal
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from transformer.findings import Finding, ObjectRef, Place, finding_at
from transformer.pipeline.context import RunContext
from transformer.pipeline.suppressions import SuppressedFinding, SuppressionUsage
from transformer.pipeline.validate_document import DocumentDiagnostics, RuleObservation
from transformer.rules.base import LocatedObservation, Need, ValidationRule

_MISSING: Mapping[Need, str] = {
    "old": "nothing in an old state to compare with",
    "pools": "no NodePool in the input",
    "nodes": "no Node in the input",
    "workloads": "no workload in the input",
    "services": "no Service in the input",
}

_GIVE_ONE = "; give --base or --old"
_NOT_IN_IT = ": no NodePool, Node, Pod or Job in it"


class RunAggregator:
    """Aggregates the diagnostics of all documents, and finds what depends on several of them.

    `compares`: there is an old state, even if it is empty.
    """

    def __init__(self, context: RunContext, *, compares: bool = False) -> None:
        self._context = context
        self._compares = compares
        self._observations: dict[str, dict[int, bytes | list[bytes]]] = {}
        self._words: dict[str, int] = {}
        self._suppressions = SuppressionUsage(context.policy)
        self.documents = 0
        self.has_failed = False
        self.needs: set[Need] = set()
        self.findings: list[Finding] = []
        self._undecided = Counter[str]()

    def add(self, result: DocumentDiagnostics, scope: str, file: str) -> None:
        """Add the diagnostics of a document in `file` (relative), which belongs to `scope`."""
        self.documents += not result.continues
        self.has_failed = self.has_failed or result.failed
        self.needs |= result.needs
        self.findings.extend(result.findings)
        self._undecided.update(result.undecided)
        self._suppressions.add(result.suppression_requests, result.suppressed, result.refs, file)
        for observation in result.observations:
            key = hash((scope, observation.key))
            packed = self._packed(observation)
            of_rule = self._observations.setdefault(observation.rule, {})
            known = of_rule.setdefault(key, packed)
            if isinstance(known, list):
                known.append(packed)
            elif known is not packed:
                of_rule[key] = [known, packed]

    def add_unread(self, found: Finding) -> None:
        """Add the finding that a file, or a document of the old state, cannot be read."""
        self.has_failed = self.has_failed or found.severity == "error"
        self.findings.append(found)

    def finalize(self) -> None:
        """Add the findings that need the whole input: on observations, and unused suppressions."""
        for rule in self._context.validation:
            if rule.finalize is not None:
                self.findings.extend(self._finalized(rule))
        self._observations.clear()
        needs = self.needs
        checked = {rule.id for rule in self._context.validation if needs.issuperset(rule.needs)}
        self.findings.extend(self._suppressions.unused(checked))

    def undecided(self) -> list[tuple[str, int]]:
        """Return for want of what it is unknown whether workloads run on host-network pools, each
        with the number of workloads, the greatest first.
        """
        return sorted(self._undecided.items(), key=lambda item: (-item[1], item[0]))

    def skipped_rules(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield reasons why rules had nothing to check, each with the ids of these rules."""
        found = {one.rule for one in self.findings}
        left = [
            rule
            for rule in self._context.validation
            if not self.needs.issuperset(rule.needs) and rule.id not in found
        ]
        for need, reason in _MISSING.items():
            if need not in self.needs:
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
        by = observation.located.suppressed_by
        return marshal.dumps((value, ref.name, numbers, place, by))

    def _finalized(self, rule: ValidationRule) -> Iterator[Finding]:
        assert rule.finalize is not None
        words = list(self._words)
        for bucket in self._observations.get(rule.id, {}).values():
            if isinstance(bucket, bytes):
                if not rule.alone:
                    continue
                bucket = [bucket]
            # One after another: a rule may need only a few of very many.
            for located, violation in rule.finalize(_unpacked(one, words) for one in bucket):
                found = finding_at(located.place, rule.id, rule.severity, violation)
                settled = self._context.policy.settle(found, located.suppressed_by)
                if isinstance(settled, SuppressedFinding):
                    self._suppressions.use(settled)
                elif settled is not None:
                    yield settled


def _unpacked(packed: bytes, words: Sequence[str]) -> LocatedObservation:
    # Our own bytes.
    value, name, common, (line, column, document, item), by = marshal.loads(packed)
    group, version, kind, namespace, pointer, file = (words[number] for number in common)
    ref = ObjectRef(group, version, kind, namespace, name)
    return LocatedObservation(value, Place(file, line, column, document, item, ref, pointer), by)
