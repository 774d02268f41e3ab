"""The clusters that Applications of Argo CD name as their destinations."""

import posixpath
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from transformer.kubernetes.generators import KUSTOMIZATIONS
from transformer.pipeline.cluster_paths import cluster_of
from transformer.pipeline.cluster_starts import Links, spread
from transformer.pipeline.deployments import APPLICATION, FLUX, Deployment, is_in, lineage
from transformer.pipeline.settings import Cluster
from transformer.wording import some_of

_MANIFESTS = (".yaml", ".yml", ".json")


class Target(NamedTuple):
    """A path that the Application `by` deploys, in which there may be other Applications."""

    by: Deployment
    path: str
    has_applications: bool

    @property
    def destination(self) -> str:
        return self.by.destination


def targets(
    deployments: Sequence[Deployment], lists: Links, known: Collection[str]
) -> list[Target]:
    """Return what Applications deploy; not paths with nothing but objects of Argo CD in them."""
    argo = {one.file for one in deployments if one.kind != FLUX}
    others = {file for file in known if _is_manifest(file)} - argo
    above_argo = {above for file in argo for above in lineage(file)}
    above_others = {above for file in others for above in lineage(file)}
    found = []
    for one in deployments:
        for path in one.paths if one.kind == APPLICATION else ():
            reached = spread([path], lists)
            has_applications = not above_argo.isdisjoint(reached)
            if not has_applications or not above_others.isdisjoint(reached):
                found.append(Target(one, path, has_applications))
    return found


def _is_manifest(file: str) -> bool:
    return file.endswith(_MANIFESTS) and posixpath.basename(file) not in KUSTOMIZATIONS


def by_destination(
    objects: Collection[Deployment], every: Sequence[Target], lists: Links
) -> list[Cluster]:
    """Return a cluster for each destination: what goes there, and folders of its Applications."""
    clear = [one for one in every if not _is_mixed(one, every)]
    clusters = []
    for name in sorted({one.destination for one in clear} - {""}):
        own = [one for one in clear if one.destination == name]
        folders = {one.by.folder for one in own}
        pure = {folder for folder in folders if _destinations(folder, objects, every) == {name}}
        clusters.append(cluster_of(name, spread([one.path for one in own], lists) | pure))
    return clusters


def _destinations(folder: str, objects: Iterable[Deployment], every: Iterable[Target]) -> set[str]:
    """Return the destinations of the objects in a folder, and of what is deployed from it."""
    from_there = {one.destination for one in every if is_in(one.path, folder)}
    return from_there | {one.destination for one in objects if is_in(one.file, folder)}


def _is_mixed(target: Target, every: Iterable[Target]) -> bool:
    """Whether a path with Applications in it has what goes to other destinations in it as well."""
    return target.has_applications and any(
        is_in(other.path, target.path) and other.destination != target.destination
        for other in every
    )


def left_out(every: Sequence[Target]) -> Iterator[str]:
    """Yield what is in no cluster by destination, and why."""
    for one in every:
        if _is_mixed(one, every):
            yield (
                f"{one.path}, which {one.by.file} deploys, is left out: what goes to other"
                " destinations is in it"
            )
    unnamed = sorted({one.by.file for one in every if not one.destination})
    if unnamed:
        yield f"left out, because they name no destination: {some_of(unnamed)}"
