"""Why kustomizations are not built: by themselves, or because nothing that uses them is built."""

import os
import posixpath
from collections.abc import Collection, Mapping
from typing import NamedTuple

from transformer.inputs.builds.closure import Closure
from transformer.inputs.builds.tree import Tree
from transformer.pipeline.coverage import NotBuilt

_USED = "used by these"
_NOT_NAMED = NotBuilt("--build-dir does not name it", "not named by --build-dir")


class End(NamedTuple):
    """Why something that was to be built is not: `what` in the file `where`, if any; `group` are
    those that are counted together.
    """

    what: str
    group: str
    where: str = ""


FAILED = End("the build failed (HN901)", "failed")
EMPTY = End("nothing comes out of the build", "empty")


def end_of(one: Closure, tree: Tree) -> End | None:
    """Return why something cannot be built, or None if it can."""
    if not one.obstacles:
        return None
    first = one.obstacles[0]
    where = os.path.relpath(tree.original(os.path.realpath(first.file)))
    return End(first.what, f"with {first.many}", where)


def not_built(
    names: Mapping[str, str],
    ends: Mapping[str, End],
    uses: Mapping[str, Collection[str]],
    *,
    are_named: bool,
) -> dict[str, NotBuilt]:
    """Return why kustomizations are not built, by the name of their file.

    `names` has that name by folder, `ends` has why one that was to be built is not, and `uses` the
    folders that go into each that was to be built. `are_named`: only those of `--build-dir` were.
    """
    reasons: dict[str, NotBuilt] = {}
    for folder, name in names.items():
        users = [root for root in ends if folder in uses[root]]
        if folder in ends:
            what, group, where = ends[folder]
            why = f"it is not built: {what} in {where}" if where else what
            reasons[name] = NotBuilt(why, group)
        elif users:
            is_built = any(folder in its for root, its in uses.items() if root not in ends)
            first = posixpath.dirname(names.get(users[0], "")) or "."
            reasons[name] = _used(first, len(users) - 1, ends[users[0]], is_built=is_built)
        elif are_named and folder not in uses:
            reasons[name] = _NOT_NAMED
    return reasons


def _used(first: str, more: int, end: End, *, is_built: bool) -> NotBuilt:
    what = "HN901" if end == FAILED else end.what
    others = f" and {more} more, which are" if more else ", which is"
    used = "it is also used by" if is_built else "used only by"
    return NotBuilt(f"{used} {first}{others} not built ({what})", _USED)
