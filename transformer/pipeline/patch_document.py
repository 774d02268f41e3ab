"""One document with a JSON patch applied to its objects, or why that cannot be."""

from collections.abc import Sequence

from transformer.errors import InternalError, MisfitError, PatchError, PatchTestError
from transformer.findings import Change, DocumentResult, Finding, Place, Violation, finding_at
from transformer.kubernetes.objects import mapping_at
from transformer.patch.json_patch import PatchOperation
from transformer.patch.patched import planned, spliced
from transformer.pipeline.context import RunContext
from transformer.pipeline.diagnostics import DiagnosticCollector
from transformer.pipeline.document_loader import load_document
from transformer.pipeline.patch_targets import MISFIT, Examined, Object
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse

FAILED_TEST, REFUSED, TEMPLATE, ENCRYPTED = "patch-test", "HN905", "HN419", "HN417"
"""The rules in findings: those of `transform` where it reports the same."""


def patch_document(
    examined: Examined, operations: Sequence[PatchOperation], context: RunContext
) -> DocumentResult:
    """Return the result for a document: its objects patched, or why they cannot be."""
    raw = examined.document.raw
    data, failed = raw.data, examined.failed
    changes, findings = list[Change](), list(examined.findings)
    if examined.objects:
        patching = _Patching(examined, operations, context)
        data, failed = patching.run()
        changes, findings = patching.changes, patching.findings
    return DocumentResult(
        examined.origin.file,
        raw.line,
        raw.data,
        data,
        "parsed" if data == raw.data else "edited",
        failed,
        tuple(changes),
        tuple(findings),
        continues=examined.document.continues,
        documents=raw.documents,
    )


class _Patching:
    """The patching of one document: what has been changed and reported so far."""

    def __init__(
        self, examined: Examined, operations: Sequence[PatchOperation], context: RunContext
    ) -> None:
        self.context = context
        self.operations = operations
        self.objects = examined.objects
        self.diagnostics = DiagnosticCollector(examined.document.raw, examined.origin, context)
        self.tree, self.value = load_document(examined.document, self.diagnostics)
        self.changes: list[Change] = []
        self.findings: list[Finding] = []

    def run(self) -> tuple[bytes, bool]:
        """Return the new bytes, and whether an operation cannot be written into the text."""
        source = self.diagnostics.raw.data
        if (uneditable := self._uneditable()) is not None:
            rule, violation = uneditable
            place = self._place(self.objects[0], "", None)
            self.findings = [finding_at(place, rule, "error", violation)]
            return source, False
        for one in self.objects:
            try:
                text = self._patched(one)
            except (PatchError, InternalError) as error:
                self.findings = [self._finding(one, error)]
                self.changes = []
                return source, not isinstance(error, MisfitError)
            if text != self.tree.text:
                self._take(one, text)
        return self.tree.text.encode(), False

    def _patched(self, one: Object) -> str:
        plan, expected = planned(self.value, self.operations, one.base)
        try:
            return spliced(self.tree, plan, expected)
        except (PatchError, InternalError) as error:
            if not self.context.allow_reformat:
                raise
            from transformer.patch.rewrite import rewrite  # few runs need it

            text = rewrite(self.tree, [step.below(one.base) for step in self.operations], expected)
            violation = Violation("", f"re-serialized: {error.message}")
            self.findings.append(
                finding_at(self._place(one, "", None), REFUSED, "warning", violation)
            )
            return text

    def _take(self, one: Object, text: str) -> None:
        """Go on with a new text. Positions in findings are those in the old one."""
        operations = tuple(step.as_dict() for step in self.operations if step.op != "test")
        document = self.diagnostics.raw.ordinal
        self.changes.append(
            Change("patch", one.file, one.line, document, one.base, one.ref, operations)
        )
        self.tree = parse(text)
        self.value = construct(self.tree.root)

    def _uneditable(self) -> tuple[str, Violation] | None:
        """Return the rule and the reason if any edit would break the document."""
        if comment := self.diagnostics.template_comment:
            message = f"the document is a template: {comment}"
            return TEMPLATE, Violation("", message, "render it first, then patch it")
        sops = mapping_at(self.value, "sops")
        if "mac" in sops and sops.get("mac_only_encrypted") is not True:
            message = "an edit would break the MAC of this SOPS-encrypted document"
            hint = "decrypt it, patch it, and encrypt it again"
            return ENCRYPTED, Violation("", message, hint)
        return None

    def _finding(self, one: Object, error: PatchError | InternalError) -> Finding:
        rule = REFUSED
        if isinstance(error, MisfitError):
            rule = FAILED_TEST if isinstance(error, PatchTestError) else MISFIT
        message, offset = error.message, error.offset if not self.changes else None
        if offset is not None and error.other is not None:
            line = self.diagnostics.source.position(error.other).line
            message += f" (compare line {line})"
        pointer = error.pointer if isinstance(error, PatchError) else ""
        place = self._place(one, pointer, offset)
        return finding_at(place, rule, "error", Violation("", message, error.hint))

    def _place(self, one: Object, pointer: str, offset: int | None) -> Place:
        return self.diagnostics.place(one.base, one.ref, pointer, offset=offset)
