"""Two states of a Git repository, and the files in which findings are reported.

Both states are validated completely, because pools and nodes may be in different files. But an
error that existed before, in a file that did not change, must not fail a commit.
"""

import os
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from transformer.errors import SettingsError
from transformer.inputs.comparison import Changes, States, compare
from transformer.inputs.discovery import SUFFIXES, DiscoveryOptions, FileLookup, Source
from transformer.inputs.git.program import Revision, outer, resolve, top_of
from transformer.inputs.git.states import GitStates
from transformer.kubernetes.generators import KUSTOMIZATIONS


class Difference(NamedTuple):
    """Lookups of files in the old and in the new state, and the files that `changed`; `since` names
    the old state, and `exports` write the files of both states into a folder.
    """

    old: Callable[[], FileLookup]
    new: Callable[[], FileLookup]
    changed: list[Path]
    since: str
    exports: tuple[Callable[[Path], None], Callable[[Path], None]]


def staged(git: GitStates, merged: Collection[str] = ()) -> Difference:
    """Return how the index differs from HEAD.

    In a merge, files that are the same in another parent (MERGE_HEAD, or one of the commits
    `merged`) were changed there, and have been validated there.

    Raises:
        SettingsError: there is no repository.
    """
    head = resolve(Path.cwd(), "HEAD")
    changed = git.changed(head, in_work_tree=False)
    done = outer(head.top).attempt("rev-parse", "--verify", "--quiet", "MERGE_HEAD")
    for parent in (*done.stdout.decode().split(), *merged):
        also = set(git.changed(resolve(Path.cwd(), parent), in_work_tree=False))
        changed = [path for path in changed if path in also]
    exports = partial(git.export, head), partial(git.export_index, head.top)
    return Difference(
        lambda: git.at(head), lambda: git.in_index(head.top), changed, head.in_words, exports
    )


def between(git: GitStates, old: str, new: str) -> Difference:
    """Return how the commit `new` differs from the merge base of both, so that changes on the
    branch of `old` do not count; without a merge base, from `old` itself.

    Raises:
        SettingsError: there is no such commit.
    """
    before, after = _base(old, new), resolve(Path.cwd(), new)
    changed = git.between(before, after)
    exports = partial(git.export, before), partial(git.export, after)
    return Difference(
        lambda: git.at(before), lambda: git.at(after), changed, before.in_words, exports
    )


def _base(old: str, new: str) -> Revision:
    try:
        return resolve(Path.cwd(), f"{old}...{new}")
    except SettingsError:
        done = outer(top_of(Path.cwd())).attempt("rev-parse", "--is-shallow-repository")
        if done.stdout.strip() == b"true":
            raise  # it may be among the missing commits
        return resolve(Path.cwd(), old)


def may_matter(path: Path) -> bool:
    """Whether a file may contain manifests, by its name; a folder (a submodule) may."""
    return path.name.endswith(SUFFIXES) or path.name in KUSTOMIZATIONS or path.is_dir()


def states_of(
    difference: Difference, passed: Collection[str], searched: DiscoveryOptions
) -> States:
    """Return both states of the working folder and everything below it.

    Findings are reported for files that changed, and for those in `passed`. These files come last,
    because a conflict of two objects is reported at the later one.

    Raises:
        SettingsError: a file in `passed` is not there.
    """
    for name in passed:
        if os.path.relpath(name).startswith(os.pardir):
            hint = "run it in the top folder of the repository"
            raise SettingsError("the file is not below this folder", file=name, hint=hint)
    changes = Changes(top_of(Path.cwd()), frozenset(difference.changed), difference.since)
    states = compare((".",), difference.old(), difference.new(), changes, searched)
    meant = {os.path.relpath(path) for path in (*map(str, difference.changed), *passed)}
    folders = tuple(f"{name}/" for name in meant if Path(name).is_dir())
    renamed = _as_linked(states.new, meant)
    known = {source.name for source in (*renamed, *(states.old or ()))}
    names = {name for name in known if _is_meant(name, meant, folders)}
    new = sorted(renamed, key=lambda source: source.name in names)
    return states._replace(
        new=new,
        reported_files=frozenset(names | meant),
        top=changes.top,
        exports=difference.exports,
    )


def _as_linked(sources: Sequence[Source], meant: Collection[str]) -> Sequence[Source]:
    """Return the sources; a file of which only a link is in `meant` gets the name of the link."""
    links = {os.path.realpath(name): name for name in meant if Path(name).is_symlink()}
    if not links:
        return sources
    return [
        source
        if source.name in meant
        else source._replace(name=links.get(os.path.realpath(source.path), source.name))
        for source in sources
    ]


def _is_meant(name: str, meant: Collection[str], folders: tuple[str, ...]) -> bool:
    """Whether a file is in `meant`, is a link to one of them, or is in one of `folders`."""
    if name in meant or name.startswith(folders):
        return True
    return Path(name).is_symlink() and os.path.relpath(os.path.realpath(name)) in meant
