"""The old state of one cluster: its objects, and how objects of the new state are matched to them.

An object is matched by group, kind, namespace and name: in the same file first, then in any other
file of the cluster, because it may have moved. Only values that change rules compare are kept.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from transformer.errors import InputError
from transformer.findings import Finding, ObjectRef, Place
from transformer.kubernetes.nodes import is_node
from transformer.kubernetes.objects import Manifest, manifests, mapping_at
from transformer.kubernetes.pools import Pool, is_pool, pool_of
from transformer.kubernetes.well_known import EXCLUDE_ANNOTATION
from transformer.pipeline.context import RunContext
from transformer.pipeline.diagnostics import DiagnosticCollector, Origin
from transformer.pipeline.document_loader import load_document
from transformer.pipeline.documents import Document
from transformer.text.prefilter import mentions_compared

Identity: TypeAlias = tuple[str, str, str, str]
"""Group, kind, namespace, name."""


def identity(ref: ObjectRef) -> Identity:
    """Return the identity by which an object is matched."""
    return ref.group, ref.kind, ref.namespace, ref.name


class OldObject(NamedTuple):
    """An object of the old state, in the file `file` (relative); `at` is its place.

    `is_context`: its file is not validated; the object is kept only because it may have moved.
    """

    manifest: Manifest
    file: str
    at: Place
    is_context: bool = False


class OldState:
    """The objects of the old state, and the files (relative) that contain each in the new state."""

    def __init__(self) -> None:
        self._objects: dict[Identity, list[OldObject]] = {}
        self._present: Mapping[Identity, Collection[str]] = {}
        self.unread: list[Finding] = []
        """Why documents of the old state cannot be read, and so are not compared."""

    def take(
        self, document: Document, origin: Origin, context: RunContext, *, is_context: bool = False
    ) -> None:
        """Add the objects of a document of the old state."""
        found, unread = old_objects(document, origin, context, is_context=is_context)
        self.add(found)
        self.unread += unread

    def add(self, objects: Iterable[OldObject]) -> None:
        """Add objects."""
        for one in objects:
            self._objects.setdefault(identity(one.manifest.ref), []).append(one)

    def compare_with(self, present: Mapping[Identity, Collection[str]]) -> None:
        """Set which objects the new state has, and in which files."""
        self._present = present

    def before(self, ref: ObjectRef, file: str) -> Manifest | None:
        """Return the old object for `ref` in `file` of the new state, or None if it is new.

        An old object that still exists in its own file has not moved to `file`. Also return None if
        several different old objects match and none of them was in `file`.
        """
        found = self._objects.get(identity(ref), [])
        here = [known for known in found if known.file == file]
        present = self._present.get(identity(ref), ())
        found = here or [known for known in found if known.file not in present]
        are_alike = all(known.manifest.value == found[0].manifest.value for known in found)
        return found[0].manifest if found and are_alike else None

    def removed(self) -> Iterator[OldObject]:
        """Yield the objects that are not in the new state."""
        for key, found in self._objects.items():
            meant = [known for known in found if not known.is_context]
            if meant and key not in self._present:
                yield meant[-1]

    @property
    def has_objects(self) -> bool:
        """Whether there is an object that can be compared."""
        return bool(self._objects)

    def names(self) -> frozenset[str]:
        """Return the names of all objects."""
        return frozenset(name for *_, name in self._objects)

    def pools(self) -> dict[str, Pool]:
        """Return the NodePools by name; of different ones with one name, a standard one."""
        pools: dict[str, Pool] = {}
        for known in (known for found in self._objects.values() for known in found):
            if is_pool(known.manifest):
                pool = pool_of(known.manifest)
                if pool.name not in pools or not pool.host_network:
                    pools[pool.name] = pool
        return pools

    def nodes(self) -> dict[str, Manifest]:
        """Return the Nodes by name."""
        every = (found[0].manifest for found in self._objects.values())
        return {manifest.ref.name: manifest for manifest in every if is_node(manifest)}


def old_objects(
    document: Document, origin: Origin, context: RunContext, *, is_context: bool = False
) -> tuple[list[OldObject], list[Finding]]:
    """Return the objects of a document that can be compared, and why parts of it cannot be read."""
    objects: list[OldObject] = []
    unread: list[Finding] = []
    for piece in document.pieces:
        raw = piece.raw
        if not (raw.oversize or mentions_compared(raw.data)) or piece.continues:
            continue
        diagnostics = DiagnosticCollector(raw, origin, context)
        try:
            _, value = load_document(piece, diagnostics)
        except InputError as error:
            diagnostics.report_error(error.rule, error, [])
            unread += [] if is_context else diagnostics.findings
            continue
        for manifest in manifests(value, first=raw.first_item):
            if (kept := compared_part(manifest)) is not None:
                at = diagnostics.place(manifest.base, manifest.ref, "/metadata/name")
                objects.append(OldObject(kept, origin.relative_name, at, is_context))
    return objects, unread


_SHORT_LIVED = {("", "Pod"): (), ("batch", "Job"): ("spec", "template")}
"""Kinds with immutable pod templates, and the keys that lead to the template."""


def compared_part(manifest: Manifest) -> Manifest | None:
    """Return `manifest` with only those values that change rules compare.

    Return None if no rule compares its kind, or if it has no name to match it by.

    A NodePool keeps its labels, annotations, spec and the names of its nodes; a Node its labels; a
    Pod or Job the affinity of its pod template, and whether it asks for the guard; a Job also
    whether it is suspended.
    """
    value: dict[str, Any]
    if not manifest.is_named:
        return None
    if is_pool(manifest):
        nodes = mapping_at(manifest.value, "status").get("nodes")
        metadata = {key: manifest.metadata.get(key) for key in ("name", "labels", "annotations")}
        value = {"metadata": metadata, "spec": manifest.spec, "status": {"nodes": nodes}}
    elif is_node(manifest):
        value = {"metadata": {"name": manifest.ref.name, "labels": manifest.labels}}
    elif (at := _SHORT_LIVED.get((manifest.ref.group, manifest.ref.kind))) is not None:
        asks = mapping_at(manifest.value, *at, "metadata", "annotations").get(EXCLUDE_ANNOTATION)
        affinity = mapping_at(manifest.value, *at, "spec").get("affinity")
        annotations = {} if asks is None else {EXCLUDE_ANNOTATION: asks}
        value = {"metadata": {"annotations": annotations}, "spec": {"affinity": affinity}}
        for key in reversed(at):
            value = {key: value}
        if "suspend" in manifest.spec and at:
            value["spec"]["suspend"] = manifest.spec["suspend"]
    else:
        return None
    return Manifest(value, manifest.base, manifest.ref)
