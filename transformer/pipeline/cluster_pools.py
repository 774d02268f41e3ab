"""The `clusters` that follow from NodePools: folders that define one of the same name differently.

All paths are relative to the configuration's folder, which is "."; with forward slashes.
"""

import posixpath
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from transformer.kubernetes.pools import Pool
from transformer.pipeline.cluster_paths import cluster_of, names_of
from transformer.pipeline.cluster_starts import linked, spread
from transformer.pipeline.cluster_suggestions import Suggestion
from transformer.wording import some_of


class PoolAt(NamedTuple):
    """A NodePool in `file`."""

    file: str
    pool: Pool

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.file) or "."


def clusters_by_pools(
    pools: Sequence[PoolAt], built: Mapping[str, Collection[str]], known: Collection[str]
) -> Suggestion:
    """Return the clusters that follow, or why they cannot be told apart.

    `built` and `known` as in `suggested`. If no pool is defined differently in two places, there
    are neither clusters nor a reason.
    """
    definitions = _definitions(pools)
    differing = {name: those for name, those in definitions.items() if _differ(those.values())}
    if not differing:
        return Suggestion([], [])
    folders = sorted({folder for those in differing.values() for folder in those})
    found = _split(folders, lambda some: _any_differs(differing, some))
    if not found:
        first = min(differing)
        files = dict.fromkeys(one.file for one in pools if one.pool.name == first)
        reason = f"the NodePool {first} has different definitions in {some_of([*files])}"
        return Suggestion([], [], reason)
    found = _with_siblings(found, pools)
    links, names = linked(built.items(), known), names_of(found)
    return Suggestion([cluster_of(names[one], spread([one], links), one) for one in found], [])


_Definitions: TypeAlias = Mapping[str, Mapping[str, list[Pool]]]
"""The different definitions of each pool, by the name of the pool and by folder."""


def _definitions(pools: Sequence[PoolAt]) -> _Definitions:
    found: dict[str, dict[str, list[Pool]]] = defaultdict(lambda: defaultdict(list))
    for one in pools:
        own = found[one.pool.name][one.folder]
        if one.pool.name and one.pool.for_nodes not in own:
            own.append(one.pool.for_nodes)
    return found


def _differ(groups: Collection[Sequence[Pool]]) -> bool:
    """Whether not all of the pools are the same."""
    every = [pool for group in groups for pool in group]
    return any(pool != every[0] for pool in every[1:])


def _any_differs(definitions: _Definitions, folders: Collection[str]) -> bool:
    """Whether a pool is defined differently within these folders."""
    return any(
        _differ([own for folder, own in those.items() if folder in folders])
        for those in definitions.values()
    )


def _split(folders: Sequence[str], differ: Callable[[Sequence[str]], bool]) -> list[str]:
    """Return the outermost folders around `folders` in each of which nothing differs; none if
    something differs within a folder itself, or between one and another that is in it.
    """
    within = posixpath.commonpath(folders) or "."
    if within in folders:
        return []
    below: dict[str, list[str]] = defaultdict(list)
    for folder in folders:
        first = posixpath.relpath(folder, within).partition("/")[0]
        below[posixpath.normpath(f"{within}/{first}")].append(folder)
    found = []
    for outer, those in below.items():
        parts = _split(those, differ) if differ(those) else [outer]
        if not parts:
            return []
        found += parts
    return found


def _with_siblings(found: Sequence[str], pools: Sequence[PoolAt]) -> list[str]:
    """Return the folders, and those beside them that have NodePools, too. What is at the top, where
    the folders are not all of one sort, does not count.
    """
    parents = {posixpath.dirname(folder) for folder in found}
    parent = min(parents)
    if len(parents) > 1 or not parent:
        return sorted(found)
    inside = [one.folder for one in pools if one.folder.startswith(f"{parent}/")]
    beside = (posixpath.relpath(folder, parent).partition("/")[0] for folder in inside)
    return sorted({*found, *(f"{parent}/{name}" for name in beside)})
