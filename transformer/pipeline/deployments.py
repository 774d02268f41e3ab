"""What the objects of Flux and Argo CD in a repository deploy from it.

All paths are relative to the configuration's folder, with forward slashes; that folder is ".".
"""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from transformer.kubernetes.deployments import ARGO, normal
from transformer.kubernetes.deployments import FLUX as FLUX_KUSTOMIZATION
from transformer.kubernetes.objects import Manifest, list_at, mapping_at, text_of

ARTIFACT = "ExternalArtifact "
"""How a source begins that other objects make."""

IN_CLUSTER = "in-cluster"
"""The destination that is the cluster of Argo CD itself."""

FLUX = FLUX_KUSTOMIZATION[1]
APPLICATION = ARGO[1]
APPLICATION_SET = "ApplicationSet"

_ARTIFACTS = ("source.extensions.fluxcd.io", "ArtifactGenerator")
_ARGO_KINDS = (APPLICATION, APPLICATION_SET, "AppProject")
_LOCAL_SERVER = "https://kubernetes.default.svc"


class Part(NamedTuple):
    """A folder that an object deploys: as `written` there, its `source`, and its path here."""

    written: str
    source: str = ""
    path: str = ""


class Deployment(NamedTuple):
    """An object of Flux or Argo CD in `file`.

    `destination` is the cluster that it names; it is empty if it names none.
    """

    file: str
    kind: str
    parts: tuple[Part, ...] = ()
    destination: str = ""

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.file) or "."

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(part.path for part in self.parts)


class Copy(NamedTuple):
    """An ArtifactGenerator in `folder` puts what is in `path` into `to` of an artifact."""

    folder: str
    source: str
    to: str
    path: str


def deployed(manifest: Manifest, file: str, below: str = ".") -> Deployment | None:
    """Return what an object in `file` deploys, or None if it is of another kind.

    `below` is the configuration's folder in the repository; what is not in it is left out.
    """
    ref = manifest.ref
    if (ref.group, ref.kind) == FLUX_KUSTOMIZATION:
        source = mapping_at(manifest.spec, "sourceRef")
        name = f"{text_of(source.get('kind'))} {text_of(source.get('name'))}".strip()
        written = [(manifest.spec.get("path"), name)]
        config = mapping_at(manifest.spec, "kubeConfig")
        names = [mapping_at(config, key).get("name") for key in ("secretRef", "configMapRef")]
        secret = next(filter(None, map(text_of, names)), "")
        destination = f"{ref.namespace}/{secret}".lstrip("/") if config else ""
    elif ref.group == ARGO[0] and ref.kind in _ARGO_KINDS:
        sources = [mapping_at(manifest.spec, "source"), *list_at(manifest.spec, "sources")]
        maps = [one for one in sources if isinstance(one, dict)]
        written = [(one.get("path"), _repository(text_of(one.get("repoURL")))) for one in maps]
        destination = _cluster(mapping_at(manifest.spec, "destination"))
    else:
        return None
    parts = (_part(path, source, below) for path, source in written if isinstance(path, str))
    return Deployment(file, ref.kind, tuple(filter(None, parts)), destination)


def _cluster(destination: Mapping[str, Any]) -> str:
    server = text_of(destination.get("server"))
    is_local = server.startswith(_LOCAL_SERVER)
    return text_of(destination.get("name")) or (IN_CLUSTER if is_local else server)


def _repository(url: str) -> str:
    return url.rstrip("/").removesuffix(".git")


def _part(written: str, source: str, below: str) -> Part | None:
    path = inside(normal(written), below)
    return None if path is None else Part(written, source, path)


def inside(path: str, folder: str) -> str | None:
    """Return `path` relative to the folder, or None if it is elsewhere."""
    if folder == "." or path == folder:
        return path if folder == "." else "."
    return path.removeprefix(f"{folder}/") if path.startswith(f"{folder}/") else None


def is_in(path: str, folder: str) -> bool:
    """Whether `path` is the folder, or in it."""
    return inside(path, folder) is not None


def copied(manifest: Manifest, folder: str, below: str = ".") -> Iterator[Copy]:
    """Yield the folders that an ArtifactGenerator of Flux in `folder` copies."""
    if (manifest.ref.group, manifest.ref.kind) != _ARTIFACTS:
        return
    for artifact in list_at(manifest.spec, "artifacts"):
        source = f"{ARTIFACT}{text_of(mapping_at(artifact).get('name'))}"
        for copy in list_at(artifact, "copy"):
            start, to = (text_of(mapping_at(copy).get(key)) for key in ("from", "to"))
            path = inside(normal(start.partition("/")[2].removesuffix("**")), below)
            if start.endswith("/**") and path is not None:
                yield Copy(folder, source, normal(to.partition("/")[2]), path)


def kustomized(folder: str, value: Mapping[str, Any], fields: Iterable[str]) -> Iterator[str]:
    """Yield what a kustomization lists, except for the top folder and what is outside of it."""
    for field in fields:
        for entry in list_at(value, field):
            path = entry.get("path") if isinstance(entry, dict) else entry
            if isinstance(path, str) and "://" not in path and "\n" not in path:
                joined = posixpath.normpath(posixpath.join(folder, path))
                if joined != "." and not joined.startswith(".."):
                    yield joined


def lineage(path: str) -> Iterator[str]:
    """Yield `path` and the folders above it."""
    yield path
    while path != ".":
        path = posixpath.dirname(path) or "."
        yield path
