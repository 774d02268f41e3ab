"""The run of `validate`: read the old state, index the resources, validate every document.

All files are read twice, as for `transform`: first for resources that other documents may depend
on, and then to validate them, in batches on several processors.
"""

from collections.abc import Callable, Iterable, Iterator, Set
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from transformer.findings import Finding, Place, Unseen, Violation, finding_at, shortened
from transformer.inputs.chart_templates import chart_templates
from transformer.inputs.comparison import States
from transformer.inputs.deployed_layers import read_deployed_layers
from transformer.inputs.excerpts import in_order
from transformer.inputs.kustomizations import Kustomizations, read_kustomizations
from transformer.inputs.repository_top import folders_of
from transformer.pipeline.aggregator import RunAggregator
from transformer.pipeline.context import RunContext
from transformer.pipeline.coverage import Coverage, unread
from transformer.pipeline.non_manifests import NonManifests
from transformer.pipeline.places import about, at_first
from transformer.pipeline.resource_index import ResourceIndex
from transformer.pipeline.validate_document import DocumentDiagnostics, validate_document
from transformer.pipeline.worlds import OUTSIDE, World, merged
from transformer.rules.context import RuleContext
from transformer.runs.clusters import Clusters, read_clusters
from transformer.runs.remembered import remembered
from transformer.runs.validation_items import Task, batches, items, results
from transformer.runs.workers import MOST_WORKERS, Workers

if TYPE_CHECKING:
    from transformer.pipeline.patched_sources import PatchedSources
    from transformer.pipeline.placement_records import PlacementRecords


class Outcome(NamedTuple):
    """What was found, before `told`; `failed`: some of the input cannot be read.

    `skipped_rules`, `undecided` and `unseen` are those of a `Report`. `elsewhere` are the findings
    in files that are not reported. `is_blank`: no document has any content. `names` are the objects
    and files of the input, by cluster, if there is a baseline. `placed` is where workloads can
    land, if that was asked for. `unchecked` are the rules that had nothing to check, by cluster.
    """

    findings: tuple[Finding, ...]
    documents: int
    failed: bool
    skipped_rules: tuple[tuple[str, tuple[str, ...]], ...] = ()
    undecided: tuple[tuple[str, int], ...] = ()
    elsewhere: tuple[Finding, ...] = ()
    is_blank: bool = False
    names: Set[tuple[str, str]] = frozenset()
    unseen: tuple[Unseen, ...] = ()
    placed: "Placed | None" = None
    unchecked: Set[tuple[str, str]] = frozenset()


class Placed(NamedTuple):
    """For `placement`: the records of the run, and the worlds in which workloads are judged."""

    records: "PlacementRecords"
    worlds: tuple[World, ...]


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
    clusters = read_clusters(states, context, kustomizations, done)
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
    _add_old_states(aggregator, clusters, states, context)
    aggregator.see(states.built_from())
    aggregator.finalize()
    outcome = _outcome(aggregator, states, context, clusters, is_blank=not has_read)
    worlds = tuple(clusters.worlds[name] for name in clusters.judging)
    if (records := aggregator.records) is None:
        return outcome._replace(unseen=coverage.unseen(states.led_back))
    unseen = coverage.unseen(states.led_back, records.names)
    return outcome._replace(unseen=unseen, placed=Placed(records, worlds))


def _add_old_states(
    aggregator: RunAggregator, clusters: Clusters, states: States, context: RunContext
) -> None:
    """Add what was removed from the old state of each cluster, and what cannot be read there."""
    for name, world in clusters.worlds.items():
        removed = states.led_back(_of_removed(world, clusters.resources[name], context))
        aggregator.findings.extend(_as_now(found, states) for found in removed)
        if world.old_state is not None:
            for finding in world.old_state.unread:
                aggregator.add_unread(unread_before(finding, states))
            if world.old_state.has_objects:
                aggregator.needs[name].add("old")
        if world.cluster.pools.all():
            aggregator.needs[name].add("pools")


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


def _outcome(
    aggregator: RunAggregator,
    states: States,
    context: RunContext,
    clusters: Clusters,
    *,
    is_blank: bool,
) -> Outcome:
    reported, elsewhere = _parted(aggregator.findings, states)
    if clusters.names:
        files = (*states.new, *states.new_context, *states.went_in, *(states.old or ()))
        shared = {one.name: one.clusters for one in files if len(one.clusters) != 1}
        reported = merged(reported, shared, clusters.names)
        elsewhere = merged(elsewhere, shared, clusters.names)
    findings = tuple(states.led_back(reported))
    errors = [found for found in findings if found.severity == "error"]
    is_unread = any(found.rule in ("HN901", "HN902") for found in errors)
    return Outcome(
        findings,
        aggregator.documents,
        aggregator.has_failed and (states.reported_files is None or is_unread),
        tuple(aggregator.skipped_rules()),
        tuple(aggregator.undecided()),
        tuple(elsewhere),
        is_blank,
        _names(aggregator, states, clusters) if context.settings.baseline else frozenset(),
        unchecked=frozenset(aggregator.unchecked()),
    )


def _parted(findings: Iterable[Finding], states: States) -> tuple[list[Finding], list[Finding]]:
    """Return the findings that are reported, and the others. One about each of its further places
    is reported in the file of the first that can be, and concerns only these; the rest is left.
    """
    reported, elsewhere = [], []
    for found in findings:
        here = [one for one in found.related if states.reports(one)] if found.is_each else []
        if states.reports(found):
            reported.append(found)
        elif not here:
            elsewhere.append(found)
        else:
            reported.append(at_first(found, here))
            if rest := [one for one in found.related if not states.reports(one)]:
                elsewhere.append(about(found, rest))
    return reported, elsewhere


def told(outcome: Outcome, states: States, context: RunContext) -> tuple[Finding, ...]:
    """Return what is found as reports have it: those that belong together as one, in the order of
    the input.
    """
    findings = map(shortened, context.folded(outcome.findings))
    by_finalize = {rule.id for rule in context.validation if rule.finalize is not None}
    return tuple(in_order(findings, (*states.went_in, *states.new), states.old or (), by_finalize))


def _names(
    aggregator: RunAggregator, states: States, clusters: Clusters
) -> frozenset[tuple[str, str]]:
    """Return the objects and files of the input, each with the clusters that it belongs to."""
    sources = (*states.went_in, *states.new)
    clusters_of = {one.relative: one.clusters or (OUTSIDE, *clusters.names) for one in sources}
    found = {
        (cluster, name) for file, name in aggregator.names for cluster in clusters_of.get(file, ())
    }
    found.update((cluster, one.name) for one in sources for cluster in clusters_of[one.relative])
    for name, world in clusters.worlds.items():
        found.update((name, f"NodePool/{pool.name}") for pool in world.cluster.pools.all())
    return frozenset(found)


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


def unread_before(found: Finding, states: States) -> Finding:
    """Return the finding on a document of the old state that cannot be read as one of a run."""
    message = f"in the old state, and therefore not compared: {found.message}"
    is_kept = found.severity != "error" or states.is_old_strict
    severity = found.severity if is_kept else "warning"
    return _as_now(found._replace(severity=severity, message=message), states)


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
