"""Where workloads can land, and what a change moves, in a few lines."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from transformer.placements import (
    NO_POOL,
    PoolColumn,
    PoolVerdict,
    Word,
    Workload,
    WorldPlacement,
)
from transformer.report.formatting import clean, count
from transformer.report.placement_copies import joined, shares

_MOST_POOLS = 3
"""The most pools that a line names."""

_MOST_LINES = 6
"""The most lines about pools."""

_VERBS: Mapping[Word, tuple[str, str]] = {
    "breaks": ("breaks", "break"),
    "unknown": ("is unknown", "are unknown"),
    "kept off": ("is kept off", "are kept off"),
    "runs": ("runs", "run"),
}
"""For one workload and for several; those that cannot be scheduled there are not counted."""


def pool_words(names: Sequence[str]) -> str:
    """Return `a, b and 3 more`."""
    shown = [clean(name) or NO_POOL for name in names[:_MOST_POOLS]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def counted(number: int, what: str = "workload") -> str:
    """Return `1 workload`, `1,234 workloads`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def summary(world: WorldPlacement, pools: Sequence[PoolColumn]) -> Iterator[str]:
    """Yield how many workloads there are, and what becomes of them on host-network pools; `pools`
    are all of the world, of which some may not be shown.
    """
    cells, total, edited, unguarded, nowhere = _counts(world.workloads, world.pools)
    named = [pool for pool in world.pools if pool.name and pool.is_known]
    on_host = [pool.name for pool in named if pool.is_host_network]
    hosts = f", {len(on_host)} of them host-network" if on_host else ""
    if len(named) == len(on_host) == 1:
        hosts = " (host-network)"
    yield f"{counted(total)}, {count(len(named), 'pool')}{hosts}"
    every_host = [pool.name for pool in pools if pool.name and pool.is_host_network]
    if not any(pool.name and pool.is_known for pool in pools):
        yield "no NodePool in the input: add it, or name its file with --pools"
    elif not every_host:
        yield "no host-network pool in the input, so nothing breaks because of one"
    elif not on_host:
        yield f"--pool leaves out the host-network pools: {pool_words(every_host)}"
    yield from _lines(on_host, cells)
    if unguarded:
        verb = "is" if unguarded == 1 else "are"
        yield f"{counted(unguarded, 'network component')} {verb} not kept off host-network pools"
    if nowhere:
        yield f"{counted(nowhere)} can be scheduled {NOWHERE}"
    if edited:
        what = "`hostnet-transform -w` with the same options"
        yield f"{what} changes the verdict of {counted(edited)}"


_Cells = Mapping[str, Counter[tuple[Word, str]]]
"""By pool: how many workloads have a verdict, with its severity."""


def _counts(
    workloads: Iterable[Workload], pools: Sequence[PoolColumn]
) -> tuple[_Cells, int, int, int, int]:
    """Return the counts by pool, and those of workloads: all, edited, components that are not kept
    off, and those that no node takes.
    """
    found: Counter[tuple[tuple[str, ...], Word, str]] = Counter()
    total = edited = unguarded = nowhere = 0
    hosts = {pool.name for pool in pools if pool.name and pool.is_host_network}
    for parts in joined(workloads):
        total += 1
        for _, verdict, its_pools in shares(parts):
            found[(its_pools, verdict.word, verdict.severity)] += 1
        edited += any(one.after for one in parts)
        unguarded += bool(parts[0].component) and any(lands(one, hosts) for one in parts)
        nowhere += all(map(is_nowhere, parts))
    cells: dict[str, Counter[tuple[Word, str]]] = {}
    for (names, word, severity), number in found.items():
        for name in names:
            cells.setdefault(name, Counter())[(word, severity)] += number
    return cells, total, edited, unguarded, nowhere


def lands(one: Workload, pools: Iterable[str]) -> bool:
    """Whether a workload can be scheduled to any of `pools`."""
    wanted = set(pools)
    return any(
        verdict.word in ("runs", "breaks") and not wanted.isdisjoint(verdict.pools)
        for verdict in one.verdicts
    )


NOWHERE = "nowhere"
"""How texts call the place of workloads that no node takes."""


def is_nowhere(one: Workload) -> bool:
    """Whether no node takes the pods. A cordon does not last; and if only some pools are shown,
    others may take them.
    """
    return any("" in verdict.pools for verdict in one.verdicts) and all(
        verdict.word in ("kept off", "cannot") and verdict.filter != "NodeUnschedulable"
        for verdict in one.verdicts
    )


def builds(world: WorldPlacement) -> Iterator[str]:
    """Yield that builds of workloads with the same names are judged as one cluster, if they are."""
    names = sorted({one.build for one in world.workloads if one.is_built_often})
    if names:
        yield (
            f"{pool_words(names)}: builds with workloads of the same names, judged as one cluster"
            " unless `clusters` in the configuration tells them apart"
        )


def _lines(pools: Sequence[str], cells: _Cells) -> Iterator[str]:
    """Yield a line for pools where the same number of workloads have each verdict."""
    alike: dict[str, list[str]] = {}
    for pool in pools:
        words = ", ".join(_words(cells.get(pool, Counter())))
        alike.setdefault(words or "no workload can be scheduled there", []).append(pool)
    lines = [f"{pool_words(names)}: {words}" for words, names in alike.items()]
    yield from lines[:_MOST_LINES]
    if len(lines) > _MOST_LINES:
        left = sum(len(names) for names in list(alike.values())[_MOST_LINES:])
        yield f"and {count(left, 'further host-network pool')}"


def _words(found: Mapping[tuple[Word, str], int]) -> Iterator[str]:
    is_first = True
    for word, verbs in _VERBS.items():
        number = sum(total for (one, _), total in found.items() if one == word)
        if not number:
            continue
        text = counted(number) if is_first else f"{number:,}"
        text += f" {verbs[number > 1]}"
        errors = found.get((word, "error"), 0)
        if word == "breaks" and errors:
            text += f" ({errors:,} by an error)" if errors < number else " (by an error)"
        yield text
        is_first = False


def changes(world: WorldPlacement) -> Iterator[str]:
    """Yield what a change moves: which workloads land on which pools that did not, and so on."""
    moved: dict[tuple[str, str], Counter[str]] = {}
    new = lost = 0
    new_pools = {pool.name for pool in world.pools if pool.is_new}
    for parts in joined(world.workloads):
        new += all(one.is_new for one in parts)
        lost += all(map(is_nowhere, parts)) and any(map(_had_a_place, parts))
        for one, verdict, its_pools in shares(parts):
            was = {pool: old for old in one.old or () for pool in old.pools}
            for pool in its_pools:
                what = _move(one, was.get(pool), verdict.word, pool in new_pools)
                if what:
                    counts = moved.setdefault((what, pool), Counter())
                    counts["all"] += 1
                    counts["breaks"] += verdict.word == "breaks"
    if new_pools:
        yield f"new: {', '.join(f'NodePool/{clean(name)}' for name in sorted(new_pools))}"
    if new:
        yield f"new: {counted(new)}"
    if world.gone:
        yield f"gone: {counted(len(list(joined(world.gone))))}"
    yield from _moves(moved)
    if lost:
        yield f"{counted(lost)} can now be scheduled {NOWHERE}"
    if not (moved or new or new_pools or world.gone):
        yield "nothing changes"


def _had_a_place(one: Workload) -> bool:
    """Whether it is new, or a node may have taken it where none does now."""
    return one.is_new or any(was.word in ("runs", "breaks", "unknown") for was in one.old or ())


_MOVES: Mapping[str, tuple[str, str]] = {
    "lands": ("newly lands on", "newly land on"),
    "breaks": ("newly breaks on", "newly break on"),
    "works": ("no longer breaks on", "no longer break on"),
    "leaves": ("no longer lands on", "no longer land on"),
    "unknown": ("is now unknown on", "are now unknown on"),
}


def _move(one: Workload, was: PoolVerdict | None, word: Word, is_new_pool: bool) -> str:
    """Return how a verdict moves; `was` is the old one if it differs."""
    can = word in ("runs", "breaks")
    if one.is_new or is_new_pool:
        return "lands" if can else ""
    if was is None or was.word == word:
        return ""
    could = was.word in ("runs", "breaks")
    if can and not could:
        return "lands"
    if could and not can:
        return "unknown" if word == "unknown" else "leaves"
    if can:
        return "breaks" if word == "breaks" else "works"
    return "unknown" if word == "unknown" else ""


def _moves(moved: Mapping[tuple[str, str], Counter[str]]) -> Iterator[str]:
    alike: dict[tuple[str, int, int], list[str]] = {}
    for (what, pool), counts in moved.items():
        alike.setdefault((what, counts["all"], counts["breaks"]), []).append(pool)
    for what, verbs in _MOVES.items():
        for (one, number, broken), pools in alike.items():
            if one == what:
                text = f"{counted(number)} {verbs[number > 1]} {pool_words(pools)}"
                if what == "lands" and broken:
                    them = "it" if number == 1 else f"{broken:,} of them"
                    them = "all of them" if 1 < number == broken else them
                    text += f", and {them} break{'s' if broken == 1 else ''}"
                yield text
