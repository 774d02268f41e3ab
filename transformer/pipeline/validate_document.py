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
from transformer.pipeline.context import RunContext, SuppressedBy, suppressed_rules
from transformer.pipeline.diagnostics import DiagnosticCollector, Origin, SuppressedFinding
from transformer.pipeline.document_loader import (
    is_edited,
    load_document,
    objects,
    plans,
    report_opening,
    rule_failures,
    subject_of,
)
from transformer.pipeline.documents import Document
from transformer.pipeline.missing_separators import at_borders, doubtful, manifests_of
from transformer.pipeline.old_state import OldState
from transformer.rules.base import LocatedObservation, Need, RuleContext

_GLUED = "no --- between this manifest and the one above; other tools lose the one above"


@dataclass(frozen=True, slots=True)
class RuleObservation:
    """An observation of `rule` under `key`; `suppressed_by` what suppresses a finding there."""

    rule: str
    key: str
    located: LocatedObservation
    suppressed_by: SuppressedBy | None = None


@dataclass(frozen=True, slots=True)
class SuppressionRequest:
    """An object asks by its annotation to be spared the rules in `ids`; `at` is a finding there."""

    ids: tuple[str, ...]
    at: Finding


@dataclass(frozen=True, slots=True)
class DocumentDiagnostics:
    """What there is to be said of one document, of `size` bytes.

    `needs` are what the rules could look at in it; `refs` its objects, where the configuration
    says what to ignore. `non_manifests` as in `DocumentResult`.
    """

    size: int
    findings: tuple[Finding, ...] = ()
    failed: bool = False
    continues: bool = False
    observations: tuple[RuleObservation, ...] = ()
    suppressed: tuple[SuppressedFinding, ...] = ()
    suppression_requests: tuple[SuppressionRequest, ...] = ()
    needs: frozenset[Need] = frozenset()
    refs: tuple[ObjectRef, ...] = ()
    non_manifests: tuple[Finding, ...] = ()


def validate_document(
    part: Document, origin: Origin, context: RunContext, old_state: OldState | None = None
) -> DocumentDiagnostics:
    """Return what there is to be said of one document; the pools of `context` must be complete.

    `old_state` is the old state of the same world, if there is one.
    """
    size = len(part.raw.data)
    if part.continues:
        return DocumentDiagnostics(
            size, failed=context.settings.on_invalid == "fail", continues=True
        )
    if part.manifests:
        return _validate_glued(part, origin, context, old_state)
    document = _Document(part, origin, context, old_state)
    try:
        document.validate()
    except InputError as error:
        failed = document.diagnostics.report_error(error.rule, error, [])
        return DocumentDiagnostics(size, tuple(document.diagnostics.findings), failed)
    return _diagnostics_of(size, [document])


def _diagnostics_of(
    size: int, documents: Sequence["_Document"], failed: bool = False
) -> DocumentDiagnostics:
    return DocumentDiagnostics(
        size,
        tuple(found for document in documents for found in document.diagnostics.findings),
        failed,
        observations=tuple(
            observation for document in documents for observation in document.observations
        ),
        suppressed=tuple(
            suppressed for document in documents for suppressed in document.diagnostics.suppressed
        ),
        suppression_requests=tuple(
            request for document in documents for request in document.suppression_requests
        ),
        needs=frozenset(need for document in documents for need in document.needs),
        refs=tuple(ref for document in documents for ref in document.refs),
        non_manifests=tuple(
            one for document in documents for one in document.diagnostics.non_manifests
        ),
    )


def _validate_glued(
    part: Document, origin: Origin, context: RunContext, old_state: OldState | None
) -> DocumentDiagnostics:
    """Return what there is to be said of manifests of a file that have no `---` between them.

    Where it is not certain which key belongs to which, only that is said.
    """
    documents = [_Document(one, origin, context, old_state) for one in manifests_of(part)]
    failed = False
    for document, is_doubtful in zip(documents, doubtful(part), strict=True):
        try:
            document.validate()
        except InputError as error:
            failed = document.diagnostics.report_error(error.rule, error, []) or failed
        if is_doubtful:
            document.forget()
    is_edited = any(document.is_edited for document in documents)
    is_template = any(document.diagnostics.template_comment for document in documents)
    borders = at_borders(part, origin, context, is_edited=is_edited, is_template=is_template)
    documents[0].diagnostics.findings += borders.findings
    documents[0].diagnostics.suppressed += borders.suppressed
    return _diagnostics_of(len(part.raw.data), documents, failed)


class _Document:
    """A document on its way: what has been noted of it so far."""

    def __init__(
        self, part: Document, origin: Origin, context: RunContext, old_state: OldState | None
    ) -> None:
        self.part = part
        self.origin = origin
        self.context = context
        self.old_state = old_state
        self.diagnostics = DiagnosticCollector(part.raw, origin, context)
        self.observations: list[RuleObservation] = []
        self.suppression_requests: list[SuppressionRequest] = []
        self.needs: set[Need] = set()
        self.refs: list[ObjectRef] = []
        self.is_edited = False
        """Whether a transform rule would edit one of its objects."""

    def validate(self) -> None:
        """Let the rules look at each manifest.

        Raises:
            InputError: the document cannot be read.
        """
        _, value = load_document(self.part, self.diagnostics)
        for manifest in objects(value, self.diagnostics):
            self._validate_object(manifest, value)
        report_opening(self.part.raw, self.diagnostics, is_empty=value is None, glued=_GLUED)

    def forget(self) -> None:
        """Keep of what has been noted only that the document is a template."""
        self.diagnostics.findings = [
            found for found in self.diagnostics.findings if found.rule == "HN419"
        ]
        self.diagnostics.suppressed, self.observations, self.suppression_requests = [], [], []

    def _validate_object(self, manifest: Manifest, document: Any) -> None:
        context = self.context
        rule_context = subject_of(manifest, document, self.diagnostics)
        planned, failures = plans(rule_context, context.rules)
        self.is_edited = self.is_edited or is_edited(rule_context, planned)
        if self.origin.is_patch:
            rule_context = replace(rule_context, planned=planned)
            self._check_patch(rule_context)
            return
        before = None
        if self.old_state is not None:
            before = self.old_state.before(manifest.ref, self.origin.relative_name)
        rule_context = replace(rule_context, planned=planned, before=before)
        self.needs.update(_needs(rule_context))
        if context.settings.suppressions:
            self.refs.append(manifest.ref)
        self._note_suppressions(manifest)
        for rule in context.validation:
            if rule.check is not None and not context.leaves(rule, manifest.ref):
                for violation in rule.check(rule_context):
                    self.diagnostics.report_violation(rule.id, rule.severity, manifest, violation)
            if rule.collect is not None and not rule_context.template_comment:
                self._collect(rule.id, rule.collect(rule_context), manifest)
        self._report_failures(manifest, failures)

    def _check_patch(self, rule_context: RuleContext) -> None:
        """Run the checks that `transform` runs where it would do something."""
        for rule in self.context.checks_wanted if rule_context.planned else ():
            assert rule.check is not None
            for violation in rule.check(rule_context):
                self.diagnostics.report_violation(
                    rule.id, rule.severity, rule_context.manifest, violation
                )

    def _collect(self, rule: str, observations: Any, manifest: Manifest) -> None:
        for observation in observations:
            at = self.diagnostics.position(manifest.base + observation.pointer)
            located = LocatedObservation(
                observation.value,
                manifest.ref,
                observation.pointer,
                self.origin.file,
                at.line,
                at.column,
                self.part.raw.ordinal,
                manifest.base,
            )
            suppressed_by = self.context.suppression_of(
                rule, manifest.ref, manifest.annotations, self.origin.relative_name
            )
            self.observations.append(RuleObservation(rule, observation.key, located, suppressed_by))

    def _report_failures(self, manifest: Manifest, failures: list[tuple[str, PatchError]]) -> None:
        """Note where a transform rule cannot be applied, unless a finding stands there already."""
        known = {
            found.pointer for found in self.diagnostics.findings if found.item == manifest.base
        }
        for rule, severity, found in rule_failures(failures):
            if found.pointer not in known:
                known.add(found.pointer)
                self.diagnostics.report_violation(rule, severity, manifest, found)

    def _note_suppressions(self, manifest: Manifest) -> None:
        if ids := suppressed_rules(manifest.annotations):
            found = pointer.join("/metadata/annotations", IGNORE_ANNOTATION)
            at = self.diagnostics.finding("HN906", "warning", manifest, Violation(found, ""))
            self.suppression_requests.append(SuppressionRequest(tuple(dict.fromkeys(ids)), at))


def _needs(rule_context: RuleContext) -> Iterator[Need]:
    manifest = rule_context.manifest
    if is_pool(manifest):
        yield "pools"
    elif is_node(manifest):
        yield "nodes"
    elif rule_context.templates:
        yield "workloads"
    elif manifest.ref.kind == "Service" and not manifest.ref.group:
        yield "services"
