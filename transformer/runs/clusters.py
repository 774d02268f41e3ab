"""The clusters of a run, after a first pass over all files."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from transformer.inputs.comparison import States
from transformer.inputs.discovery import Source
from transformer.inputs.kustomizations import Kustomizations
from transformer.inputs.prescan import pool_index, prescan
from transformer.kubernetes.objects import Manifest
from transformer.kubernetes.pools import is_pool
from transformer.kubernetes.services import is_service
from transformer.pipeline.context import RunContext
from transformer.pipeline.documents import Document
from transformer.pipeline.old_state import OldState
from transformer.pipeline.resource_index import ResourceIndex
from transformer.pipeline.worlds import OUTSIDE, World, Worlds
from transformer.placement.node_groups import KnownNodes
from transformer.rules.context import AS_IT_IS
from transformer.runs.old_states import cluster_names, counts_in, read_old
from transformer.runs.validation_items import listed_by


class Clusters(NamedTuple):
    """The clusters of a run, by name, and the world of files that belong to none (`OUTSIDE`).

    `names` are those of the clusters. `judging` are the worlds in which workloads of files that
    belong to no cluster are validated.
    """

    names: tuple[str, ...]
    worlds: Mapping[str, World]
    resources: Mapping[str, ResourceIndex]
    judging: tuple[str, ...]

    def of(self, clusters: tuple[str, ...]) -> Worlds:
        """Return the worlds of a file that belongs to `clusters`."""
        every = tuple(self.worlds[name] for name in clusters or self.judging)
        return Worlds(every, self.worlds[OUTSIDE] if self.names and not clusters else None)


def read_clusters(
    states: States,
    context: RunContext,
    kustomizations: Kustomizations,
    done: Callable[[int], object],
) -> Clusters:
    """Return the clusters of a run; `done` is called with numbers of bytes that have been read."""
    old_states = read_old(states, context, kustomizations)
    names = cluster_names(states)
    first = _FirstPass(states, context, kustomizations, names, old_states)
    first.read(done)
    worlds = {}
    for name, index in first.indexes.items():
        old = old_states.get(name, OldState()) if states.old is not None else None
        base = context.cluster._replace(name=name, known_in=first.known_in)
        worlds[name] = World(name, index.cluster(base, old), old)
        for pool in index.pools.all() if names else ():
            first.known_in.setdefault(pool.name, []).append(name)
    outside = first.indexes[OUTSIDE]
    has_own = outside.pools.revision > pool_index(states.given).revision or outside.nodes.pools
    judging = names if names and not has_own else (*names, OUTSIDE)
    return Clusters(names, worlds, first.indexes, judging)


class _FirstPass:
    """Reads all files for one index for each cluster.

    `known_in` has the names of the clusters by the name of a pool, so far of those clusters that
    are not validated.
    """

    def __init__(
        self,
        states: States,
        context: RunContext,
        kustomizations: Kustomizations,
        names: tuple[str, ...],
        old_states: Mapping[str, OldState],
    ) -> None:
        self._states, self._context, self._kustomizations = states, context, kustomizations
        self._every = (*names, OUTSIDE)
        self._as_built = _as_built(states, context, kustomizations)
        self.known_in: dict[str, list[str]] = {}
        self.indexes = {
            name: ResourceIndex(
                pool_index(states.given),
                KnownNodes(context.settings.nodes == "complete"),
                compares=states.old is not None,
                former_names=old_states[name].names() if name in old_states else frozenset(),
            )
            for name in self._every
        }
        self._reader = self.indexes[OUTSIDE]

    def read(self, done: Callable[[int], object]) -> None:
        """Read all files; `done` is called with numbers of bytes that have been read."""
        states, context, kustomizations = self._states, self._context, self._kustomizations
        mentions = self._reader.mentions
        found = prescan(states.new, kustomizations, context, mentions, self._take, done)
        in_context = prescan(
            states.new_context, kustomizations, context, mentions, self._take_present
        )
        prescan(states.other_clusters, kustomizations, context, mentions, self._take_pool_names)
        for source in (*found.unread, *in_context.unread):
            for name in source.clusters or self._every:
                self.indexes[name].unread_files.add(source.relative)

    def _take(self, source: Source, document: Document) -> None:
        found = self._reader.read(document)
        for name in source.clusters or self._every:
            if found is None:
                self.indexes[name].miss(document, source.relative)
            else:
                own = [one for one in found if counts_in(name, one, source)]
                self.indexes[name].add(self._as_built(source, own), source.relative)

    def _take_present(self, source: Source, document: Document) -> None:
        found = self._reader.read(document) or []
        for name in source.clusters or self._every:
            own = [one for one in found if counts_in(name, one, source)]
            self.indexes[name].add_present(own, source.relative)

    def _take_pool_names(self, source: Source, document: Document) -> None:
        for one in filter(is_pool, self._reader.read(document) or []):
            names = self.known_in.setdefault(one.ref.name, [])
            names += [name for name in source.clusters if name not in names]


def _as_built(
    states: States, context: RunContext, kustomizations: Kustomizations
) -> Callable[[Source, Iterable[Manifest]], Iterable[Manifest]]:
    """Return what yields the Services of a file once for each namespace that they get."""
    patched = context.patched_sources
    if patched is None:
        return lambda _, found: found
    listing = listed_by(states, context, kustomizations.real)

    def as_built(source: Source, found: Iterable[Manifest]) -> Iterator[Manifest]:
        for one in found:
            built = patched.of(listing(source), one) if is_service(one) else AS_IT_IS
            yield from (replace(one, ref=ref) for ref in built.refs(one.ref))

    return as_built
