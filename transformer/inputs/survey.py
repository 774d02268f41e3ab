"""What is in a repository, as far as a configuration for it depends on that.

Files are read one after another, and parsed only if something in them may matter.
"""

import posixpath
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from typing import Any

from transformer.errors import InputError
from transformer.inputs.discovery import CHART, Source
from transformer.inputs.reading import values
from transformer.inputs.repository_top import git_top
from transformer.kubernetes.generators import KUSTOMIZATIONS
from transformer.kubernetes.objects import manifests, mapping_at
from transformer.kubernetes.pools import is_pool, pool_of
from transformer.pipeline.cluster_pools import PoolAt
from transformer.pipeline.deployments import (
    APPLICATION,
    FLUX,
    Copy,
    Deployment,
    copied,
    deployed,
    kustomized,
)
from transformer.pipeline.kustomization_graph import LISTS, PATCHES

DEPLOYING = (b"kustomize.toolkit.fluxcd.io", b"source.extensions.fluxcd.io", b"argoproj.io")
"""What is in each file with objects of Flux and Argo CD."""

POOLS = (b"NodePool",)
"""What is in each file with NodePools."""

TEMPLATES = (b"{{", b"{%")
"""What is in each file that cannot be read because it is a template."""

_HEAD = (b"apiVersion", b"kind")


class Survey:
    """What has been read of a repository; paths are relative to `root`.

    Of files in which nothing is that `mentions` has, only the names count, unless they are
    kustomizations.
    """

    def __init__(self, root: Path, mentions: Collection[bytes] = DEPLOYING) -> None:
        self._root = root
        self._mentions = mentions
        self._below = root.relative_to(git_top(root) or root).as_posix()
        self.deployments: list[Deployment] = []
        self.copies: list[Copy] = []
        self.built: dict[str, list[str]] = {}
        """The files and folders that the kustomization of a folder lists."""

        self.patches: set[str] = set()
        """The files that kustomizations name as patches."""

        self.known: set[str] = set()
        """All files, the folders above them, and what else objects deploy that exists."""

        self.manifests = 0
        """The number of files that look like manifests, and are no templates."""

        self.charts = 0
        self.unread: list[str] = []
        self.templates: list[str] = []
        """Those of `unread` that are templates."""

        self._pools: list[PoolAt] = []
        self._is_patching = False

    @property
    def objects(self) -> int:
        """The number of objects of Flux and Argo CD that deploy something."""
        return sum(one.kind in (FLUX, APPLICATION) for one in self.deployments)

    @property
    def pools(self) -> list[PoolAt]:
        """The NodePools, without those in patches."""
        return [one for one in self._pools if one.file not in self.patches]

    @property
    def has_layers(self) -> bool:
        """Whether a kustomization builds on another one, or patches something."""
        folders = self.built.keys()
        listed = (path for paths in self.built.values() for path in paths)
        return self._is_patching or any(path in folders for path in listed)

    @property
    def is_plain(self) -> bool:
        """Whether all manifests are applied as they are, as far as can be seen."""
        return not (self.has_layers or self.charts or self.objects)

    def take(self, source: Source, max_document: int) -> None:
        """Add a file."""
        above = PurePosixPath(source.relative).parents
        self.known.update((source.relative, *map(str, above)))
        is_kustomization = source.path.name in KUSTOMIZATIONS
        data = b""
        try:
            data = source.path.read_bytes()
            if is_kustomization or any(map(data.__contains__, self._mentions)):
                with source.open() as file:
                    for value in values(file, max_document):
                        self._add(source.relative, value, is_kustomization=is_kustomization)
        except (OSError, InputError):
            self.unread.append(source.name)
            if any(map(data.__contains__, TEMPLATES)):
                self.templates.append(source.name)
        else:
            self.manifests += is_kustomization or all(map(data.__contains__, _HEAD))
            self.charts += source.path.name == CHART

    def _add(self, file: str, value: Any, *, is_kustomization: bool) -> None:
        for manifest in manifests(value):
            deployment = deployed(manifest, file, self._below)
            if deployment is not None:
                self.deployments.append(deployment)
                inside = (path for path in deployment.paths if not path.startswith(".."))
                self.known.update(path for path in inside if (self._root / path).exists())
            elif is_kustomization:
                self._add_kustomization(posixpath.dirname(file), mapping_at(value))
            elif is_pool(manifest):
                self._pools.append(PoolAt(file, pool_of(manifest)))
            else:
                self.copies += copied(manifest, posixpath.dirname(file) or ".", self._below)

    def _add_kustomization(self, folder: str, value: dict[str, Any]) -> None:
        listed = kustomized(folder, value, (*LISTS, *PATCHES))
        self.built.setdefault(folder or ".", []).extend(listed)
        self.patches.update(kustomized(folder, value, PATCHES))
        self._is_patching = self._is_patching or any(map(value.get, PATCHES))
