"""One document: read it, let the rules plan, splice, and say what was done and found."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from transformer.errors import InputError, InternalError, PatchError
from transformer.findings import Change, DocumentResult, Finding, Stage, Violation
from transformer.kubernetes.generators import maker_of
from transformer.kubernetes.objects import Manifest
from transformer.kubernetes.pools import pool_of
from transformer.operations import Operation, fold
from transformer.patch import verify
from transformer.patch.splice import splice
from transformer.pipeline.context import Engine, add_pool
from transformer.pipeline.diagnostics import Notes, Origin
from transformer.pipeline.document_loader import (
    failures_of,
    objects,
    plans,
    read_document,
    remark_opening,
    subject_of,
)
from transformer.pipeline.documents import Part
from transformer.pipeline.missing_separators import at_borders, doubtful, manifests_of, runs
from transformer.rules.base import Subject, TransformRule, ValidationRule
from transformer.rules.exempt import editable
from transformer.text.framing import Opening
from transformer.yamltree.syntax import Tree

_GLUED = "no --- between this manifest and the one above; one was added"


def treat_document(part: Part, origin: Origin, engine: Engine) -> DocumentResult:
    """Return the result for one document, which is read whatever the screen says of it.

    Raises:
        PoolsNeeded: it depends on a pool that later input may bring.
    """
    frame = part.frame
    if part.continues:
        failed = engine.settings.on_invalid == "fail"
        return DocumentResult(
            origin.file, frame.line, frame.data, frame.data, "parsed", failed, continues=True
        )
    if part.manifests:
        return _treat_glued(part, origin, engine)
    document = _Document(part, origin, engine)
    data, failed = document.treated()
    if frame.opening is Opening.GLUED and not failed:
        data = _marked(data)
    notes = document.notes
    return _result(part, origin, data, failed, document.changes, notes.findings, notes.strangers)


def _result(
    part: Part,
    origin: Origin,
    data: bytes,
    failed: bool,
    changes: Iterable[Change],
    findings: Iterable[Finding],
    strangers: Iterable[Finding] = (),
) -> DocumentResult:
    source = part.frame.data
    stage: Stage = "parsed" if data == source else "edited"
    return DocumentResult(
        origin.file,
        part.frame.line,
        source,
        data,
        stage,
        failed,
        tuple(changes),
        tuple(findings),
        is_patch=origin.is_patch,
        strangers=tuple(strangers),
    )


def _marked(data: bytes) -> bytes:
    """Return the bytes of a document with a `---` line above it."""
    at = data.find(b"\n")
    line_break = b"\r" if at < 0 and b"\r" in data else b"\n"
    return b"---" + (b"\r\n" if data[max(at - 1, 0) : at] == b"\r" else line_break) + data


def _treat_glued(part: Part, origin: Origin, engine: Engine) -> DocumentResult:
    """Return the result for manifests of a file that have no `---` between them.

    They stay as they are, but for `validate --fix`, which puts it in where the borders are certain.
    """
    documents = [_Document(one, origin, engine) for one in manifests_of(part)]
    done = [document.treated() for document in documents]
    is_certain = [not doubt for doubt in doubtful(part)]
    failed = any(failed for (_, failed), is_sure in zip(done, is_certain, strict=True) if is_sure)
    if not failed and _is_mended("HN904", origin, engine):
        return _separated(part, origin, documents, [data for data, _ in done])
    is_edited = any(document.changes for document in documents)
    is_template = any(document.notes.program for document in documents)
    borders = at_borders(part, origin, engine, is_edited=is_edited, is_template=is_template)
    findings = [
        found
        for document, is_sure in zip(documents, is_certain, strict=True)
        for found in document.notes.findings
        if is_sure or found.rule == "HN419"
    ]
    return _result(part, origin, part.frame.data, failed, (), [*findings, *borders.findings])


def _separated(
    part: Part, origin: Origin, documents: Sequence["_Document"], texts: Sequence[bytes]
) -> DocumentResult:
    """Return the result where a `---` line is put in at each certain border.

    `texts` are the manifests after the edits of rules; those of uncertain ones are not made.
    """
    data, changes = b"", list[Change]()
    for run in runs(part):
        text = b"".join(part.manifests[index].data for index in run)
        first = documents[run.start].manifests[:1]  # an empty List holds none
        if len(run) == 1:
            text = texts[run.start]
            changes += documents[run.start].changes
        if run.start:
            text = _marked(text)
            changes += [documents[run.start].change("HN904", one) for one in first]
        data += text
    return _result(part, origin, data, False, changes, ())


def _is_mended(rule: str, origin: Origin, engine: Engine) -> bool:
    """Whether this run mends what `rule` finds in a file."""
    return (
        engine.is_mending
        and engine.severities.get(rule, "warning") is not None
        and engine.hush_of(rule, None, {}, origin.relative_name) is None
    )


def remarks(part: Part, origin: Origin, engine: Engine) -> tuple[Finding, ...]:
    """Return what is to be said of a document that is not read: only how it begins."""
    if part.frame.opening is not Opening.AFTER_END:
        return ()
    notes = Notes(part.frame, origin, engine)
    remark_opening(part.frame, notes, is_empty=False, glued=_GLUED)
    return tuple(notes.findings)


class _Document:
    """A document on its way: its tree, and what has been planned so far."""

    def __init__(self, part: Part, origin: Origin, engine: Engine) -> None:
        self.part = part
        self.frame = part.frame
        self.origin = origin
        self.engine = engine
        self.notes = Notes(part.frame, origin, engine)
        self.tree = Tree("", None)
        self.manifests: list[Manifest] = []
        self.operations: list[Operation] = []
        self.changes: list[Change] = []

    def treated(self) -> tuple[bytes, bool]:
        """Return the bytes that are to go out, and whether it has failed."""
        try:
            self.tree, value = read_document(self.part, self.notes)
            self.plan(value)
            edited = self.edited(value)
        except InputError as error:
            self.changes = []
            return self.frame.data, self.notes.failure(error.rule, error, [])
        except (PatchError, InternalError) as error:
            failed = self.notes.failure("HN905", error, self.changes)
            self.changes = []
            return self.frame.data, failed
        return (self.frame.data if edited is None else edited.encode()), False

    def plan(self, value: Any) -> None:
        """Let the rules look at each manifest; `value` is patched on the way."""
        for manifest in objects(value, self.notes):
            self.manifests.append(manifest)
            pools = self.engine.world.pools
            is_contradiction = not self.origin.is_patch and add_pool(pools, manifest)
            if is_contradiction and not pools.contradicts_given(pool_of(manifest)):
                self._remark_contradiction(manifest)
            self._plan_object(manifest, value)
        remark_opening(self.frame, self.notes, is_empty=value is None, glued=_GLUED)

    def _remark_contradiction(self, manifest: Manifest) -> None:
        name = manifest.ref.name
        message = f"another NodePool {name} says otherwise whether it is host-network"
        hint = "keep one, or tell the clusters apart with `scopes` in the configuration"
        found = Violation("/spec/hostNetwork", message, hint)
        self.notes.violation("HN313", "warning", manifest, found)

    def _plan_object(self, manifest: Manifest, document: Any) -> None:
        subject = subject_of(manifest, document, self.notes)
        for rule in () if self.origin.is_patch else self.engine.checks_always:
            self._check(rule, subject)
        rules = self.engine.rules_for(manifest, self.origin.relative_name)
        planned, failures = plans(subject, rules)
        known = {found.pointer for found in self.notes.findings if found.item == manifest.base}
        for rule_id, severity, found in failures_of(failures):
            if rule_id != "HN428" or found.pointer not in known:
                self.notes.violation(rule_id, severity, manifest, found)
        self._withheld(subject)
        if not planned and maker_of(manifest.ref) is None:
            return
        subject = replace(subject, planned=planned)
        for rule in self.engine.checks_wanted:
            self._check(rule, subject)
        is_first = True
        for transform in self.engine.rules:
            if transform.id in planned:
                operations = planned[transform.id] if is_first else transform.plan(subject)
                self._take(transform, editable(subject, operations), subject)
                is_first = False

    def _withheld(self, subject: Subject) -> None:
        for rule in () if self.origin.is_patch else self.engine.rules:
            for violation in rule.withheld(subject) if rule.withheld else ():
                self.notes.violation(rule.id, "warning", subject.manifest, violation)

    def _check(self, rule: ValidationRule, subject: Subject) -> None:
        assert rule.check is not None
        for violation in rule.check(subject):
            self.notes.violation(rule.id, rule.severity, subject.manifest, violation)

    def _take(self, rule: TransformRule, operations: list[Operation], subject: Subject) -> None:
        """Note a rule's operations and apply them to the plain value."""
        if not operations:
            return
        manifest = subject.manifest
        verify.patched(manifest.value, operations)
        self.operations.extend(operation.below(manifest.base) for operation in operations)
        self.changes.append(self.change(rule.id, manifest, operations, rule.reason(subject)))

    def change(
        self,
        rule: str,
        manifest: Manifest,
        operations: Iterable[Operation] = (),
        reason: str = "",
    ) -> Change:
        """Return a change of one of its objects."""
        return Change(
            rule,
            self.origin.file,
            self.notes.position(manifest.base).line,
            self.frame.ordinal,
            manifest.base,
            manifest.ref,
            tuple(operation.as_dict() for operation in operations),
            reason,
        )

    def edited(self, expected: Any) -> str | None:
        """Return the new text, which means `expected`, or None where nothing is to be done."""
        if not self.operations:
            return None
        operations = fold(self.operations)
        try:
            return splice(self.tree, operations, expected)
        except (PatchError, InternalError) as error:
            if not self.engine.allow_reformat:
                raise
            from transformer.patch.rewrite import rewrite

            text = rewrite(self.tree, operations, expected)
            self.notes.rewritten(error, self.changes)
            return text
