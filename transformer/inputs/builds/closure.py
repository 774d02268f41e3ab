"""What goes into the build of a kustomization, and why it is not built, if it is not."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from transformer.errors import InputError
from transformer.inputs.reading import values
from transformer.kubernetes.generators import KUSTOMIZATIONS
from transformer.kubernetes.objects import list_at, mapping_at
from transformer.pipeline.coverage import is_url
from transformer.pipeline.kustomization_graph import listed, patch_files
from transformer.text.framing import MAX_DOCUMENT

OWN_GROUP = "transform.hostnet.io"
_PLUGINS = ("generators", "transformers", "validators")
_CHARTS = ("helmCharts", "helmChartInflationGenerator")


@dataclass(frozen=True, slots=True)
class Layer:
    """A kustomization that goes into a build: its file, and what it says."""

    file: Path
    value: Mapping[str, Any]


@dataclass(slots=True)
class Closure:
    """All that goes into the build of a folder.

    `files` are the real paths of manifests, patches and kustomizations. `obstacles` say why it is
    not built: a kustomization, and what is in it. `own` are the kustomizations that list objects of
    our own kinds under `transformers` or `validators`, without these entries, and `configurations`
    the objects that transform.
    """

    layers: dict[str, Layer] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    obstacles: list[tuple[Path, str]] = field(default_factory=list)
    own: dict[str, dict[str, Any]] = field(default_factory=dict)
    configurations: list[dict[str, Any]] = field(default_factory=list)


def closure(folder: Path) -> Closure:
    """Return what goes into the build of a folder; what cannot be read is left to kustomize."""
    found = Closure()
    _add(folder, found)
    return found


def kustomization_in(folder: Path) -> Layer | None:
    """Return the kustomization of a folder, or None if it has none that can be read."""
    for name in KUSTOMIZATIONS:
        path = folder / name
        with suppress(OSError, InputError, ValueError):
            if path.is_file():
                with path.open("rb") as file:
                    return Layer(path, mapping_at(next(values(file, MAX_DOCUMENT), None)))
    return None


def used_folders(layer: Layer) -> Iterator[str]:
    """Yield the real paths of the folders that a kustomization uses."""
    for entry in listed(layer.value):
        path = layer.file.parent / entry
        if not is_remote(entry, layer.file.parent) and path.is_dir():
            yield os.path.realpath(path)


def is_remote(entry: str, folder: Path) -> bool:
    """Whether an entry of `resources` is fetched; what exists is not."""
    return is_url(entry) and not (folder / entry).exists()


def _add(folder: Path, found: Closure) -> None:
    real = os.path.realpath(folder)
    layer = kustomization_in(folder)
    if layer is None or real in found.layers:
        return
    found.layers[real] = layer
    found.files.add(os.path.realpath(layer.file))
    value = layer.value
    found.obstacles += [(layer.file, "a Helm chart") for name in _CHARTS if value.get(name)]
    for entry in listed(value):
        if is_remote(entry, folder):
            found.obstacles.append((layer.file, "a remote resource"))
        elif (folder / entry).is_dir():
            _add(folder / entry, found)
        else:
            found.files.add(os.path.realpath(folder / entry))
    found.files.update(os.path.realpath(folder / name) for name in patch_files(value))
    for name in _PLUGINS:
        for entry in list_at(value, name):
            if isinstance(entry, str) and "\0" not in entry:
                _add_plugins(layer, name, entry, found)


def _add_plugins(layer: Layer, name: str, entry: str, found: Closure) -> None:
    objects, file = plugins_of(layer.file.parent, entry)
    kinds = [(str(one.get("apiVersion", "")), str(one.get("kind", ""))) for one in objects]
    if kinds and all(version.startswith(f"{OWN_GROUP}/") for version, _ in kinds):
        rest = found.own.setdefault(os.path.realpath(layer.file), dict(layer.value))
        rest[name] = [one for one in list_at(rest, name) if one != entry]
        found.configurations += objects if name == "transformers" else []
    found.files.update([os.path.realpath(file)] if file is not None else ())
    for version, kind in kinds:
        if version != "builtin" and not version.startswith(f"{OWN_GROUP}/"):
            found.obstacles.append((layer.file, f"the plugin or function {kind or entry}"))
    if not kinds:
        found.obstacles.append((layer.file, f"the plugin or function {entry}"))


def plugins_of(folder: Path, entry: str) -> tuple[list[dict[str, Any]], Path | None]:
    """Return the objects that an entry of `transformers` stands for, and the file they are in."""
    if "\n" in entry:
        from io import BytesIO

        with suppress(InputError):
            found = list(values(BytesIO(entry.encode()), MAX_DOCUMENT))
            return [one for one in found if isinstance(one, dict)], None
        return [], None
    path = folder / entry
    with suppress(OSError, InputError, ValueError):
        if path.is_file():
            with path.open("rb") as file:
                found = list(values(file, MAX_DOCUMENT))
            return [one for one in found if isinstance(one, dict)], path
    return [], None
