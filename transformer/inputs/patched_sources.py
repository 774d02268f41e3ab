"""What the kustomizations of a run do to the objects of its files: read once, before validation."""

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from transformer.errors import InputError
from transformer.inputs.deployed_layers import Deployed
from transformer.inputs.discovery import Source
from transformer.inputs.kustomizations import Kustomizations
from transformer.inputs.reading import documents_of, value_of
from transformer.kubernetes.generators import KUSTOMIZATIONS
from transformer.kubernetes.objects import Manifest, list_at, manifests, mapping_at, text_of
from transformer.pipeline.context import RunContext
from transformer.pipeline.documents import documents
from transformer.pipeline.kustomization_graph import Kustomization, listed
from transformer.pipeline.kustomize_layers import (
    Layer,
    Patch,
    labels_of,
    pairs,
    patch_of,
    target_of,
)
from transformer.pipeline.patch_effects import replacement_decides, transformer_decides
from transformer.pipeline.patched_sources import PatchedSources

_OWN = ("transform.hostnet.io", "HostnetTransform")
_HANDLED = {"node-label": "HN311", "cni-isolation": "HN406", "pod-guard": "HN426"}
"""The rules of our transformer, and the rule that then has nothing to report."""

_DEEPEST = 10
"""The maximum depth of folders under `transformers`."""


def read_patched_sources(
    kustomizations: Kustomizations,
    sources: Sequence[Source],
    context: RunContext,
    others: Sequence[Source] = (),
    deployed: Sequence[Deployed] = (),
    went_in: Iterable[tuple[Source, Mapping[str, Any]]] = (),
) -> PatchedSources | None:
    """Return what the kustomizations, and what is `deployed`, do to the objects of `sources`; None
    if they do nothing.

    `others` are further files, which only kustomizations name. `went_in` are the kustomizations
    before builds.
    A patch that cannot be read, or that is not among the files, is for nothing without a target.
    """
    reader = _Reader(kustomizations, sources, others, context)
    layers = [reader.layer(source, value) for source, value in kustomizations.values]
    every = list(zip(kustomizations.graph.all, layers, strict=True))
    numbers: dict[str, list[int]] = {}
    for number, (known, _) in enumerate(every):
        numbers.setdefault(known.folder, []).append(number)
    names_in = {kustomizations.real.of(one.path.parent): _names(value) for one, value in went_in}
    gone: list[int] = []
    patches: set[str] = set()
    for one in deployed:
        layer, own = reader.deployed(one), numbers.get(one.folder, ()) if one.is_whole else ()
        patches.update(patch.file for patch in (*layer.patches, *layer.late_patches))
        every += _added(one, layer, [every[number] for number in own])
        names = names_in.get(one.folder, Layer()) if one.is_whole else Layer()
        above = Kustomization(_key(one), (*map(as_built, one.entries), *layer.components))
        every.append((above, names.with_deployment(layer)))
        gone += own
    graph, layers = [one for one, _ in every], [one for _, one in every]
    return PatchedSources(graph, layers, gone, patches) or None


def as_built(folder: str) -> str:
    """Return what stands for the result of a build among the entries of a kustomization."""
    return f"{folder}\0built"


def _added(
    one: Deployed, layer: Layer, in_folder: Sequence[tuple[Kustomization, Layer]]
) -> Iterator[tuple[Kustomization, Layer]]:
    """Yield the kustomizations, each with what it does, that stand for a deployment: those that it
    makes of the ones in its folder, or one that lists what it takes.
    """
    for known, its in in_folder:
        yield (
            Kustomization(_key(one), (*known.entries, *layer.components)),
            its.with_deployment(layer),
        )
    if not in_folder:
        yield Kustomization(_key(one), (*one.entries, *layer.components)), layer


def _key(one: Deployed) -> str:
    """Return what is the folder of no other kustomization."""
    return f"{one.source.path}\0{one.deployment.ref}"


def _names(value: Mapping[str, Any]) -> Layer:
    """Return a layer for what a kustomization has built, which gives it the same names."""
    prefix, suffix = text_of(value.get("namePrefix")), text_of(value.get("nameSuffix"))
    return Layer(prefix=prefix, suffix=suffix, undoes=(prefix, suffix))


class _Reader:
    """Reads what kustomizations name: patches, and transformers."""

    def __init__(
        self,
        kustomizations: Kustomizations,
        sources: Sequence[Source],
        others: Sequence[Source],
        context: RunContext,
    ) -> None:
        self._kustomizations = kustomizations
        self._real = kustomizations.real
        self._sources = (*sources, *others)
        self._others = {source.path for source in others}
        self._context = context
        self._by_path: Mapping[str, Source] | None = None
        self._by_folder: dict[str, list[tuple[Path, Mapping[str, Any]]]] | None = None

    def layer(self, source: Source, value: Mapping[str, Any]) -> Layer:
        """Return what a kustomization with the plain `value` does."""
        folder = source.path.parent
        transformers = list(self._transformers(folder, value))
        deciding = self._deciding(source, value, transformers)
        return Layer(
            (*self._merges(source, value), *self._patches(source, list_at(value, "patches"))),
            text_of(value.get("namespace")),
            text_of(value.get("namePrefix")),
            text_of(value.get("nameSuffix")),
            labels_of(value),
            pairs(mapping_at(value, "commonAnnotations")),
            (
                *self._patches(source, list_at(value, "patchesJson6902")),
                *self._patches(source, _configured_patches(transformers)),
                *deciding,
            ),
            tuple(self._real.of(folder / one) for one in _texts(value, "components")),
            _handled(transformers),
        )

    def deployed(self, one: Deployed) -> Layer:
        """Return what a deployment adds to the kustomization in its folder."""
        name = f"{self._name(one.source)}, {one.deployment.ref}"
        source = one.source._replace(path=Path(one.folder, KUSTOMIZATIONS[0]), name=name)
        layer = self.layer(source, one.deployment.fields)
        return layer._replace(for_homeless=one.deployment.namespace)

    def _merges(self, source: Source, value: Mapping[str, Any]) -> Iterator[Patch]:
        for entry in _texts(value, "patchesStrategicMerge"):
            contents = _inline(entry)
            name = self._name(source)
            if not any(map(mapping_at, contents)):
                name, contents = self._named(source, entry)
            if (patch := patch_of(name, None, contents)) is not None:
                yield patch

    def _patches(self, source: Source, entries: Iterable[Any]) -> Iterator[Patch]:
        for entry in entries:
            name, contents = self._contents(source, entry)
            has_target = isinstance(mapping_at(entry).get("target"), dict)
            target = target_of(entry["target"]) if has_target else None
            if (patch := patch_of(name, target, contents)) is not None:
                yield patch

    def _deciding(
        self, source: Source, value: Mapping[str, Any], transformers: Sequence[Manifest | None]
    ) -> Iterator[Patch]:
        """Yield, as patches, what else may decide where pods run: transformers, as far as they are
        not known to change other fields, and replacements.
        """
        name = self._name(source)
        if any(one is None or _may_decide(one) for one in transformers):
            yield Patch(name, decides=True)
        for entry in map(mapping_at, list_at(value, "replacements")):
            path = text_of(entry.get("path"))
            found = self._named(source, path)[1] if path else [entry]
            if not any(found):
                yield Patch(name, decides=True)
            for one in found:
                for each in one if isinstance(one, list) else [one]:
                    for replaced in map(mapping_at, list_at(mapping_at(each), "targets")):
                        if replacement_decides(replaced):
                            yield Patch(name, target_of(replaced.get("select")), decides=True)

    def _contents(self, source: Source, entry: Any) -> tuple[str, list[Any]]:
        """Return the file of a patch (its name in messages), and its plain values."""
        path, inline = (text_of(mapping_at(entry).get(key)) for key in ("path", "patch"))
        return self._named(source, path) if path else (self._name(source), _inline(inline))

    def _named(self, source: Source, entry: str) -> tuple[str, list[Any]]:
        """Return the same for the file that a kustomization names."""
        if "\n" in entry or "\0" in entry:
            return self._name(source), []
        found = self._known(source.path.parent, entry)
        if found is not None:
            return self._name(found), list(self._values(found))
        folder = posixpath.dirname(self._name(source))
        return posixpath.normpath(posixpath.join(folder, entry)), []

    def _name(self, source: Source) -> str:
        """Return the name of a file in messages: the one that its findings have, if it has any."""
        return source.relative if source.path in self._others else source.name

    def _known(self, folder: Path, entry: str) -> Source | None:
        """Return the file that a kustomization in `folder` names, if it belongs to the run: nothing
        else is opened.
        """
        if self._by_path is None:
            self._by_path = {self._real.of(one.path): one for one in self._sources}
        return self._by_path.get(self._real.of(folder / entry))

    def _values(self, source: Source | None) -> Iterator[Any]:
        if source is not None:
            with suppress(OSError, InputError):
                yield from map(value_of, documents_of(source, self._context))

    def _transformers(self, folder: Path, value: Mapping[str, Any]) -> Iterator[Manifest | None]:
        """Yield the objects under `transformers`; None for an entry that cannot be read."""
        for entry in _texts(value, "transformers"):
            contents = _inline(entry)
            if not any(map(mapping_at, contents)):
                contents = list(self._objects(folder, entry, _DEEPEST))
            if not any(map(mapping_at, contents)):
                yield None
            for content in contents:
                yield from manifests(content)

    def _objects(self, folder: Path, entry: str, depth: int) -> Iterator[Any]:
        """Yield the plain values in a file, or in what a kustomization in a folder lists."""
        if "\n" in entry or "\0" in entry:
            return
        below = self._real.of(folder / entry)
        for path, value in self._in_folder(below) if depth else ():
            for one in listed(value):
                yield from self._objects(path, one, depth - 1)
        yield from self._values(self._known(folder, entry))

    def _in_folder(self, real: str) -> list[tuple[Path, Mapping[str, Any]]]:
        """Return the kustomizations in a folder, each with the folder as it is written."""
        if self._by_folder is None:
            self._by_folder = {}
            for source, value in self._kustomizations.values:
                folder = source.path.parent
                self._by_folder.setdefault(self._real.of(folder), []).append((folder, value))
        return self._by_folder.get(real, [])


def _may_decide(transformer: Manifest) -> bool:
    """Whether a transformer, which is not ours, may decide where pods run."""
    ref = transformer.ref
    is_ours = (ref.group, ref.kind) == _OWN
    return not is_ours and transformer_decides(ref.version, ref.kind, transformer.value)


def _configured_patches(transformers: Iterable[Manifest | None]) -> Iterator[Any]:
    """Yield what kustomize's own transformer of patches has as its configuration."""
    for one in filter(None, transformers):
        if one.ref.kind == "PatchTransformer" and one.ref.version == "builtin":
            yield one.value


def _handled(transformers: Iterable[Manifest | None]) -> frozenset[str]:
    handled: set[str] = set()
    for one in filter(None, transformers):
        if (one.ref.group, one.ref.kind) == _OWN:
            rules = mapping_at(one.value, "spec", "rules")
            handled.update(
                rule for name, rule in _HANDLED.items() if rules.get(name) not in (False, "off")
            )
    return frozenset(handled)


def _texts(value: Mapping[str, Any], field: str) -> list[str]:
    return [one for one in list_at(value, field) if isinstance(one, str)]


def _inline(text: str) -> list[Any]:
    """Return the plain values in a text; none if it cannot be read."""
    try:
        return [value_of(document) for document in documents([text.encode()])]
    except (InputError, UnicodeEncodeError):
        return []
