"""A copy of the sources of a state, and of all else that goes into its builds, to be edited."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from transformer.inputs.builds.closure import Closure
from transformer.inputs.builds.tree import Tree
from transformer.inputs.discovery import Source
from transformer.inputs.repository_top import git_top


class Copied(NamedTuple):
    """The copies: where they are, and the sources once as files of their own, to be edited, and
    once as they were, but for their content.
    """

    tree: Tree
    files: Sequence[Source]
    sources: Sequence[Source]


def copied(
    sources: Sequence[Source], went_in: Iterable[Closure], tree: Tree, folder: str
) -> Copied:
    """Copy everything to `folder`, at its whole path. Links lead from one copy to another, as they
    do from one file to another, and the top of a repository is one. What cannot be read has no
    copy, so that it cannot be read either.

    Raises:
        OSError: a copy cannot be written.
    """
    copy = Tree("", folder)
    for source, name, real in _written(sources):
        _copy(source.open, _made(copy, name, real))
    for name, real in (load for one in went_in for load in one.loads.items()):
        path = _made(copy, os.path.normpath(tree.original(name)), tree.original(real))
        if Path(real).is_file():
            _copy(partial(_opened, Path(real)), path)
    for top in {git_top(source.path.parent.resolve()) for source in sources} - {None}:
        Path(copy.copied(f"{top}/.git")).mkdir(parents=True, exist_ok=True)
    files = [(source, Path(copy.copied(name))) for source, name, _ in _written(sources)]
    return Copied(
        copy,
        [source._replace(path=path, opener=None, blob="") for source, path in files],
        [source._replace(opener=partial(_opened, path), blob="") for source, path in files],
    )


def _copy(opener: Callable[[], BinaryIO], path: Path) -> None:
    """Copy what `opener` returns to a path, unless there is a copy already."""
    if path.exists():
        return
    try:
        file = opener()
    except OSError:
        return
    with file, path.open("xb") as to:
        shutil.copyfileobj(file, to)


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


def _written(sources: Iterable[Source]) -> Iterator[tuple[Source, str, str]]:
    """Yield the sources, each with its path as it is written in its folder, and its real path."""
    for source in sources:
        folder = os.path.realpath(source.path.parent)
        yield source, f"{folder}/{source.path.name}", os.path.realpath(source.path)


def _made(copy: Tree, name: str, real: str) -> Path:
    """Return the path of a copy, after its folder was made, and a link to it if it has one."""
    path = Path(copy.copied(real))
    path.parent.mkdir(parents=True, exist_ok=True)
    link = Path(copy.copied(name))
    if link != path and not os.path.lexists(link):
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(path)
    return path
