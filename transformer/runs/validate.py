"""The `validate` command at work: the old state remembered, a first look, every document judged.

All files are read twice, as for `transform`: first for what later documents may depend on, and
then for real, in batches that several processors share.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from transformer.findings import Finding
from transformer.inputs.comparison import States
from transformer.inputs.discovery import Source
from transformer.inputs.excerpts import in_order
from transformer.inputs.kustomizations import listings_of
from transformer.inputs.prescan import is_among, patch_files, pool_index
from transformer.inputs.reading import chunks
from transformer.kubernetes.pools import Pool
from transformer.pipeline.aggregator import Ledger
from transformer.pipeline.context import Engine
from transformer.pipeline.diagnostics import Origin
from transformer.pipeline.documents import Part, groups, parts
from transformer.pipeline.kustomization_graph import Listings
from transformer.pipeline.non_manifests import Strangers
from transformer.pipeline.old_state import History
from transformer.pipeline.resource_index import Census
from transformer.pipeline.validate_document import Judgement, judge_document
from transformer.rules.base import Subject
from transformer.runs.transform import cannot_be_read
from transformer.runs.workers import MOST_WORKERS, Workers
from transformer.text.framing import frames
from transformer.text.prefilter import is_blank

_BATCH = 512
"""Documents that are shared out together."""

_BATCH_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Outcome:
    """Findings in the order of the input; `failed`: some of it could not be read.

    `not_judged` pairs a reason with the ids of the rules that had nothing to judge. `elsewhere`
    counts the errors in files in which findings do not matter; none of these is in `findings`.
    `is_blank`: there is nothing in any of the documents.
    """

    findings: tuple[Finding, ...]
    documents: int
    failed: bool
    not_judged: tuple[tuple[str, tuple[str, ...]], ...] = ()
    elsewhere: int = 0
    is_blank: bool = False


class _Scope(NamedTuple):
    """A world: what judges in it, its old state, and what the first look has found."""

    engine: Engine
    history: History | None
    census: Census


_Task: TypeAlias = tuple[Part, Origin, str]


def validate(
    states: States,
    engine: Engine,
    done: Callable[[int], object] = lambda _: None,
    *,
    workers: int = MOST_WORKERS,
) -> Outcome:
    """Judge everything; `done` is told of the bytes that have been read.

    Up to so many `workers` help.
    """
    ledger = Ledger(engine, compares=states.old is not None)
    patches = patch_files((*states.new, *states.new_beside), engine.max_document)
    listings = listings_of((*states.new, *states.new_beside), engine.max_document)
    scopes = _scopes(states, engine, patches, done)

    def judge(task: _Task) -> Judgement:
        part, origin, scope = task
        return judge_document(part, origin, scopes[scope].engine, scopes[scope].history)

    has_read, strangers = False, Strangers()
    with Workers(judge, workers) as helpers:
        for batch in _batches(_tasks(states.new, engine, (patches, listings), ledger)):
            for (part, origin, scope), judgement in zip(batch, helpers.do(batch), strict=True):
                ledger.add(judgement, scope, origin.relative_name)
                is_nothing = is_blank(part.frame.data)
                has_read = has_read or not is_nothing
                wanted = list(filter(states.wants, judgement.strangers))
                ledger.findings += strangers.add(origin.file, wanted, is_blank=is_nothing)
                done(judgement.size)
    ledger.findings += strangers.conclude()
    for world in scopes.values():
        ledger.findings.extend(_as_now(found, states) for found in _of_removed(world))
        if world.history is not None:
            for found in world.history.unread:
                unread = _unread(found, is_firm=states.is_old_firm)
                ledger.take_unread(_as_now(unread, states))
            if world.history.has_objects:
                ledger.needs.add("old")
        if world.engine.world.pools.all():
            ledger.needs.add("pools")
    ledger.conclude()
    findings = engine.folded([found for found in ledger.findings if states.wants(found)])
    on_facts = {rule.id for rule in engine.validation if rule.conclude is not None}
    errors = sum(found.severity == "error" for found in ledger.findings)
    return Outcome(
        tuple(in_order(findings, states.new, states.old or (), on_facts)),
        ledger.documents,
        ledger.has_failed and (states.wanted is None or any(map(_is_failure, findings))),
        tuple(ledger.not_judged()),
        errors - sum(found.severity == "error" for found in findings),
        not has_read,
    )


def _is_failure(found: Finding) -> bool:
    """Whether it says that something cannot be read."""
    return found.severity == "error" and found.rule in ("HN901", "HN902")


def _scopes(
    states: States, engine: Engine, patches: set[str], done: Callable[[int], object]
) -> dict[str, _Scope]:
    """Return the worlds, by scope, after a first look at everything."""
    histories = read_old(states, engine)
    beside = frozenset(states.new_beside)
    censuses: dict[str, Census] = {}

    def census_of(scope: str) -> Census:
        if scope not in censuses:
            compares = states.old is not None
            names = histories[scope].names() if scope in histories else frozenset()
            index = pool_index(states.given)
            censuses[scope] = Census(index, compares=compares, former_names=names)
        return censuses[scope]

    for source in (*states.new, *states.new_beside):
        is_beside = source in beside
        census = census_of(source.scope)
        file = source.relative or source.name
        try:
            for part in () if is_among(source, patches) else _parts(source, engine):
                if is_beside:
                    census.take_present(part, file)
                else:
                    census.take(part, file)
                    done(len(part.frame.data))
        except OSError:  # the second look tells of that
            census.unread_files.add(file)
    scopes = {}
    for name in {**censuses, **histories, "": None}:
        census = census_of(name)
        old = histories.get(name, History()) if states.old is not None else None
        world = census.world(engine.world, old)
        scopes[name] = _Scope(engine.in_world(world), old, census)
    return scopes


def read_old(states: States, engine: Engine) -> dict[str, History]:
    """Return the old state, by scope."""
    histories: dict[str, History] = {}
    beside = frozenset(states.old_beside)
    sources = (*(states.old or ()), *states.old_beside)
    patches = patch_files(sources, engine.max_document)
    for source in sources:
        is_beside = source in beside
        history = histories.setdefault(source.scope, History())
        origin = _origin(source, patches)
        try:
            for part in () if origin.is_patch else _parts(source, engine):
                history.take(part, origin, engine, is_beside=is_beside)
        except OSError as error:
            history.unread.extend([] if is_beside else [cannot_be_read(source, error)])
    return histories


def former_pools(states: States, engine: Engine) -> dict[str, Pool]:
    """Return the NodePools of the old state by name; of those in several scopes, a standard one."""
    found: dict[str, Pool] = {}
    for history in read_old(states, engine).values():
        for name, pool in history.pools().items():
            if name not in found or not pool.host_network:
                found[name] = pool
    return found


def _origin(source: Source, patches: set[str]) -> Origin:
    return Origin(source.name, source.is_named, is_among(source, patches), source.relative)


def _parts(source: Source, engine: Engine) -> Iterator[Part]:
    """Yield the parts of a file.

    Raises:
        OSError: it cannot be read.
    """
    with source.open() as file:
        yield from parts(
            frames(chunks(file), engine.max_document),
            is_stream=source.is_stream,
            strict=engine.settings.strict,
            max_document=engine.max_document,
        )


def _tasks(
    sources: Iterable[Source],
    engine: Engine,
    kustomized: tuple[set[str], Listings],
    ledger: Ledger,
) -> Iterator[_Task]:
    """Yield the parts of all files; the ledger is told of files that cannot be read.

    `kustomized`: the real paths of patches, and how files are built.
    """
    patches, listings = kustomized
    for source in sources:
        origin = _origin(source, patches)
        origin = replace(origin, listing=listings.of(os.path.realpath(source.path)))
        try:
            with source.open() as file:
                for group in groups(
                    chunks(file),
                    is_stream=source.is_stream,
                    strict=engine.settings.strict,
                    max_document=engine.max_document,
                ):
                    for part in group:
                        yield part, origin, source.scope
        except OSError as error:
            ledger.fail(cannot_be_read(source, error))


def _batches(tasks: Iterable[_Task]) -> Iterator[list[_Task]]:
    batch: list[_Task] = []
    size = 0
    for task in tasks:
        batch.append(task)
        size += len(task[0].frame.data)
        if len(batch) == _BATCH or size > _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _of_removed(scope: _Scope) -> Iterator[Finding]:
    """Yield the findings on objects of the old state that are gone."""
    engine, history, census = scope
    for gone in history.removed() if history is not None else ():
        if gone.file in census.unread_files or gone.manifest.ref.name in census.unread_names:
            continue  # it may still be there
        subject = Subject(gone.manifest, (), engine.world)
        for rule in engine.validation:
            for violation in rule.check_removed(subject) if rule.check_removed else ():
                found = replace(
                    gone.at,
                    rule=rule.id,
                    severity=violation.severity or rule.severity,
                    message=violation.message,
                    hint=violation.hint,
                )
                hush = engine.hush_of(rule.id, found.object, {}, gone.file)
                if hush is None and (weighed := engine.weigh(found)) is not None:
                    yield weighed


def _unread(found: Finding, *, is_firm: bool) -> Finding:
    message = f"in the old state, and therefore not compared: {found.message}"
    severity = found.severity if is_firm or found.severity != "error" else "warning"
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
