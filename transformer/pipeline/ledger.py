"""What is remembered of a whole run: findings, facts, and which suppressions were of use.

For each fact a short string of bytes is kept, under a hash of its scope and key. There is one for
every named object (HN107: who else has this name?), and few besides. Findings are kept as they
are.
"""

import marshal
from collections.abc import Iterator, Mapping

from transformer.findings import Finding, ObjectRef, Violation
from transformer.pipeline.engine import Engine, Hush
from transformer.pipeline.judging import Gathered, Judgement
from transformer.pipeline.waivers import Waivers
from transformer.rules.base import Need, Sighting, ValidationRule

_MISSING: Mapping[Need, str] = {
    "old": "no old state; give --base or --old",
    "pools": "no NodePool in the input",
    "nodes": "no Node in the input",
    "workloads": "no workload in the input",
    "services": "no Service in the input",
}


class Ledger:
    """Takes in judgements, and concludes from all of them together."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._facts: dict[str, dict[int, list[bytes]]] = {}
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
            buckets = self._facts.setdefault(gathered.rule, {})
            buckets.setdefault(key, []).append(_packed(gathered))

    def fail(self, found: Finding) -> None:
        """Take in why a file cannot be read."""
        self.has_failed = True
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
                left = [rule for rule in left if need not in rule.needs]
                if ids:
                    yield reason, ids

    def _conclusions(self, rule: ValidationRule) -> Iterator[Finding]:
        assert rule.conclude is not None
        for bucket in self._facts.get(rule.id, {}).values():
            if len(bucket) == 1:
                continue
            unpacked = [_unpacked(packed) for packed in bucket]
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
    )


def _packed(gathered: Gathered) -> bytes:
    at = gathered.sighting
    ref = at.object
    return marshal.dumps(
        (
            at.value,
            (ref.group, ref.version, ref.kind, ref.namespace, ref.name),
            (at.pointer, at.file, at.line, at.column, at.document, at.item),
            gathered.hush,
        )
    )


def _unpacked(packed: bytes) -> tuple[Sighting, Hush | None]:
    value, ref, place, hush = marshal.loads(packed)  # of our own bytes
    return Sighting(value, ObjectRef(*ref), *place), hush
