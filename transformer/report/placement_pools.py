"""What is to say of the pools themselves: which are ambiguous, and how a change moves them."""

from collections.abc import Iterable, Iterator

from transformer.placements import PoolColumn, WorldPlacement
from transformer.report.formatting import clean, count
from transformer.wording import some_of

_MOST_AMBIGUOUS = 3
"""The most ambiguous pools that have a line of their own."""


def ambiguous(pools: Iterable[PoolColumn]) -> Iterator[str]:
    """Yield of which pools it is ambiguous whether they are host-network, and where they are."""
    found = [pool for pool in pools if pool.is_ambiguous]
    for pool in found[:_MOST_AMBIGUOUS]:
        name, places = clean(pool.name), clean(some_of(pool.places))
        yield f"it is ambiguous whether {name} is a host-network pool: see {places}"
    if (more := len(found) - _MOST_AMBIGUOUS) > 0:
        yield f"and whether {count(more, 'further pool')} {'is' if more == 1 else 'are'}"


def pool_changes(world: WorldPlacement) -> Iterator[str]:
    """Yield which pools are new, gone, or no longer of the sort that they were."""
    known = {pool.name: pool for pool in world.pools if pool.name and pool.is_known}
    moved = [
        pool
        for name, pool in known.items()
        if name in world.old_pools and pool.is_host_network != world.old_pools[name]
    ]
    yield from _named("new", (pool.name for pool in world.pools if pool.is_new))
    yield from _named("gone", world.old_pools.keys() - known.keys())
    yield from _named("now host-network", (pool.name for pool in moved if pool.is_host_network))
    yield from _named("now standard", (one.name for one in moved if one.is_host_network is False))
    yield from ambiguous(pool for pool in known.values() if pool.is_new or pool in moved)


def _named(what: str, names: Iterable[str]) -> Iterator[str]:
    if found := sorted(names):
        yield f"{what}: {', '.join(f'NodePool/{clean(name)}' for name in found)}"
