"""What to validate, and the old state to compare it with: from the disk, a pipe or Git."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from transformer.config.validate_options import ValidateOptions
from transformer.errors import SettingsError
from transformer.findings import Finding, ObjectRef, Place, Related
from transformer.inputs.discovery import (
    DiscoveredFile,
    DiscoveryOptions,
    FileLookup,
    Source,
    discover,
    is_taken,
    no_such_path,
    on_disk,
    relative_to_root,
)
from transformer.inputs.reading import Readable, as_regular, chunks, is_regular
from transformer.inputs.temp_copies import folder_for_copies
from transformer.kubernetes.generators import KUSTOMIZATIONS
from transformer.pipeline.coverage import NotBuilt
from transformer.pipeline.suppressions import Subject
from transformer.rules.context import KustomizationUsage
from transformer.system import stdio

PossibleEdits: TypeAlias = frozenset[tuple[str, str, int]]
"""Rules that are off, each with the file and line of an object that it would edit."""


class States(NamedTuple):
    """What is validated, and the old state that it is compared with (None: no comparison).

    `given` are plain values whose pools belong to every cluster. `new_context` and `old_context`
    are files that are not validated, but in which an object that has moved may be found. `new_rest`
    are other files of the repository, of which only patches that kustomizations name, and objects
    of Flux and Argo CD, are read. `roots` are the PATHs that are folders.

    `is_old_strict`: a document of the old state that cannot be read is an error; otherwise it is a
    warning, because it can no longer be fixed.

    `reported_files`: the names of the files whose findings are reported (None: all files).

    `since`: the name of the old state, if its files have the same names as the new ones.

    `other_clusters` are the files of clusters that are left out, of which only the names of pools
    are read.

    `exports` write the files of the old and of the new state into a folder, where they are not on
    the disk; both are of the repository at `top`.

    `old_folder`: a folder of the new state and the one on the disk that has its old state, if that
    is not in a repository.

    With builds: `failures` are the findings on those that failed. `led_back` returns findings on
    what was built at the places where they come from, `led` a single one; `folders` are those of
    the kustomizations, by the source that is built; `also_known` yields the object and file of such
    a place; `went_in` are the sources of builds, `built_files` all files that are loaded, by real
    path; `built_from` returns what is in the sources, and `usages` keep the objects of different
    builds apart, by source. `not_built` says why kustomizations are not built, by file. `edited` is
    the new state with what is built after the edits of `transform`; if there are none, its sources
    are the same. It has the `possible_edits` of rules that are off and edit where pods run.
    """

    new: Sequence[Source]
    old: Sequence[Source] | None = None
    given: Sequence[Any] = ()
    new_context: Sequence[Source] = ()
    old_context: Sequence[Source] = ()
    new_rest: Sequence[Source] = ()
    roots: Sequence[str] = ()
    is_old_strict: bool = True
    reported_files: frozenset[str] | None = None
    since: str = ""
    top: Path | None = None
    other_clusters: Sequence[Source] = ()
    exports: tuple[Callable[[Path], None] | None, Callable[[Path], None] | None] = (None, None)
    old_folder: tuple[str, str] | None = None
    failures: Sequence[Finding] = ()
    led_back: Callable[[Iterable[Finding]], Iterable[Finding]] = lambda findings: findings
    led: Callable[[Finding], Finding] = lambda found: found
    folders: Mapping[str, str] = {}
    also_known: Callable[[Finding | Place], Iterable[Subject]] = lambda _: ()
    went_in: Sequence[Source] = ()
    built_from: Callable[[], Iterable[tuple[str, Sequence[ObjectRef]]]] = tuple
    usages: Mapping[str, KustomizationUsage] = {}
    built_files: Set[str] = frozenset()
    not_built: Mapping[str, NotBuilt] = {}
    edited: "States | None" = None
    possible_edits: PossibleEdits = frozenset()

    def files(self) -> Iterator[Path]:
        """Yield all files that are read, or of which a state is."""
        for sources in (
            self.new,
            self.old or (),
            self.went_in,
            self.new_context,
            self.old_context,
            self.new_rest,
            self.other_clusters,
        ):
            yield from (source.path for source in sources)
        yield from map(Path, self.built_files)

    def reports(self, found: Finding | Related) -> bool:
        """Whether a finding is reported, or a further place of one can be."""
        return self.reported_files is None or found.file in self.reported_files

    def before(self) -> "States":
        """Return the old state as one to read."""
        assert self.old is not None
        return self._replace(
            new=self.old,
            old=None,
            new_context=self.old_context,
            new_rest=(),
            failures=(),
            went_in=(),
            usages={},
        )


def is_stdin(paths: tuple[str, ...], options: ValidateOptions) -> bool:
    return paths == ("-",) or not (paths or options.base is not None or options.staged)


@contextmanager
def opened_states(
    paths: tuple[str, ...],
    options: ValidateOptions,
    discovery: DiscoveryOptions,
    *,
    stdin: Readable | None = None,
) -> Iterator[States]:
    """Yield what to validate, and the old state; `stdin` is read instead of standard input.

    Raises:
        SettingsError: a PATH does not exist, or git cannot provide a state.
        OSError: standard input, or a temporary file, fails.
    """
    with folder_for_copies() as folder, ExitStack() as opened:
        if is_stdin(paths, options):
            kept = _kept(stdin or stdio.standard_input(), options.stdin_filename, folder)
            paths, states = (), States([kept])
        elif options.base is not None or options.staged:
            states = _git_states(paths or (".",), options, discovery, opened)
        else:
            states = States(discover(paths, discovery))
        if options.old is not None:
            top = paths[0] if len(paths) == 1 else str(discovery.root)
            old = _old_sources(options.old, paths, discovery, folder)
            states = states._replace(old=old, old_folder=(top, options.old))
        roots = [path for path in paths if Path(path).is_dir()]
        others = _of_other_clusters(paths, discovery) if discovery.only else []
        new = _regular(states.new, options, folder)
        yield states._replace(new=new, roots=roots, other_clusters=others)


def _of_other_clusters(paths: tuple[str, ...], discovery: DiscoveryOptions) -> list[Source]:
    """Return the files on the disk that belong only to clusters that are left out."""
    found = discover(paths or (".",), discovery._replace(only=()), look=_disk_or_nothing)
    return [source for source in found if discovery.chosen(source.relative) is None]


def _kept(stream: Readable, name: str, folder: Callable[[], str]) -> Source:
    """Return a copy of standard input in `folder`."""
    path = Path(folder(), "stdin")
    with path.open("wb") as copy:
        copy.writelines(chunks(stream))
    return Source(path, name, True, relative=name, is_stream=True)


def _git_states(
    paths: tuple[str, ...],
    options: ValidateOptions,
    discovery: DiscoveryOptions,
    opened: ExitStack,
) -> States:
    """Return the states, at least one of them from git, which `opened` closes."""
    from transformer.inputs.git.program import resolve  # slow to import
    from transformer.inputs.git.states import GitStates

    git = opened.enter_context(GitStates())
    revision = resolve(Path.cwd(), "HEAD" if options.base is None else options.base)
    before = git.at(revision)
    now = git.in_index(revision.top) if options.staged else _disk_or_nothing
    changed = git.changed(revision, in_work_tree=not options.staged)
    changes = Changes(revision.top, frozenset(changed), revision.in_words)
    states = compare(paths, before, now, changes, discovery)
    export_new = partial(git.export_index, revision.top) if options.staged else None
    return states._replace(top=revision.top, exports=(partial(git.export, revision), export_new))


class Changes(NamedTuple):
    """The files that changed in the repository with the work tree `top`; `since` names the old
    state.
    """

    top: Path
    files: frozenset[Path]
    since: str


def compare(
    paths: tuple[str, ...],
    before: FileLookup,
    now: FileLookup,
    changes: Changes,
    discovery: DiscoveryOptions,
) -> States:
    """Return the files of PATHs in the new state and in the old state.

    Raises:
        SettingsError: a PATH is in neither state.
    """
    for path in paths:
        if not (os.path.lexists(path) or any(before(path)) or any(now(path))):
            raise no_such_path(path)
    old = discover(paths, discovery, look=before)
    new = discover(paths, discovery, look=now)
    new_context, new_rest = _context_files(changes, paths, new, discovery, now)
    return States(
        new,
        old,
        new_context=new_context,
        old_context=_context_files(changes, paths, old, discovery, before)[0],
        new_rest=new_rest,
        is_old_strict=False,
        since=changes.since,
    )


def _context_files(
    changes: Changes,
    paths: tuple[str, ...],
    meant: list[Source],
    discovery: DiscoveryOptions,
    look: FileLookup,
) -> tuple[list[Source], list[Source]]:
    """Return the changed files that a search of the repository finds, except for those in `meant`:
    an object may have moved from or to one of them. Kustomizations are included because they name
    the files that are patches. Return also the files that are neither. There are none of both if
    the whole repository is meant.
    """
    if not changes.files or [Path(path).absolute() for path in paths] == [changes.top]:
        return [], []
    known = {source.relative for source in meant}
    found: tuple[list[Source], list[Source]] = ([], [])
    for source in discover([str(changes.top)], discovery, look=look):
        if source.relative not in known:
            is_rest = source.path not in changes.files and source.path.name not in KUSTOMIZATIONS
            found[is_rest].append(source)
    return found


def _disk_or_nothing(name: str) -> Iterable[DiscoveredFile]:
    """Return the files of a PATH; none if only the old state has it."""
    return on_disk(name) if os.path.lexists(name) else ()


def _old_sources(
    old: str, paths: tuple[str, ...], discovery: DiscoveryOptions, folder: Callable[[], str]
) -> list[Source]:
    """Return the files of an old state on the disk, as if they were at `paths`; files that can be
    read only once are copied to `folder`.

    If there is one path, an old folder corresponds to it, and an old file to it or to a file in it.
    If there are several, an old folder corresponds to the folder of the configuration.
    """
    counterpart = Path(paths[0]) if len(paths) == 1 else None
    sources = discover([old], DiscoveryOptions(discovery.root))
    placed = []
    for source in sources:
        below = Path(os.path.relpath(source.path, old) if Path(old).is_dir() else source.path.name)
        relative = below.as_posix()
        if counterpart is not None:
            is_folder = Path(old).is_dir() or counterpart.is_dir()
            place = counterpart / below if is_folder else counterpart
            relative = relative_to_root(place, discovery.root)
        if source.is_named or is_taken(relative, discovery.include, discovery.exclude):
            clusters = discovery.chosen(relative)
            if clusters is not None:
                file = as_regular(source, folder)
                placed.append(file._replace(relative=relative, clusters=clusters))
    return placed


def _regular(
    sources: Sequence[Source], options: ValidateOptions, folder: Callable[[], str]
) -> list[Source]:
    """Return the sources; those that can be read only once are copied to files in `folder`.

    Raises:
        SettingsError: `--fix` is set, and a source cannot be written.
    """
    if options.fix and (pipe := next((s for s in sources if not is_regular(s)), None)):
        raise SettingsError("this cannot be fixed in place", file=pipe.name, hint="name files")
    return [as_regular(source, folder) for source in sources]
