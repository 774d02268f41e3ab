"""What is left of the sources of a state when its kustomizations are built."""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence

from transformer.inputs.builds.closure import Closure
from transformer.inputs.builds.tree import Tree
from transformer.inputs.discovery import Source


def left(
    sources: Sequence[Source],
    roots: Mapping[str, Source],
    found: Mapping[str, Closure],
    done: Collection[str],
    tree: Tree,
) -> Iterator[Source]:
    """Yield the sources without what was built, each in those of its clusters in which it was not.

    What goes into anything else as well is kept.
    """
    names = dict.fromkeys(name for source in sources for name in source.clusters)
    gone = {
        name: _went_in(
            {real: one for real, one in found.items() if _is_built_for(roots[real], name)},
            done,
            tree,
        )
        for name in ("", *names)
    }
    for source in sources:
        real = os.path.realpath(source.path)
        clusters = [name for name in source.clusters or ("",) if real not in gone[name]]
        if clusters:
            yield source._replace(clusters=tuple(filter(None, clusters)))


def _is_built_for(root: Source, cluster: str) -> bool:
    """Whether a build counts in a cluster, or (without a name) for what belongs to none."""
    return not (cluster and root.clusters) or cluster in root.clusters


def _went_in(found: Mapping[str, Closure], done: Collection[str], tree: Tree) -> set[str]:
    """Return the files of what was built, but for those that go into anything else as well."""
    files = {
        real: {tree.original(file) for file in closure_.files} for real, closure_ in found.items()
    }
    kept = {file for real, its in files.items() if real not in done for file in its}
    return {file for real in files if real in done for file in files[real]} - kept
