"""The run of `validate`: read the old state, index the resources, validate every document.

All files are read twice, as for `transform`: first for resources that other documents may depend
on, and then to validate them, in batches on several processors.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from transformer.findings import Finding, Place, Unseen, Violation, finding_at
from transformer.inputs.chart_templates import chart_templates
from transformer.inputs.comparison import States
from transformer.inputs.deployed_layers import read_deployed_layers
from transformer.inputs.discovery import Source
from transformer.inputs.excerpts import in_order
from transformer.inputs.kustomizations import Kustomizations, read_kustomizations
from transformer.inputs.prescan import documents_that, pool_index, prescan
from transformer.inputs.reading import cannot_be_read
from transformer.inputs.real_paths import RealPaths
from transformer.inputs.repository_top import folders_of
from transformer.kubernetes.objects import Manifest
from transformer.kubernetes.pools import Pool, is_pool
from transformer.kubernetes.services import is_service
from transformer.pipeline.aggregator import RunAggregator
from transformer.pipeline.context import RunContext
from transformer.pipeline.coverage import Coverage, unread
from transformer.pipeline.documents import Document
from transformer.pipeline.non_manifests import NonManifests
from transformer.pipeline.old_state import OldState, old_objects
from transformer.pipeline.resource_index import ResourceIndex
from transformer.pipeline.validate_document import DocumentDiagnostics, validate_document
from transformer.pipeline.worlds import OUTSIDE, World, Worlds, belongs_apart, merged
from transformer.placement.node_groups import KnownNodes
from transformer.rules.base import AS_IT_IS, RuleContext
from transformer.runs.remembered import remembered
from transformer.runs.validation_items import Task, batches, items, listed_by, results
from transformer.runs.workers import MOST_WORKERS, Workers
from transformer.text.prefilter import mentions_compared

if TYPE_CHECKING:
    from transformer.pipeline.patched_sources import PatchedSources
    from transformer.pipeline.placement_records import PlacementRecords


class Outcome(NamedTuple):
    """Findings in the order of the input; `failed`: some of the input cannot be read.

    `skipped_rules`, `undecided` and `unseen` are those of a `Report`. `elsewhere` is the number of
    errors in files whose findings are not reported. `is_blank`: no document has any content.
    `placed` is where workloads can land, if that was asked for.
    """

    findings: tuple[Finding, ...]
    documents: int
    failed: bool
    skipped_rules: tuple[tuple[str, tuple[str, ...]], ...] = ()
    undecided: tuple[tuple[str, int], ...] = ()
    elsewhere: int = 0
    is_blank: bool = False
    unseen: tuple[Unseen, ...] = ()
    placed: "Placed | None" = None


class Placed(NamedTuple):
    """For `placement`: the records of the run, and the worlds in which workloads are judged."""

    records: "PlacementRecords"
    worlds: tuple[World, ...]


class _Clusters(NamedTuple):
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


def run_validate(
    states: States,
    context: RunContext,
    done: Callable[[int], object] = lambda _: None,
    *,
    workers: int = MOST_WORKERS,
    cache_folder: Path | None = None,
) -> Outcome:
    """Validate everything; `done` is called with numbers of bytes that have been read.

    `workers` is the maximum number of additional processes. `cache_folder` is for what is
    remembered of files that are not reported.
    """
    kustomizations, patched = _kustomized(states, context)
    policy = context.policy._replace(also_known=states.also_known)
    context = context._replace(patched_sources=patched, policy=policy)
    clusters = _clusters(states, context, kustomizations, done)
    compares = states.old is not None
    aggregator = RunAggregator(context, compares=compares, worlds=clusters.judging)
    context = context.with_cluster(clusters.worlds[OUTSIDE].cluster)
    worlds_of = cache(clusters.of)
    folders = partial(folders_of, (*states.went_in, *states.new))
    coverage = Coverage(states.reported_files, states.not_built, folders)
    coverage.add(chart_templates(states.new))

    rest = (compares, clusters.names, clusters.judging)
    known = remembered(cache_folder, states, context, clusters.worlds.values(), rest)

    def validate(task: Task) -> DocumentDiagnostics:
        document, origin, names = task
        return validate_document(document, origin, context, worlds_of(names))

    def cannot_read(found: Finding) -> None:
        aggregator.add_unread(found)
        coverage.add([unread(found)])

    for failure in states.failures:
        aggregator.add_unread(failure)
    has_read, non_manifests = False, NonManifests()
    with Workers(validate, workers) as helpers:
        for batch in batches(items(states, context, kustomizations, known, cannot_read)):
            for origin, (result, is_nothing) in results(batch, helpers.do, known):
                aggregator.add(result, origin.relative_name)
                coverage.add(result.unseen)
                has_read = has_read or not is_nothing
                found = list(filter(states.reports, result.non_manifests))
                aggregator.findings += non_manifests.add(origin.file, found, is_blank=is_nothing)
                done(result.size)
    known.save()
    aggregator.findings += non_manifests.finalize()
    for name, world in clusters.worlds.items():
        removed = states.led_back(_of_removed(world, clusters.resources[name], context))
        aggregator.findings.extend(_as_now(found, states) for found in removed)
        if world.old_state is not None:
            for finding in world.old_state.unread:
                found_old = _unread(finding, is_strict=states.is_old_strict)
                aggregator.add_unread(_as_now(found_old, states))
            if world.old_state.has_objects:
                aggregator.needs[name].add("old")
        if world.cluster.pools.all():
            aggregator.needs[name].add("pools")
    aggregator.see(states.built_from())
    aggregator.finalize()
    outcome = _outcome(aggregator, states, context, clusters, is_blank=not has_read)
    placed = None
    if aggregator.records is not None:
        worlds = tuple(clusters.worlds[name] for name in clusters.judging)
        placed = Placed(aggregator.records, worlds)
    return outcome._replace(unseen=coverage.unseen(states.led_back), placed=placed)


def _kustomized(
    states: States, context: RunContext
) -> tuple[Kustomizations, "PatchedSources | None"]:
    """Return the kustomizations, and what they and deployments do to the objects."""
    others = (*states.new_context, *states.new_rest)
    kustomizations = read_kustomizations((*states.new, *states.new_context), context)
    deployed = read_deployed_layers(
        (*(states.went_in or states.new), *others), states.roots, context, kustomizations.real
    )
    if not (kustomizations.values or deployed):
        return kustomizations, None
    from transformer.inputs.patched_sources import read_patched_sources  # only for kustomizations

    files = kustomizations.patches.union(*(one.patches for one in deployed))
    kustomizations = kustomizations._replace(patches=files)
    went_in = read_kustomizations(states.went_in if deployed else (), context).values
    patched = read_patched_sources(kustomizations, states.new, context, others, deployed, went_in)
    return kustomizations, patched


def _as_built(
    states: States, context: RunContext, real: RealPaths
) -> Callable[[Source, Iterable[Manifest]], Iterable[Manifest]]:
    """Return what yields the Services of a file once for each namespace that they get."""
    patched = context.patched_sources
    if patched is None:
        return lambda _, found: found
    listing = listed_by(states, context, real)

    def as_built(source: Source, found: Iterable[Manifest]) -> Iterator[Manifest]:
        for one in found:
            built = patched.of(listing(source), one) if is_service(one) else AS_IT_IS
            yield from (replace(one, ref=ref) for ref in built.refs(one.ref))

    return as_built


def _outcome(
    aggregator: RunAggregator,
    states: States,
    context: RunContext,
    clusters: _Clusters,
    *,
    is_blank: bool,
) -> Outcome:
    every = aggregator.findings
    if clusters.names:
        files = (*states.new, *states.new_context, *states.went_in, *(states.old or ()))
        shared = {one.name: one.clusters for one in files if len(one.clusters) != 1}
        every = merged(every, shared, clusters.names)
    reported = [found for found in every if states.reports(found)]
    findings = context.folded(list(states.led_back(reported)))
    by_finalize = {rule.id for rule in context.validation if rule.finalize is not None}
    errors = [found for found in findings if found.severity == "error"]
    is_unread = any(found.rule in ("HN901", "HN902") for found in errors)
    return Outcome(
        tuple(in_order(findings, (*states.went_in, *states.new), states.old or (), by_finalize)),
        aggregator.documents,
        aggregator.has_failed and (states.reported_files is None or is_unread),
        tuple(aggregator.skipped_rules()),
        tuple(aggregator.undecided()),
        sum(found.severity == "error" for found in every if not states.reports(found)),
        is_blank,
    )


def _clusters(
    states: States,
    context: RunContext,
    kustomizations: Kustomizations,
    done: Callable[[int], object],
) -> _Clusters:
    """Return the clusters, after a first pass over all files."""
    old_states = read_old(states, context, kustomizations)
    compares = states.old is not None
    names = _names(states)
    indexes: dict[str, ResourceIndex] = {}
    for name in (*names, OUTSIDE):
        nodes = KnownNodes(context.settings.nodes == "complete")
        former = old_states[name].names() if name in old_states else frozenset()
        pools = pool_index(states.given)
        indexes[name] = ResourceIndex(pools, nodes, compares=compares, former_names=former)
    reader = indexes[OUTSIDE]
    as_built = _as_built(states, context, kustomizations.real)

    def take(source: Source, document: Document) -> None:
        found = reader.read(document)
        for name in source.clusters or (*names, OUTSIDE):
            if found is None:
                indexes[name].miss(document, source.relative)
            else:
                own = [one for one in found if _counts_in(name, one, source)]
                indexes[name].add(as_built(source, own), source.relative)

    def take_present(source: Source, document: Document) -> None:
        found = reader.read(document) or []
        for name in source.clusters or (*names, OUTSIDE):
            own = [one for one in found if _counts_in(name, one, source)]
            indexes[name].add_present(own, source.relative)

    mentions = reader.mentions
    known_in: dict[str, list[str]] = {}

    def take_name(source: Source, document: Document) -> None:
        for one in filter(is_pool, reader.read(document) or []):
            names_of = known_in.setdefault(one.ref.name, [])
            names_of += [name for name in source.clusters if name not in names_of]

    found = prescan(states.new, kustomizations, context, mentions, take, done)
    in_context = prescan(states.new_context, kustomizations, context, mentions, take_present)
    prescan(states.other_clusters, kustomizations, context, mentions, take_name)
    for source in (*found.unread, *in_context.unread):
        for name in source.clusters or (*names, OUTSIDE):
            indexes[name].unread_files.add(source.relative)
    worlds = {}
    for name, index in indexes.items():
        old = old_states.get(name, OldState()) if compares else None
        base = context.cluster._replace(name=name, known_in=known_in)
        worlds[name] = World(name, index.cluster(base, old), old)
        for pool in index.pools.all() if names else ():
            known_in.setdefault(pool.name, []).append(name)
    outside = indexes[OUTSIDE]
    has_own = outside.pools.revision > pool_index(states.given).revision or outside.nodes.pools
    judging = names if names and not has_own else (*names, OUTSIDE)
    return _Clusters(names, worlds, indexes, judging)


def _names(states: States) -> tuple[str, ...]:
    """Return the names of all clusters that files belong to."""
    files = (*states.new, *states.new_context, *(states.old or ()), *states.old_context)
    return tuple(sorted({name for source in files for name in source.clusters}))


def _counts_in(world: str, manifest: Manifest, source: Source) -> bool:
    """Whether an object of a file counts in a world of the file: in a cluster, not if the file
    belongs to none and the object is a pool or a node.
    """
    return world == OUTSIDE or bool(source.clusters) or not belongs_apart(manifest)


def read_old(
    states: States, context: RunContext, known: Kustomizations | None = None
) -> dict[str, OldState]:
    """Return the old state, by cluster; `known` are the kustomizations of the new one."""
    old_states: dict[str, OldState] = {}
    context_files = frozenset(states.old_context)
    names = _names(states)
    sources = (*(states.old or ()), *states.old_context)
    kustomizations = read_kustomizations(sources, context, known)
    for source in sources:
        is_context = source in context_files
        own = [
            (name, old_states.setdefault(name, OldState()))
            for name in source.clusters or (*names, OUTSIDE)
        ]
        origin = kustomizations.origin(source)
        read = kustomizations.documents.get(source)
        mentioned = read or documents_that(mentions_compared, source, context)
        try:
            for document in () if origin.is_patch else mentioned:
                found, unread = old_objects(document, origin, context, is_context=is_context)
                own[-1][1].unread += unread
                for name, old_state in own:
                    old_state.add(one for one in found if _counts_in(name, one.manifest, source))
        except OSError as error:
            own[-1][1].unread.extend([] if is_context else [cannot_be_read(source, error)])
    return old_states


def former_pools(states: States, context: RunContext) -> dict[str, Pool]:
    """Return the NodePools of the old state by name; if clusters differ, a standard one."""
    found: dict[str, Pool] = {}
    for old_state in read_old(states, context).values():
        for name, pool in old_state.pools().items():
            if name not in found or not pool.host_network:
                found[name] = pool
    return found


def _of_removed(world: World, resources: ResourceIndex, context: RunContext) -> Iterator[Finding]:
    """Yield the findings on objects of the old state that were removed."""
    old_state = world.old_state
    for gone in old_state.removed() if old_state is not None else ():
        if gone.file in resources.unread_files or gone.manifest.ref.name in resources.unread_names:
            continue  # it may still exist
        rule_context = RuleContext(gone.manifest, (), world.cluster)
        for rule in context.validation.on(rule_context):
            for violation in rule.check_removed(rule_context) if rule.check_removed else ():
                found = finding_at(gone.at, rule.id, rule.severity, violation)
                by = context.policy.suppressed_by(rule.id, found.object, {}, gone.file, gone.at)
                settled = context.policy.settle(found, by)
                if isinstance(settled, Finding):
                    yield settled._replace(clusters=(world.name,)) if world.name else settled


def _unread(found: Finding, *, is_strict: bool) -> Finding:
    message = f"in the old state, and therefore not compared: {found.message}"
    severity = found.severity if is_strict or found.severity != "error" else "warning"
    return found._replace(severity=severity, message=message)


def _as_now(found: Finding, states: States) -> Finding:
    """Return a finding on the old state with a place in the new one.

    If files have the same names in both states, the line may have moved or may no longer exist:
    then the finding is on the file as a whole, and its message has the old line.
    """
    if not states.since:
        return found
    message = f"{found.message} (it was line {found.line} at {states.since})"
    place = Place(found.file, object=found.object)
    return finding_at(place, found.rule, found.severity, Violation("", message, found.hint))
