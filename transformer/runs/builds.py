"""`--build`: what kustomize makes of the input is validated instead of the sources that went in."""

import os
import posixpath
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from transformer.errors import SettingsError, reason_of
from transformer.findings import Finding, Severity
from transformer.inputs.builds.built import Built, Done
from transformer.inputs.builds.closure import Closure, closure
from transformer.inputs.builds.copies import copied
from transformer.inputs.builds.failures import Failure, failed, misconfigured
from transformer.inputs.builds.identity import is_same
from transformer.inputs.builds.layers import add_layer, moved_by
from transformer.inputs.builds.left import left
from transformer.inputs.builds.objects import Objects
from transformer.inputs.builds.origins import BuildOrigins
from transformer.inputs.builds.program import Printed, program, run
from transformer.inputs.builds.reasons import EMPTY, FAILED, End, end_of, not_built
from transformer.inputs.builds.restrictions import freed, options_of
from transformer.inputs.builds.roots import by_folder, kustomization_of, roots_of
from transformer.inputs.builds.tree import ON_DISK, Tree
from transformer.inputs.comparison import PossibleEdits, States
from transformer.inputs.discovery import Source
from transformer.rules.context import KustomizationUsage

_AT_ONCE = 2


@contextmanager
def building() -> Iterator[Path]:
    """Yield a folder for builds, which is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="hostnet-build-") as folder:
        yield Path(os.path.realpath(folder))


Edits: TypeAlias = Callable[[Sequence[Source], Sequence[str]], tuple[bool, PossibleEdits]]
"""Makes the edits of `transform` in files, which were found in some folders, and returns whether
there are any, and which others it would make with the rules that are off and edit where pods run.
"""

Transforms: TypeAlias = Callable[[Mapping[str, Any], bytes], bytes]
"""Returns manifests as a configuration of ours among the transformers changes them."""


@dataclass(frozen=True, slots=True)
class Builder:
    """How to build: which `folders` (none: all roots), where to, and with which environment.

    `failure`: how severe it is that something cannot be built. `configured` is the folder of the
    configuration. `edits`: what is built after these is part of the states.
    """

    folders: tuple[str, ...]
    scratch: Path
    environment: Mapping[str, str]
    transforms: Transforms
    failure: Severity = "error"
    configured: Path = Path()
    edits: Edits | None = None


def with_builds(states: States, builder: Builder) -> States:
    """Return the states with what kustomize makes of them, in place of what went in.

    Raises:
        SettingsError: there is no kustomize, or no kustomization in one of the folders.
        OSError: a file cannot be written.
    """
    export_old, export_new = states.exports
    tree_new = _tree(states, export_new, builder.scratch)
    new = build(states.new, builder, "new", tree_new)
    edited = None if builder.edits is None else _edited(states, builder, new, tree_new)
    old = Built([])
    if states.old is not None:
        tree = _tree(states, export_old, builder.scratch)
        old_folders = [folder for one in builder.folders if (folder := _in_old(one, states))]
        there = [one for one in old_folders if kustomization_of(os.path.realpath(one), tree)]
        if there or not builder.folders:
            builder = replace(builder, folders=tuple(there))
            old = build(states.old, builder, "old", tree, new.done)
        else:
            old = Built(list(states.old))
    both = replace(
        new,
        origins={**new.origins, **old.origins},
        names={**old.names, **new.names},
        relative={**old.relative, **new.relative},
    )
    return _as_built(states, new, both)._replace(
        old=None if states.old is None else old.sources,
        reported_files=_reported(states, both, old),
        built_files=new.files | old.files,
        failures=[*new.failures, *map(_of_old, old.failures)],
        edited=edited,
    )


def _as_built(states: States, new: Built, both: Built) -> States:
    """Return the states with what was built; `both` leads back what was built of either."""
    return states._replace(
        new=new.sources,
        led_back=both.led_back,
        led=both.led,
        folders=both.folders,
        also_known=both.also_known,
        went_in=states.new,
        built_from=new.built_from,
        usages=new.usages,
        not_built=new.not_built,
    )


def _edited(states: States, builder: Builder, new: Built, tree: Tree) -> States | None:
    """Return what is built from the new state after edits; None if nothing is built of it."""
    if not new.done or builder.edits is None:
        return None
    went_in = [closure(Path(tree.copied(real))) for real in roots_of(states.new, (), tree)]
    went_in += [done.went_in for done in new.done.values()]
    folder = os.path.realpath(tempfile.mkdtemp(dir=builder.scratch))
    there = copied(states.new, went_in, tree, folder)
    roots = [there.tree.copied(os.path.realpath(root)) for root in states.roots]
    is_edited, possible = builder.edits(there.files, roots)
    of_new = states._replace(old=None, possible_edits=possible)
    if not is_edited:
        return _as_built(of_new, new, new)
    built = build(there.sources, builder, "edited", there.tree, new.done)
    return _as_built(of_new._replace(new=there.sources), built, built)


def _in_old(folder: str, states: States) -> str:
    """Return where the old state of a folder is; an empty text if it has none."""
    if states.old_folder is None:
        return folder
    new, old = states.old_folder
    below = os.path.relpath(os.path.realpath(folder), os.path.realpath(new))
    return "" if below.split("/")[0] == os.pardir else str(Path(old, below))


def _tree(states: States, export: Callable[[Path], None] | None, scratch: Path) -> Tree:
    """Return where the files of a state are; they are written to a folder if they are not on the
    disk.
    """
    if export is None or states.top is None:
        return ON_DISK
    folder = Path(tempfile.mkdtemp(dir=scratch))
    export(folder)
    return Tree(os.path.realpath(states.top), os.path.realpath(folder))


def _reported(states: States, built: Built, old: Built) -> frozenset[str] | None:
    """Return the files whose findings are reported: also builds into which one of them goes, and
    kustomizations that cannot be built because of one of them, or that the `old` state builds.
    """
    reported = states.reported_files
    if reported is None:
        return None
    before = {origins.root for origins in old.origins.values()}
    broken = {built.name_of(root) for root in built.failed if root in before}
    went_in = {name: origins.went_in.files for name, origins in built.origins.items()}
    went_in |= {built.name_of(root): files for root, files in built.failed.items()}
    touched = {
        name
        for name, files in went_in.items()
        if not reported.isdisjoint(map(built.name_of, files))
    }
    return reported | broken | touched


def _of_old(found: Finding) -> Finding:
    message = f"in the old state, and therefore not compared: {found.message}"
    return found._replace(message=message, severity="warning")


def build(
    sources: Sequence[Source],
    builder: Builder,
    state: Literal["new", "old", "edited"],
    tree: Tree,
    known: Mapping[str, Done] = MappingProxyType({}),
) -> Built:
    """Build the kustomizations among the sources of a state. Of those in `known`, by folder, into
    which the same goes, what came out is taken.

    Raises:
        SettingsError: there is no kustomize, or no kustomization in one of the folders.
    """
    names = {os.path.realpath(source.path): source.name for source in reversed(sources)}
    relative = {os.path.realpath(source.path): source.relative for source in reversed(sources)}
    built = Built(list(sources), names=names, relative=relative, configured=builder.configured)
    roots = roots_of(sources, builder.folders, tree)
    if not roots:
        return built
    built.sources = []
    files = {real: f"{real}/{source.path.name}" for real, source in roots.items()}
    built.names |= {files[real]: source.name for real, source in roots.items()}
    built.relative |= {files[real]: source.relative for real, source in roots.items()}
    found = {real: closure(Path(tree.copied(real))) for real in roots}
    built.files = {tree.original(file) for one in found.values() for file in one.files}
    ends = {real: end for real, one in found.items() if (end := end_of(one, tree)) is not None}
    wanted = {real: one for real, one in found.items() if real not in ends}
    free = freed(sources, wanted, tree)
    wanted = {real: replace(one, is_free=real in free) for real, one in wanted.items()}
    for real, done in _done(wanted, roots, builder, builder.scratch / state, tree, known):
        if isinstance(done, End):
            ends[real] = done
        elif isinstance(done, Failure):
            ends[real] = FAILED
            built.failed[files[real]] = set(map(tree.original, wanted[real].files))
            built.failures.append(done.finding)
            built.echoes[(done.finding.file, done.finding.message)] = names.get(done.file, "")
        else:
            _add(built, real, done, roots[real], _STATES[state])
    uses = {real: set(map(tree.original, one.layers)) for real, one in found.items()}
    names_of = {real: source.name for real, source in by_folder(sources).items()}
    built.not_built = not_built(names_of, ends, uses, are_named=bool(builder.folders))
    built.sources = [*left(sources, roots, found, built.done, tree), *built.sources]
    return built


def _add(built: Built, real: str, done: Done, source: Source, state: str) -> None:
    """Add the outcome of a build as a source."""
    name = f"{posixpath.dirname(source.name) or '.'} ({state})"
    built.done[real] = done
    built.origins[name] = done.origins
    built.usages[name] = KustomizationUsage(roots=(-len(built.done),))
    path = done.origins.built
    built.sources.append(source._replace(path=path, name=name, opener=None, is_named=True))


def _done(
    wanted: Mapping[str, Closure],
    roots: Mapping[str, Source],
    builder: Builder,
    scratch: Path,
    tree: Tree,
    known: Mapping[str, Done],
) -> Iterator[tuple[str, Done | Failure | End]]:
    """Yield the folder of each build, and what came of it."""
    same = {real: known[real] for real, one in wanted.items() if _is_known(real, one, tree, known)}
    yield from same.items()
    changed = {real: one for real, one in wanted.items() if real not in same}
    files: dict[str, Objects] = {}
    command = program(builder.environment) if changed else ()
    for real, layer, printed in _printed(changed, command, scratch, tree):
        one, moved = changed[real], moved_by(changed[real], layer, tree)
        if printed.failure:
            how = (*command, *options_of(one))
            yield real, failed(roots[real], printed.failure, how, moved, builder.failure)
            continue
        if not printed.manifests.strip():
            yield real, EMPTY
            continue
        try:
            made = _made(one, layer, printed.manifests, builder.transforms)
        except SettingsError as error:
            file = os.path.relpath(tree.original(os.path.realpath(error.file)))
            yield real, misconfigured(roots[real], file, error, builder.failure)
            continue
        went_in = replace(one, files={tree.original(file) for file in one.files})
        root = f"{real}/{roots[real].path.name}"
        origins = BuildOrigins(root, str(layer), went_in, made, moved, files)
        yield real, Done(one, tree, origins)


def _is_known(real: str, one: Closure, tree: Tree, known: Mapping[str, Done]) -> bool:
    return real in known and is_same(known[real].went_in, known[real].tree, one, tree)


_STATES = {
    "new": "built",
    "old": "built from the old state",
    "edited": "built after the edits",
}


def _printed(
    wanted: Mapping[str, Closure],
    command: tuple[str, ...],
    scratch: Path,
    tree: Tree,
) -> Iterator[tuple[str, Path, Printed]]:
    """Yield the folder of each build, the layer above it, and what was printed."""
    scratch.mkdir()
    layers = [scratch / str(number) for number in range(len(wanted))]
    stop = threading.Event()

    def printed(real: str, layer: Path) -> Printed:
        try:
            add_layer(layer, tree.copied(real), wanted[real])
        except OSError as error:
            return Printed(failure=f"it cannot be copied: {reason_of(error)}")
        return run(command, layer, options_of(wanted[real]), stop=stop)

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        try:
            yield from zip(wanted, layers, threads.map(printed, wanted, layers), strict=True)
        finally:
            stop.set()  # a signal ends builds that still run


def _made(one: Closure, layer: Path, manifests: bytes, transforms: Transforms) -> Path:
    """Return a file with what was built.

    Raises:
        SettingsError: a configuration of ours is invalid; it has its file.
    """
    for file, configuration in one.configurations:
        try:
            manifests = transforms(configuration, manifests)
        except SettingsError as error:
            raise SettingsError(error.message, file=file, hint=error.hint) from None
    kept = layer / "built.yaml"
    kept.write_bytes(manifests)
    return kept
