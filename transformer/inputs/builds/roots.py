"""Which kustomizations are built: those that no other one uses, or those that are named."""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from transformer.errors import SettingsError
from transformer.inputs.builds.closure import Layer, kustomization_in, used_folders
from transformer.inputs.builds.tree import Tree
from transformer.inputs.discovery import Source
from transformer.kubernetes.generators import KUSTOMIZATIONS


def roots_of(sources: Sequence[Source], folders: Sequence[str], tree: Tree) -> dict[str, Source]:
    """Return the kustomizations to build, by the real path of their folder, each in those of its
    clusters in which no other one uses it.
    """
    known = by_folder(sources)
    if folders:
        return {os.path.realpath(folder): _named(folder, known, tree) for folder in folders}
    layers = {real: layer for real in known if (layer := kustomization_of(real, tree)) is not None}
    uses = {
        real: {tree.original(folder) for folder in used_folders(layer)}
        for real, layer in layers.items()
    }
    components = {real for real, one in layers.items() if one.value.get("kind") == "Component"}
    found: dict[str, Source] = {}
    for cluster, those in _by_cluster(known, layers).items():
        for real in _tops(sorted(those, key=components.__contains__), uses):
            source = known[real]
            if real not in components and _belongs(source, cluster):
                so_far = found[real].clusters if real in found else ()
                clusters = (*so_far, *filter(None, [cluster]))
                found[real] = source._replace(clusters=clusters)
    return found


def by_folder(sources: Sequence[Source]) -> dict[str, Source]:
    """Return the kustomizations among the sources by the real path of their folder, each with all
    clusters that it belongs to.
    """
    found: dict[str, Source] = {}
    for source in sources:
        if source.path.name in KUSTOMIZATIONS:
            known = found.setdefault(os.path.realpath(source.path.parent), source)
            clusters = dict.fromkeys((*known.clusters, *source.clusters))
            is_everywhere = not (known.clusters and source.clusters)
            known = known._replace(clusters=() if is_everywhere else tuple(clusters))
            found[os.path.realpath(source.path.parent)] = known
    return found


def _by_cluster(known: Mapping[str, Source], folders: Collection[str]) -> dict[str, list[str]]:
    """Return the folders of each cluster, and (without a name) all."""
    names = dict.fromkeys(name for source in known.values() for name in source.clusters)
    return {
        name: [
            real
            for real in folders
            if not (name and known[real].clusters) or name in known[real].clusters
        ]
        for name in ("", *names)
    }


def _belongs(source: Source, cluster: str) -> bool:
    return cluster in source.clusters if cluster else not source.clusters


def _tops(folders: Sequence[str], uses: Mapping[str, Collection[str]]) -> list[str]:
    """Return the folders that no other one uses, and one of each cycle that none of them leads to:
    kustomize then says that there is a cycle.
    """
    used = {below for folder in folders for below in uses[folder]}
    tops = [folder for folder in folders if folder not in used]
    reached = _reached(tops, uses)
    for folder in folders:
        if folder not in reached and folder in _reached(uses[folder], uses):
            tops.append(folder)
            reached |= _reached([folder], uses)
    return tops


def _reached(folders: Iterable[str], uses: Mapping[str, Collection[str]]) -> set[str]:
    """Return the folders, and all that they use."""
    ahead = list(folders)
    found: set[str] = set()
    while ahead:
        folder = ahead.pop()
        if folder not in found:
            found.add(folder)
            ahead += uses.get(folder, ())
    return found


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
