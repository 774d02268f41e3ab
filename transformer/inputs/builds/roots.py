"""Which kustomizations are built: those that no other one uses, or those that are named."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from transformer.errors import SettingsError
from transformer.inputs.builds.closure import Layer, kustomization_in, used_folders
from transformer.inputs.builds.tree import Tree
from transformer.inputs.discovery import Source
from transformer.kubernetes.generators import KUSTOMIZATIONS


def by_folder(sources: Sequence[Source]) -> dict[str, Source]:
    """Return the kustomizations among the sources, by the real path of their folder."""
    return {
        os.path.realpath(source.path.parent): source
        for source in sources
        if source.path.name in KUSTOMIZATIONS
    }


def roots_of(sources: Sequence[Source], folders: Sequence[str], tree: Tree) -> dict[str, Source]:
    """Return the kustomizations to build, by the real path of their folder."""
    known = by_folder(sources)
    if folders:
        return {os.path.realpath(folder): _named(folder, known, tree) for folder in folders}
    layers = {real: kustomization_of(real, tree) for real in known}
    used = {
        tree.original(folder)
        for layer in layers.values()
        for folder in (used_folders(layer) if layer is not None else ())
    }
    return {
        real: known[real]
        for real, layer in layers.items()
        if layer is not None and layer.value.get("kind") != "Component" and real not in used
    }


def kustomization_of(real: str, tree: Tree) -> Layer | None:
    return kustomization_in(Path(tree.copied(real)))


def _named(folder: str, known: Mapping[str, Source], tree: Tree) -> Source:
    real = os.path.realpath(folder)
    if (source := known.get(real)) is not None:
        return source
    layer = kustomization_of(real, tree)
    if layer is None:
        raise SettingsError("there is no kustomization in this folder", file=folder)
    path = Path(folder, layer.file.name)
    return Source(path, str(path), True, relative=path.as_posix())
