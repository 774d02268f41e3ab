"""What `validate` is to judge, and the old state to compare it with: from disk, pipe or Git."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from transformer.errors import SettingsError
from transformer.findings import Finding
from transformer.inputs.discovery import (
    DiscoveredFile,
    FileLookup,
    Source,
    discover,
    is_taken,
    no_such_path,
    on_disk,
    relative_to_root,
    scope_of,
)
from transformer.inputs.git.program import resolve
from transformer.inputs.git.states import GitStates
from transformer.inputs.reading import Readable, as_regular, chunks, is_regular
from transformer.kubernetes.generators import KUSTOMIZATIONS
from transformer.system import stdio


class States(NamedTuple):
    """What is validated, and the old state that it is compared with (None: with nothing).

    `given` are plain values whose pools belong to every scope. `new_context` and `old_context` are
    files that are not meant, but in which an object may be found that has moved.

    `is_old_strict`: what cannot be read in the old state is as bad as in the new one; else it is
    what it is, because nobody can mend it any more.

    `wanted`: the names of the files in which findings matter (None: in all).

    `since`: what the old state is called, if its files have the names of the new ones.
    """

    new: Sequence[Source]
    old: Sequence[Source] | None = None
    given: Sequence[Any] = ()
    new_context: Sequence[Source] = ()
    old_context: Sequence[Source] = ()
    is_old_strict: bool = True
    wanted: frozenset[str] | None = None
    since: str = ""

    def wants(self, found: Finding) -> bool:
        """Whether a finding matters."""
        return self.wanted is None or found.file in self.wanted


class DiscoveryOptions(NamedTuple):
    """How folders are searched; keywords of `sources.discover`."""

    root: Path
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    scopes: tuple[str, ...]


class Wanted(Protocol):
    """The options that say which states are meant, named as on the command line."""

    @property
    def old(self) -> str | None: ...
    @property
    def base(self) -> str | None: ...
    @property
    def staged(self) -> bool: ...
    @property
    def fix(self) -> bool: ...
    @property
    def stdin_filename(self) -> str: ...


def is_stdin(paths: tuple[str, ...], wanted: Wanted) -> bool:
    return paths == ("-",) or not (paths or wanted.base is not None or wanted.staged)


def read_states(
    paths: tuple[str, ...],
    wanted: Wanted,
    searched: DiscoveryOptions,
    folder: str,
    git: GitStates,
    stdin: Readable | None = None,
) -> States:
    """Return what to validate, and the old state; `folder` takes what can be read only once.

    `stdin` is what to read instead of standard input.
    """
    if is_stdin(paths, wanted):
        kept = Path(folder, "stdin")
        with kept.open("wb") as copy:
            copy.writelines(chunks(stdin or stdio.standard_input()))
        name = wanted.stdin_filename
        old = None if wanted.old is None else _as_before(wanted.old, (), searched, folder)
        return States([Source(kept, name, True, "", name, is_stream=True)], old)
    if wanted.old is not None:
        new = discover(paths, **searched._asdict())
        old = _as_before(wanted.old, paths, searched, folder)
        return States(_regular(new, wanted, folder), old)
    if wanted.base is None and not wanted.staged:
        return States(_regular(discover(paths, **searched._asdict()), wanted, folder))
    revision = resolve(Path.cwd(), "HEAD" if wanted.base is None else wanted.base)
    before = git.at(revision)
    now = git.in_index(revision.top) if wanted.staged else _disk_or_nothing
    changed = git.changed(revision, in_work_tree=not wanted.staged)
    changes = Changes(revision.top, frozenset(changed), revision.in_words)
    states = compare(paths or (".",), before, now, changes, searched)
    return states._replace(new=_regular(list(states.new), wanted, folder))


class Changes(NamedTuple):
    """The files that changed in the repository whose work tree is `top`, since what is in words
    `since`.
    """

    top: Path
    files: frozenset[Path]
    since: str


def compare(
    paths: tuple[str, ...],
    before: FileLookup,
    now: FileLookup,
    changes: Changes,
    searched: DiscoveryOptions,
) -> States:
    """Return what PATHs stand for now, and before.

    Raises:
        SettingsError: one is nowhere.
    """
    for path in paths:
        if not (os.path.lexists(path) or any(before(path)) or any(now(path))):
            raise no_such_path(path)
    old = discover(paths, **searched._asdict(), look=before)
    new = discover(paths, **searched._asdict(), look=now)
    return States(
        new,
        old,
        new_context=_context_files(changes, new, searched, now),
        old_context=_context_files(changes, old, searched, before),
        is_old_strict=False,
        since=changes.since,
    )


def _context_files(
    changes: Changes, meant: list[Source], searched: DiscoveryOptions, look: FileLookup
) -> list[Source]:
    """Return those of the changed files that are not among the meant ones, but that a search of
    the repository finds: an object may have moved from there, or to there. Kustomizations are
    among them too, since they tell which files are patches.
    """
    if not changes.files:
        return []
    known = {source.relative for source in meant}
    return [
        source
        for source in discover([str(changes.top)], **searched._asdict(), look=look)
        if (source.path in changes.files or source.path.name in KUSTOMIZATIONS)
        and source.relative not in known
    ]


def _disk_or_nothing(name: str) -> Iterable[DiscoveredFile]:
    """Return the files that a PATH stands for, none where the old state alone has it."""
    return on_disk(name) if os.path.lexists(name) else ()


def _as_before(
    old: str, paths: tuple[str, ...], searched: DiscoveryOptions, folder: str
) -> list[Source]:
    """Return the files of an old state on the disk, as if they stood where `paths` do; what can be
    read only once is copied into `folder`.

    An old folder stands for the one folder among `paths`, an old file for the one file or for one
    in that folder. Where `paths` are several, an old folder stands for the configuration's.
    """
    counterpart = Path(paths[0]) if len(paths) == 1 else None
    sources = discover([old], root=searched.root, include=(), exclude=(), scopes=())
    placed = []
    for source in sources:
        below = Path(os.path.relpath(source.path, old) if Path(old).is_dir() else source.path.name)
        relative = below.as_posix()
        if counterpart is not None:
            is_folder = Path(old).is_dir() or counterpart.is_dir()
            place = counterpart / below if is_folder else counterpart
            relative = relative_to_root(place, searched.root)
        if source.is_named or is_taken(relative, searched.include, searched.exclude):
            scope = scope_of(relative, searched.scopes)
            placed.append(as_regular(source, folder)._replace(relative=relative, scope=scope))
    return placed


def _regular(sources: list[Source], wanted: Wanted, folder: str) -> list[Source]:
    """Return the sources, those that can be read only once copied to files in `folder`.

    Raises:
        SettingsError: one is to be mended, and cannot be written.
    """
    if wanted.fix and (pipe := next((s for s in sources if not is_regular(s)), None)):
        raise SettingsError("this cannot be mended in place", file=pipe.name, hint="name files")
    return [as_regular(source, folder) for source in sources]
