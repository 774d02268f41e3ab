"""What is remembered of a whole run: findings, facts, and which suppressions were of use.

For each fact a short string of bytes is kept, under a hash of its scope and key, with numbers for
the words that come again and again (files, kinds). There is one for every named object (HN107: who
else has this name?), and few besides. Findings are kept as they are.
"""

import marshal
from collections.abc import Iterator, Mapping, Sequence

from transformer.findings import MOST_RELATED, Finding, ObjectRef, Violation
from transformer.pipeline.context import Engine, Hush
from transformer.pipeline.suppressions import Waivers
from transformer.pipeline.validate_document import Gathered, Judgement
from transformer.rules.base import Need, Sighting, ValidationRule

_MISSING: Mapping[Need, str] = {
    "old": "nothing in an old state to compare with",
    "pools": "no NodePool in the input",
    "nodes": "no Node in the input",
    "workloads": "no workload in the input",
    "services": "no Service in the input",
}

_GIVE_ONE = "; give --base or --old"
_NOT_IN_IT = ": no NodePool, Node, Pod or Job in it"


class Ledger:
    """Takes in judgements, and concludes from all of them together.

    `compares`: there is an old state, whatever is in it.
    """

    def __init__(self, engine: Engine, *, compares: bool = False) -> None:
        self._engine = engine
        self._compares = compares
        self._facts: dict[str, dict[int, bytes | list[bytes]]] = {}
        self._words: dict[str, int] = {}
        self._waivers = Waivers(engine)
        self.documents = 0
        self.has_failed = False
        self.needs: set[Need] = set()
        self.findings: list[Finding] = []

    def add(self, judgement: Judgement, scope: str, file: str) -> None:
        """Take in what there is to be said of a document in `file` (relative) of a scope."""
        self.documents += not judgement.continues
        self.has_failed = self.has_failed or judgement.failed
        self.needs |= judgement.needs
        self.findings.extend(judgement.findings)
        self._waivers.add(judgement, file)
        for gathered in judgement.gathered:
            key = hash((scope, gathered.key))
            packed = self._packed(gathered)
            facts = self._facts.setdefault(gathered.rule, {})
            known = facts.setdefault(key, packed)
            if isinstance(known, list):
                known.append(packed)
            elif known is not packed:
                facts[key] = [known, packed]

    def fail(self, found: Finding) -> None:
        """Take in why a file cannot be read."""
        self.has_failed = True
        self.findings.append(found)

    def take_unread(self, found: Finding) -> None:
        """Take in why something of the old state cannot be compared."""
        self.has_failed = self.has_failed or found.severity == "error"
        self.findings.append(found)

    def conclude(self) -> None:
        """Add the findings that take all of the input: those on facts, and unused suppressions."""
        for rule in self._engine.validation:
            if rule.conclude is not None:
                self.findings.extend(self._conclusions(rule))
        self._facts.clear()
        self.findings.extend(self._waivers.unused(self.judged()))

    def judged(self) -> set[str]:
        """Return the ids of the rules that had something to judge."""
        return {rule.id for rule in self._engine.validation if rule.needs <= self.needs}

    def not_judged(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield reasons why rules had nothing to judge, each with the ids of these rules."""
        left = [rule for rule in self._engine.validation if not rule.needs <= self.needs]
        for need, reason in _MISSING.items():
            if need not in self.needs:
                ids = tuple(rule.id for rule in left if need in rule.needs)
                if need == "old":
                    reason += _NOT_IN_IT if self._compares else _GIVE_ONE
                left = [rule for rule in left if need not in rule.needs]
                if ids:
                    yield reason, ids

    def _packed(self, gathered: Gathered) -> bytes:
        at = gathered.sighting
        ref, words = at.object, self._words
        common = (ref.group, ref.version, ref.kind, ref.namespace, at.pointer, at.file)
        numbers = tuple(words.setdefault(word, len(words)) for word in common)
        place = (at.line, at.column, at.document, at.item)
        return marshal.dumps((at.value, ref.name, numbers, place, gathered.hush))

    def _conclusions(self, rule: ValidationRule) -> Iterator[Finding]:
        assert rule.conclude is not None
        words = list(self._words)
        for bucket in self._facts.get(rule.id, {}).values():
            if isinstance(bucket, bytes):
                continue  # it is the only one
            unpacked = [_unpacked(packed, words) for packed in bucket]
            hushes = {id(sighting): hush for sighting, hush in unpacked}
            for sighting, violation in rule.conclude([sighting for sighting, _ in unpacked]):
                found = _finding(rule, sighting, violation)
                if (hush := hushes[id(sighting)]) is not None:
                    self._waivers.use(found, hush)
                elif (weighed := self._engine.weigh(found)) is not None:
                    yield weighed


def _finding(rule: ValidationRule, at: Sighting, violation: Violation) -> Finding:
    return Finding(
        rule.id,
        violation.severity or rule.severity,
        violation.message,
        at.file,
        at.line,
        at.column,
        at.document,
        at.item,
        at.object,
        at.pointer,
        violation.hint,
        related=violation.related[:MOST_RELATED],
        related_total=len(violation.related),
    )


def _unpacked(packed: bytes, words: Sequence[str]) -> tuple[Sighting, Hush | None]:
    value, name, common, place, hush = marshal.loads(packed)  # of our own bytes
    group, version, kind, namespace, pointer, file = (words[number] for number in common)
    ref = ObjectRef(group, version, kind, namespace, name)
    return Sighting(value, ref, pointer, file, *place), hush
