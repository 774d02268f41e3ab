"""Which objects of the input a JSON patch is for: known before the first of them is edited."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from transformer.errors import InputError, SettingsError
from transformer.findings import Finding, ObjectRef, Place, Violation, finding_at
from transformer.globs import matches_object
from transformer.kubernetes.objects import is_list, manifests
from transformer.pipeline.context import RunContext
from transformer.pipeline.diagnostics import DiagnosticCollector, Origin
from transformer.pipeline.document_loader import load_document
from transformer.pipeline.documents import Document
from transformer.regexes import regex

MISFIT = "patch"
"""The rule in findings on operations that do not fit the input."""

_LITERAL = regex(r"[^*?\[]*")
_TARGET = regex(r"[^/]+/(?:[^/]+/)?[^/]+")
_NO_KIND = "document"
"""What stands for the kind of an object that has none; no target matches it."""

_HINT = (
    "a target is Kind/namespace/name as the manifest has them, with their upper case, or Kind/name"
    " for any namespace, also none"
)


class Object(NamedTuple):
    """An object of a document: its pointer there, its identity, and the line that it begins in."""

    base: str
    ref: ObjectRef
    file: str
    line: int

    def __str__(self) -> str:
        """Return which object it is and where, for messages."""
        return f"{self.ref} ({self.file}:{self.line})"


class Examined(NamedTuple):
    """A document and its objects that a patch is for, or what prevents that it can be read.

    `is_list`: the objects are the items of a List.
    """

    document: Document
    origin: Origin
    objects: tuple[Object, ...] = ()
    is_list: bool = False
    findings: tuple[Finding, ...] = ()
    failed: bool = False


def examine(
    document: Document, origin: Origin, context: RunContext, target: str | None
) -> Examined:
    """Return the objects of a document that match `target`; all of them if it is None.

    A document in which the name of the target does not occur is not read.
    """
    if document.continues:
        return Examined(document, origin, failed=True)
    if target and not _may_have(document.raw.data, target):
        return Examined(document, origin)
    diagnostics = DiagnosticCollector(document.raw, origin, context)
    try:
        _, value = load_document(document, diagnostics)
        if document.manifests:
            raise InputError(
                "there is no --- between two manifests",
                offset=0,
                hint=f"write one above line {document.manifests[1].line}",
                rule="HN904",
            )
    except InputError as error:
        failed = diagnostics.report_error(error.rule, error, [])
        return Examined(document, origin, (), False, tuple(diagnostics.findings), failed)
    found = tuple(_objects(value, diagnostics, target))
    return Examined(document, origin, found, is_list(value))


def _may_have(data: bytes, target: str) -> bool:
    """Whether an object with the name of `target` may be in a document, as far as bytes show."""
    start = _LITERAL.match(target.rpartition("/")[2])
    return start is None or b"\\" in data or start.group().encode() in data


def _objects(value: Any, diagnostics: DiagnosticCollector, target: str | None) -> Iterable[Object]:
    """Yield the objects in a document's value; without a target, any mapping or list is one."""
    file = diagnostics.origin.file
    found = [(one.base, one.ref) for one in manifests(value)]
    if not found and isinstance(value, dict | list) and not is_list(value):
        found = [("", ObjectRef("", "", "", "", ""))]
    for base, ref in found:
        if not ref.kind:
            ref = ObjectRef("", "", _NO_KIND, "", str(diagnostics.raw.ordinal + 1))
            if target:
                continue
        if not target or matches_object(str(ref), target):
            yield Object(base, ref, file, diagnostics.place(base, with_excerpt=False).line)


def check_target(target: str) -> None:
    """Check that a target can match an object.

    Raises:
        SettingsError: it cannot.
    """
    if _TARGET.fullmatch(target) is None:
        message = f"{target!r} is not Kind/namespace/name or Kind/name"
        raise SettingsError(message, hint="for example Deployment/shop/cart, or Deployment/shop-*")


def choose(every: Sequence[Examined], target: str | None, name: str) -> list[Finding]:
    """Return why it is not certain which objects a patch is for, if it is not.

    `name` is that of the input, for a message about it as a whole.
    """
    found = [one for examined in every for one in examined.objects]
    if not found:
        what = "" if target is None else f" matches {target}"
        hint = "check what writes it" if target is None else _HINT
        violation = Violation("", f"no object in the input{what}", hint)
        return [finding_at(Place(name), MISFIT, "error", violation)]
    is_list = any(examined.is_list and examined.objects for examined in every)
    if target is not None or (len(found) == 1 and not is_list):
        return []
    first, at = found[0], found[min(1, len(found) - 1)]
    more = f", and {len(found) - 2} more" if len(found) > 2 else ""
    message = f"the input has more than one object: {first}, {at}{more}"
    if first is at:
        message = "it is not clear whether the List is meant, or the item in it"
    hint = _hint([one.ref for one in (at, first)])
    place = Place(at.file, at.line, object=at.ref)
    return [finding_at(place, MISFIT, "error", Violation("", message, hint))]


def _hint(refs: Sequence[ObjectRef]) -> str:
    """Return how to say which object is meant, with the first of `refs` that can be a target."""
    ref = next((one for one in refs if one.kind != _NO_KIND), None)
    if ref is None:
        return "without a kind none can be a target: pass the one that is meant alone"
    target = str(ref) if ref.name else f"'{ref}*'"
    return f"say which one is meant, for example --target {target}"
