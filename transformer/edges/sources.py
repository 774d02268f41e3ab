"""Which files a run reads: PATHs, folders searched, scopes, patch files of kustomizations."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from transformer.errors import SettingsError

SUFFIXES = (".yaml", ".yml", ".json")
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read. `name` is what messages call it; `scope` the world it belongs to."""

    path: Path
    name: str
    is_named: bool
    scope: str = ""


def discover(
    paths: Iterable[str],
    *,
    root: Path,
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
    scopes: Iterable[str] = (),
) -> list[Source]:
    """Return the files that `paths` name, folders searched for manifests, each file once.

    Hidden folders, `node_modules` and the `templates/` of a Helm chart are left out of a search;
    `include` and `exclude` are globs relative to `root` (the configuration's folder).

    Raises:
        SettingsError: a path does not exist.
    """
    include, exclude, scopes = tuple(include), tuple(exclude), tuple(scopes)
    found: dict[Path, Source] = {}
    for name in paths:
        path = Path(name)
        if path.is_dir():
            for inner in _search(path):
                relative = _relative(inner, root)
                if _is_taken(relative, include, exclude):
                    found.setdefault(
                        inner, Source(inner, str(inner), False, scope_of(relative, scopes))
                    )
        elif path.exists():
            found.setdefault(
                path, Source(path, name, True, scope_of(_relative(path, root), scopes))
            )
        else:
            raise SettingsError(f"there is no file or folder {name!r}")
    return list(found.values())


def _search(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        is_chart = "Chart.yaml" in files
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name != "node_modules"
            and not (is_chart and name == "templates")
        )
        for name in sorted(files):
            if name.endswith(SUFFIXES) and not name.startswith("."):
                yield Path(here, name)


def _relative(path: Path, root: Path) -> str:
    """Return `path` relative to `root` with forward slashes, or as it is where it lies outside."""
    absolute = Path(os.path.abspath(path))
    try:
        return absolute.relative_to(os.path.abspath(root)).as_posix()
    except ValueError:
        return absolute.as_posix()


def _is_taken(relative: str, include: tuple[str, ...], exclude: tuple[str, ...]) -> bool:
    if any(_fits(relative, pattern) for pattern in exclude):
        return False
    return not include or any(_fits(relative, pattern) for pattern in include)


def _fits(relative: str, pattern: str) -> bool:
    """Whether a glob names the file, or a folder above it; `**/` matches no folder too."""
    if pattern.startswith("**/") and _fits(relative, pattern[3:]):
        return True
    parts = relative.split("/")
    return any(
        fnmatchcase("/".join(parts[:count]), pattern.rstrip("/"))
        for count in range(1, len(parts) + 1)
    )


def scope_of(relative: str, scopes: tuple[str, ...]) -> str:
    """Return the folder that makes `relative` part of a world of its own, or an empty string."""
    parts = relative.split("/")[:-1]
    for count in range(1, len(parts) + 1):
        folder = "/".join(parts[:count])
        if any(
            folder.count("/") == glob.strip("/").count("/") and fnmatchcase(folder, glob.strip("/"))
            for glob in scopes
        ):
            return folder
    return ""
