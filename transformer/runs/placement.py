"""The run of `placement`: that of `validate`, which also gathers where workloads can land.

With an old state there are two such runs, one for each state (`placement_compared.py`).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from transformer.errors import SettingsError
from transformer.findings import Finding, Unseen
from transformer.inputs.comparison import PossibleEdits, States
from transformer.pipeline.context import RunContext
from transformer.pipeline.placement_records import Sources, Workloads
from transformer.pipeline.worlds import World
from transformer.placement.by_pool import Columns, columns_of
from transformer.placement.taints import in_words as taint_in_words
from transformer.placements import (
    OTHER_HOSTS,
    PlacementReport,
    PoolColumn,
    PoolVerdict,
    Workload,
    WorldPlacement,
)
from transformer.report import placement_summary
from transformer.runs.placement_after import AfterEdits
from transformer.runs.placement_compared import Compared, Old, by_name, is_host_network
from transformer.runs.validate import Outcome, Placed, run_validate, told, unread_before
from transformer.runs.workers import MOST_WORKERS
from transformer.wording import did_you_mean

_REFUSED = ("HN901", "HN902")
_UNREADABLE = (*_REFUSED, "HN904")


class PlacementOutcome(NamedTuple):
    """The report of a run, and what could not be read (`failed`: so that the run failed)."""

    report: PlacementReport
    findings: tuple[Finding, ...]
    failed: bool
    is_blank: bool


def run_placement(
    states: States,
    context: RunContext,
    done: Callable[[int], object] = lambda _: None,
    *,
    shows_after: bool = False,
    only: Sequence[str] = (),
    explains: str = "",
    workers: int = MOST_WORKERS,
) -> PlacementOutcome:
    """Return where the workloads of all worlds can land, on the pools in `only` (none: all).

    `explains`: the workload (`Kind/namespace/name`) whose verdicts are explained. `workers` is the
    maximum number of additional processes.

    Raises:
        SettingsError: there is no such pool.
    """
    context = context.for_placement(explains)
    now = run_validate(states._replace(old=None), context, done, workers=workers)
    before: Outcome | None = None
    if states.old is not None:
        before = run_validate(states.before(), context)
    sources = Sources(states.led, states.folders)
    old = None
    if before is not None and before.placed is not None and now.placed is not None:
        old = by_name(before.placed, now.placed, sources)
    edited = _edited(states, context, now)
    gone = () if only else _gone(now, old or {})
    every = [*_worlds(now, old, sources, edited), *gone]
    worlds = tuple(
        _summarised(_limited(world, only) if only else world, world.pools, before is not None)
        for world in every
    )
    worlds = tuple(map(_with_builds, worlds)) if len(states.folders) > 1 else worlds
    worlds = tuple(_with_not_built(one, now.unseen) for one in worlds)
    if edited is not None and (not_built := edited.failed(states.folders.values())):
        worlds = tuple(_with_failed(world, not_built) for world in worlds)
    report = PlacementReport(
        worlds,
        (*now.unseen, *_unread_before(before)),
        now.documents,
        len(states.new),
        states.old is not None,
        states.since,
        shows_after,
        tuple(now.placed.records.explanations(sources)) if now.placed is not None else (),
        bool(states.folders),
    )
    unread = [found for found in told(now, states, context) if found.rule in _UNREADABLE]
    for found in told(before, states.before(), context) if before is not None else ():
        if found.rule in _REFUSED:
            unread.append(unread_before(found, states))
    failed = now.failed or (states.is_old_strict and before is not None and before.failed)
    return PlacementOutcome(report, tuple(unread), failed, now.is_blank)


def _unread_before(before: Outcome | None) -> Iterator[Unseen]:
    """Yield what cannot be read in the old state."""
    for one in before.unseen if before is not None else ():
        if one.what == "unread":
            yield one._replace(what="unread (old)")


class _Edited(NamedTuple):
    """What a second reading found, after the edits of `transform`."""

    outcome: Outcome
    sources: Sources
    possible: PossibleEdits

    def failed(self, folders: Iterable[str]) -> frozenset[str]:
        """Return those of the folders of builds that cannot be built after the edits."""
        return frozenset(folders).difference(self.sources.folders.values())

    def workloads(self, world: str) -> Workloads | None:
        """Return the workloads of a world; None if there is no such world."""
        assert self.outcome.placed is not None
        for one in self.outcome.placed.worlds:
            if one.name == world:
                columns = columns_of(one.cluster.pools, one.cluster.nodes)
                return self.outcome.placed.records.workloads(world, columns, self.sources)
        return None


def _edited(states: States, context: RunContext, now: Outcome) -> _Edited | None:
    """Return what is found after edits, if something is built; it is read only if there are any."""
    edited = states.edited
    if edited is None:
        return None
    outcome = now
    if edited.new is not states.new:
        outcome = run_validate(edited._replace(given=states.given), context._replace(explains=""))
    return _Edited(outcome, Sources(edited.led, edited.folders), edited.possible_edits)


def _worlds(
    now: Outcome,
    old: Mapping[str, Old] | None,
    sources: Sources,
    edited: _Edited | None,
) -> Iterator[WorldPlacement]:
    assert now.placed is not None
    for world in now.placed.worlds:
        if len(now.placed.worlds) > 1 and not world.name and _is_empty(now.placed, world):
            continue
        columns = columns_of(world.cluster.pools, world.cluster.nodes)
        found = now.placed.records.workloads(world.name, columns, sources)
        workloads: Iterable[Workload] = found
        if edited is not None and (after := edited.workloads(world.name)) is not None:
            workloads = AfterEdits(found, after, edited.possible)
        pools = tuple(_pools(now.placed, world, columns, sources))
        if old is None:
            yield WorldPlacement(world.name, pools, workloads)
            continue
        its_old = old.get(world.name)
        known = its_old.pools if its_old else {}
        new = frozenset(one.name for one in pools if one.is_known and one.name) - known.keys()
        pools = tuple(pool._replace(is_new=pool.name in new) for pool in pools)
        compared = Compared(workloads, its_old, new)
        gone = tuple(compared.gone)
        yield WorldPlacement(world.name, pools, compared, gone, old_pools=known)


def _gone(now: Outcome, old: Mapping[str, Old]) -> Iterator[WorldPlacement]:
    """Yield the clusters of the old state that are no longer there."""
    assert now.placed is not None
    there = {world.name for world in now.placed.worlds}
    for name, its_old in old.items():
        if name and name not in there:
            gone = tuple(one._replace(verdicts=()) for one in its_old.workloads)
            yield WorldPlacement(name, (PoolColumn(""),), (), gone, old_pools=its_old.pools)


def _with_builds(world: WorldPlacement) -> WorldPlacement:
    return world._replace(summary=(*world.summary, *placement_summary.builds(world)))


def _with_not_built(world: WorldPlacement, unseen: Sequence[Unseen]) -> WorldPlacement:
    if world.summary == (placement_summary.NOTHING_CHANGES,):
        return world
    lines = placement_summary.not_built(world, unseen)
    return world._replace(summary=(*world.summary, *lines))


def _with_failed(world: WorldPlacement, failed: Collection[str]) -> WorldPlacement:
    lines = placement_summary.not_built_after(world, failed)
    return world._replace(summary=(*world.summary, *lines))


def _summarised(
    world: WorldPlacement, pools: Sequence[PoolColumn], is_compared: bool
) -> WorldPlacement:
    """Return the placement with what it says in words; `pools` are all, shown or not."""
    changes, summary = placement_summary.changes, placement_summary.summary
    words = changes(world) if is_compared else summary(world, pools)
    return world._replace(summary=tuple(words))


def _limited(world: WorldPlacement, only: Sequence[str]) -> WorldPlacement:
    """Return the placement on some pools only.

    Raises:
        SettingsError: there is no such pool.
    """
    known = [pool.name for pool in world.pools if pool.name]
    for name in only:
        if name not in known:
            where = f" in cluster {world.name}" if world.name else ""
            hint = did_you_mean(name, known) or f"there is {', '.join(known[:5]) or 'none'}"
            raise SettingsError(f'there is no NodePool "{name}"{where}', hint=hint)
    pools = tuple(pool for pool in world.pools if pool.name in only)
    shown = frozenset(only)
    others = frozenset(pool.name for pool in world.pools if not pool.is_host_network) - shown
    workloads = Limited(world.workloads, shown, others)
    gone = tuple(_on(one, shown, others) for one in world.gone)
    old_pools = {name: sort for name, sort in world.old_pools.items() if name in shown}
    return world._replace(pools=pools, workloads=workloads, gone=gone, old_pools=old_pools)


class Limited:
    """Workloads with the verdicts on some pools only; they can be iterated several times.

    `others` are the pools left out that are not host-network pools.
    """

    def __init__(
        self, workloads: Iterable[Workload], only: frozenset[str], others: frozenset[str]
    ) -> None:
        self._workloads, self._only, self._others = workloads, only, others

    def __iter__(self) -> Iterator[Workload]:
        return (_on(one, self._only, self._others) for one in self._workloads)


def _on(one: Workload, only: frozenset[str], others: frozenset[str]) -> Workload:
    def limited(verdicts: Iterable[PoolVerdict]) -> tuple[PoolVerdict, ...]:
        kept = ((each, tuple(filter(only.__contains__, each.pools))) for each in verdicts)
        return tuple(each._replace(pools=pools) for each, pools in kept if pools)

    old = None if one.old is None else limited(one.old)
    is_elsewhere = any(
        each.word != "cannot" and not others.isdisjoint(each.pools) for each in one.verdicts
    )
    return one._replace(
        verdicts=limited(one.verdicts),
        after=limited(one.after),
        old=old,
        is_elsewhere=is_elsewhere,
    )


def _is_empty(placed: Placed, world: World) -> bool:
    return world.name not in placed.records.worlds and not world.cluster.pools.all()


def _pools(
    placed: Placed, world: World, columns: Columns, sources: Sources
) -> Iterator[PoolColumn]:
    """Yield the pools of a world, nodes in no pool, and then pools that are not in the input."""
    index, nodes = world.cluster.pools, world.cluster.nodes
    for name in columns.names:
        known = index.named([name])
        place = placed.records.pool_place(world.name, name)
        at = None if place is None else sources.spot(place.at)
        count = known[0].node_count if known and known[0].node_count else nodes.count(name) or None
        yield PoolColumn(
            name,
            is_host_network(world, name),
            str(known[0].type) if known else "",
            count,
            bool(known),
            at.file if at is not None else "",
            at.line if at is not None else 0,
            tuple(map(taint_in_words, known[0].taints if known else ())),
            to_convert=nodes.to_convert(name),
            also=placed.records.also_at(world.name, name, sources),
        )
    yield PoolColumn("", False, nodes=nodes.count("") or None)
    for name in placed.records.missing_pools(world.name):
        where = world.cluster.pool_elsewhere(name)
        is_host = True if name == OTHER_HOSTS else None
        yield PoolColumn(name, is_host, is_known=False, elsewhere=where)
