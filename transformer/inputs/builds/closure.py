"""What goes into the build of a kustomization, and why it is not built, if it is not."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from transformer.errors import InputError
from transformer.inputs.builds.loads import (
    CHARTS,
    PLUGINS,
    as_read,
    is_remote_file,
    loaded,
    loaded_by_builtin,
)
from transformer.inputs.reading import values
from transformer.kubernetes.generators import KUSTOMIZATIONS, is_kustomization
from transformer.kubernetes.objects import list_at, mapping_at
from transformer.pipeline.coverage import is_url
from transformer.pipeline.kustomization_graph import listed
from transformer.text.framing import MAX_DOCUMENT

OWN_GROUP = "transform.hostnet.io"


@dataclass(frozen=True, slots=True)
class Layer:
    """A kustomization that goes into a build: its file, and what it says."""

    file: Path
    value: Mapping[str, Any]


class Obstacle(NamedTuple):
    """Why something is not built: `what` in the kustomization `file`, and what `many` such are."""

    file: Path
    what: str
    many: str


_REMOTE = ("a remote resource", "remote resources")
_CHART = ("a Helm chart", "Helm charts")


@dataclass(slots=True)
class Closure:
    """All that goes into the build of a folder.

    `files` are the real paths of manifests, patches, kustomizations and whatever else is loaded.
    `loads` has each of them, and each folder, by the path as it is written there.

    `own` are the kustomizations that list objects of our own kinds under `transformers` or
    `validators`, without these entries, and `configurations` the objects that transform,
    each with its file.

    `is_known`: all kustomizations can be read, so that nothing else goes in. `leaves`: a file is
    not in or below the folder of the kustomization that loads it; `is_free`: it may be loaded.
    """

    layers: dict[str, Layer] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    loads: dict[str, str] = field(default_factory=dict)
    obstacles: list[Obstacle] = field(default_factory=list)
    own: dict[str, dict[str, Any]] = field(default_factory=dict)
    configurations: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    is_known: bool = True
    leaves: bool = False
    is_free: bool = False


def closure(folder: Path) -> Closure:
    """Return what goes into the build of a folder; what cannot be read is left to kustomize."""
    found = Closure()
    _add(folder, found)
    found.obstacles += _changed_further(found, os.path.realpath(folder))
    return found


def _changed_further(found: Closure, root: str) -> Iterator[Obstacle]:
    """Yield what stands against applying our own transformers to the output of the build: in
    kustomize, each runs in its layer, and what comes after it may change its result.
    """
    for real, layer in found.layers.items():
        rest = found.own.get(os.path.realpath(layer.file), layer.value)
        before, after = (list_at(value, "transformers") for value in (layer.value, rest))
        if before != after and (real != root or before[: len(after)] != after):
            what = "a HostnetTransform whose result is built further"
            yield Obstacle(layer.file, what, "transformers")


def kustomization_in(folder: Path) -> Layer | None:
    """Return the kustomization of a folder, or None if it has none that can be read."""
    for name in KUSTOMIZATIONS:
        path = folder / name
        with suppress(OSError, InputError, ValueError):
            if path.is_file():
                with path.open("rb") as file:
                    value = as_read(mapping_at(next(values(file, MAX_DOCUMENT), None)))
                group = str(value.get("apiVersion") or "").rpartition("/")[0]
                if is_kustomization(group, str(value.get("kind") or "")):
                    return Layer(path, value)
    return None


def used_folders(layer: Layer) -> Iterator[str]:
    """Yield the real paths of the folders that a kustomization uses."""
    plugins = [one for name in PLUGINS for one in list_at(layer.value, name)]
    texts = [one for one in plugins if isinstance(one, str) and not {"\n", "\0"} & set(one)]
    for entry in (*listed(layer.value), *texts):
        path = layer.file.parent / entry
        if not is_remote(entry, layer.file.parent) and path.is_dir():
            yield os.path.realpath(path)


def is_remote(entry: str, folder: Path) -> bool:
    """Whether an entry of `resources` is fetched; what exists is not."""
    return is_url(entry) and not (folder / entry).exists()


def _add(folder: Path, found: Closure) -> None:
    real = os.path.realpath(folder)
    if real in found.layers:
        return
    layer = kustomization_in(folder)
    if layer is None:
        found.is_known = False
        return
    found.layers[real] = layer
    found.files.add(os.path.realpath(layer.file))
    names = [f"{real}/{name}" for name in KUSTOMIZATIONS if (folder / name).exists()]
    found.loads.update((name, os.path.realpath(name)) for name in names)
    value = layer.value
    found.obstacles += [Obstacle(layer.file, *_CHART) for name in CHARTS if value.get(name)]
    for entry in listed(value):
        if is_remote(entry, folder):
            found.obstacles.append(Obstacle(layer.file, *_REMOTE))
        elif (folder / entry).is_dir():
            found.loads[f"{real}/{entry}"] = os.path.realpath(folder / entry)
            _add(folder / entry, found)
        else:
            _take(layer, entry, found)
    for entry in loaded(value):
        _take(layer, entry, found)
    for name in PLUGINS:
        for entry in list_at(value, name):
            if isinstance(entry, str) and "\0" not in entry:
                _add_plugins(layer, name, entry, found)


def _take(layer: Layer, entry: str, found: Closure) -> None:
    """Add a file that a kustomization loads."""
    folder = os.path.realpath(layer.file.parent)
    if is_remote_file(entry):
        found.obstacles.append(Obstacle(layer.file, *_REMOTE))
        return
    real = os.path.realpath(Path(folder, entry))
    found.files.add(real)
    found.loads[f"{folder}/{entry}"] = real
    found.leaves = found.leaves or not is_below(real, folder)


def is_below(path: str, folder: str) -> bool:
    """Whether a real path is below a folder."""
    return path.startswith(folder.rstrip("/") + "/")


def _add_plugins(layer: Layer, name: str, entry: str, found: Closure) -> None:
    objects, files = plugins_of(layer.file.parent, entry)
    kinds = [(str(one.get("apiVersion", "")), str(one.get("kind", ""))) for one in objects]
    if kinds and all(_is_own(version) for version, _ in kinds):
        rest = found.own.setdefault(os.path.realpath(layer.file), dict(layer.value))
        rest[name] = [one for one in list_at(rest, name) if one != entry]
        where = str(files[-1] if files else layer.file)
        found.configurations += [(where, one) for one in objects if name == "transformers"]
        for file in files:
            _take(layer, os.path.relpath(file, layer.file.parent), found)
        return
    if any(_is_own(version) for version, _ in kinds):
        what = "a HostnetTransform beside other plugins"
        found.obstacles.append(Obstacle(layer.file, what, "transformers"))
    if len(files) == 1:
        _take(layer, entry, found)
    elif files:
        found.obstacles.append(_plugin(layer, entry))
    for one, (version, kind) in zip(objects, kinds, strict=True):
        if version == "builtin" and kind != _CHART_PLUGIN:
            for loads in loaded_by_builtin(one):
                _take(layer, loads, found)
        elif version == "builtin":
            found.obstacles.append(Obstacle(layer.file, *_CHART))
        elif not _is_own(version):
            found.obstacles.append(_plugin(layer, kind or entry))
    if not kinds:
        found.obstacles.append(_plugin(layer, entry))


_LISTS_ONLY = frozenset({"apiVersion", "kind", "metadata", "resources"})
_DEEPEST = 10
"""The maximum depth of folders under `transformers`."""

_CHART_PLUGIN = "HelmChartInflationGenerator"


def _is_own(version: str) -> bool:
    return version.startswith(f"{OWN_GROUP}/")


def _plugin(layer: Layer, name: str) -> Obstacle:
    return Obstacle(layer.file, f"the plugin or function {name}", "plugins")


def plugins_of(
    folder: Path, entry: str, depth: int = _DEEPEST
) -> tuple[list[dict[str, Any]], list[Path]]:
    """Return the objects that an entry of `transformers` stands for, and the files they are in,
    after the kustomization if it is a folder in which one only lists them.
    """
    if "\n" in entry:
        from io import BytesIO

        with suppress(InputError):
            return _objects(values(BytesIO(entry.encode()), MAX_DOCUMENT)), []
        return [], []
    path = folder / entry
    with suppress(OSError, InputError, ValueError):
        if path.is_file():
            with path.open("rb") as file:
                return _objects(values(file, MAX_DOCUMENT)), [path]
        if depth and (layer := kustomization_in(path)) is not None:
            entries = list(listed(layer.value)) if set(layer.value) <= _LISTS_ONLY else []
            parts = [plugins_of(path, one, depth - 1) for one in entries]
            if all(objects for objects, _ in parts):
                files = [layer.file, *(file for _, its in parts for file in its)]
                return [one for objects, _ in parts for one in objects], files
    return [], []


def _objects(found: Iterable[Any]) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)]
