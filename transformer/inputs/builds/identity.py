"""Whether the same goes into two builds, so that one is enough."""

import filecmp
from pathlib import Path

from transformer.inputs.builds.closure import Closure
from transformer.inputs.builds.tree import Tree


def is_same(one: Closure, tree: Tree, other: Closure, other_tree: Tree) -> bool:
    """Whether two states load the same names for a build, which lead to the same files."""
    first, second = _by_original(one, tree), _by_original(other, other_tree)
    return (
        one.is_known
        and other.is_known
        and one.is_free == other.is_free
        and {name: tree.original(real) for name, real in first.items()}
        == {name: other_tree.original(real) for name, real in second.items()}
        and all(_is_same_file(real, second[name]) for name, real in first.items())
    )


def _by_original(one: Closure, tree: Tree) -> dict[str, str]:
    return {tree.original(name): real for name, real in one.loads.items()}


def _is_same_file(one: str, other: str) -> bool:
    """Whether two files have the same bytes, or are folders; or there is neither."""
    first, second = Path(one), Path(other)
    if first.is_dir() and second.is_dir():
        return True
    if not (first.exists() or second.exists()):
        return True
    try:
        return filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False
