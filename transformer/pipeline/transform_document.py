"""Transform one document: load it, plan operations, splice them, report changes and findings."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from transformer.errors import InputError, InternalError, PatchError
from transformer.findings import (
    Change,
    DocumentResult,
    Finding,
    ObjectEdits,
    Stage,
    TextEdit,
    Violation,
)
from transformer.kubernetes.generators import generator_of
from transformer.kubernetes.objects import Manifest, as_a_whole, is_list
from transformer.kubernetes.pools import pool_of
from transformer.operations import Operation, fold
from transformer.patch import verify
from transformer.patch.edits import Edit, joined
from transformer.pipeline.context import RunContext, add_pool
from transformer.pipeline.diagnostics import DiagnosticCollector, Origin
from transformer.pipeline.document_loader import plans, report_opening, rule_failures, visit
from transformer.pipeline.documents import Document
from transformer.pipeline.list_items import list_item
from transformer.pipeline.missing_separators import at_borders, doubtful, manifests_of, runs
from transformer.rules.base import TransformRule
from transformer.rules.context import RuleContext
from transformer.rules.exempt import editable
from transformer.text.raw_document import Opening
from transformer.yamltree.syntax import Alias, Tree, aliases

_GLUED = "no --- between this manifest and the one above; one was added"


def transform_document(document: Document, origin: Origin, context: RunContext) -> DocumentResult:
    """Return the result for one document, which is read whatever the prefilter says of it.

    Raises:
        PoolsNeeded: it depends on a pool that later input may define.
    """
    raw = document.raw
    if document.continues:
        failed = context.settings.on_invalid == "fail"
        return DocumentResult(
            origin.file, raw.line, raw.data, raw.data, "parsed", failed, continues=True, objects=0
        )
    if document.manifests:
        return _transform_glued(document, origin, context)
    one = _Transformation(document, origin, context)
    data, failed = one.run()
    if raw.opening is Opening.GLUED and not failed:
        data = _marker(data) + data
    found = one.diagnostics
    return _result(
        document,
        origin,
        data,
        failed,
        one.changes,
        found.findings,
        found.non_manifests,
        len(one.manifests) if one.is_list else 1,
    )._replace(edits=tuple(one.edits))


def _result(
    document: Document,
    origin: Origin,
    data: bytes,
    failed: bool,
    changes: Iterable[Change],
    findings: Iterable[Finding],
    non_manifests: Iterable[Finding] = (),
    objects: int = 1,
) -> DocumentResult:
    raw = document.raw
    source = raw.source
    stage: Stage = "parsed" if data == source else "edited"
    return DocumentResult(
        origin.file,
        raw.line,
        source,
        data,
        stage,
        failed,
        tuple(changes),
        tuple(findings),
        continues=raw.first_item > 0,
        is_patch=origin.is_patch,
        non_manifests=tuple(non_manifests),
        list_item=list_item(raw),
        objects=objects,
    )


def _marker(data: bytes) -> bytes:
    """Return a `---` line for the beginning of a document."""
    at = data.find(b"\n")
    line_break = b"\r" if at < 0 and b"\r" in data else b"\n"
    return b"---" + (b"\r\n" if data[max(at - 1, 0) : at] == b"\r" else line_break)


def _transform_glued(document: Document, origin: Origin, context: RunContext) -> DocumentResult:
    """Return the result for manifests of a file that have no `---` between them.

    They are not edited, except by `validate --fix`, which adds a `---` at each certain border.
    """
    every = [_Transformation(one, origin, context) for one in manifests_of(document)]
    done = [one.run() for one in every]
    is_certain = [not doubt for doubt in doubtful(document)]
    failed = any(failed for (_, failed), is_sure in zip(done, is_certain, strict=True) if is_sure)
    if not failed and _is_fixed("HN904", origin, context):
        return _separated(document, origin, every, [data for data, _ in done])
    is_edited = any(one.changes for one in every)
    is_template = any(one.diagnostics.template_comment for one in every)
    borders = at_borders(document, origin, context, is_edited=is_edited, is_template=is_template)
    findings = [
        found
        for one, is_sure in zip(every, is_certain, strict=True)
        for found in one.diagnostics.findings
        if is_sure or found.rule == "HN419"
    ]
    data = document.raw.data
    return _result(document, origin, data, failed, (), [*findings, *borders.findings])


def _separated(
    document: Document, origin: Origin, every: Sequence["_Transformation"], texts: Sequence[bytes]
) -> DocumentResult:
    """Return the result with a `---` line added at each certain border.

    `texts` are the manifests after the edits of rules; uncertain ones are not edited.
    """
    data, changes, edits = b"", list[Change](), list[TextEdit]()
    for run in runs(document):
        text = b"".join(document.manifests[index].data for index in run)
        upper = every[run.start]
        own = list[TextEdit]()
        if len(run) == 1:
            text = texts[run.start]
            changes += upper.changes
            own += (edit for of_object in upper.edits for edit in of_object.edits)
        if run.start:
            marker = _marker(text)
            text = marker + text
            if upper.value is not None:  # it can be read
                changes.append(upper.change("HN904", as_a_whole(upper.value)))
            line = document.manifests[run.start].line
            own.insert(0, TextEdit(line, 1, line, 1, marker.decode(), 1, 1))
        data += text
        edits += own
    items = dict.fromkeys(change.item for change in changes if edits)
    of_items = tuple(ObjectEdits(item, tuple(edits)) for item in items)
    return _result(document, origin, data, False, changes, ())._replace(edits=of_items)


def _is_fixed(rule: str, origin: Origin, context: RunContext) -> bool:
    """Whether this run fixes what `rule` finds in a file."""
    return context.is_fix and context.policy.is_reported(rule, None, {}, origin.relative_name)


def opening_findings(
    document: Document, origin: Origin, context: RunContext
) -> tuple[Finding, ...]:
    """Return the findings on a document that is not read: only on how it begins."""
    if document.raw.opening is not Opening.AFTER_END:
        return ()
    diagnostics = DiagnosticCollector(document.raw, origin, context)
    report_opening(document.raw, diagnostics, is_empty=False, glued=_GLUED)
    return tuple(diagnostics.findings)


class _Transformation:
    """The transformation of one document: what has been planned and reported so far."""

    def __init__(self, document: Document, origin: Origin, context: RunContext) -> None:
        self.document = document
        self.origin = origin
        self.context = context
        self.diagnostics = DiagnosticCollector(document.raw, origin, context)
        self.manifests: list[Manifest] = []
        self.value: Any = None
        self.operations: list[Operation] = []
        self.changes: list[Change] = []
        self.edits: list[ObjectEdits] = []
        self.is_list = False

    def run(self) -> tuple[bytes, bool]:
        """Return the new bytes, and whether the document failed."""
        raw = self.document.raw
        try:
            tree, value = visit(self.document, self.diagnostics, self._plan, glued=_GLUED)
            self.value, self.is_list = value, is_list(value)
            edited = self._edited(tree, value)
        except InputError as error:
            self.changes = []
            return raw.source, self.diagnostics.report_error(error.rule, error, [])
        except (PatchError, InternalError) as error:
            failed = self.diagnostics.report_error("HN905", error, self.changes)
            self.changes = []
            return raw.source, failed
        return (raw.source if edited is None else raw.written(edited.encode())), False

    def _plan(self, rule_context: RuleContext) -> None:
        """Run the rules on an object, and apply their operations to its plain value."""
        manifest = rule_context.manifest
        self.manifests.append(manifest)
        self._add_pool(manifest)
        always = () if self.origin.is_patch else self.context.checks_always.on(rule_context)
        self.diagnostics.run_checks(always, rule_context)
        rules = self.context.rules_for(manifest, self.origin.relative_name)
        planned, failures = plans(rule_context, rules)
        self._report_unfixable(rule_context)
        if planned or generator_of(manifest.ref) is not None:
            self._edit(replace(rule_context, planned=planned))
        if planned:
            self.diagnostics.drop_settled(always, replace(rule_context))
        known = self.diagnostics.pointers(manifest)
        for rule_id, severity, found in rule_failures(failures):
            if rule_id != "HN428" or found.pointer not in known:
                self.diagnostics.report_violation(rule_id, severity, manifest, found)

    def _edit(self, rule_context: RuleContext) -> None:
        """Apply what is planned for an object."""
        planned = rule_context.planned
        self.diagnostics.run_checks(self.context.checks_wanted.on(rule_context), rule_context)
        is_first = True
        for transform in self.context.rules:
            if transform.id in planned:
                # The rule before has edited the object, so nothing known of it counts any more.
                current = rule_context if is_first else replace(rule_context)
                operations = planned[transform.id] if is_first else transform.plan(current)
                self._take(transform, editable(current, operations, transform.id), current)
                is_first = False

    def _add_pool(self, manifest: Manifest) -> None:
        """Add a NodePool to the known ones, and report one that conflicts with another."""
        pools = self.context.cluster.pools
        is_conflict = not self.origin.is_patch and add_pool(pools, manifest)
        if is_conflict and not pools.contradicts_given(pool_of(manifest)):
            name = manifest.ref.name
            message = (
                f"NodePool {name} conflicts with another one: only one of them is host-network"
            )
            hint = "keep one, or separate the clusters with `clusters` in the configuration"
            found = Violation("/spec/hostNetwork", message, hint)
            self.diagnostics.report_violation("HN313", "warning", manifest, found)

    def _report_unfixable(self, rule_context: RuleContext) -> None:
        for rule in () if self.origin.is_patch else self.context.rules:
            for violation in rule.unfixable(rule_context) if rule.unfixable else ():
                manifest = rule_context.manifest
                self.diagnostics.report_violation(rule.id, "warning", manifest, violation)

    def _take(
        self, rule: TransformRule, operations: list[Operation], rule_context: RuleContext
    ) -> None:
        """Add a rule's operations, and apply them to the plain value."""
        if not operations:
            return
        manifest, reason = rule_context.manifest, rule.reason(rule_context)
        verify.patched(manifest.value, operations)
        base = self.diagnostics.source.within(manifest.base)
        self.operations.extend(operation.below(base) for operation in operations)
        self.changes.append(self.change(rule.id, manifest, operations, reason))

    def change(
        self, rule: str, manifest: Manifest, operations: Iterable[Operation] = (), reason: str = ""
    ) -> Change:
        """Return a change of one of the objects."""
        place = self.diagnostics.place(manifest.base, with_excerpt=False)
        return Change(
            rule,
            place.file,
            place.line,
            place.document,
            manifest.base,
            manifest.ref,
            tuple(operation.as_dict() for operation in operations),
            reason,
        )

    def _edited(self, tree: Tree, expected: Any) -> str | None:
        """Return the new text, whose plain value is `expected`, or None if nothing changes."""
        if not self.operations:
            return None
        from transformer.patch.splice import spliced  # slow to import, and most runs edit nothing

        operations = fold(self.operations)
        try:
            text, edits = spliced(tree, operations, expected)
        except (PatchError, InternalError) as error:
            if not self.context.allow_reformat:
                raise
            from transformer.patch.rewrite import rewrite

            text = rewrite(tree, operations, expected)
            self.diagnostics.report_reformat(error, self.changes)
            return text
        if self.context.keeps_edits:
            self.edits += self._by_object(edits, aliases(tree.root) if tree.has_aliases else ())
        return text

    def _by_object(self, edits: Sequence[Edit], shared: Iterable[Alias]) -> Iterator[ObjectEdits]:
        """Yield the edits of each object; if objects share text, all edits for each."""
        items = list(dict.fromkeys(change.item for change in self.changes))
        starts = [self.diagnostics.source.offset(item) for item in items]

        def item_at(offset: int) -> int:
            return max(bisect_right(starts, offset) - 1, 0)

        is_shared = any(item_at(one.start) != item_at(one.target.start) for one in shared)
        of: list[list[Edit]] = [[] for _ in items]
        for edit in edits:
            of[item_at(edit.start)].append(edit)
        for item, own in zip(items, of, strict=True):
            placed = map(self._placed, joined(edits if is_shared else own))
            yield ObjectEdits(item, tuple(placed))

    def _placed(self, edit: Edit) -> TextEdit:
        source = self.diagnostics.source
        (line, column), (end_line, end_column) = map(source.position, (edit.start, edit.end))
        at, end = column + source.extra_bytes(edit.start), end_column + source.extra_bytes(edit.end)
        return TextEdit(line, column, end_line, end_column, edit.replacement, at, end)
