"""`--build`: what kustomize makes of the input is validated instead of the sources that went in."""

import json
import os
import posixpath
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from transformer.errors import SettingsError
from transformer.findings import Finding, Place, Related, Violation, finding_at
from transformer.inputs.builds.closure import (
    Closure,
    Layer,
    closure,
    kustomization_in,
    used_folders,
)
from transformer.inputs.builds.origins import BuildOrigins, placed
from transformer.inputs.builds.program import Printed, program, run
from transformer.inputs.comparison import States
from transformer.inputs.discovery import Source
from transformer.inputs.reading import unreadable
from transformer.kubernetes.generators import KUSTOMIZATIONS
from transformer.rules.base import KustomizationUsage

_LAYER = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: ['{folder}']
buildMetadata: [originAnnotations]
"""
_AT_ONCE = 2
_MOST_NAMED = 3


class Tree(NamedTuple):
    """Where the files of a state are: `copy` has those of `top`, or is the same folder."""

    top: str
    copy: str

    def copied(self, real: str) -> str:
        is_below = real == self.top or real.startswith(f"{self.top}/")
        return self.copy + real[len(self.top) :] if is_below else real

    def original(self, path: str) -> str:
        is_below = path == self.copy or path.startswith(f"{self.copy}/")
        return self.top + path[len(self.copy) :] if is_below else path


ON_DISK = Tree("", "")


@dataclass(frozen=True, slots=True)
class NotBuilt:
    """A kustomization that is not built, and why."""

    name: str
    reason: str


@dataclass(slots=True)
class Built:
    """The sources of a state after its kustomizations are built.

    `origins` lead findings on what was built back, by the name of its source; `names` are those of
    the files, by real path. `usages` keep objects of different builds apart.
    """

    sources: list[Source]
    origins: dict[str, BuildOrigins] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    usages: dict[str, KustomizationUsage] = field(default_factory=dict)
    failures: list[Finding] = field(default_factory=list)
    not_built: list[NotBuilt] = field(default_factory=list)

    def led_back(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return findings at the places where they come from.

        Those that several builds have in common are one, which names the kustomizations.
        """
        result: dict[Finding, list[str]] = {}
        clusters: dict[Finding, dict[str, None]] = {}
        for found in findings:
            origins = self.origins.get(found.file)
            led = self._led(found)
            if origins is not None:
                led = replace(led, document=0, item="", object=found.object)
            by = [] if origins is None else [self._name(origins.root)]
            own, led = led.clusters, replace(led, clusters=())
            result.setdefault(led, []).extend(by)
            clusters.setdefault(led, {}).update(dict.fromkeys(own))
        return [
            replace(_named_by(found, names), clusters=tuple(clusters[found]))
            for found, names in result.items()
        ]

    def _led(self, found: Finding) -> Finding:
        """Return a finding at the place where it comes from, if it is on something built."""
        origins = self.origins.get(found.file)
        if origins is not None:
            location = origins.location(found)
            found = placed(found, location, origins, self._name(location.file))
        related = tuple(map(self._led_related, found.related))
        return replace(found, related=related) if related != found.related else found

    def _led_related(self, one: Related) -> Related:
        origins = self.origins.get(one.file)
        if origins is None or one.object is None:
            return one
        location = origins.place_of(one.object)
        at = placed(_AS_FINDING, location, origins, self._name(location.file))
        return replace(one, file=at.file, line=at.line, column=at.column)

    def _name(self, real: str) -> str:
        return self.names.get(real) or os.path.relpath(real)


def _named_by(found: Finding, names: Sequence[str]) -> Finding:
    names = [name for name in dict.fromkeys(names) if name != found.file]
    if not names:
        return found
    more = len(names) - _MOST_NAMED
    words = ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return replace(found, message=f"{found.message} (as built by {words})")


_AS_FINDING = finding_at(Place(""), "", "info", Violation("", ""))


@contextmanager
def building() -> Iterator[Path]:
    """Yield a folder for builds, which is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="hostnet-build-") as folder:
        yield Path(os.path.realpath(folder))


Transforms: TypeAlias = Callable[[Mapping[str, Any], bytes], bytes]
"""Returns manifests as a configuration of ours among the transformers changes them."""


@dataclass(frozen=True, slots=True)
class Builder:
    """How to build: which `folders` (none: all roots), where to, and with which environment."""

    folders: tuple[str, ...]
    scratch: Path
    environment: Mapping[str, str]
    transforms: Transforms


def with_builds(states: States, builder: Builder) -> States:
    """Return the states with what kustomize makes of them, in place of what went in.

    Raises:
        SettingsError: there is no kustomize, or no kustomization in one of the folders.
        OSError: a file cannot be written.
    """
    export_old, export_new = states.exports
    new = build(states.new, builder, "new", _tree(states, export_new, builder.scratch))
    old = Built([])
    if states.old is not None:
        tree = _tree(states, export_old, builder.scratch)
        there = [one for one in builder.folders if _kustomization(os.path.realpath(one), tree)]
        if there or not builder.folders:
            builder = replace(builder, folders=tuple(there))
            old = build(states.old, builder, "old", tree)
        else:
            old = Built(list(states.old))
    both = replace(new, origins={**new.origins, **old.origins}, names={**old.names, **new.names})
    return states._replace(
        new=new.sources,
        old=None if states.old is None else old.sources,
        reported_files=_reported(states, both),
        failures=[*new.failures, *map(_of_old, old.failures)],
        led_back=both.led_back,
        went_in=states.new,
        usages=new.usages,
        not_built={one.name: one.reason for one in new.not_built},
    )


def _tree(states: States, export: Callable[[Path], None] | None, scratch: Path) -> Tree:
    """Return where the files of a state are; they are written to a folder if they are not on the
    disk.
    """
    if export is None or states.top is None:
        return ON_DISK
    folder = Path(tempfile.mkdtemp(dir=scratch))
    export(folder)
    return Tree(os.path.realpath(states.top), os.path.realpath(folder))


def _reported(states: States, built: Built) -> frozenset[str] | None:
    """Return the files whose findings are reported: builds into which one of them goes, too."""
    reported = states.reported_files
    if reported is None:
        return None
    return reported | {
        name
        for name, origins in built.origins.items()
        if not reported.isdisjoint(built.names.get(file, "") for file in origins.went_in.files)
    }


def _of_old(found: Finding) -> Finding:
    message = f"in the old state, and therefore not compared: {found.message}"
    return replace(found, message=message, severity="warning")


def build(
    sources: Sequence[Source], builder: Builder, state: Literal["new", "old"], tree: Tree
) -> Built:
    """Build the kustomizations among the sources of a state.

    Raises:
        SettingsError: there is no kustomize, or no kustomization in one of the folders.
    """
    names = {os.path.realpath(source.path): source.name for source in reversed(sources)}
    built = Built(list(sources), names=names)
    roots = _roots(sources, builder.folders, tree)
    if not roots:
        return built
    found = {real: closure(Path(tree.copied(real))) for real in roots}
    built.not_built = [
        NotBuilt(roots[real].name, _reason(one, tree))
        for real, one in found.items()
        if one.obstacles
    ]
    wanted = {real: one for real, one in found.items() if not one.obstacles}
    done: set[str] = set()
    for real, layer, printed in _printed(
        wanted, builder.environment, builder.scratch / state, tree
    ):
        if printed.failure:
            built.failures.append(_failed(roots[real], printed))
            continue
        done.add(real)
        one, source = wanted[real], roots[real]
        made = _made(source, one, layer, printed.manifests, builder.transforms)
        made = made._replace(name=f"{made.name} ({_STATES[state]})")
        origins = replace(one, files={tree.original(file) for file in one.files})
        root, moved = os.path.realpath(source.path), _moved(one, layer, tree)
        built.origins[made.name] = BuildOrigins(root, str(layer), origins, made.path, moved)
        built.usages[made.name] = KustomizationUsage(roots=(-len(done),))
        built.sources.append(made)
    gone = _went_in(found, done, tree)
    built.sources = [
        source for source in built.sources if os.path.realpath(source.path) not in gone
    ]
    return built


_STATES = {"new": "built", "old": "built from the old state"}


def _printed(
    wanted: Mapping[str, Closure], environment: Mapping[str, str], scratch: Path, tree: Tree
) -> Iterator[tuple[str, Path, Printed]]:
    """Yield the folder of each build, the layer above it, and what was printed."""
    if not wanted:
        return
    command = program(environment)
    scratch.mkdir()
    layers = [
        _layer(scratch / str(number), tree.copied(real), one)
        for number, (real, one) in enumerate(wanted.items())
    ]
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        printed = threads.map(lambda layer: run(command, layer), layers)
        yield from zip(wanted, layers, printed, strict=True)


def _reason(one: Closure, tree: Tree) -> str:
    file, what = one.obstacles[0]
    return f"{what} in {os.path.relpath(tree.original(os.path.realpath(file)))}"


def _went_in(found: Mapping[str, Closure], done: Collection[str], tree: Tree) -> set[str]:
    """Return the files of what was built, but for those that go into anything else as well."""
    files = {
        real: {tree.original(file) for file in closure_.files} for real, closure_ in found.items()
    }
    kept = {file for real, its in files.items() if real not in done for file in its}
    return {file for real in done for file in files[real]} - kept


def _roots(sources: Sequence[Source], folders: Sequence[str], tree: Tree) -> dict[str, Source]:
    """Return the kustomizations to build, by the real path of their folder."""
    by_folder = {
        os.path.realpath(source.path.parent): source
        for source in sources
        if source.path.name in KUSTOMIZATIONS
    }
    if folders:
        return {os.path.realpath(folder): _named(folder, by_folder, tree) for folder in folders}
    layers = {real: _kustomization(real, tree) for real in by_folder}
    used = {
        tree.original(folder)
        for layer in layers.values()
        for folder in (used_folders(layer) if layer is not None else ())
    }
    return {
        real: by_folder[real]
        for real, layer in layers.items()
        if layer is not None and layer.value.get("kind") != "Component" and real not in used
    }


def _kustomization(real: str, tree: Tree) -> Layer | None:
    return kustomization_in(Path(tree.copied(real)))


def _named(folder: str, by_folder: Mapping[str, Source], tree: Tree) -> Source:
    real = os.path.realpath(folder)
    if (source := by_folder.get(real)) is not None:
        return source
    layer = _kustomization(real, tree)
    if layer is None:
        raise SettingsError("there is no kustomization in this folder", file=folder)
    path = Path(folder, layer.file.name)
    return Source(path, str(path), True, relative=path.as_posix())


def _layer(layer: Path, folder: str, one: Closure) -> Path:
    """Return a new folder with a kustomization above the user's own, which is left untouched.

    What lists our own plugins is built from a copy without them.
    """
    layer.mkdir()
    top = _top_of(one)
    if one.own:
        shutil.copytree(top, layer / _COPY, symlinks=True, ignore=_LEFT_OUT)
        for file, value in one.own.items():
            copy = layer / _COPY / os.path.relpath(file, top)
            copy.write_text(json.dumps(value), encoding="utf-8")
        folder = str(layer / _COPY / os.path.relpath(folder, top))
    relative = os.path.relpath(folder, layer).replace("'", "''")
    (layer / "kustomization.yaml").write_text(_LAYER.format(folder=relative), encoding="utf-8")
    return layer


_COPY = "copy"
_LEFT_OUT = shutil.ignore_patterns(".git", "node_modules", ".venv")


def _top_of(one: Closure) -> str:
    return os.path.commonpath([*one.layers, *map(os.path.dirname, one.files)])


def _moved(one: Closure, layer: Path, tree: Tree) -> dict[str, str]:
    """Return from where what is below each folder was copied."""
    moved = {tree.copy: tree.top} if tree.copy != tree.top else {}
    if one.own:
        moved = {str(layer / _COPY): tree.original(_top_of(one)), **moved}
    return moved


def _made(
    source: Source, one: Closure, layer: Path, manifests: bytes, transforms: Transforms
) -> Source:
    """Return what was built as a source."""
    for configuration in one.configurations:
        manifests = transforms(configuration, manifests)
    kept = layer / "built.yaml"
    kept.write_bytes(manifests)
    name = posixpath.dirname(source.name) or "."
    return source._replace(path=kept, name=name, opener=None, is_named=True)


def _failed(source: Source, printed: Printed) -> Finding:
    message = f"kustomize cannot build this: {printed.failure}"
    return unreadable(source, message, "run `kustomize build` there")
