"""One document: read it, let the rules plan, splice, and say what was done and found."""

import re
from dataclasses import replace
from typing import Any

from transformer.errors import InputError, InternalError, PatchError
from transformer.findings import Change, DocumentResult, Finding, Violation
from transformer.manifest.manifest import Manifest
from transformer.manifest.pod_template import pod_templates
from transformer.manifest.pools import pool_of
from transformer.patch import verify
from transformer.patch.operation import Operation, fold
from transformer.patch.splice import splice
from transformer.pipeline.engine import Engine, add_pool
from transformer.pipeline.glue import Part
from transformer.pipeline.notes import Notes, Origin
from transformer.pipeline.opened import objects, plans, read_document, remark_opening
from transformer.rules.base import Subject, TransformRule, ValidationRule
from transformer.rules.exempt import editable
from transformer.text.framing import Opening
from transformer.yamltree.nodes import Tree

_GLUED = "no --- between this manifest and the one above; one was put in"
_BREAK = re.compile(rb"\r\n|\n|\r")


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
    document = _Document(part, origin, engine)
    data, failed = frame.data, False
    try:
        value = document.read()
        document.plan(value)
        edited = document.edited(value)
    except InputError as error:
        edited, failed = None, document.notes.failure(error.rule, error, [])
        document.changes = []
    except (PatchError, InternalError) as error:
        edited, failed = None, document.notes.failure("HN905", error, document.changes)
        document.changes = []
    if edited is not None:
        data = edited.encode()
    if frame.opening is Opening.GLUED and not failed:
        found = _BREAK.search(frame.data)
        data = b"---" + (found.group() if found else b"\n") + data
    return DocumentResult(
        origin.file,
        frame.line,
        frame.data,
        data,
        "parsed" if data == frame.data else "edited",
        failed,
        tuple(document.changes),
        tuple(document.notes.findings),
        strangers=tuple(document.notes.strangers),
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
        self.operations: list[Operation] = []
        self.changes: list[Change] = []

    def read(self) -> Any:
        """Return the plain value, text and tree noted."""
        self.tree, value = read_document(self.part, self.notes)
        return value

    def plan(self, value: Any) -> None:
        """Let the rules look at each manifest; `value` is patched on the way."""
        for manifest in objects(value, self.notes):
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
        world = self.engine.world
        templates = pod_templates(manifest, world.rows)
        subject = Subject(manifest, templates, world, document, self.origin.is_patch)
        for rule in () if self.origin.is_patch else self.engine.checks_always:
            self._check(rule, subject)
        rules = self.engine.rules_for(manifest, self.origin.relative_name)
        planned, failures = plans(subject, rules)
        for rule_id, error in failures:
            found = Violation(error.pointer, error.message, error.hint)
            self.notes.violation(rule_id, "error", manifest, found)
        self._withheld(subject)
        if not planned:
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
        self.changes.append(
            Change(
                rule.id,
                self.origin.file,
                self.notes.position(manifest.base).line,
                self.frame.ordinal,
                manifest.base,
                manifest.ref,
                tuple(operation.as_dict() for operation in operations),
                rule.reason(subject),
            )
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
