"""Which files a run reads: those that PATHs name, and those that a search of folders finds."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import BinaryIO, NamedTuple

from transformer.errors import SettingsError

SUFFIXES = (".yaml", ".yml", ".json")
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")


class Source(NamedTuple):
    """A file to read. `name` is what messages call it; `scope` the world it belongs to.

    `relative` is its path from the configuration's folder, or absolute where it lies outside.
    """

    path: Path
    name: str
    is_named: bool
    scope: str = ""
    relative: str = ""
    opener: Callable[[], BinaryIO] | None = None

    def open(self) -> BinaryIO:
        """Return its bytes as a file: what `opener` gives, or that at `path`.

        Raises:
            OSError: it cannot be opened.
        """
        return self.path.open("rb") if self.opener is None else self.opener()


def discover(
    paths: Iterable[str],
    *,
    root: Path,
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
    scopes: Iterable[str] = (),
) -> list[Source]:
    """Return the files that `paths` name, folders searched for manifests.

    Each file comes once in a scope, whatever links lead to it; it is named if any of `paths` names
    it. Hidden folders, `node_modules` and the `templates/` of a Helm chart are left out of a
    search; `include` and `exclude` are globs relative to `root` (absolute: the configuration's
    folder). A folder that cannot be searched is among the files, so that reading it tells why.

    Raises:
        SettingsError: a path does not exist.
    """
    include, exclude, scopes = tuple(include), tuple(exclude), tuple(scopes)
    found: dict[tuple[str, str], Source] = {}
    for name in paths:
        for path, is_named in _files(name):
            relative = _relative(path, root)
            if is_named or _is_taken(relative, include, exclude):
                source = Source(path, str(path), is_named, scope_of(relative, scopes), relative)
                identity = (source.scope, os.path.realpath(path))
                known = found.setdefault(identity, source)
                if is_named and not known.is_named:
                    found[identity] = known._replace(is_named=True)
    return list(found.values())


def _files(name: str) -> Iterator[tuple[Path, bool]]:
    """Yield what a PATH stands for: paths, and whether they were asked for by name."""
    if not name:
        raise SettingsError("a PATH is empty", hint="is a variable in the command not set?")
    path = Path(name)
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        raise SettingsError(
            f"there is no file or folder {name!r}",
            hint="check the PATH; `hostnet-transform --help` lists the commands",
        ) from None
    except OSError:
        is_folder = False
    if is_folder:
        yield from _search(path)
    else:
        yield path, True


def _search(folder: Path) -> Iterator[tuple[Path, bool]]:
    closed: list[OSError] = []
    for here, folders, files in os.walk(folder, onerror=closed.append):
        is_chart = "Chart.yaml" in files
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name != "node_modules"
            and not (is_chart and name == "templates")
        )
        for name in sorted(files):
            if name.startswith("."):
                continue
            if name.endswith(SUFFIXES) or name in KUSTOMIZATIONS:
                path = Path(here, name)
                if _is_plain(path):
                    yield path, False
    for error in closed:
        yield Path(error.filename), True


def _is_plain(path: Path) -> bool:
    """Whether `path` is a file, not a FIFO or a socket; what cannot be told, reading will tell."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True


def _relative(path: Path, root: Path) -> str:
    """Return `path` relative to `root` with forward slashes, or as it is where it lies outside."""
    absolute = Path(os.path.normpath(path.absolute()))
    if absolute.is_relative_to(root):
        return absolute.relative_to(root).as_posix()
    real, base = path.parent.resolve() / path.name, root.resolve()
    return (real.relative_to(base) if real.is_relative_to(base) else absolute).as_posix()


def _is_taken(relative: str, include: tuple[str, ...], exclude: tuple[str, ...]) -> bool:
    if any(_fits(relative, pattern) for pattern in exclude):
        return False
    return not include or any(_fits(relative, pattern) for pattern in include)


def _fits(relative: str, pattern: str) -> bool:
    """Whether a glob names the file, or a folder above it; `**/` matches no folder too."""
    bare = pattern.removeprefix("./")
    if bare.startswith("**/") and _fits(relative, bare[3:]):
        return True
    parts = relative.split("/")
    return any(
        fnmatchcase("/".join(parts[:count]), bare.rstrip("/")) for count in range(1, len(parts) + 1)
    )


def scope_of(relative: str, scopes: tuple[str, ...]) -> str:
    """Return the folder that makes `relative` part of a world of its own, or an empty string."""
    parts = relative.split("/")[:-1]
    globs = [glob.removeprefix("./").strip("/") for glob in scopes]
    for count in range(1, len(parts) + 1):
        folder = "/".join(parts[:count])
        for glob in globs:
            if folder.count("/") == glob.count("/") and fnmatchcase(folder, glob):
                return folder
    return ""
