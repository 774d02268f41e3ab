"""A document loaded: its text, its objects one by one, and what transform rules plan for them.

This is what `transform` and `validate` have in common.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import Any

from transformer.errors import InputError, PatchError, PlaceholderError
from transformer.findings import Severity, Violation
from transformer.kubernetes.generators import KUSTOMIZATIONS, as_kustomization
from transformer.kubernetes.helm_files import as_helm_file
from transformer.kubernetes.objects import Manifest, is_list, list_at, manifests
from transformer.kubernetes.pod_template import pod_templates
from transformer.operations import Operation
from transformer.pipeline.diagnostics import DiagnosticCollector
from transformer.pipeline.documents import Document
from transformer.regexes import regex
from transformer.rules.base import TransformRule
from transformer.rules.context import RuleContext
from transformer.text.raw_document import Opening, RawDocument
from transformer.yamltree import syntax
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import decode, parse
from transformer.yamltree.template_comments import find_template_comment

_NO_MANIFESTS = regex(
    r"(?:.*/)?(?:kustomization\.ya?ml|Kustomization|Chart\.yaml"
    r"|(?:[^/]*[._-])?values(?:[._-][^/]*)?\.(?:ya?ml|json))",
    re.IGNORECASE,
)
"""Names of files that are known not to be manifests: kustomizations, charts, values of charts."""

_AFTER_END = "no --- after the ... above; kubectl drops what follows"
_BEGIN = "begin each manifest with a --- line"


def visit(
    document: Document,
    diagnostics: DiagnosticCollector,
    visit_object: Callable[[RuleContext], None],
    *,
    glued: str,
) -> tuple[syntax.Tree, Any]:
    """Pass each object of a document to `visit_object`, from top to bottom.

    Return the tree and the plain value. Non-manifests and a missing `---` are reported; `glued` is
    the message for a document without a `---` between it and the manifest above.

    Raises:
        InputError: the document cannot be read.
    """
    tree, value = load_document(document, diagnostics)
    cluster, origin = diagnostics.context.cluster, diagnostics.origin
    off = diagnostics.context.settings.rules_off
    for manifest in objects(value, diagnostics):
        templates = pod_templates(manifest, cluster.rows)
        rule_context = RuleContext(
            manifest,
            templates,
            cluster,
            value,
            origin.is_patch,
            template_comment=diagnostics.template_comment,
            is_named=origin.is_named,
            usage=origin.usage,
            deciding=diagnostics.patched(manifest).deciding if templates else (),
            off=off,
        )
        visit_object(rule_context)
    report_opening(document.raw, diagnostics, is_empty=value is None, glued=glued)
    return tree, value


def load_document(document: Document, diagnostics: DiagnosticCollector) -> tuple[syntax.Tree, Any]:
    """Return the tree and the plain value; `diagnostics` gets the text, the root, and whether the
    document is a template.

    Raises:
        InputError: it cannot be read, or is not a manifest where one is expected.
    """
    raw, source = document.raw, diagnostics.source
    if raw.oversize:
        raise _too_large(raw, diagnostics.context.max_document)
    try:
        text = source.text = decode(raw.data)
    except InputError as error:
        source.text = raw.data.decode(errors="replace")[: error.offset]
        raise
    if document.problem is not None:
        raise document.problem
    tree = parse(text)
    root = source.root = tree.root
    diagnostics.template_comment = _template_comment(tree, diagnostics)
    is_input = diagnostics.origin.is_named and not diagnostics.origin.is_patch
    if isinstance(root, syntax.Sequence) and root.is_flow and is_input:
        raise InputError(
            "an array is not a Kubernetes manifest, and kubectl refuses it",
            offset=root.start,
            hint="wrap it in an object of `kind: List`, as its `items`",
        )
    return tree, construct(root)


def _too_large(raw: RawDocument, limit: int) -> InputError:
    if raw.long_item is not None:
        message = f"/items/{raw.long_item} of this List is larger than {limit} bytes"
        return InputError(message, hint="raise --max-document")
    return InputError(
        f"the document is larger than {limit} bytes",
        hint="separate its manifests with ---, or raise --max-document",
    )


def objects(value: Any, diagnostics: DiagnosticCollector) -> Iterator[Manifest]:
    """Yield the manifests in a document's plain value, and report non-manifests (HN903).

    In files with their usual names, a kustomization needs no apiVersion or kind, a chart of Helm or
    a helmfile no kind.
    """
    found = list(manifests(value, first=diagnostics.raw.first_item))
    if value is not None and not found and not is_list(value) and not diagnostics.origin.is_patch:
        _report_no_kind(diagnostics, "", "this document is not a mapping")
    for manifest in found:
        if manifest.ref.kind and manifest.ref.version:
            yield manifest
            continue
        path = PurePath(diagnostics.origin.file)
        is_kustomization = path.name in KUSTOMIZATIONS
        if is_kustomization and (kustomization := as_kustomization(manifest)) is not None:
            yield kustomization
        elif (helm_file := as_helm_file(manifest, path.as_posix())) is not None:
            yield helm_file
        else:
            missing = "kind" if manifest.ref.version else "apiVersion"
            hint = _NOT_CHANGED
            if missing == "kind" and _has_manifests(manifest.value):
                hint = "it may be a List that is cut off; nothing in it is changed"
            _report_no_kind(diagnostics, manifest.base, f"this document has no {missing}", hint)


def _has_manifests(value: Any) -> bool:
    return any(isinstance(one, dict) and "kind" in one for one in list_at(value, "items"))


_NOT_CHANGED = "it is not a Kubernetes manifest, and nothing in it is changed"


def _report_no_kind(
    diagnostics: DiagnosticCollector, base: str, message: str, hint: str = _NOT_CHANGED
) -> None:
    if not diagnostics.origin.is_named and _NO_MANIFESTS.fullmatch(diagnostics.origin.file):
        return
    severity: Severity = "warning" if diagnostics.origin.is_named else "info"
    diagnostics.report_document_issue("HN903", severity, message, hint, base)


def _template_comment(tree: syntax.Tree, diagnostics: DiagnosticCollector) -> str:
    """Return which comment shows that a document is a template, or an empty string."""
    found = find_template_comment(tree)
    if found is None:
        return ""
    offset, text = found
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    return f"`{shown}` in line {diagnostics.source.position(offset).line}"


_SHOWN = 60


def rule_failures(
    failures: Iterable[tuple[str, PatchError]],
) -> Iterator[tuple[str, Severity, Violation]]:
    """Yield rule, severity and violation for transform rules that cannot be applied.

    A placeholder is reported once, whichever rules it affects.
    """
    reported: set[str] = set()
    for rule, error in failures:
        found = Violation(error.pointer, error.message, error.hint)
        if not isinstance(error, PlaceholderError):
            yield rule, "error", found
        elif error.pointer not in reported:
            reported.add(error.pointer)
            yield "HN428", "warning", found


def report_opening(
    raw: RawDocument, diagnostics: DiagnosticCollector, *, is_empty: bool, glued: str
) -> None:
    """Report that the `---` at the beginning of a document is missing (HN904).

    `glued` is the message for a document without a `---` between it and the manifest above.
    """
    if raw.opening is Opening.GLUED:
        diagnostics.report_document_issue("HN904", "warning", glued, _BEGIN)
    elif raw.opening is Opening.AFTER_END and not is_empty:
        diagnostics.report_document_issue("HN904", "warning", _AFTER_END, _BEGIN)


def plans(
    rule_context: RuleContext, rules: Sequence[TransformRule]
) -> tuple[dict[str, list[Operation]], list[tuple[str, PatchError]]]:
    """Return the operations that rules plan, by id (only rules that plan any), and the rules that
    cannot be applied, with the reason.

    Raises:
        PoolsNeeded: a rule depends on a pool that later input may define.
    """
    planned: dict[str, list[Operation]] = {}
    failures: list[tuple[str, PatchError]] = []
    for rule in rules:
        try:
            operations = rule.plan(rule_context)
        except PatchError as error:
            failures.append((rule.id, error))
        else:
            if operations:
                planned[rule.id] = operations
    return planned, failures
