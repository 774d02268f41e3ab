"""Where workloads can land, and what a change moves, in a few lines."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from transformer.findings import Unseen
from transformer.placements import (
    NO_POOL,
    PoolColumn,
    PoolVerdict,
    Word,
    Workload,
    WorldPlacement,
)
from transformer.report.coverage import can_build
from transformer.report.formatting import clean, count
from transformer.report.placement_copies import joined, shares
from transformer.report.placement_pools import ambiguous, pool_changes

_MOST_POOLS = 3
"""The most pools that a line names."""

_MOST_LINES = 6
"""The most lines about pools, and about the pools of one kind of change."""

_VERBS: Mapping[Word, tuple[str, str]] = {
    "breaks": ("breaks", "break"),
    "unknown": ("is unknown", "are unknown"),
    "kept off": ("is kept off", "are kept off"),
    "runs": ("runs", "run"),
}
"""For one workload and for several; those that cannot be scheduled there are not counted."""


def pool_words(names: Sequence[str]) -> str:
    """Return `a, b and 3 more`; the pool without a name is that of nodes in no pool."""
    shown = [clean(name) or f"nodes in {NO_POOL}" for name in names[:_MOST_POOLS]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def counted(number: int, what: str = "workload") -> str:
    """Return `1 workload`, `1,234 workloads`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def summary(world: WorldPlacement, pools: Sequence[PoolColumn]) -> Iterator[str]:
    """Yield how many workloads there are, what becomes of them on host-network pools, and which
    break elsewhere; `pools` are all of the world, of which some may not be shown.
    """
    cells, total, edited, unguarded, nowhere, lost = _counts(world.workloads, world.pools)
    named = [pool for pool in world.pools if pool.name and pool.is_known]
    on_host = [pool.name for pool in named if pool.is_host_network]
    hosts = f", {len(on_host)} of them host-network" if on_host else ""
    if len(named) == len(on_host) == 1:
        hosts = " (host-network)"
    yield f"{counted(total)}, {count(len(named), 'pool')}{hosts}"
    every_host = [pool.name for pool in pools if pool.is_host_network and pool.is_known]
    absent = [pool.name for pool in world.pools if pool.is_host_network and not pool.is_known]
    unsettled = list(ambiguous(pools))
    elsewhere = {pool.name: _elsewhere(pool, cells) for pool in world.pools}
    others = [name for name, its in elsewhere.items() if its]
    if not any(pool.name and pool.is_known for pool in pools):
        yield "no NodePool in the input: add it, or name its file with --pools"
    elif not (every_host or unsettled):
        so = "" if others or absent else ", so nothing breaks because of one"
        yield f"no host-network pool in the input{so}"
    elif every_host and not on_host:
        yield f"--pool leaves out the host-network pools: {pool_words(every_host)}"
    yield from unsettled
    yield from _lines([*on_host, *absent], cells, "further host-network pool")
    yield from _lines(others, elsewhere, "further pool")
    if unguarded:
        verb = "is" if unguarded == 1 else "are"
        yield f"{counted(unguarded, 'network component')} {verb} not kept off host-network pools"
    if nowhere:
        yield f"{counted(nowhere)} can be scheduled {NOWHERE}"
    if edited:
        what = "`hostnet-transform -w` with the same options"
        then = f"; {counted(lost)} can then be scheduled {NOWHERE}" if lost else ""
        yield f"{what} changes the verdict of {counted(edited)}{then}"


class _Kind(NamedTuple):
    """What pools have in common for a workload: its verdict, and whether it lacks its patches."""

    word: Word
    severity: str
    is_patched: bool


_OfPool: TypeAlias = Mapping[tuple[_Kind, tuple[str, ...]], int]
"""How many workloads are of a kind, on the very same pools."""

_Cells: TypeAlias = Mapping[str, _OfPool]
"""By pool."""

_FOR_NOW = "for now"
"""In place of a severity: nothing keeps the pods off for good."""


def _counts(
    workloads: Iterable[Workload], pools: Sequence[PoolColumn]
) -> tuple[_Cells, int, int, int, int, int]:
    """Return the counts by pool, and those of workloads: all, edited, components that are not kept
    off, those that no node takes, and those that none takes only after the edits.
    """
    found: Counter[tuple[_Kind, tuple[str, ...]]] = Counter()
    total = edited = unguarded = nowhere = lost = 0
    hosts = {pool.name for pool in pools if pool.name and pool.is_host_network}
    for parts in joined(workloads):
        total += 1
        kinds: dict[_Kind, list[str]] = {}
        for one, verdict, its_pools in shares(parts):
            severity = _FOR_NOW if verdict.later else verdict.severity
            kind = _Kind(verdict.word, severity, bool(one.patches))
            kinds.setdefault(kind, []).extend(its_pools)
        found.update((kind, tuple(sorted(names))) for kind, names in kinds.items())
        edited += any(one.after for one in parts)
        unguarded += bool(parts[0].component) and any(lands(one, hosts) for one in parts)
        nowhere += all(map(is_nowhere, parts))
        lost += is_lost(parts)
    cells: dict[str, dict[tuple[_Kind, tuple[str, ...]], int]] = {}
    for key, number in found.items():
        for name in key[1]:
            cells.setdefault(name, {})[key] = number
    return cells, total, edited, unguarded, nowhere, lost


_LANDING = ("runs", "breaks")


def lands(one: Workload, pools: Iterable[str]) -> bool:
    """Whether a workload can be scheduled to any of `pools`, now or later."""
    wanted = set(pools)
    return any(
        verdict.lasting in _LANDING and not wanted.isdisjoint(verdict.pools)
        for verdict in one.verdicts
    )


NOWHERE = "nowhere"
"""How texts call the place of workloads that no node takes."""


def is_nowhere(one: Workload) -> bool:
    """Whether no node takes the pods, now or later; if only some pools are shown, others may."""
    return any("" in verdict.pools for verdict in one.verdicts) and all(
        verdict.lasting in ("kept off", "cannot") for verdict in one.verdicts
    )


def is_lost(parts: Sequence[Workload]) -> bool:
    """Whether a node takes the pods now, and none does after the edits of `transform`."""
    return not all(map(is_nowhere, parts)) and all(is_nowhere(after_edits(one)) for one in parts)


def after_edits(one: Workload) -> Workload:
    """Return a workload with the verdicts after the edits."""
    changed = {pool for verdict in one.after for pool in verdict.pools}
    kept = (
        verdict._replace(pools=tuple(pool for pool in verdict.pools if pool not in changed))
        for verdict in one.verdicts
    )
    verdicts = (*(verdict for verdict in kept if verdict.pools), *one.after)
    return one._replace(verdicts=verdicts) if one.after else one


def builds(world: WorldPlacement) -> Iterator[str]:
    """Yield that builds of workloads with the same names are judged as one cluster, if they are."""
    names = sorted({one.build for one in world.workloads if one.is_built_often})
    if names:
        yield (
            f"{pool_words(names)}: builds with workloads of the same names, judged as one cluster"
            " unless `clusters` in the configuration tells them apart"
        )


def not_built_after(world: WorldPlacement, failed: Collection[str]) -> Iterator[str]:
    """Yield that what edits change is estimated of builds that fail after them, if any do."""
    names = sorted({one.build for one in world.workloads if one.build in failed})
    if names:
        where = pool_words(names)
        yield f"{where}: cannot be built after the edits; what these change is estimated"


def _elsewhere(pool: PoolColumn, cells: _Cells) -> _OfPool:
    """Return what to count on a pool that is not a host-network pool: what breaks; and all, if it
    may be one.
    """
    its = {} if pool.is_host_network else cells.get(pool.name, {})
    return {key: n for key, n in its.items() if pool.is_ambiguous or key[0].word == "breaks"}


def _lines(pools: Sequence[str], cells: _Cells, more: str) -> Iterator[str]:
    """Yield a line for pools where the very same workloads have each verdict."""
    alike: dict[frozenset[object], list[str]] = {}
    for pool in pools:
        alike.setdefault(frozenset(cells.get(pool, ())), []).append(pool)
    every = list(alike.values())
    for names in every[:_MOST_LINES]:
        found: Counter[_Kind] = Counter()
        for (kind, _), number in cells.get(names[0], {}).items():
            found[kind] += number
        words = ", ".join(_words(found)) or "no workload can be scheduled there"
        yield f"{pool_words(names)}: {words}"
    if len(every) > _MOST_LINES:
        left = sum(map(len, every[_MOST_LINES:]))
        yield f"and {count(left, more)}"


def _words(found: Mapping[_Kind, int]) -> Iterator[str]:
    is_first = True
    for word, verbs in _VERBS.items():
        its = {kind: number for kind, number in found.items() if kind.word == word}
        if not (number := sum(its.values())):
            continue
        text = counted(number) if is_first else f"{number:,}"
        text += f" {verbs[number > 1]}"

        def of(severity: str, its: Mapping[_Kind, int] = its) -> int:
            return sum(one for kind, one in its.items() if kind.severity == severity)

        notes = [(of(_FOR_NOW), _FOR_NOW)]
        if word == "breaks":
            patched = sum(one for kind, one in its.items() if kind.is_patched)
            notes = [(of("error"), "by an error"), (patched, "judged without patches"), *notes]
        shown = [f"{one:,} {note}" if one < number else note for one, note in notes if one]
        text += f" ({', '.join(shown)})" if shown else ""
        yield text
        is_first = False


def not_built(world: WorldPlacement, unseen: Sequence[Unseen]) -> Iterator[str]:
    """Yield what it means that kustomizations are not built, and what to do.

    If --build builds no more of them, only workloads matter that lack patches.
    """
    if not (kustomizations := sum(one.what == "kustomization" for one in unseen)):
        return
    patched = sum(bool(parts[0].patches) for parts in joined(world.workloads))
    text = f"{counted(kustomizations, 'kustomization')} {'is' if kustomizations == 1 else 'are'}"
    text += " not built"
    if patched:
        text += (
            f", so {counted(patched)} {'is' if patched == 1 else 'are'} judged without patches,"
            " and not counted by --fail-on breaks"
        )
    if can_build(unseen):
        yield f"{text}: use --build, which judges what kustomize builds"
    elif patched:
        yield text


NOTHING_CHANGES = "nothing changes"
"""The whole summary of a change that moves nothing: the integrations then write no comment."""


def changes(world: WorldPlacement) -> Iterator[str]:
    """Yield what a change moves, or that it moves nothing."""
    yield from [*pool_changes(world), *_changes(world)] or [NOTHING_CHANGES]


def _changes(world: WorldPlacement) -> Iterator[str]:
    """Yield which workloads are new, gone, land on pools on which they did not, and so on."""
    moved: Counter[_Moved] = Counter()
    new = lost = gone = 0
    sets = set()
    new_pools = {pool.name for pool in world.pools if pool.is_new}
    for parts in joined(world.workloads):
        is_new = all(one.is_new for one in parts)
        if parts[0].copy:
            sets.add(_set_of(parts))
        new += is_new
        lost += all(map(is_nowhere, parts)) and (is_new or any(map(_had_a_place, parts)))
        moves: dict[tuple[str, bool], list[str]] = {}
        for one, verdict, its_pools in shares(parts):
            was = {pool: old for old in one.old or () for pool in old.pools}
            for pool in its_pools:
                what = _move(one, was.get(pool), verdict, pool in new_pools)
                if not (what or is_new) and one.is_new and one.copy == pool:
                    what = "copy"
                if what:
                    moves.setdefault((what, verdict.lasting == "breaks"), []).append(pool)
        moved.update(_Moved(*key, tuple(sorted(pools))) for key, pools in moves.items())
    if new:
        yield f"new: {counted(new)}"
    for parts in joined(world.gone):
        if is_copy := bool(parts[0].copy) and _set_of(parts) in sets:
            moved[_Moved("no copy", False, tuple(sorted(one.copy for one in parts)))] += 1
        gone += not is_copy
    if gone:
        yield f"gone: {counted(gone)}"
    copies = sorted({one.copy for one in world.gone if one.copy})
    yield from _moves(moved, list(dict.fromkeys((*(pool.name for pool in world.pools), *copies))))
    if lost:
        yield f"{counted(lost)} can now be scheduled {NOWHERE}"


def _set_of(parts: Sequence[Workload]) -> tuple[str, ...]:
    """Return what distinguishes the object of copies, wherever it is."""
    return parts[0].kind, parts[0].namespace, parts[0].name


def _had_a_place(one: Workload) -> bool:
    """Whether a node may have taken it where none does now."""
    return any(was.lasting in (*_LANDING, "unknown") for was in one.old or ())


_MOVES: Mapping[str, tuple[str, str]] = {
    "lands": ("newly lands on", "newly land on"),
    "breaks": ("newly breaks on", "newly break on"),
    "works": ("no longer breaks on", "no longer break on"),
    "waits": ("is only for now kept off", "are only for now kept off"),
    "leaves": ("no longer lands on", "no longer land on"),
    "error": ("now breaks by an error on", "now break by an error on"),
    "warning": ("now breaks by warnings only on", "now break by warnings only on"),
    "reasons": ("now breaks for other reasons on", "now break for other reasons on"),
    "unknown": ("is now unknown on", "are now unknown on"),
    "kept off": ("is now kept off", "are now kept off"),
    "cannot": ("now does not select", "now do not select"),
    "copy": ("has a new copy for", "have a new copy for"),
    "no copy": ("no longer has a copy for", "no longer have a copy for"),
}


def _move(one: Workload, was: PoolVerdict | None, now: PoolVerdict, is_new_pool: bool) -> str:
    """Return how a verdict moves; `was` is the old one if it differs."""
    word, can = now.lasting, now.lasting in _LANDING
    if one.is_new or is_new_pool:
        return "lands" if can else ""
    if was is None:
        return ""
    if (was.word, was.lasting) == (now.word, word):
        return now.severity if was.severity != now.severity else "reasons"
    could = was.lasting in _LANDING and (bool(now.later) or not was.later)
    if could and now.later and not was.later:
        return "waits"
    if can and not could:
        return "lands"
    if could and not can:
        return "unknown" if word == "unknown" else "leaves"
    if can:
        return "breaks" if word == "breaks" else "works"
    return word


class _Moved(NamedTuple):
    """How the verdicts of a workload on the very same pools move, and whether it breaks there."""

    what: str
    breaks: bool
    pools: tuple[str, ...]


def _moves(moved: Mapping[_Moved, int], pools: Sequence[str]) -> Iterator[str]:
    """Yield a line for pools where the very same workloads move."""
    for what, verbs in _MOVES.items():
        its: dict[str, dict[_Moved, int]] = {}
        for move, number in moved.items():
            for pool in move.pools if move.what == what else ():
                its.setdefault(pool, {})[move] = number
        alike: dict[frozenset[_Moved], list[str]] = {}
        for pool in filter(its.__contains__, pools):
            alike.setdefault(frozenset(its[pool]), []).append(pool)
        for moves, names in list(alike.items())[:_MOST_LINES]:
            number = sum(moved[move] for move in moves)
            broken = sum(moved[move] for move in moves if move.breaks)
            text = f"{counted(number)} {verbs[number > 1]} {pool_words(names)}"
            if what == "lands" and broken:
                them = "it" if number == 1 else f"{broken:,} of them"
                them = "all of them" if 1 < number == broken else them
                text += f", and {them} break{'s' if broken == 1 else ''}"
            yield text
        if left := sum(map(len, list(alike.values())[_MOST_LINES:])):
            yield f"workloads {verbs[True]} {count(left, 'further pool')}, too"
