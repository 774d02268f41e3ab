"""The run of `validate`: read the old state, index the resources, validate every document.

All files are read twice, as for `transform`: first for resources that other documents may depend
on, and then to validate them, in batches on several processors.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from transformer.findings import Finding, Place, Unseen, Violation, finding_at
from transformer.inputs.chart_templates import chart_templates
from transformer.inputs.comparison import States
from transformer.inputs.discovery import Source
from transformer.inputs.excerpts import in_order
from transformer.inputs.kustomizations import Kustomizations, read_kustomizations
from transformer.inputs.prescan import pool_index, prescan
from transformer.inputs.reading import cannot_be_read, documents_of
from transformer.kubernetes.pools import Pool
from transformer.pipeline.aggregator import RunAggregator
from transformer.pipeline.context import RunContext
from transformer.pipeline.coverage import Coverage, unread
from transformer.pipeline.diagnostics import Origin
from transformer.pipeline.documents import Document
from transformer.pipeline.non_manifests import NonManifests
from transformer.pipeline.old_state import OldState
from transformer.pipeline.resource_index import ResourceIndex
from transformer.pipeline.validate_document import DocumentDiagnostics, validate_document
from transformer.placement.node_groups import KnownNodes
from transformer.rules.base import RuleContext
from transformer.runs.workers import MOST_WORKERS, Workers
from transformer.text.prefilter import is_blank

_BATCH = 512
"""Documents that are distributed together."""

_BATCH_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Outcome:
    """Findings in the order of the input; `failed`: some of the input cannot be read.

    `skipped_rules`, `undecided` and `unseen` are those of a `Report`. `elsewhere` is the number of
    errors in files whose findings are not reported. `is_blank`: no document has any content.
    """

    findings: tuple[Finding, ...]
    documents: int
    failed: bool
    skipped_rules: tuple[tuple[str, tuple[str, ...]], ...] = ()
    undecided: tuple[tuple[str, int], ...] = ()
    elsewhere: int = 0
    is_blank: bool = False
    unseen: tuple[Unseen, ...] = ()


class _Scope(NamedTuple):
    """A cluster: its context, its old state, and the index of its resources."""

    context: RunContext
    old_state: OldState | None
    resources: ResourceIndex


_Task: TypeAlias = tuple[Document, Origin, str]


def run_validate(
    states: States,
    context: RunContext,
    done: Callable[[int], object] = lambda _: None,
    *,
    workers: int = MOST_WORKERS,
) -> Outcome:
    """Validate everything; `done` is called with numbers of bytes that have been read.

    `workers` is the maximum number of additional processes.
    """
    aggregator = RunAggregator(context, compares=states.old is not None)
    kustomizations = read_kustomizations((*states.new, *states.new_context), context)
    scopes = _scopes(states, context, kustomizations, done)
    coverage = Coverage(states.reported_files)
    coverage.add(chart_templates(states.new))

    def validate(task: _Task) -> DocumentDiagnostics:
        document, origin, scope = task
        return validate_document(document, origin, scopes[scope].context, scopes[scope].old_state)

    def cannot_read(found: Finding) -> None:
        aggregator.add_unread(found)
        coverage.add([unread(found)])

    for failure in states.failures:
        aggregator.add_unread(failure)
    has_read, non_manifests = False, NonManifests()
    with Workers(validate, workers) as helpers:
        for batch in _batches(_tasks(states, context, kustomizations, cannot_read)):
            for (document, origin, scope), result in zip(batch, helpers.do(batch), strict=True):
                aggregator.add(result, scope, origin.relative_name)
                coverage.add(result.unseen)
                is_nothing = is_blank(document.raw.data)
                has_read = has_read or not is_nothing
                found = list(filter(states.reports, result.non_manifests))
                aggregator.findings += non_manifests.add(origin.file, found, is_blank=is_nothing)
                done(result.size)
    aggregator.findings += non_manifests.finalize()
    for cluster in scopes.values():
        removed = states.led_back(_of_removed(cluster))
        aggregator.findings.extend(_as_now(found, states) for found in removed)
        if cluster.old_state is not None:
            for finding in cluster.old_state.unread:
                found_old = _unread(finding, is_strict=states.is_old_strict)
                aggregator.add_unread(_as_now(found_old, states))
            if cluster.old_state.has_objects:
                aggregator.needs.add("old")
        if cluster.context.cluster.pools.all():
            aggregator.needs.add("pools")
    aggregator.finalize()
    outcome = _outcome(aggregator, states, context, is_blank=not has_read)
    return replace(outcome, unseen=coverage.unseen(states.led_back))


def _outcome(
    aggregator: RunAggregator, states: States, context: RunContext, *, is_blank: bool
) -> Outcome:
    reported = [found for found in aggregator.findings if states.reports(found)]
    findings = context.folded(list(states.led_back(reported)))
    by_finalize = {rule.id for rule in context.validation if rule.finalize is not None}
    errors = [found for found in findings if found.severity == "error"]
    is_unread = any(found.rule in ("HN901", "HN902") for found in errors)
    return Outcome(
        tuple(in_order(findings, (*states.new, *states.went_in), states.old or (), by_finalize)),
        aggregator.documents,
        aggregator.has_failed and (states.reported_files is None or is_unread),
        tuple(aggregator.skipped_rules()),
        tuple(aggregator.undecided()),
        sum(
            found.severity == "error" for found in aggregator.findings if not states.reports(found)
        ),
        is_blank,
    )


def _scopes(
    states: States,
    context: RunContext,
    kustomizations: Kustomizations,
    done: Callable[[int], object],
) -> dict[str, _Scope]:
    """Return the clusters by scope, after a first pass over all files."""
    old_states = read_old(states, context)
    compares = states.old is not None
    by_scope: dict[str, ResourceIndex] = {}

    def resources_of(scope: str) -> ResourceIndex:
        if scope not in by_scope:
            names = old_states[scope].names() if scope in old_states else frozenset()
            index = pool_index(states.given)
            nodes = KnownNodes(context.settings.nodes == "complete")
            by_scope[scope] = ResourceIndex(index, nodes, compares=compares, former_names=names)
        return by_scope[scope]

    def take(source: Source, document: Document) -> None:
        resources_of(source.scope).take(document, source.relative)

    def take_present(source: Source, document: Document) -> None:
        resources_of(source.scope).take_present(document, source.relative)

    mentions = resources_of("").mentions
    found = prescan(states.new, kustomizations, context, mentions, take, done)
    in_context = prescan(states.new_context, kustomizations, context, mentions, take_present)
    for source in (*found.unread, *in_context.unread):
        resources_of(source.scope).unread_files.add(source.relative)
    scopes = {}
    names = (source.scope for source in (*states.new, *states.new_context))
    for name in dict.fromkeys((*names, *old_states, "")):
        old = old_states.get(name, OldState()) if compares else None
        resources = resources_of(name)
        cluster = resources.cluster(context.cluster, old)
        scopes[name] = _Scope(context.with_cluster(cluster), old, resources)
    return scopes


def read_old(states: States, context: RunContext) -> dict[str, OldState]:
    """Return the old state, by scope."""
    old_states: dict[str, OldState] = {}
    context_files = frozenset(states.old_context)
    sources = (*(states.old or ()), *states.old_context)
    kustomizations = read_kustomizations(sources, context)
    for source in sources:
        is_context = source in context_files
        old_state = old_states.setdefault(source.scope, OldState())
        origin = kustomizations.origin(source)
        known = kustomizations.documents.get(source)
        try:
            for document in () if origin.is_patch else known or documents_of(source, context):
                old_state.take(document, origin, context, is_context=is_context)
        except OSError as error:
            old_state.unread.extend([] if is_context else [cannot_be_read(source, error)])
    return old_states


def former_pools(states: States, context: RunContext) -> dict[str, Pool]:
    """Return the NodePools of the old state by name; of those in several scopes, a standard one."""
    found: dict[str, Pool] = {}
    for old_state in read_old(states, context).values():
        for name, pool in old_state.pools().items():
            if name not in found or not pool.host_network:
                found[name] = pool
    return found


def _tasks(
    states: States,
    context: RunContext,
    kustomizations: Kustomizations,
    cannot_read: Callable[[Finding], object],
) -> Iterator[_Task]:
    """Yield the documents of all files; `cannot_read` is called for files that cannot be read."""
    for source in states.new:
        usage = states.usages.get(source.name) or kustomizations.graph.of(
            os.path.realpath(source.path)
        )
        origin = replace(kustomizations.origin(source), usage=usage)
        try:
            for document in documents_of(source, context):
                yield document, origin, source.scope
        except OSError as error:
            cannot_read(cannot_be_read(source, error))


def _batches(tasks: Iterable[_Task]) -> Iterator[list[_Task]]:
    batch: list[_Task] = []
    size = 0
    for task in tasks:
        batch.append(task)
        size += len(task[0].raw.data)
        if len(batch) == _BATCH or size > _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _of_removed(scope: _Scope) -> Iterator[Finding]:
    """Yield the findings on objects of the old state that were removed."""
    context, old_state, resources = scope
    for gone in old_state.removed() if old_state is not None else ():
        if gone.file in resources.unread_files or gone.manifest.ref.name in resources.unread_names:
            continue  # it may still exist
        rule_context = RuleContext(gone.manifest, (), context.cluster)
        for rule in context.validation:
            for violation in rule.check_removed(rule_context) if rule.check_removed else ():
                found = finding_at(gone.at, rule.id, rule.severity, violation)
                by = context.policy.suppressed_by(rule.id, found.object, {}, gone.file)
                settled = context.policy.settle(found, by)
                if isinstance(settled, Finding):
                    yield settled


def _unread(found: Finding, *, is_strict: bool) -> Finding:
    message = f"in the old state, and therefore not compared: {found.message}"
    severity = found.severity if is_strict or found.severity != "error" else "warning"
    return replace(found, severity=severity, message=message)


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
