"""The `validate` command at work: the old state remembered, a first look, every document judged.

All files are read twice, as for `transform`: first for what later documents may depend on, and
then for real, in batches that several processors share.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, NamedTuple, TypeAlias

from transformer.findings import Finding
from transformer.inputs.comparison import States
from transformer.inputs.discovery import Source
from transformer.inputs.excerpts import in_order
from transformer.inputs.kustomizations import kustomization_graph
from transformer.inputs.prescan import is_among, patch_files, pool_index
from transformer.inputs.reading import chunks
from transformer.kubernetes.pools import Pool
from transformer.pipeline.aggregator import RunAggregator
from transformer.pipeline.context import RunContext
from transformer.pipeline.diagnostics import Origin
from transformer.pipeline.documents import Document, documents
from transformer.pipeline.kustomization_graph import KustomizationGraph
from transformer.pipeline.non_manifests import NonManifests
from transformer.pipeline.old_state import OldState
from transformer.pipeline.resource_index import ResourceIndex
from transformer.pipeline.validate_document import DocumentDiagnostics, validate_document
from transformer.rules.base import RuleContext
from transformer.runs.transform import cannot_be_read
from transformer.runs.workers import MOST_WORKERS, Workers
from transformer.text.prefilter import is_blank

_BATCH = 512
"""Documents that are shared out together."""

_BATCH_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Outcome:
    """Findings in the order of the input; `failed`: some of it could not be read.

    `skipped_rules` pairs a reason with the ids of the rules that had nothing to judge. `elsewhere`
    counts the errors in files in which findings do not matter; none of these is in `findings`.
    `is_blank`: there is nothing in any of the documents.
    """

    findings: tuple[Finding, ...]
    documents: int
    failed: bool
    skipped_rules: tuple[tuple[str, tuple[str, ...]], ...] = ()
    elsewhere: int = 0
    is_blank: bool = False


class _Scope(NamedTuple):
    """A world: what judges in it, its old state, and what the first look has found."""

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
    """Judge everything; `done` is told of the bytes that have been read.

    Up to so many `workers` help.
    """
    aggregator = RunAggregator(context, compares=states.old is not None)
    patches = patch_files((*states.new, *states.new_context), context.max_document)
    graph = kustomization_graph((*states.new, *states.new_context), context.max_document)
    scopes = _scopes(states, context, patches, done)

    def validate(task: _Task) -> DocumentDiagnostics:
        document, origin, scope = task
        return validate_document(document, origin, scopes[scope].context, scopes[scope].old_state)

    has_read, non_manifests = False, NonManifests()
    with Workers(validate, workers) as helpers:
        for batch in _batches(_tasks(states.new, context, (patches, graph), aggregator)):
            for (document, origin, scope), result in zip(batch, helpers.do(batch), strict=True):
                aggregator.add(result, scope, origin.relative_name)
                is_nothing = is_blank(document.raw.data)
                has_read = has_read or not is_nothing
                wanted = list(filter(states.wants, result.non_manifests))
                aggregator.findings += non_manifests.add(origin.file, wanted, is_blank=is_nothing)
                done(result.size)
    aggregator.findings += non_manifests.finalize()
    for cluster in scopes.values():
        aggregator.findings.extend(_as_now(found, states) for found in _of_removed(cluster))
        if cluster.old_state is not None:
            for found in cluster.old_state.unread:
                unread = _unread(found, is_strict=states.is_old_strict)
                aggregator.take_unread(_as_now(unread, states))
            if cluster.old_state.has_objects:
                aggregator.needs.add("old")
        if cluster.context.cluster.pools.all():
            aggregator.needs.add("pools")
    aggregator.finalize()
    findings = context.folded([found for found in aggregator.findings if states.wants(found)])
    on_facts = {rule.id for rule in context.validation if rule.finalize is not None}
    errors = sum(found.severity == "error" for found in aggregator.findings)
    return Outcome(
        tuple(in_order(findings, states.new, states.old or (), on_facts)),
        aggregator.documents,
        aggregator.has_failed and (states.wanted is None or any(map(_is_failure, findings))),
        tuple(aggregator.skipped_rules()),
        errors - sum(found.severity == "error" for found in findings),
        not has_read,
    )


def _is_failure(found: Finding) -> bool:
    """Whether it says that something cannot be read."""
    return found.severity == "error" and found.rule in ("HN901", "HN902")


def _scopes(
    states: States, context: RunContext, patches: set[str], done: Callable[[int], object]
) -> dict[str, _Scope]:
    """Return the worlds, by scope, after a first look at everything."""
    old_states = read_old(states, context)
    beside = frozenset(states.new_context)
    resources_by_scope: dict[str, ResourceIndex] = {}

    def resources_of(scope: str) -> ResourceIndex:
        if scope not in resources_by_scope:
            compares = states.old is not None
            names = old_states[scope].names() if scope in old_states else frozenset()
            index = pool_index(states.given)
            resources_by_scope[scope] = ResourceIndex(index, compares=compares, former_names=names)
        return resources_by_scope[scope]

    for source in (*states.new, *states.new_context):
        is_context = source in beside
        resources = resources_of(source.scope)
        file = source.relative or source.name
        try:
            for document in () if is_among(source, patches) else _parts(source, context):
                if is_context:
                    resources.take_present(document, file)
                else:
                    resources.take(document, file)
                    done(len(document.raw.data))
        except OSError:  # the second look tells of that
            resources.unread_files.add(file)
    scopes = {}
    for name in {**resources_by_scope, **old_states, "": None}:
        resources = resources_of(name)
        old = old_states.get(name, OldState()) if states.old is not None else None
        cluster = resources.cluster(context.cluster, old)
        scopes[name] = _Scope(context.with_cluster(cluster), old, resources)
    return scopes


def read_old(states: States, context: RunContext) -> dict[str, OldState]:
    """Return the old state, by scope."""
    old_states: dict[str, OldState] = {}
    beside = frozenset(states.old_context)
    sources = (*(states.old or ()), *states.old_context)
    patches = patch_files(sources, context.max_document)
    for source in sources:
        is_context = source in beside
        old_state = old_states.setdefault(source.scope, OldState())
        origin = _origin(source, patches)
        try:
            for document in () if origin.is_patch else _parts(source, context):
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


def _origin(source: Source, patches: set[str]) -> Origin:
    return Origin(source.name, source.is_named, is_among(source, patches), source.relative)


def _parts(source: Source, context: RunContext) -> Iterator[Document]:
    """Yield the documents of a file.

    Raises:
        OSError: it cannot be read.
    """
    with source.open() as file:
        yield from _documents(file, source, context)


def _documents(file: BinaryIO, source: Source, context: RunContext) -> Iterator[Document]:
    return documents(
        chunks(file),
        is_stream=source.is_stream,
        strict=context.settings.strict,
        max_document=context.max_document,
    )


def _tasks(
    sources: Iterable[Source],
    context: RunContext,
    kustomized: tuple[set[str], KustomizationGraph],
    aggregator: RunAggregator,
) -> Iterator[_Task]:
    """Yield the parts of all files; the ledger is told of files that cannot be read.

    `kustomized`: the real paths of patches, and how files are built.
    """
    patches, graph = kustomized
    for source in sources:
        origin = _origin(source, patches)
        origin = replace(origin, usage=graph.of(os.path.realpath(source.path)))
        try:
            with source.open() as file:
                for document in _documents(file, source, context):
                    yield document, origin, source.scope
        except OSError as error:
            aggregator.fail(cannot_be_read(source, error))


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
    """Yield the findings on objects of the old state that are gone."""
    context, old_state, resources = scope
    for gone in old_state.removed() if old_state is not None else ():
        if gone.file in resources.unread_files or gone.manifest.ref.name in resources.unread_names:
            continue  # it may still be there
        rule_context = RuleContext(gone.manifest, (), context.cluster)
        for rule in context.validation:
            for violation in rule.check_removed(rule_context) if rule.check_removed else ():
                found = replace(
                    gone.at,
                    rule=rule.id,
                    severity=violation.severity or rule.severity,
                    message=violation.message,
                    hint=violation.hint,
                )
                suppressed_by = context.suppression_of(rule.id, found.object, {}, gone.file)
                if suppressed_by is None and (weighed := context.weigh(found)) is not None:
                    yield weighed


def _unread(found: Finding, *, is_strict: bool) -> Finding:
    message = f"in the old state, and therefore not compared: {found.message}"
    severity = found.severity if is_strict or found.severity != "error" else "warning"
    return replace(found, severity=severity, message=message)


def _as_now(found: Finding, states: States) -> Finding:
    """Return a finding on the old state with a place in the new one.

    Where files have the same names in both, what it is about may be in another line by now, or
    gone: then it is on the file as a whole, and says which line it was.
    """
    if not states.since:
        return found
    message = f"{found.message} (it was line {found.line} at {states.since})"
    file = Finding(found.rule, found.severity, message, found.file, 1, 1, 0)
    return replace(file, object=found.object, hint=found.hint)
