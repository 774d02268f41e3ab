"""The `clusters` that follow from what Flux and Argo CD deploy from a repository.

Each folder with such objects is taken as what one cluster reads: it, the folders that the objects
deploy, and what the kustomizations there build. All paths are relative to the configuration's
folder, with forward slashes; the top folder is an empty text.
"""

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from transformer.kubernetes.objects import Manifest, list_at, mapping_at
from transformer.pipeline.settings import Cluster

_FLUX = ("kustomize.toolkit.fluxcd.io", "Kustomization")
_ARGO = ("argoproj.io", "Application")


class Deployment(NamedTuple):
    """What an object in `folder` deploys from the repository: other folders."""

    folder: str
    paths: tuple[str, ...]


def deployed(manifest: Manifest) -> tuple[str, ...] | None:
    """Return the paths that an object deploys, as written; None if it is of another kind."""
    kind = (manifest.ref.group, manifest.ref.kind)
    if kind == _FLUX:
        paths: list[Any] = [manifest.spec.get("path")]
    elif kind == _ARGO:
        sources = [mapping_at(manifest.spec, "source")]
        sources += [one for one in list_at(manifest.spec, "sources") if isinstance(one, dict)]
        paths = [source.get("path") for source in sources]
    else:
        return None
    return tuple(path for path in paths if isinstance(path, str) and not {"{", "$"} & set(path))


def suggested(
    deployments: Iterable[Deployment],
    built: Mapping[str, Collection[str]],
    known: Collection[str],
) -> list[Cluster]:
    """Return the clusters that follow; none if there are not at least two.

    `built` has for the folder of each kustomization the files and folders that it lists, `known`
    are all files, and the folders above them.
    """
    every = [one for one in deployments if one.folder]  # at the top: it belongs to all of them
    roots = _outermost(one.folder for one in every)
    reached = {root: _reached(root, every, built, known) for root in roots}
    own = [
        root
        for root in roots
        if not any(
            _covers(reached[other], root) and not _covers(reached[root], other)
            for other in roots
            if other != root
        )
    ]
    if len(own) < 2:
        return []
    names = _names(own)
    return [Cluster(names[root], tuple(map(_pattern, reached[root]))) for root in own]


def _reached(
    root: str,
    deployments: Collection[Deployment],
    built: Mapping[str, Collection[str]],
    known: Collection[str],
) -> list[str]:
    """Return what belongs to the cluster that reads the folder `root`: the outermost paths."""
    found = {root: None}
    ahead = [root]
    while ahead:
        path = ahead.pop()
        new = [to for one in deployments if _is_in(one.folder, path) for to in one.paths]
        new += [to for folder, its in built.items() if _is_in(folder, path) for to in its]
        for to in new:
            if to in known and to not in found:
                found[to] = None
                ahead.append(to)
    return [root, *(path for path in _outermost(found) if path != root)]


def _outermost(paths: Iterable[str]) -> list[str]:
    every = sorted(set(paths))
    return [path for path in every if not any(_is_below(path, other) for other in every)]


def _covers(paths: Iterable[str], path: str) -> bool:
    return any(_is_in(path, one) for one in paths)


def _is_in(path: str, folder: str) -> bool:
    return path == folder or _is_below(path, folder)


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(f"{folder}/")


def _names(roots: Collection[str]) -> dict[str, str]:
    """Return names that tell folders apart: their last words, or without what all have before."""
    last = {root: posixpath.basename(root) for root in roots}
    if len(set(last.values())) == len(last):
        return last
    common = posixpath.commonpath(roots)
    return {root: posixpath.relpath(root, common) if common else root for root in roots}


def _pattern(path: str) -> str:
    """Return the pattern of gitignore that matches only this path."""
    return "/" + "".join(f"\\{one}" if one in "*?[\\" else one for one in path)


def kustomized(folder: str, value: Mapping[str, Any], fields: Iterable[str]) -> Iterator[str]:
    """Yield what a kustomization lists, relative to the same folder as its own one."""
    for field in fields:
        for entry in list_at(value, field):
            path = entry.get("path") if isinstance(entry, dict) else entry
            if isinstance(path, str) and "://" not in path and "\n" not in path:
                joined = posixpath.normpath(posixpath.join(folder, path))
                if not joined.startswith(".."):
                    yield "" if joined == "." else joined
