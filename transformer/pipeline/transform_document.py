"""One document: read it, let the rules plan, splice, and say what was done and found."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from transformer.errors import InputError, InternalError, PatchError
from transformer.findings import Change, DocumentResult, Finding, Stage, Violation
from transformer.kubernetes.generators import generator_of
from transformer.kubernetes.objects import Manifest
from transformer.kubernetes.pools import pool_of
from transformer.operations import Operation, fold
from transformer.patch import verify
from transformer.patch.splice import splice
from transformer.pipeline.context import RunContext, add_pool
from transformer.pipeline.diagnostics import DiagnosticCollector, Origin
from transformer.pipeline.document_loader import (
    load_document,
    objects,
    plans,
    report_opening,
    rule_failures,
    subject_of,
)
from transformer.pipeline.documents import Document
from transformer.pipeline.missing_separators import at_borders, doubtful, manifests_of, runs
from transformer.rules.base import RuleContext, TransformRule, ValidationRule
from transformer.rules.exempt import editable
from transformer.text.framing import Opening
from transformer.yamltree.syntax import Tree

_GLUED = "no --- between this manifest and the one above; one was added"


def transform_document(part: Document, origin: Origin, context: RunContext) -> DocumentResult:
    """Return the result for one document, which is read whatever the screen says of it.

    Raises:
        PoolsNeeded: it depends on a pool that later input may bring.
    """
    raw = part.raw
    if part.continues:
        failed = context.settings.on_invalid == "fail"
        return DocumentResult(
            origin.file, raw.line, raw.data, raw.data, "parsed", failed, continues=True
        )
    if part.manifests:
        return _transform_glued(part, origin, context)
    document = _Document(part, origin, context)
    data, failed = document.transformed()
    if raw.opening is Opening.GLUED and not failed:
        data = _marked(data)
    diagnostics = document.diagnostics
    return _result(
        part,
        origin,
        data,
        failed,
        document.changes,
        diagnostics.findings,
        diagnostics.non_manifests,
    )


def _result(
    part: Document,
    origin: Origin,
    data: bytes,
    failed: bool,
    changes: Iterable[Change],
    findings: Iterable[Finding],
    non_manifests: Iterable[Finding] = (),
) -> DocumentResult:
    source = part.raw.data
    stage: Stage = "parsed" if data == source else "edited"
    return DocumentResult(
        origin.file,
        part.raw.line,
        source,
        data,
        stage,
        failed,
        tuple(changes),
        tuple(findings),
        is_patch=origin.is_patch,
        non_manifests=tuple(non_manifests),
    )


def _marked(data: bytes) -> bytes:
    """Return the bytes of a document with a `---` line above it."""
    at = data.find(b"\n")
    line_break = b"\r" if at < 0 and b"\r" in data else b"\n"
    return b"---" + (b"\r\n" if data[max(at - 1, 0) : at] == b"\r" else line_break) + data


def _transform_glued(part: Document, origin: Origin, context: RunContext) -> DocumentResult:
    """Return the result for manifests of a file that have no `---` between them.

    They stay as they are, but for `validate --fix`, which puts it in where the borders are certain.
    """
    documents = [_Document(one, origin, context) for one in manifests_of(part)]
    done = [document.transformed() for document in documents]
    is_certain = [not doubt for doubt in doubtful(part)]
    failed = any(failed for (_, failed), is_sure in zip(done, is_certain, strict=True) if is_sure)
    if not failed and _is_mended("HN904", origin, context):
        return _separated(part, origin, documents, [data for data, _ in done])
    is_edited = any(document.changes for document in documents)
    is_template = any(document.diagnostics.template_comment for document in documents)
    borders = at_borders(part, origin, context, is_edited=is_edited, is_template=is_template)
    findings = [
        found
        for document, is_sure in zip(documents, is_certain, strict=True)
        for found in document.diagnostics.findings
        if is_sure or found.rule == "HN419"
    ]
    return _result(part, origin, part.raw.data, failed, (), [*findings, *borders.findings])


def _separated(
    part: Document, origin: Origin, documents: Sequence["_Document"], texts: Sequence[bytes]
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


def _is_mended(rule: str, origin: Origin, context: RunContext) -> bool:
    """Whether this run mends what `rule` finds in a file."""
    return (
        context.is_fix
        and context.severities.get(rule, "warning") is not None
        and context.suppression_of(rule, None, {}, origin.relative_name) is None
    )


def opening_findings(part: Document, origin: Origin, context: RunContext) -> tuple[Finding, ...]:
    """Return what is to be said of a document that is not read: only how it begins."""
    if part.raw.opening is not Opening.AFTER_END:
        return ()
    diagnostics = DiagnosticCollector(part.raw, origin, context)
    report_opening(part.raw, diagnostics, is_empty=False, glued=_GLUED)
    return tuple(diagnostics.findings)


class _Document:
    """A document on its way: its tree, and what has been planned so far."""

    def __init__(self, part: Document, origin: Origin, context: RunContext) -> None:
        self.part = part
        self.raw = part.raw
        self.origin = origin
        self.context = context
        self.diagnostics = DiagnosticCollector(part.raw, origin, context)
        self.tree = Tree("", None)
        self.manifests: list[Manifest] = []
        self.operations: list[Operation] = []
        self.changes: list[Change] = []

    def transformed(self) -> tuple[bytes, bool]:
        """Return the bytes that are to go out, and whether it has failed."""
        try:
            self.tree, value = load_document(self.part, self.diagnostics)
            self.plan(value)
            edited = self.edited(value)
        except InputError as error:
            self.changes = []
            return self.raw.data, self.diagnostics.report_error(error.rule, error, [])
        except (PatchError, InternalError) as error:
            failed = self.diagnostics.report_error("HN905", error, self.changes)
            self.changes = []
            return self.raw.data, failed
        return (self.raw.data if edited is None else edited.encode()), False

    def plan(self, value: Any) -> None:
        """Let the rules look at each manifest; `value` is patched on the way."""
        for manifest in objects(value, self.diagnostics):
            self.manifests.append(manifest)
            pools = self.context.cluster.pools
            is_contradiction = not self.origin.is_patch and add_pool(pools, manifest)
            if is_contradiction and not pools.contradicts_given(pool_of(manifest)):
                self._report_contradiction(manifest)
            self._plan_object(manifest, value)
        report_opening(self.raw, self.diagnostics, is_empty=value is None, glued=_GLUED)

    def _report_contradiction(self, manifest: Manifest) -> None:
        name = manifest.ref.name
        message = f"another NodePool {name} says otherwise whether it is host-network"
        hint = "keep one, or tell the clusters apart with `scopes` in the configuration"
        found = Violation("/spec/hostNetwork", message, hint)
        self.diagnostics.report_violation("HN313", "warning", manifest, found)

    def _plan_object(self, manifest: Manifest, document: Any) -> None:
        rule_context = subject_of(manifest, document, self.diagnostics)
        for rule in () if self.origin.is_patch else self.context.checks_always:
            self._check(rule, rule_context)
        rules = self.context.rules_for(manifest, self.origin.relative_name)
        planned, failures = plans(rule_context, rules)
        known = {
            found.pointer for found in self.diagnostics.findings if found.item == manifest.base
        }
        for rule_id, severity, found in rule_failures(failures):
            if rule_id != "HN428" or found.pointer not in known:
                self.diagnostics.report_violation(rule_id, severity, manifest, found)
        self._report_unfixable(rule_context)
        if not planned and generator_of(manifest.ref) is None:
            return
        rule_context = replace(rule_context, planned=planned)
        for rule in self.context.checks_wanted:
            self._check(rule, rule_context)
        is_first = True
        for transform in self.context.rules:
            if transform.id in planned:
                operations = planned[transform.id] if is_first else transform.plan(rule_context)
                self._take(transform, editable(rule_context, operations), rule_context)
                is_first = False

    def _report_unfixable(self, rule_context: RuleContext) -> None:
        for rule in () if self.origin.is_patch else self.context.rules:
            for violation in rule.unfixable(rule_context) if rule.unfixable else ():
                self.diagnostics.report_violation(
                    rule.id, "warning", rule_context.manifest, violation
                )

    def _check(self, rule: ValidationRule, rule_context: RuleContext) -> None:
        assert rule.check is not None
        for violation in rule.check(rule_context):
            self.diagnostics.report_violation(
                rule.id, rule.severity, rule_context.manifest, violation
            )

    def _take(
        self, rule: TransformRule, operations: list[Operation], rule_context: RuleContext
    ) -> None:
        """Note a rule's operations and apply them to the plain value."""
        if not operations:
            return
        manifest = rule_context.manifest
        verify.patched(manifest.value, operations)
        self.operations.extend(operation.below(manifest.base) for operation in operations)
        self.changes.append(self.change(rule.id, manifest, operations, rule.reason(rule_context)))

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
            self.diagnostics.position(manifest.base).line,
            self.raw.ordinal,
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
            if not self.context.allow_reformat:
                raise
            from transformer.patch.rewrite import rewrite

            text = rewrite(self.tree, operations, expected)
            self.diagnostics.report_reformat(error, self.changes)
            return text
