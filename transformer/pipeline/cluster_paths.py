"""The name and the paths of a suggested cluster."""

import posixpath
from collections.abc import Collection, Iterable, Iterator

from transformer.pipeline.deployments import lineage
from transformer.pipeline.settings import Cluster


def cluster_of(name: str, paths: Iterable[str], first: str = "") -> Cluster:
    """Return a cluster of the paths that are in no other one, `first` before all."""
    every = set(paths)
    outermost = [path for path in every if every.isdisjoint(_above(path))]
    found = sorted(outermost, key=lambda path: (path != first, path))
    return Cluster(name, tuple(map(_pattern, found)))


def names_of(folders: Collection[str]) -> dict[str, str]:
    """Return names that tell folders apart: their last words, or without what all have before."""
    last = {folder: posixpath.basename(folder) for folder in folders}
    if len(set(last.values())) == len(last):
        return last
    common = posixpath.commonpath(folders)
    return {one: posixpath.relpath(one, common) if common else one for one in folders}


def _above(path: str) -> Iterator[str]:
    yield from (one for one in lineage(path) if one != path)


def _pattern(path: str) -> str:
    """Return the pattern of gitignore that matches only this path."""
    return "/" + "".join(f"\\{one}" if one in "*?[\\" else one for one in path)
