"""Which builds may load files from anywhere in the repository, as Flux lets them.

Without an option, kustomize loads only files in or below the folder of a kustomization. Flux lifts
that for what it builds, within the repository.
"""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path

from transformer.errors import InputError
from transformer.inputs.builds.closure import Closure, is_below
from transformer.inputs.builds.tree import Tree
from transformer.inputs.discovery import Source
from transformer.inputs.reading import values
from transformer.kubernetes.generators import KUSTOMIZATIONS
from transformer.kubernetes.objects import manifests
from transformer.text.framing import MAX_DOCUMENT

OPTION = ("--load-restrictor", "LoadRestrictionsNone")
"""The option of kustomize that lifts the restriction."""

_FLUX = "kustomize.toolkit.fluxcd.io"


def freed(sources: Sequence[Source], found: Mapping[str, Closure], tree: Tree) -> set[str]:
    """Return the folders that are built without the restriction: Flux builds them, they need it,
    and all that goes in lies in the repository.
    """
    wanting = {real for real, one in found.items() if one.leaves and one.is_known}
    if not wanting:
        return set()
    folders = [os.path.realpath(source.path.parent) for source in sources]
    common = os.path.commonpath([*folders, *found])
    top = tree.top or _repository_of(common)
    inside = {
        real
        for real in wanting
        if all(_is_inside(it, tree.copied(top)) for it in found[real].files)
    }
    built = _built_by_flux(sources, top, common) if inside else set()
    return {real for real in inside if _leads_to(real, built, tree)}


def options_of(one: Closure) -> tuple[str, ...]:
    """Return the options of a build."""
    return OPTION if one.is_free else ()


def _repository_of(folder: str) -> str:
    """Return the folder above that is a repository of Git, or else `folder`."""
    above = (Path(folder), *Path(folder).parents)
    return str(next((one for one in above if (one / ".git").exists()), folder))


def _is_inside(file: str, top: str) -> bool:
    return is_below(file, top) and "/.git/" not in file[len(top) :]


def _built_by_flux(sources: Sequence[Source], top: str, common: str) -> set[str]:
    """Return the real paths of the folders that Flux Kustomizations name.

    A path begins at the top of the repository or of the input, or (an OCI artifact may have only a
    part of the repository) at a folder above the Kustomization.
    """
    found: set[str] = set()
    for source in sources:
        folder = Path(os.path.realpath(source.path.parent))
        above = {str(one) for one in (folder, *folder.parents) if is_below(str(one), top)}
        for path in _paths_in(source):
            starts = {top, common} | (above if path else set())
            found.update(os.path.normpath(Path(start, path)) for start in starts)
    return {folder for folder in found if folder == top or is_below(folder, top)}


def _paths_in(source: Source) -> Iterator[str]:
    """Yield the paths of the Flux Kustomizations in a file, without a slash in front."""
    with suppress(OSError, InputError):
        with source.open() as file:
            data = file.read()
        if _FLUX.encode() not in data:
            return
        for value in values(BytesIO(data), MAX_DOCUMENT):
            for manifest in manifests(value):
                path = manifest.spec.get("path", "")
                is_flux = (manifest.ref.group, manifest.ref.kind) == (_FLUX, "Kustomization")
                if is_flux and isinstance(path, str) and "\0" not in path:
                    yield os.path.normpath(f"/{path}").lstrip("/")


def _leads_to(real: str, built: Collection[str], tree: Tree) -> bool:
    """Whether Flux builds a folder: it is named, or found below a named one. Flux looks for
    kustomizations below a folder without one, and not below those that it finds.
    """
    if real in built:
        return True
    for above in map(str, Path(real).parents):
        if any(Path(tree.copied(above), name).is_file() for name in KUSTOMIZATIONS):
            return False
        if above in built:
            return True
    return False
