"""The `suggest-clusters` command: the `clusters` that follow from what Flux and Argo CD deploy."""

import json
import os
import posixpath
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from transformer.commands.host import discovery_options
from transformer.config.options import Options
from transformer.config.resolve import NAME, find, resolve
from transformer.errors import InputError
from transformer.inputs.discovery import Source, discover
from transformer.inputs.reading import values
from transformer.inputs.repository_top import git_top
from transformer.kubernetes.generators import KUSTOMIZATIONS
from transformer.kubernetes.objects import manifests, mapping_at
from transformer.pipeline.cluster_suggestions import suggested
from transformer.pipeline.deployed_paths import unpacked
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
from transformer.pipeline.settings import Cluster, Settings
from transformer.report.formatting import clean

_MENTIONS = (b"kustomize.toolkit.fluxcd.io", b"source.extensions.fluxcd.io", b"argoproj.io")

_BY_HAND = "if there are several clusters, write `clusters` by hand (docs/validation.md), such as"

_HEAD = """\
apiVersion: transform.hostnet.io/v1alpha1
kind: HostnetTransform
spec:
"""

_EXAMPLE = tuple(Cluster(name, (f"/clusters/{name}/",)) for name in ("east", "west"))


def run(paths: tuple[str, ...], options: Options) -> int:
    """Print the clusters that follow from the files at `paths`, and return the exit status.

    Raises:
        SettingsError: the configuration is invalid, or a PATH does not exist.
    """
    settings, root = _resolved(options)
    if settings.clusters or settings.scopes:
        key = "clusters" if settings.clusters else "scopes"
        _say(f"nothing to suggest: {settings.name} has `{key}` already")
        return 0
    paths = paths or (os.path.relpath(root),)
    sources = discover(paths, discovery_options(settings, root))
    found = _Repository(root)
    for source in sources:
        found.take(source, options.max_document)
    for name in found.unread:
        _say(f"left out, because it cannot be read: {name}")
    deployments = unpacked(found.deployments, found.copies, found.known)
    suggestion = suggested(deployments, found.built, found.known)
    for note in suggestion.notes:
        _say(note)
    new = "" if settings.name else os.path.relpath(root / NAME)
    if suggestion.clusters:
        print("".join(_lines(suggestion.clusters, found.objects, new)), end="")
    else:
        _say(f"nothing to suggest: {suggestion.reason}; {_BY_HAND}")
        print("".join(_lines(_EXAMPLE, 0, new)), end="", file=sys.stderr)
    return 0


def _resolved(options: Options) -> tuple[Settings, Path]:
    """Return the settings, and the folder of the configuration: without any, or with an empty one
    (into which the shell is to write), the top of the repository.
    """
    found = find(Path.cwd())
    if options.config is None and (found is None or not found.stat().st_size):
        return Settings(), found.parent if found else git_top(Path.cwd()) or Path.cwd()
    return resolve(options)


class _Repository:
    """What has been read of a repository; paths are relative to `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._below = root.relative_to(git_top(root) or root).as_posix()
        self.deployments: list[Deployment] = []
        self.copies: list[Copy] = []
        self.built: dict[str, list[str]] = {}
        self.known: set[str] = set()
        """All files, the folders above them, and what else objects deploy that exists."""

        self.unread: list[str] = []

    @property
    def objects(self) -> int:
        return sum(one.kind in (FLUX, APPLICATION) for one in self.deployments)

    def take(self, source: Source, max_document: int) -> None:
        """Add a file."""
        above = PurePosixPath(source.relative).parents
        self.known.update((source.relative, *map(str, above)))
        is_kustomization = source.path.name in KUSTOMIZATIONS
        try:
            data = source.path.read_bytes()
            if is_kustomization or any(map(data.__contains__, _MENTIONS)):
                with source.open() as file:
                    for value in values(file, max_document):
                        self._add(source.relative, value, is_kustomization=is_kustomization)
        except (OSError, InputError):
            self.unread.append(source.name)

    def _add(self, file: str, value: Any, *, is_kustomization: bool) -> None:
        for manifest in manifests(value):
            deployment = deployed(manifest, file, self._below)
            if deployment is not None:
                self.deployments.append(deployment)
                inside = (path for path in deployment.paths if not path.startswith(".."))
                self.known.update(path for path in inside if (self._root / path).exists())
            elif is_kustomization:
                folder = posixpath.dirname(file)
                listed = kustomized(folder, mapping_at(value), (*LISTS, *PATCHES))
                self.built.setdefault(folder or ".", []).extend(listed)
            else:
                self.copies += copied(manifest, posixpath.dirname(file) or ".", self._below)


def _lines(clusters: Sequence[Cluster], count: int, new: str) -> Iterator[str]:
    """Yield the text to paste: below `spec`, or all of the file `new` if it is to be made.

    The clusters follow from `count` objects; they are an example if that is 0.
    """
    yield f"# {new}\n{_HEAD}" if new else "  # Below `spec`.\n"
    source = f"  # From {count} objects of Flux and Argo CD." if count else "  # An example."
    yield f"{source} A file may belong to several clusters.\n"
    yield "  clusters:\n"
    for one in clusters:
        yield f"    - name: {_scalar(one.name)}\n      paths:\n"
        for path in one.paths:
            yield f"        - {_scalar(path)}\n"


def _scalar(text: str) -> str:
    is_plain = re.fullmatch(r"[A-Za-z/][\w./-]*", text, re.ASCII)
    is_word = text.lower() in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
    return text if is_plain and not is_word else json.dumps(text)


def _say(message: str) -> None:
    print(clean(message), file=sys.stderr)
