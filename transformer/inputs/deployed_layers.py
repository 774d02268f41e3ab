"""What objects of Flux and Argo CD in the files of a run deploy from folders of the same files."""

import os
import posixpath
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from transformer.errors import InputError
from transformer.inputs.discovery import Source
from transformer.inputs.reading import chunks, documents_of, value_of
from transformer.inputs.real_paths import RealPaths
from transformer.kubernetes.generators import KUSTOMIZATIONS
from transformer.kubernetes.objects import manifests
from transformer.pipeline.context import RunContext
from transformer.pipeline.deployed_layers import DeployedLayer, deployed_layers, entries
from transformer.pipeline.kustomization_graph import patch_files

_MENTIONS = (b"kustomize.toolkit.fluxcd.io", b"argoproj.io")
_LONGEST = max(map(len, _MENTIONS))


class Deployed(NamedTuple):
    """A deployment by an object in a file, from `folder`; `entries` are the files and folders that
    it takes. All are real paths.
    """

    source: Source
    deployment: DeployedLayer
    folder: str
    entries: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether it takes the kustomization in its folder."""
        return self.entries == (self.folder,)

    @property
    def patches(self) -> Iterator[str]:
        """The real paths of the files that it names as patches."""
        for name in patch_files(self.deployment.fields):
            yield os.path.realpath(Path(self.folder, name))


def read_deployed_layers(
    sources: Sequence[Source], roots: Sequence[str], context: RunContext, real_paths: RealPaths
) -> list[Deployed]:
    """Return what the objects in `sources` deploy from folders with any of the sources.

    Paths are relative to the repository of the object; without one, to the outermost of the
    folders `roots` that it is in. What cannot be read is ignored here; a later pass reports it.
    """
    by_path = {real_paths.of(one.path): one for one in sources if not one.is_stream}
    found = [(real, one) for real in by_path for one in _in_file(by_path[real], context)]
    files = sorted(by_path) if found else []
    cut = [file.rpartition("/") for file in files]
    kustomized = {folder for folder, _, name in cut if name in KUSTOMIZATIONS}
    top_of = cache(partial(_top, tuple(map(os.path.realpath, roots))))
    deployed = []
    for real, one in found:
        top = top_of(posixpath.dirname(real))
        folder = os.path.realpath(Path(top, one.path)) if top else ""
        below = _below(folder, files) if folder else []
        if taken := entries(one, folder, below, kustomized) if below else ():
            deployed.append(Deployed(by_path[real], one, folder, taken))
    return deployed


def _in_file(source: Source, context: RunContext) -> Iterator[DeployedLayer]:
    with suppress(OSError, InputError):
        for document in documents_of(source, context) if _is_mentioned(source) else ():
            if any(map(document.raw.data.__contains__, _MENTIONS)):
                with suppress(InputError):
                    for manifest in manifests(value_of(document)):
                        yield from deployed_layers(manifest)


def _is_mentioned(source: Source) -> bool:
    """Whether a file may hold such objects.

    Raises:
        OSError: it cannot be read.
    """
    with source.open() as file:
        before = b""
        for chunk in chunks(file):
            if any(map((before + chunk).__contains__, _MENTIONS)):
                return True
            before = chunk[-_LONGEST:]
    return False


def _top(roots: Sequence[str], folder: str) -> str:
    """Return the folder that paths in objects in `folder` are relative to; nothing if that is
    unknown.
    """
    every = (Path(folder), *Path(folder).parents)
    of_git = next((str(one) for one in every if (one / ".git").exists()), "")
    return of_git or min((root for root in roots if Path(root) in every), key=len, default="")


def _below(folder: str, files: Sequence[str]) -> Sequence[str]:
    """Return the files below a folder; `files` are sorted."""
    start = bisect_left(files, f"{folder}/")
    return files[start : bisect_left(files, f"{folder}0", start)]  # 0 comes after /
