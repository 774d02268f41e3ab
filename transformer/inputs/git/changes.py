"""Two states of a Git repository, and the findings that matter for whoever made the difference.

All of both states is judged, since a pool stands elsewhere than its nodes. But an error that was
there before, in a file that nobody touched, must not stop a commit.
"""

import os
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from transformer.errors import SettingsError
from transformer.inputs.comparison import Changes, States, compare
from transformer.inputs.discovery import SUFFIXES, DiscoveryOptions, FileLookup, Source
from transformer.inputs.git.program import Revision, outer, resolve, top_of
from transformer.inputs.git.states import GitStates
from transformer.kubernetes.generators import KUSTOMIZATIONS


class Difference(NamedTuple):
    """What looks for files in the old and in the new state, and the files that `changed` since
    what is in words `since`.
    """

    old: Callable[[], FileLookup]
    new: Callable[[], FileLookup]
    changed: list[Path]
    since: str


def staged(git: GitStates, merged: Collection[str] = ()) -> Difference:
    """Return how the index differs from HEAD.

    In a merge, what is as in another parent (MERGE_HEAD, or one of the commits `merged`) was
    changed there, and has been judged there.

    Raises:
        SettingsError: there is no repository.
    """
    head = resolve(Path.cwd(), "HEAD")
    changed = git.changed(head, in_work_tree=False)
    told = outer(head.top).attempt("rev-parse", "--verify", "--quiet", "MERGE_HEAD")
    for parent in (*told.stdout.decode().split(), *merged):
        also = set(git.changed(resolve(Path.cwd(), parent), in_work_tree=False))
        changed = [path for path in changed if path in also]
    return Difference(lambda: git.at(head), lambda: git.in_index(head.top), changed, head.in_words)


def between(git: GitStates, old: str, new: str) -> Difference:
    """Return how the commit `new` differs from the merge base of both, so that what others have
    done on the side of `old` does not count; without a merge base, from `old` itself.

    Raises:
        SettingsError: there is no such commit.
    """
    before, after = _base(old, new), resolve(Path.cwd(), new)
    changed = git.between(before, after)
    return Difference(lambda: git.at(before), lambda: git.at(after), changed, before.in_words)


def _base(old: str, new: str) -> Revision:
    try:
        return resolve(Path.cwd(), f"{old}...{new}")
    except SettingsError:
        told = outer(top_of(Path.cwd())).attempt("rev-parse", "--is-shallow-repository")
        if told.stdout.strip() == b"true":
            raise  # it may be among the commits that are lacking
        return resolve(Path.cwd(), old)


def may_matter(path: Path) -> bool:
    """Whether a file may hold manifests, by its name; a folder (it is a submodule) may."""
    return path.name.endswith(SUFFIXES) or path.name in KUSTOMIZATIONS or path.is_dir()


def states_of(
    difference: Difference, passed: Collection[str], searched: DiscoveryOptions
) -> States:
    """Return both states of the working folder and all below it.

    Findings matter in the files that changed, and in those `passed`. These come last, because of
    two objects that collide it is the later one that is told of.

    Raises:
        SettingsError: a file that was passed is not there.
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
    return states._replace(new=new, wanted=frozenset(names | meant))


def _as_linked(sources: Sequence[Source], meant: Collection[str]) -> Sequence[Source]:
    """Return the sources; a file of which only a link is meant is called as that."""
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
    """Whether a file is one of those that are meant, a link to one, or in a folder among them."""
    if name in meant or name.startswith(folders):
        return True
    return Path(name).is_symlink() and os.path.relpath(os.path.realpath(name)) in meant
