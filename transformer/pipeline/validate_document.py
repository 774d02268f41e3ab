"""One document judged: what is wrong with its objects, and the facts that count with others'.

Nothing is edited here. What transform rules would do is planned all the same, because some rules
report it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from transformer import pointer
from transformer.errors import InputError, PatchError
from transformer.findings import Finding, ObjectRef, Violation
from transformer.kubernetes.nodes import is_node
from transformer.kubernetes.objects import Manifest
from transformer.kubernetes.pools import is_pool
from transformer.kubernetes.well_known import IGNORE_ANNOTATION
from transformer.pipeline.context import Engine, Hush, ignored_rules
from transformer.pipeline.diagnostics import Hushed, Notes, Origin
from transformer.pipeline.document_loader import (
    failures_of,
    is_edited,
    objects,
    plans,
    read_document,
    remark_opening,
    subject_of,
)
from transformer.pipeline.documents import Part
from transformer.pipeline.missing_separators import at_borders, doubtful, manifests_of
from transformer.pipeline.old_state import History
from transformer.rules.base import Need, Sighting, Subject

_GLUED = "no --- between this manifest and the one above; other tools lose the one above"


@dataclass(frozen=True, slots=True)
class Gathered:
    """A fact of `rule` under `key`; `hush` says why nothing is to be reported there, if so."""

    rule: str
    key: str
    sighting: Sighting
    hush: Hush | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """An object asks by its annotation to be spared the rules in `ids`; `at` is a finding there."""

    ids: tuple[str, ...]
    at: Finding


@dataclass(frozen=True, slots=True)
class Judgement:
    """What there is to be said of one document, of `size` bytes.

    `needs` are what the rules could look at in it; `refs` its objects, where the configuration
    says what to ignore. `strangers` as in `DocumentResult`.
    """

    size: int
    findings: tuple[Finding, ...] = ()
    failed: bool = False
    continues: bool = False
    gathered: tuple[Gathered, ...] = ()
    hushed: tuple[Hushed, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    needs: frozenset[Need] = frozenset()
    refs: tuple[ObjectRef, ...] = ()
    strangers: tuple[Finding, ...] = ()


def judge_document(
    part: Part, origin: Origin, engine: Engine, history: History | None = None
) -> Judgement:
    """Return what there is to be said of one document; the pools of `engine` must be complete.

    `history` is the old state of the same world, if there is one.
    """
    size = len(part.frame.data)
    if part.continues:
        return Judgement(size, failed=engine.settings.on_invalid == "fail", continues=True)
    if part.manifests:
        return _judge_glued(part, origin, engine, history)
    document = _Document(part, origin, engine, history)
    try:
        document.judge()
    except InputError as error:
        failed = document.notes.failure(error.rule, error, [])
        return Judgement(size, tuple(document.notes.findings), failed)
    return _judgement(size, [document])


def _judgement(size: int, documents: Sequence["_Document"], failed: bool = False) -> Judgement:
    return Judgement(
        size,
        tuple(found for document in documents for found in document.notes.findings),
        failed,
        gathered=tuple(fact for document in documents for fact in document.gathered),
        hushed=tuple(hushed for document in documents for hushed in document.notes.hushed),
        waivers=tuple(waiver for document in documents for waiver in document.waivers),
        needs=frozenset(need for document in documents for need in document.needs),
        refs=tuple(ref for document in documents for ref in document.refs),
        strangers=tuple(one for document in documents for one in document.notes.strangers),
    )


def _judge_glued(part: Part, origin: Origin, engine: Engine, history: History | None) -> Judgement:
    """Return what there is to be said of manifests of a file that have no `---` between them.

    Where it is not certain which key belongs to which, only that is said.
    """
    documents = [_Document(one, origin, engine, history) for one in manifests_of(part)]
    failed = False
    for document, is_doubtful in zip(documents, doubtful(part), strict=True):
        try:
            document.judge()
        except InputError as error:
            failed = document.notes.failure(error.rule, error, []) or failed
        if is_doubtful:
            document.forget()
    is_edited = any(document.is_edited for document in documents)
    is_template = any(document.notes.program for document in documents)
    borders = at_borders(part, origin, engine, is_edited=is_edited, is_template=is_template)
    documents[0].notes.findings += borders.findings
    documents[0].notes.hushed += borders.hushed
    return _judgement(len(part.frame.data), documents, failed)


class _Document:
    """A document on its way: what has been noted of it so far."""

    def __init__(self, part: Part, origin: Origin, engine: Engine, history: History | None) -> None:
        self.part = part
        self.origin = origin
        self.engine = engine
        self.history = history
        self.notes = Notes(part.frame, origin, engine)
        self.gathered: list[Gathered] = []
        self.waivers: list[Waiver] = []
        self.needs: set[Need] = set()
        self.refs: list[ObjectRef] = []
        self.is_edited = False
        """Whether a transform rule would edit one of its objects."""

    def judge(self) -> None:
        """Let the rules look at each manifest.

        Raises:
            InputError: the document cannot be read.
        """
        _, value = read_document(self.part, self.notes)
        for manifest in objects(value, self.notes):
            self._judge_object(manifest, value)
        remark_opening(self.part.frame, self.notes, is_empty=value is None, glued=_GLUED)

    def forget(self) -> None:
        """Keep of what has been noted only that the document is a template."""
        self.notes.findings = [found for found in self.notes.findings if found.rule == "HN419"]
        self.notes.hushed, self.gathered, self.waivers = [], [], []

    def _judge_object(self, manifest: Manifest, document: Any) -> None:
        engine = self.engine
        subject = subject_of(manifest, document, self.notes)
        planned, failures = plans(subject, engine.rules)
        self.is_edited = self.is_edited or is_edited(subject, planned)
        if self.origin.is_patch:
            subject = replace(subject, planned=planned)
            self._check_patch(subject)
            return
        before = None
        if self.history is not None:
            before = self.history.before(manifest.ref, self.origin.relative_name)
        subject = replace(subject, planned=planned, before=before)
        self.needs.update(_needs(subject))
        if engine.settings.ignores:
            self.refs.append(manifest.ref)
        self._waive(manifest)
        for rule in engine.validation:
            if rule.check is not None and not engine.leaves(rule, manifest.ref):
                for violation in rule.check(subject):
                    self.notes.violation(rule.id, rule.severity, manifest, violation)
            if rule.gather is not None and not subject.program:
                self._gather(rule.id, rule.gather(subject), manifest)
        self._note_failures(manifest, failures)

    def _check_patch(self, subject: Subject) -> None:
        """Run the checks that `transform` runs where it would do something."""
        for rule in self.engine.checks_wanted if subject.planned else ():
            assert rule.check is not None
            for violation in rule.check(subject):
                self.notes.violation(rule.id, rule.severity, subject.manifest, violation)

    def _gather(self, rule: str, facts: Any, manifest: Manifest) -> None:
        for fact in facts:
            at = self.notes.position(manifest.base + fact.pointer)
            sighting = Sighting(
                fact.value,
                manifest.ref,
                fact.pointer,
                self.origin.file,
                at.line,
                at.column,
                self.part.frame.ordinal,
                manifest.base,
            )
            hush = self.engine.hush_of(
                rule, manifest.ref, manifest.annotations, self.origin.relative_name
            )
            self.gathered.append(Gathered(rule, fact.key, sighting, hush))

    def _note_failures(self, manifest: Manifest, failures: list[tuple[str, PatchError]]) -> None:
        """Note where a transform rule cannot be applied, unless a finding stands there already."""
        known = {found.pointer for found in self.notes.findings if found.item == manifest.base}
        for rule, severity, found in failures_of(failures):
            if found.pointer not in known:
                known.add(found.pointer)
                self.notes.violation(rule, severity, manifest, found)

    def _waive(self, manifest: Manifest) -> None:
        if ids := ignored_rules(manifest.annotations):
            found = pointer.join("/metadata/annotations", IGNORE_ANNOTATION)
            at = self.notes.finding("HN906", "warning", manifest, Violation(found, ""))
            self.waivers.append(Waiver(tuple(dict.fromkeys(ids)), at))


def _needs(subject: Subject) -> Iterator[Need]:
    manifest = subject.manifest
    if is_pool(manifest):
        yield "pools"
    elif is_node(manifest):
        yield "nodes"
    elif subject.templates:
        yield "workloads"
    elif manifest.ref.kind == "Service" and not manifest.ref.group:
        yield "services"
