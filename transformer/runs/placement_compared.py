"""Workloads of two states, compared by their kind, namespace and name."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from transformer.pipeline.placement_records import Sources, Workloads
from transformer.pipeline.worlds import World
from transformer.placement.by_pool import columns_of
from transformer.placements import NOT_IN_INPUT, OTHER_HOSTS, PoolVerdict, Workload, differing
from transformer.runs.validate import Placed

Key: TypeAlias = tuple[str, str, str, str, str, str]
"""Kind, group, namespace, name, pool of the copy, and pointer of the template."""


def is_host_network(world: World, name: str) -> bool | None:
    """Return whether a pool is host-network; None if it is ambiguous or not in the input."""
    pool = world.cluster.pools.find(name)
    return None if pool is None else pool.is_meant_host_network


class Old(NamedTuple):
    """The workloads of a world of the old state, where those of a key are among them (also with the
    build before it), and which NodePools are host-network (None: that is ambiguous).
    """

    workloads: Workloads
    numbers: dict[tuple[str, ...], list[int]]
    pools: dict[str, bool | None]


def by_name(placed: Placed, now: Placed, sources: Sources) -> dict[str, Old]:
    """Return the workloads of the old state, by world."""
    found = {}
    for world in placed.worlds:
        columns = columns_of(world.cluster.pools, world.cluster.nodes)
        also = {OTHER_HOSTS}.intersection(now.records.missing_pools(world.name))
        workloads = placed.records.workloads(world.name, columns, sources, also)
        numbers = defaultdict[tuple[str, ...], list[int]](list)
        for number, one in enumerate(workloads):
            numbers[one.build, *_key(one)].append(number)
            numbers[_key(one)].append(number)
        pools = {one.name: is_host_network(world, one.name) for one in world.cluster.pools.all()}
        found[world.name] = Old(workloads, numbers, pools)
    return found


def _key(one: Workload) -> Key:
    group = one.api_version.rpartition("/")[0]
    return one.kind, group, one.namespace, one.name, one.copy, one.template


class Compared:
    """Workloads, each with what differs in the old state; they can be iterated several times.

    Pools that are `new` have no verdicts in the old state, even if something there names them.
    """

    def __init__(self, now: Iterable[Workload], old: Old | None, new: frozenset[str]) -> None:
        self._now, self._old, self._new = now, old, new

    def __iter__(self) -> Iterator[Workload]:
        for one, number in self._paired():
            if number is None or self._old is None:
                yield one._replace(is_new=True)
            else:
                yield one._replace(
                    old=tuple(differing(self._old.workloads[number].verdicts, self._shared(one)))
                )

    def _shared(self, one: Workload) -> tuple[PoolVerdict, ...]:
        """Return the verdicts that are compared: not those on new pools. That a pool is no longer
        in the input matters only to workloads that name it.
        """
        verdicts = (each for each in one.verdicts if each.undecided != (NOT_IN_INPUT,))
        return _without(verdicts, self._new)

    def _paired(self) -> Iterator[tuple[Workload, int | None]]:
        """Yield the workloads, each with the number of the same one of the old state. Where several
        have a key, because an object is in several files, the first is that of the first there.
        """
        seen = Counter[tuple[str, ...]]()
        for one in self._now:
            own = (one.build, *_key(one))
            there, at = self._numbers(one), seen[own]
            yield one, there[at] if at < len(there) else None
            seen[own] += 1

    def _numbers(self, one: Workload) -> Sequence[int]:
        """Return the numbers of the workloads of the old state with the key of one; if no other
        build has it, it may be built from another folder.
        """
        if self._old is None:
            return ()
        known, key = self._old.numbers, _key(one)
        there = known.get((one.build, *key))
        if there is None and not one.is_built_often:
            there = known.get(key)
        return there or ()

    @property
    def gone(self) -> Iterator[Workload]:
        """The workloads of the old state that are no longer there."""
        if self._old is not None:
            there = {number for _, number in self._paired()}
            for number in range(len(self._old.workloads)):
                if number not in there:
                    gone = self._old.workloads[number]
                    yield gone._replace(verdicts=_without(gone.verdicts, self._new))


def _without(verdicts: Iterable[PoolVerdict], new: frozenset[str]) -> tuple[PoolVerdict, ...]:
    kept = ((one, tuple(pool for pool in one.pools if pool not in new)) for one in verdicts)
    return tuple(one._replace(pools=pools) for one, pools in kept if pools)
