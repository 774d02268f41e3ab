"""What a first configuration should say, from what is in the repository; and what is to be told."""

import posixpath
from typing import NamedTuple

from transformer.commands.suggest_clusters import suggestion_of
from transformer.config.first_configuration import Proposal
from transformer.inputs.survey import Survey
from transformer.pipeline.cluster_pools import clusters_by_pools
from transformer.pipeline.deployments import APPLICATION
from transformer.pipeline.settings import Settings
from transformer.wording import some_of

_PLUGIN = (
    "where Argo CD has the plugin of this tool, a configuration here makes it render all"
    " Applications of the repository"
)
_VENDORED = ("vendor", "third_party", "third-party")


class Proposed(NamedTuple):
    """What the configuration should say and does not say yet; `notes` are about what is in doubt,
    or cannot be looked into.
    """

    proposal: Proposal
    notes: tuple[str, ...]


def proposed(found: Survey, settings: Settings, no_program: str) -> Proposed:
    """Return what the configuration of a repository should say, which has these settings.

    `no_program`: why kustomize cannot be run (empty: it can).
    """
    notes = [overview(found), *_not_read(found)]
    proposal = Proposal(
        lacks_pools=not (found.pools or settings.pool_paths or settings.inline_pools),
        vendored=() if settings.exclude else _vendored(found),
    )
    if proposal.lacks_pools:
        notes.append("no NodePool is here: name a file with those of the cluster (`--pools`)")
    if found.has_layers and not settings.build:
        proposal = proposal._replace(build=not no_program)
        notes += [f"{no_program}; once there is, set `build: true`"] if no_program else []
    if not (settings.clusters or settings.scopes):
        clustered = _clustered(found)
        notes += clustered.notes
        clusters, origin = clustered.proposal.clusters, clustered.proposal.origin
        proposal = proposal._replace(clusters=clusters, origin=origin)
    if not settings.name and any(one.kind == APPLICATION for one in found.deployments):
        notes.append(_PLUGIN)
    return Proposed(proposal, tuple(notes))


def _clustered(found: Survey) -> Proposed:
    """Return the clusters that follow: from objects of Flux and Argo CD, else from NodePools."""
    by_objects = suggestion_of(found)
    by_pools = clusters_by_pools(found.pools, found.built, found.known)
    clusters, notes = tuple(by_objects.clusters), tuple(by_objects.notes)
    origin = f"from {found.objects} objects of Flux and Argo CD"
    if not clusters:
        clusters, notes = tuple(by_pools.clusters), ()
        origin = "they define NodePools of the same name differently"
    if nameless := [path for one in clusters for path in one.paths if not _is_utf8(path)]:
        notes = (f"no file can name these folders, as they are not UTF-8: {some_of(nameless)}",)
        return Proposed(Proposal(), notes)
    if clusters:
        return Proposed(Proposal(clusters, origin), notes)
    if by_pools.reason:
        advice = "for several clusters, write `clusters` by hand (docs/validation.md)"
        return Proposed(Proposal(), (f"{by_pools.reason}: {advice}",))
    notes = (f"one cluster is assumed: {by_objects.reason}",) if found.objects else ()
    return Proposed(Proposal(), notes)


def _is_utf8(path: str) -> bool:
    return path == path.encode(errors="ignore").decode()


def overview(found: Survey) -> str:
    """Return in words what is in a repository."""
    counts = (
        (found.manifests, "file with manifests", "files with manifests"),
        (len(found.pools), "NodePool", "NodePools"),
        (len(found.built), "kustomization", "kustomizations"),
        (found.objects, "object of Flux or Argo CD", "objects of Flux and Argo CD"),
        (found.charts, "chart", "charts"),
    )
    return "found: " + ", ".join(
        f"{number} {one if number == 1 else many}" for number, one, many in counts if number
    )


def _not_read(found: Survey) -> list[str]:
    unread = [name for name in found.unread if name not in found.templates]
    notes = [f"this cannot be read: {some_of(unread)}"] if unread else []
    if found.templates:
        notes.append(f"templates, to render before they are read: {some_of(found.templates)}")
    return notes


def _vendored(found: Survey) -> tuple[str, ...]:
    """Return the outermost folders with files of others."""
    folders = sorted(path for path in found.known if posixpath.basename(path) in _VENDORED)
    return tuple(
        one for one in folders if not any(one.startswith(f"{other}/") for other in folders)
    )
