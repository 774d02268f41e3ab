"""Which object of which file a built one comes from: the names that kustomizations give on the way.

An object is followed from its file through the kustomizations, so that it is known what it is
called at the end.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from transformer.findings import ObjectRef
from transformer.inputs.builds.closure import Closure, Layer
from transformer.inputs.builds.objects import Objects
from transformer.kubernetes.objects import Manifest, mapping_at, text_of
from transformer.pipeline import kustomize_layers
from transformer.pipeline.kustomization_graph import listed
from transformer.pipeline.kustomize_layers import Built, as_source, labels_of, pairs

Way: TypeAlias = tuple[str, ...]
"""The folders of the kustomizations that an object passes, the outermost last."""

_Key: TypeAlias = tuple[str, str, str]
"""Group, kind and name."""


class SourceObject(NamedTuple):
    """An object in a file, in the document of this number; `way` is the one that it takes, or None
    if that is not known.
    """

    file: str
    document: int
    manifest: Manifest
    way: Way | None


class _End(NamedTuple):
    """An object that goes in, and its namespace when it comes out."""

    source: SourceObject
    namespace: str


@dataclass(slots=True)
class Sources:
    """The objects that go into a build.

    `here` returns where a file was copied from, and `objects_of` what is in it.
    """

    went_in: Closure
    here: Callable[[str], str]
    objects_of: Callable[[str], Objects]
    _ways: dict[str, list[Way]] = field(init=False)
    _renamings: dict[str, kustomize_layers.Layer] = field(init=False)
    _ends: dict[str, dict[_Key, list[_End]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._ways = {self.here(file): found for file, found in ways(self.went_in).items()}
        self._renamings = {at: _renaming(layer) for at, layer in self.went_in.layers.items()}

    def of(self, built: ObjectRef, file: str) -> SourceObject | None:
        """Return the only object that a built one can come from. It is in `file`, if kustomizations
        list that; of a generator or a patch, kustomize names the kustomization.

        It is one that has its name at the end of its way, or else (other things change names, too)
        one whose name is part of it.
        """
        ends = [
            end
            for one in ((file,) if file in self._ways else self._ways)
            for end in self._ends_of(one).get((built.group, built.kind, built.name), ())
        ]
        there = [end for end in ends if end.namespace == built.namespace] or ends
        return _only(end.source for end in there) if ends else _only(self._alike(built, file))

    def states(self, source: SourceObject, built: Manifest) -> Iterator[tuple[str, Built, Built]]:
        """Yield the folders on the way of an object, with the object before and after each."""
        if source.way is not None:
            yield from self._on(source.way, source.manifest)
            return
        state = as_source(built).renamed(source.manifest.ref).renamed(built.ref)
        yield from ((folder, state, state) for folder in self.went_in.layers)

    def _on(self, way: Way, manifest: Manifest) -> Iterator[tuple[str, Built, Built]]:
        built = as_source(manifest)
        for folder in way:
            before, built = built, self._renamings[folder].apply(built)
            yield folder, before, built

    def _ends_of(self, file: str) -> dict[_Key, list[_End]]:
        if file not in self._ends:
            ends = self._ends[file] = {}
            for way in self._ways.get(file, ()):
                for (number, _), manifest in self.objects_of(file).items().items():
                    *_, (_, _, built) = self._on(way, manifest)
                    ref = built.refs[-1]
                    end = _End(SourceObject(file, number, manifest, way), ref.namespace)
                    ends.setdefault((ref.group, ref.kind, ref.name), []).append(end)
        return self._ends[file]

    def _alike(self, built: ObjectRef, file: str) -> Iterator[SourceObject]:
        objects = self.objects_of(file).items() if file in self._ways else {}
        for (number, _), manifest in objects.items():
            ref = manifest.ref
            if (ref.group, ref.kind) == (built.group, built.kind) and ref.name in built.name:
                yield SourceObject(file, number, manifest, None)


def _only(found: Iterable[SourceObject]) -> SourceObject | None:
    """Return what was found if it is one object; its way is not known if there are several."""
    every = list(found)
    if len({(one.file, one.document, one.manifest.base) for one in every}) != 1:
        return None
    return every[0] if len(every) == 1 else every[0]._replace(way=None)


def ways(went_in: Closure) -> dict[str, list[Way]]:
    """Return the ways of the files that kustomizations list, by real path.

    The components of a kustomization get its resources one after another, and then it does the rest
    itself, as in kustomize (`KustTarget.accumulateTarget`).
    """
    layers = went_in.layers
    found: dict[str, list[Way]] = {}

    def add(folder: str, after: Way, above: frozenset[str]) -> Way:
        """Add the ways through a folder that go on with `after`; return that of its resources."""
        if folder in above:
            return after  # a cycle: kustomize refuses it
        after, above = (folder, *after), above | {folder}
        for path in reversed(list(_entries(layers[folder], "components"))):
            after = add(path, after, above) if path in layers else after
        for path in _entries(layers[folder], "resources", "bases"):
            if path in layers:
                add(path, after, above)
            else:
                found.setdefault(path, []).append(after)
        return after

    for root in list(layers)[:1]:
        add(root, (), frozenset())
    return found


def _entries(layer: Layer, *fields: str) -> Iterator[str]:
    """Yield the real paths of what a kustomization lists in some fields."""
    for entry in listed({name: layer.value.get(name) for name in fields}):
        yield os.path.realpath(layer.file.parent / entry)


def _renaming(layer: Layer) -> kustomize_layers.Layer:
    """Return what a kustomization does to names, namespaces and labels, without its patches."""
    value = layer.value
    return kustomize_layers.Layer(
        namespace=text_of(value.get("namespace")),
        prefix=text_of(value.get("namePrefix")),
        suffix=text_of(value.get("nameSuffix")),
        labels=labels_of(value),
        annotations=pairs(mapping_at(value, "commonAnnotations")),
    )
