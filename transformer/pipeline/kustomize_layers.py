"""What one kustomization does to an object, as far as patches above it can tell.

A patch finds its objects by kind, name and namespace: those that they have now, or had before a
kustomization changed them. Only these, labels and annotations are followed here; of the other
patched fields it is only known whether they may decide where pods run. The order is that of
kustomize (`KustTarget.runTransformers`).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from transformer.findings import ObjectRef
from transformer.kubernetes.label_selector import selects
from transformer.kubernetes.name_pattern import matches
from transformer.kubernetes.objects import Manifest, list_at, manifests, mapping_at, text_of
from transformer.pipeline.patch_effects import decides
from transformer.pointer import split

_NO_NAMESPACE = frozenset(
    {
        "APIService",
        "CSIDriver",
        "CSINode",
        "CertificateSigningRequest",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "FlowSchema",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "RuntimeClass",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
    }
)
"""Kinds that kustomize knows to have no namespace. Custom resources have one for it."""

_KEEP_NAMES = ("CustomResourceDefinition", "APIService", "Namespace")
"""Kinds whose names get no prefix or suffix."""


class Target(NamedTuple):
    """The `target` of a patch: patterns, and selectors as text. Empty ones match everything."""

    group: str = ""
    version: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""
    labels: str = ""
    annotations: str = ""

    def selects(self, built: "Built") -> bool:
        """Whether the patch is for an object: by its first name or the current one, and so on."""
        first, now = built.refs[0], built.refs[-1]
        return (
            matches(self.kind, now.kind)
            and matches(self.group, now.group)
            and matches(self.version, now.version)
            and (matches(self.name, first.name) or matches(self.name, now.name))
            and any(matches(self.namespace, _namespace(ref)) for ref in (first, now))
            and selects(self.labels, dict(built.labels))
            and selects(self.annotations, dict(built.annotations))
        )


_Pairs = tuple[tuple[str, str], ...]


class Patch(NamedTuple):
    """A patch in `file` (its name in messages).

    It is for the objects that `target` selects. Without a target it is for `objects`, each of which
    it names as it is at any time. `labels` and `annotations` are those that it sets (None: it
    removes them); `clears` names which of the two it removes before. `deletes`: it removes the
    object. `decides`: it may decide where pods run (`patch_effects.py`); if it names no objects, it
    is not known which they are, and it may do so for any.
    """

    file: str
    target: Target | None = None
    objects: tuple[ObjectRef, ...] = ()
    labels: tuple[tuple[str, str | None], ...] = ()
    annotations: tuple[tuple[str, str | None], ...] = ()
    clears: frozenset[str] = frozenset()
    deletes: bool = False
    decides: bool = False

    def is_for(self, built: "Built") -> bool:
        if self.target is not None:
            return self.target.selects(built)
        return any(_is_same(one, ref) for one in self.objects for ref in built.refs)

    def may_decide(self, built: "Built") -> bool:
        """Whether it may decide where the pods of an object run."""
        is_for_any = self.target is None and not self.objects
        return self.decides and (is_for_any or self.is_for(built))

    def apply(self, built: "Built") -> "Built":
        return built._replace(
            labels=_updated(() if "labels" in self.clears else built.labels, self.labels),
            annotations=_updated(
                () if "annotations" in self.clears else built.annotations, self.annotations
            ),
            patches=tuple(dict.fromkeys((*built.patches, self.file))),
            is_deleted=built.is_deleted or self.deletes,
        )


class Layer(NamedTuple):
    """What one kustomization does to the objects that it builds.

    `patches` come before the namespace and the names, `late_patches` after them. `components` are
    the folders of those that it lists. `handled` are the rules for which our own transformer, which
    it lists, leaves nothing to report. `for_homeless` is the namespace that objects without one get
    after all else. `undoes` is the prefix and the suffix that objects come with, because they are
    built already, and that patches do not see.
    """

    patches: tuple[Patch, ...] = ()
    namespace: str = ""
    prefix: str = ""
    suffix: str = ""
    labels: _Pairs = ()
    annotations: _Pairs = ()
    late_patches: tuple[Patch, ...] = ()
    components: tuple[str, ...] = ()
    handled: frozenset[str] = frozenset()
    for_homeless: str = ""
    undoes: tuple[str, str] = ("", "")

    @property
    def matters(self) -> bool:
        """Whether it has patches, our own transformer, or changes what objects are called."""
        is_renaming = self.namespace or self.prefix or self.suffix or self.for_homeless
        return bool(self.patches or self.late_patches or self.handled or is_renaming)

    def with_deployment(self, other: "Layer") -> "Layer":
        """Return this layer with what a deployment adds to the kustomization."""
        return self._replace(
            patches=(*self.patches, *other.patches),
            namespace=other.namespace or self.namespace,
            prefix=other.prefix or self.prefix,
            suffix=other.suffix or self.suffix,
            labels=_updated(self.labels, other.labels),
            late_patches=(*self.late_patches, *other.late_patches),
            components=(*self.components, *other.components),
            for_homeless=other.for_homeless,
        )

    def apply(self, built: "Built") -> "Built":
        """Return an object as this kustomization passes it on."""
        if any(self.undoes):
            built = built._replace(refs=(_without(built.refs[-1], *self.undoes),))
        built = _patched(built, self.patches)
        ref = built.refs[-1]
        if self.namespace:
            has_none = ref.kind in _NO_NAMESPACE
            built = built.renamed(ref if has_none else ref._replace(namespace=self.namespace))
        for prefix, suffix in ((self.prefix, ""), ("", self.suffix)):
            ref = built.refs[-1]
            if (prefix or suffix) and ref.kind not in _KEEP_NAMES:
                built = built.renamed(ref._replace(name=f"{prefix}{ref.name}{suffix}"))
        if self.labels or self.annotations or self.handled:
            built = built._replace(
                labels=_updated(built.labels, self.labels),
                annotations=_updated(built.annotations, self.annotations),
                handled=built.handled | self.handled,
            )
        built = _patched(built, self.late_patches)
        ref = built.refs[-1]
        if ref.namespace or ref.kind in _NO_NAMESPACE or not self.for_homeless:
            return built
        return built.renamed(ref._replace(namespace=self.for_homeless))


class Built(NamedTuple):
    """An object on its way through kustomizations.

    `refs` are its identities, from the first to the current one. `patches` are the files of the
    patches that it got, `deciding` those that may decide where its pods run, `handled` as in
    `Layer`.
    """

    refs: tuple[ObjectRef, ...]
    labels: _Pairs = ()
    annotations: _Pairs = ()
    patches: tuple[str, ...] = ()
    handled: frozenset[str] = frozenset()
    is_deleted: bool = False
    deciding: tuple[str, ...] = ()

    def renamed(self, ref: ObjectRef) -> "Built":
        return self if ref == self.refs[-1] else self._replace(refs=(*self.refs, ref))


def as_source(manifest: Manifest) -> Built:
    """Return an object as it is in a file."""
    return Built((manifest.ref,), pairs(manifest.labels), pairs(manifest.annotations))


def pairs(value: Mapping[Any, Any]) -> _Pairs:
    """Return the texts in a mapping, in order."""
    return tuple(
        sorted(
            (key, item)
            for key, item in value.items()
            if isinstance(key, str) and isinstance(item, str)
        )
    )


def patch_of(
    file: str,
    target: Target | None,
    contents: Iterable[Any],
) -> Patch | None:
    """Return a patch with the plain values `contents`: objects to merge, or RFC 6902 operations.

    None if it is for nothing. If nothing is known of it, it may be for anything.
    """
    contents = list(contents)
    may_decide = decides(contents)
    objects: list[ObjectRef] = []
    changed: dict[str, dict[str, str | None]] = {"labels": {}, "annotations": {}}
    clears: set[str] = set()
    deletes = False
    for value in contents:
        if isinstance(value, list):
            for operation in value:
                _note_operation(operation, changed, clears)
            continue
        objects += [one.ref for one in manifests(value)]
        deletes = deletes or mapping_at(value).get("$patch") == "delete"
        for field, found in changed.items():
            if mapping_at(value, "metadata").get(field, "") is None:
                clears.add(field)
            for key, item in mapping_at(value, "metadata", field).items():
                if isinstance(key, str) and (item is None or isinstance(item, str)):
                    found[key] = item
    if target is None and not objects:
        return Patch(file, decides=True) if not any(contents) else None
    is_one = len(objects) <= 1
    return Patch(
        file,
        target,
        tuple(objects),
        tuple(changed["labels"].items()) if is_one else (),
        tuple(changed["annotations"].items()) if is_one else (),
        frozenset(clears) if is_one else frozenset(),
        deletes and is_one,
        may_decide,
    )


def _note_operation(
    operation: Any, changed: Mapping[str, dict[str, str | None]], clears: set[str]
) -> None:
    """Note which labels and annotations an operation sets or removes."""
    path = text_of(mapping_at(operation).get("path"))
    match split(path) if path.startswith("/metadata/") else ():
        case ["metadata", ("labels" | "annotations") as field, key]:
            value = operation.get("value")
            is_set = operation.get("op") in ("add", "replace") and isinstance(value, str)
            if is_set or operation.get("op") == "remove":
                changed[field][key] = value if is_set else None
        case ["metadata", ("labels" | "annotations") as field]:
            changed[field].clear()
            changed[field].update(pairs(mapping_at(operation, "value")))
            clears.add(field)


def target_of(value: Any) -> Target:
    """Return the `target` of an entry of `patches`, or of `patchesJson6902`."""
    at = mapping_at(value)
    return Target(
        text_of(at.get("group")),
        text_of(at.get("version")),
        text_of(at.get("kind")),
        text_of(at.get("name")),
        text_of(at.get("namespace")),
        text_of(at.get("labelSelector")),
        text_of(at.get("annotationSelector")),
    )


def labels_of(value: Mapping[str, Any]) -> _Pairs:
    """Return the labels that a kustomization sets."""
    found = dict(pairs(mapping_at(value, "commonLabels")))
    for entry in list_at(value, "labels"):
        found.update(pairs(mapping_at(entry, "pairs")))
    return tuple(sorted(found.items()))


def _patched(built: Built, patches: Iterable[Patch]) -> Built:
    for patch in patches:
        if patch.may_decide(built):
            built = built._replace(deciding=tuple(dict.fromkeys((*built.deciding, patch.file))))
        if not built.is_deleted and patch.is_for(built):
            built = patch.apply(built)
    return built


def _without(ref: ObjectRef, prefix: str, suffix: str) -> ObjectRef:
    is_named_so = ref.name.startswith(prefix) and ref.name.endswith(suffix)
    if ref.kind in _KEEP_NAMES or not is_named_so:
        return ref
    return ref._replace(name=ref.name.removeprefix(prefix).removesuffix(suffix))


def _namespace(ref: ObjectRef) -> str:
    """Return the namespace that kustomize compares."""
    if ref.kind in _NO_NAMESPACE:
        return "_non_namespaceable_"
    return ref.namespace or "default"


def _is_same(one: ObjectRef, other: ObjectRef) -> bool:
    return (
        (one.name, one.kind, one.group, one.version)
        == (other.name, other.kind, other.group, other.version)
    ) and _namespace(one) == _namespace(other)


def _updated(before: _Pairs, changes: Iterable[tuple[str, str | None]]) -> _Pairs:
    changes = tuple(changes)
    if not changes:
        return before
    after: dict[str, str | None] = {**dict(before), **dict(changes)}
    return tuple(_present(after))


def _present(found: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    for key, value in sorted(found.items()):
        if value is not None:
            yield key, value
