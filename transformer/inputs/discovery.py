"""Which files a run reads: those that PATHs name, and those found in folders."""

import os
import posixpath
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeAlias

from transformer.errors import SettingsError
from transformer.globs import is_chosen, outermost
from transformer.kubernetes.generators import KUSTOMIZATIONS
from transformer.pipeline.settings import Cluster

SUFFIXES = (".yaml", ".yml", ".json")
CHART = "Chart.yaml"


class Source(NamedTuple):
    """A file to read. `name` is its name in messages; `clusters` are the names of the clusters that
    it belongs to.

    `relative` is its path from the configuration's folder, or an absolute path if it is outside.
    `is_stream`: it contains standard input. `blob` is the name of its content in Git, if it is read
    from there.
    """

    path: Path
    name: str
    is_named: bool
    clusters: tuple[str, ...] = ()
    relative: str = ""
    opener: Callable[[], BinaryIO] | None = None
    is_stream: bool = False
    blob: str = ""

    def open(self) -> BinaryIO:
        """Return its bytes as a file: the one that `opener` returns, or the one at `path`.

        Raises:
            OSError: it cannot be opened.
        """
        return self.path.open("rb") if self.opener is None else self.opener()


class DiscoveredFile(NamedTuple):
    """A file that a PATH names or contains. Files with the same `identity` are one file (empty: the
    identity is that of `path`); `opener` and `blob` as in `Source`. `is_link`: it is known to be a
    link.
    """

    path: Path
    is_named: bool
    identity: str = ""
    opener: Callable[[], BinaryIO] | None = None
    is_link: bool = False
    blob: str = ""

    def yields_to(self, other: "DiscoveredFile") -> bool:
        """Whether to prefer the name of `other`, which is the same file: names given by the user
        come first, and in a search the name of the file comes before those of links.
        """
        if self.is_named or other.is_named:
            return not self.is_named
        return self._is_a_link() and not other._is_a_link()

    def _is_a_link(self) -> bool:
        return self.is_link or (self.opener is None and self.path.is_symlink())


class DiscoveryOptions(NamedTuple):
    """How folders are searched: `include`, `exclude`, `scopes` and the paths of `clusters` are
    patterns relative to `root` (absolute: the configuration's folder).

    `only`: the names of the clusters to read, together with the files that belong to none; without
    any, all are read.
    """

    root: Path
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    only: tuple[str, ...] = ()

    def clusters_of(self, relative: str) -> tuple[str, ...]:
        """Return the names of the clusters that a file belongs to."""
        names = [one.name for one in self.clusters if is_chosen(relative, one.paths)]
        if self.scopes and (scope := scope_of(relative, self.scopes)) and scope not in names:
            names.append(scope)
        return tuple(names)

    def chosen(self, relative: str) -> tuple[str, ...] | None:
        """Return those of its clusters that are read; None if a file is left out."""
        names = self.clusters_of(relative)
        if not (self.only and names):
            return names
        return tuple(name for name in names if name in self.only) or None


FileLookup: TypeAlias = Callable[[str], Iterable[DiscoveredFile]]
"""Yields the files that a PATH names, or those that a search of it finds if it is a folder."""


def discover(
    paths: Iterable[str], options: DiscoveryOptions, *, look: FileLookup | None = None
) -> list[Source]:
    """Return the files that `paths` name, and the manifests in folders.

    Each file is returned once per cluster, even if several links lead to it, with the name in
    `paths` if it has one; a link that is a kustomization is a file of its own, and takes the place
    of the file that it leads to, if that is none. A search skips hidden folders, `node_modules` and
    the `templates/` of a Helm chart. A folder that cannot be searched is returned as a file, so
    that reading it reports why. `look` replaces the search on the disk.

    Raises:
        SettingsError: a path does not exist (if `look` is set, it decides that).
    """
    root, include, exclude = options.root, options.include, options.exclude
    found: dict[tuple[tuple[str, ...], str], tuple[DiscoveredFile, Source]] = {}
    for name in paths:
        if not name:
            hint = "check that the variables in the command are set"
            raise SettingsError("a PATH is empty", hint=hint)
        for file in (look or on_disk)(name):
            relative = relative_to_root(file.path, root)
            if not file.is_named and not is_taken(relative, include, exclude):
                continue
            clusters = options.chosen(relative)
            if clusters is None:
                continue
            source = Source(
                file.path,
                str(file.path),
                file.is_named,
                clusters,
                relative,
                file.opener,
                blob=file.blob,
            )
            identity = (clusters, _identity(file))
            known, _ = found.setdefault(identity, (file, source))
            if known.yields_to(file):
                found[identity] = (file, source)
    linked = {_content(file) for file, _ in found.values() if file.path.name in KUSTOMIZATIONS}
    kept = {
        key: source
        for key, (file, source) in found.items()
        if file.path.name in KUSTOMIZATIONS or _content(file) not in linked
    }
    if not options.clusters:  # then clusters do not overlap
        return list(kept.values())
    return list(_once_in_each(kept))


def _identity(file: DiscoveredFile) -> str:
    """Return what tells files apart: of a kustomization it is the folder, since the paths in it
    begin there, even if it is a link; of others the content.
    """
    if file.path.name in KUSTOMIZATIONS:
        return posixpath.join(os.path.realpath(file.path.parent), file.path.name)
    return _content(file)


def _content(file: DiscoveredFile) -> str:
    return file.identity or os.path.realpath(file.path)


def _once_in_each(found: Mapping[tuple[tuple[str, ...], str], Source]) -> Iterator[Source]:
    """Yield the sources, by clusters and identity, each in those clusters that do not have its file
    yet.
    """
    known: dict[str, set[str]] = {}
    for (clusters, identity), source in found.items():
        have = known.setdefault(identity, set())
        new = tuple(name for name in clusters if name not in have)
        if new or not clusters:
            yield source._replace(clusters=new)
        have.update(clusters)


def on_disk(name: str) -> Iterator[DiscoveredFile]:
    """Yield the files of a PATH on the disk.

    Raises:
        SettingsError: there is no such file or folder.
    """
    path = Path(name)
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        raise no_such_path(name) from None
    except OSError:
        is_folder = False
    if is_folder:
        yield from _search(path)
    else:
        yield DiscoveredFile(path, True)


def no_such_path(name: str) -> SettingsError:
    """Return the error that a PATH does not exist."""
    hint = "check the PATH; `hostnet-transform --help` lists the commands"
    return SettingsError(f"there is no file or folder {name!r}", hint=hint)


def _search(folder: Path) -> Iterator[DiscoveredFile]:
    closed: list[OSError] = []
    for name in searched(os.walk(folder, onerror=closed.append)):
        path = Path(name)
        if is_plain(path):
            yield DiscoveredFile(path, False)
    for error in closed:
        yield DiscoveredFile(Path(error.filename), True)


def searched(walk: Iterable[tuple[str, list[str], list[str]]]) -> Iterator[str]:
    """Yield the files of a walk (in the form of `os.walk`) that a search includes."""
    for here, folders, files in walk:
        is_chart = CHART in files
        folders[:] = sorted(name for name in folders if _is_searched(name, is_chart=is_chart))
        yield from (posixpath.join(here, name) for name in sorted(files) if _is_manifest_name(name))


def _is_searched(folder: str, *, is_chart: bool) -> bool:
    """Whether a search includes a folder with this name; `is_chart`: it is in a Helm chart."""
    is_skipped = folder.startswith(".") or folder == "node_modules"
    return not is_skipped and not (is_chart and folder == "templates")


def _is_manifest_name(file: str) -> bool:
    """Whether a search includes a file with this name."""
    return not file.startswith(".") and (file.endswith(SUFFIXES) or file in KUSTOMIZATIONS)


def is_plain(path: Path) -> bool:
    """Whether `path` is a file, not a FIFO or a socket; if that is unknown, reading reports why."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True


def relative_to_root(path: Path, root: Path) -> str:
    """Return `path` relative to `root` with forward slashes, or absolute if it is outside."""
    full, base = os.path.abspath(path), posixpath.join(root, "")  # noqa: PTH100 (much faster)
    if full.startswith(base):
        return full.removeprefix(base)
    absolute = Path(full)
    if absolute.is_relative_to(root):
        return absolute.relative_to(root).as_posix()
    real, top = path.parent.resolve() / path.name, root.resolve()
    return (real.relative_to(top) if real.is_relative_to(top) else absolute).as_posix()


def is_taken(relative: str, include: tuple[str, ...], exclude: tuple[str, ...]) -> bool:
    """Whether a search includes a file, according to the patterns of the configuration."""
    return not is_chosen(relative, exclude) and (not include or is_chosen(relative, include))


def scope_of(relative: str, scopes: tuple[str, ...]) -> str:
    """Return the folder of the scope that `relative` belongs to, or an empty string."""
    return outermost(relative[: relative.rfind("/") + 1], scopes).removesuffix("/")
