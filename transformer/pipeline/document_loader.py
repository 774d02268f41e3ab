"""A document opened: its text read, its objects one by one, and what transform rules plan for them.

What `transform` and `validate` have in common.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from transformer.errors import InputError, PatchError, PlaceholderError
from transformer.findings import Severity, Violation
from transformer.kubernetes.generators import KUSTOMIZATIONS, as_kustomization
from transformer.kubernetes.objects import Manifest, is_list, manifests
from transformer.kubernetes.pod_template import pod_templates
from transformer.operations import Operation
from transformer.pipeline.diagnostics import Notes
from transformer.pipeline.documents import Part
from transformer.rules.base import Subject, TransformRule
from transformer.rules.exempt import editable
from transformer.text.framing import Frame, Opening
from transformer.yamltree import syntax
from transformer.yamltree.construct import to_plain
from transformer.yamltree.parse import read
from transformer.yamltree.template_comments import program_comment

_NO_MANIFESTS = re.compile(
    r"(?:.*/)?(?:kustomization\.ya?ml|Kustomization|Chart\.yaml"
    r"|(?:[^/]*[._-])?values(?:[._-][^/]*)?\.(?:ya?ml|json))",
    re.IGNORECASE,
)
"""Names of files that are something else than manifests: kustomizations, charts, their values."""

_AFTER_END = "no --- after the ... above; kubectl drops what follows"
_BEGIN = "begin each manifest with a --- line"


def read_document(part: Part, notes: Notes) -> tuple[syntax.Tree, Any]:
    """Return the tree and the plain value; `notes` gets text, root and program.

    Raises:
        InputError: it cannot be read, or is no manifest where one is expected.
    """
    frame = part.frame
    if frame.oversize:
        raise InputError(
            f"the document is larger than {notes.engine.max_document} bytes",
            hint="separate its manifests with ---, or raise --max-document",
        )
    try:
        text = frame.data.decode()
    except UnicodeDecodeError as error:
        notes.text = frame.data[: error.start].decode()
        raise InputError(
            "not UTF-8",
            offset=len(notes.text),
            hint="Kubernetes manifests are UTF-8: convert the file",
        ) from None
    notes.text = text
    if part.problem is not None:
        raise part.problem
    tree = read(text)
    root = notes.root = tree.root
    notes.program = _program(tree, notes)
    is_input = notes.origin.is_named and not notes.origin.is_patch
    if isinstance(root, syntax.Sequence) and root.is_flow and is_input:
        raise InputError(
            "an array is no Kubernetes manifest, and kubectl refuses it",
            offset=root.start,
            hint="wrap it in an object of `kind: List`, as its `items`",
        )
    return tree, to_plain(root)


def objects(value: Any, notes: Notes) -> Iterator[Manifest]:
    """Yield the manifests in a document's plain value, and note what in it is none (HN903).

    In a file of its own a kustomization may leave out what it is.
    """
    found = list(manifests(value))
    if value is not None and not found and not is_list(value) and not notes.origin.is_patch:
        _remark_no_kind(notes, "", "this document is no mapping")
    is_kustomization = PurePath(notes.origin.file).name in KUSTOMIZATIONS
    for manifest in found:
        if manifest.ref.kind and manifest.ref.version:
            yield manifest
        elif is_kustomization and (kustomization := as_kustomization(manifest)) is not None:
            yield kustomization
        else:
            missing = "kind" if manifest.ref.version else "apiVersion"
            _remark_no_kind(notes, manifest.base, f"this document has no {missing}")


def _remark_no_kind(notes: Notes, base: str, message: str) -> None:
    if not notes.origin.is_named and _NO_MANIFESTS.fullmatch(notes.origin.file):
        return
    severity: Severity = "warning" if notes.origin.is_named else "info"
    hint = "it is no Kubernetes manifest, and nothing in it is touched"
    notes.remark("HN903", severity, message, hint, base)


def _program(tree: syntax.Tree, notes: Notes) -> str:
    """Return which comment shows that a document is a template, or nothing."""
    found = program_comment(tree)
    if found is None:
        return ""
    offset, text = found
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    return f"`{shown}` in line {notes.line_at(offset)}"


_SHOWN = 60


def subject_of(manifest: Manifest, document: Any, notes: Notes) -> Subject:
    """Return what rules see of an object of `document` (its plain value)."""
    world, origin = notes.engine.world, notes.origin
    return Subject(
        manifest,
        pod_templates(manifest, world.rows),
        world,
        document,
        origin.is_patch,
        program=notes.program,
        is_named=origin.is_named,
        listing=origin.listing,
    )


def is_edited(subject: Subject, planned: Mapping[str, Sequence[Operation]]) -> bool:
    """Whether transform rules would edit the object."""
    return any(editable(subject, operations) for operations in planned.values())


def failures_of(
    failures: Iterable[tuple[str, PatchError]],
) -> Iterator[tuple[str, Severity, Violation]]:
    """Yield what is to be said of transform rules that cannot be applied: rule, severity, and what
    is wrong. A placeholder is told once, whatever rules it stops.
    """
    told: set[str] = set()
    for rule, error in failures:
        found = Violation(error.pointer, error.message, error.hint)
        if not isinstance(error, PlaceholderError):
            yield rule, "error", found
        elif error.pointer not in told:
            told.add(error.pointer)
            yield "HN428", "warning", found


def remark_opening(frame: Frame, notes: Notes, *, is_empty: bool, glued: str) -> None:
    """Note that a document begins without the `---` that should be there (HN904).

    `glued` says what becomes of one that runs on from the manifest above it.
    """
    if frame.opening is Opening.GLUED:
        notes.remark("HN904", "warning", glued, _BEGIN)
    elif frame.opening is Opening.AFTER_END and not is_empty:
        notes.remark("HN904", "warning", _AFTER_END, _BEGIN)


def plans(
    subject: Subject, rules: Sequence[TransformRule]
) -> tuple[dict[str, list[Operation]], list[tuple[str, PatchError]]]:
    """Return what the rules want to do, by id (only those that want something), and which of them
    cannot be applied, with the reason.

    Raises:
        PoolsNeeded: a rule depends on a pool that later input may bring.
    """
    planned: dict[str, list[Operation]] = {}
    failures: list[tuple[str, PatchError]] = []
    for rule in rules:
        try:
            operations = rule.plan(subject)
        except PatchError as error:
            failures.append((rule.id, error))
        else:
            if operations:
                planned[rule.id] = operations
    return planned, failures
