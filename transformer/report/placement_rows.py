"""Placement as rows: workloads whose verdicts are alike in one row, trouble first.

The copies of a YurtAppSet are one row entry: each copy counts for the pool that it is for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Literal, NamedTuple, TypeAlias

from transformer.placements import (
    MEANINGS,
    NO_POOL,
    NOT_IN_INPUT,
    Edit,
    PlacementReport,
    PoolColumn,
    PoolVerdict,
    Reason,
    Word,
    Workload,
    WorldPlacement,
    shown,
)
from transformer.report.formatting import count
from transformer.report.placement_copies import joined, name_of, shares
from transformer.report.placement_summary import NOWHERE, is_lost, is_nowhere, lands

_KEPT = 3
"""The first workloads of a row that are kept by name."""


class Cell(NamedTuple):
    """A verdict in a table: the word with its severity, what it is later, and before and after.

    `before` and `after` are empty if they are the same, and all is if there is no verdict.
    """

    word: Word | Literal[""]
    severity: str = ""
    before: str = ""
    after: str = ""
    later: str = ""

    def __str__(self) -> str:
        """Return the cell as text."""
        return " -> ".join(self.words) or "-"

    @property
    def words(self) -> tuple[str, ...]:
        """Return the verdicts as `shown` returns them, in order of time."""
        parts = (self.before, shown(self.word, self.severity, self.later), self.after)
        return tuple(filter(None, parts))


class Row(NamedTuple):
    """Workloads with the same cells, in the order of the pools, for the same causes.

    `first` are the names of some of them, `total` how many there are. `mark` is `new`, `gone` or
    nothing.
    """

    cells: tuple[Cell, ...]
    causes: tuple[str, ...]
    is_component: bool
    mark: str
    first: tuple[str, ...]
    total: int
    is_patched: bool = False


class Cause(NamedTuple):
    """Why workloads break on pools: one message and help, with the places and names of the first of
    them.

    `total` counts workloads. `edit` says what `transform` would do about it; `is_edited`: it does
    so with the rules that are on.
    """

    reason: Reason
    pools: tuple[str, ...]
    first: tuple[tuple[str, str], ...]
    total: int
    edit: str
    is_edited: bool = False

    @property
    def help(self) -> str:
        """What to do, unless an edit that is on does it."""
        return "" if self.is_edited else self.reason.hint

    @property
    def more(self) -> str:
        """How many other workloads there are."""
        left = self.total - len(self.first)
        return f"and {count(left, 'other workload')}" if left else ""


class Missing(NamedTuple):
    """What is not known of workloads whose verdict is `unknown`: the first, and how many.

    `pools` are those of which it depends on a definition, if their definitions differ.
    """

    what: str
    workload: str
    total: int
    pools: tuple[str, ...] = ()


class Rows(NamedTuple):
    """The rows of a world, the causes of what breaks, and what is missing for what is unknown;
    `left` workloads are not in the rows.
    """

    rows: tuple[Row, ...]
    causes: tuple[Cause, ...]
    missing: tuple[Missing, ...] = ()
    left: int = 0


def columns(world: WorldPlacement) -> tuple[PoolColumn, ...]:
    """Return the pools of a world, the host-network ones first, those in no pool last."""
    return tuple(sorted(world.pools, key=_order))


def _order(pool: PoolColumn) -> int:
    return 3 if not pool.name else 0 if pool.is_host_network else 1 if pool.is_known else 2


def rows(world: WorldPlacement, report: PlacementReport) -> Rows:
    """Return the rows of a world; of a comparison only those of what differs."""
    pools = [pool.name for pool in columns(world)]
    hosts = frozenset(pool.name for pool in world.pools if pool.name and pool.is_host_network)
    new = frozenset(pool.name for pool in world.pools if pool.is_new)
    found: dict[Row, tuple[tuple[str, ...], int]] = {}
    causes: _Causes = {}
    missing: dict[str, Missing] = {}
    left = 0
    every = ((one, "") for one in joined(world.workloads))
    gone = ((one, "gone") for one in joined(world.gone))
    for parts, mark in chain(every, gone):
        mark = mark or ("new" if all(one.is_new for one in parts) and report.is_compared else "")
        row = _row(parts, pools, hosts, report, mark)
        if report.is_compared and not mark and not _moves(row, pools, new):
            left += 1
            continue
        if not report.folds:
            row = row._replace(first=(name_of(parts),))
        names, total = found.get(row, ((), 0))
        found[row] = (names if len(names) == _KEPT else (*names, name_of(parts)), total + 1)
        if mark != "gone":
            _add_causes(causes, parts, shows_after=report.shows_after)
            _add_missing(missing, parts)
    made = [row._replace(first=names, total=total) for row, (names, total) in found.items()]
    ordered = sorted(causes.values(), key=lambda one: (one.reason.rank, -one.total))
    return Rows(
        tuple(sorted(made, key=_trouble)),
        tuple(ordered),
        tuple(sorted(missing.values(), key=lambda one: -one.total)),
        left,
    )


def _moves(row: Row, pools: Sequence[str], new: frozenset[str]) -> bool:
    """Whether a verdict of a row differs from the old one, or lets pods land on a new pool."""
    return any(
        cell.before or (pool in new and (cell.later or cell.word) in ("runs", "breaks"))
        for pool, cell in zip(pools, row.cells, strict=True)
    )


_UNGUARDED = "HN406"
"""The rule on network components that are not kept off."""


def _row(
    parts: Sequence[Workload],
    pools: Sequence[str],
    hosts: frozenset[str],
    report: PlacementReport,
    mark: str,
) -> Row:
    cells: dict[str, Cell] = {}
    causes: dict[str, None] = {}
    for one, verdict, its_pools in shares(parts):
        after = {pool: found for found in one.after for pool in found.pools}
        old = {pool: found for found in one.old or () for pool in found.pools}
        for pool in its_pools:
            cell = _cell(verdict, old.get(pool), after.get(pool), report)
            # A copy that the object did not have.
            cells[pool] = cell._replace(before="-") if one.is_new and not mark else cell
        causes |= dict.fromkeys(_codes(verdict))
    for _, reason in _brought(parts) if report.shows_after else ():
        causes[reason.rule] = None
    if parts[0].component and any(lands(one, hosts) for one in parts):
        causes[_UNGUARDED] = None
    if all(map(is_nowhere, parts)) or (report.shows_after and is_lost(parts)):
        causes[NOWHERE] = None
    none = Cell("")
    return Row(
        tuple(cells.get(pool, none) for pool in pools),
        tuple(sorted(causes)),
        bool(parts[0].component),
        mark,
        (),
        0,
        any(one.patches for one in parts),
    )


def _cell(
    now: PoolVerdict,
    old: PoolVerdict | None,
    after: PoolVerdict | None,
    report: PlacementReport,
) -> Cell:
    before = old.shown if old is not None else ""
    then = after.shown if after is not None and report.shows_after else ""
    return Cell(now.word, now.severity, before, then, now.later)


_CODES = {"TaintToleration": "taint", "NodeUnschedulable": "cordon", "guard": "guard"}


def _codes(verdict: PoolVerdict) -> Iterator[str]:
    """Yield what a row says of why: rules that break, and what keeps off."""
    yield from (reason.rule for reason in verdict.reasons)
    if verdict.word == "kept off":
        yield _CODES.get(verdict.filter, verdict.filter)


_Causes: TypeAlias = dict[tuple[str, ...], Cause]
"""By rule, severity, message, help and edit."""

_MOST_PLACES = 5


def _add_causes(causes: _Causes, parts: Sequence[Workload], *, shows_after: bool) -> None:
    seen = set()
    now = (
        (verdict, reason) for one in parts for verdict in one.verdicts for reason in verdict.reasons
    )
    for verdict, reason in chain(now, _brought(parts) if shows_after else ()):
        by = verdict.edit if verdict.edit and verdict.edit.settles(reason) else None
        reason = _in_time(verdict, reason)
        edit = "" if by is None else edit_words(by)
        found = Cause(reason, (), (), 0, edit, by is not None and by.is_enabled)
        key = (reason.rule, reason.severity, reason.message, found.help, edit)
        known = causes.get(key, found)
        if key not in seen:
            seen.add(key)
            first = (*known.first, (str(reason.at), name_of(parts)))[:_MOST_PLACES]
            known = known._replace(first=first, total=known.total + 1)
        more = tuple(pool for pool in verdict.pools if pool not in known.pools)
        causes[key] = known._replace(pools=(*known.pools, *more))


_ENDS = {
    "NodeUnschedulable": "once the nodes are not cordoned",
    "TaintToleration": "once the taint is gone",
}


def _in_time(verdict: PoolVerdict, reason: Reason) -> Reason:
    """Return a reason with when it holds, if that is not now."""
    if not verdict.later:
        return reason
    return reason._replace(message=f"{_ENDS[verdict.filter]}, {reason.message}")


def _brought(parts: Iterable[Workload]) -> Iterator[tuple[PoolVerdict, Reason]]:
    """Yield the reasons that the edits of `transform` bring, each with the verdict after them."""
    for one in parts:
        now = {
            (pool, reason)
            for verdict in one.verdicts
            for pool in verdict.pools
            for reason in verdict.reasons
        }
        for verdict in one.after:
            for reason in verdict.reasons:
                if any((pool, reason) not in now for pool in verdict.pools):
                    message = f"after the edits, {reason.message}"
                    yield verdict._replace(edit=None), reason._replace(message=message)


def _add_missing(missing: dict[str, Missing], parts: Sequence[Workload]) -> None:
    found = {
        undecided_words(verdict): verdict
        for one in parts
        for verdict in one.verdicts
        if verdict.lasting == "unknown" and verdict.undecided != (NOT_IN_INPUT,)
    }
    for what, verdict in found.items():
        is_twofold = any(one.startswith("which definition of") for one in verdict.undecided)
        pools = verdict.pools if is_twofold else ()
        known = missing.get(what, Missing(what, name_of(parts), 0, pools))
        missing[what] = known._replace(total=known.total + 1)


def undecided_words(verdict: PoolVerdict) -> str:
    """Return what is not known, if a verdict is `unknown`."""
    labels = [one for one in verdict.undecided if " " not in one]
    others = [one for one in verdict.undecided if " " in one]
    if labels:
        others.insert(
            0, f"the node {'label' if len(labels) == 1 else 'labels'} {', '.join(labels)}"
        )
    by_name = "the Node that the pods name" if verdict.filter == "NodeName" else "the tolerations"
    return " and ".join(others) or by_name


def missing_words(one: Missing) -> str:
    """Return a line on what would have to be known, and for which workloads."""
    more = f" and {count(one.total - 1, 'other workload')}" if one.total > 1 else ""
    return f"unknown, depending on {one.what}: {one.workload}{more}"


def legend(found: Rows) -> Iterator[tuple[str, str]]:
    """Yield the words of a table, each with what it means."""
    words = {word for row in found.rows for cell in row.cells for word in cell.words}
    yield from ((word, meaning) for word, meaning in MEANINGS.items() if word in words)
    if any(NOWHERE in row.causes for row in found.rows):
        yield NOWHERE, "no node takes the pods"


def edit_words(edit: Edit) -> str:
    """Return which command makes an edit, and what comes of it."""
    enable = "" if edit.is_enabled else f" --enable {edit.rule}"
    return f"`hostnet-transform{enable} -w` {_BECOMES.get(edit.word, edit.word)} ({edit.rule})"


_BECOMES: Mapping[Word, str] = {
    "kept off": "keeps them off",
    "runs": "makes them run",
    "breaks": "gives them the network of their nodes",
}


_WORST = {"error": 0, "warning": 1}


def _trouble(row: Row) -> tuple[object, ...]:
    """Return the place of a row: network components last, and trouble first among each."""
    return row.is_component, _rank(row), -row.total, row.first


def _rank(row: Row) -> int:
    """Return how much trouble a row has: the less, the more."""
    words = {cell.word for cell in row.cells}
    severities = [_WORST[cell.severity] for cell in row.cells if cell.severity]
    if severities:
        return min(severities)
    if NOWHERE in row.causes:
        return 2
    if "unknown" in words or any(cell.later for cell in row.cells):
        return 3
    return 4 if "kept off" in words else 5


def pool_name(pool: PoolColumn) -> str:
    """Return how texts call a column."""
    return pool.name or NO_POOL
