"""The answers of the scheduler for each pool of a cluster, equal ones together.

Pools are numbered, so that very many answers stay small: bit N of a mask is column N. After the
pools there is a column for nodes in no pool, and one for pools that are not in the input.
"""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Literal, NamedTuple

from transformer.kubernetes.pools import PoolIndex
from transformer.placement.filters import Answer, Filter
from transformer.placement.node_groups import KnownNodes
from transformer.placement.scheduling import RANK, PoolSchedule, Schedule
from transformer.placements import NOT_IN_INPUT


class Sort(IntEnum):
    """Whether the nodes are host-network; `EITHER` if definitions of the pool differ."""

    STANDARD = 0
    HOST_NETWORK = 1
    EITHER = 2


class PoolAnswer(NamedTuple):
    """Whether pods can be scheduled to nodes of some pools.

    The pools are the `columns`, a mask, and those with `names`, which are not in the input. The
    rest is as in `PoolSchedule`, but `undecided` may also name a pool.
    """

    columns: int
    names: tuple[str, ...]
    answer: Answer
    filter: Filter
    sort: Sort
    undecided: tuple[str, ...] = ()
    fitting: int = 0
    nodes: int = 0
    later: Answer | Literal[""] = ""


class Columns:
    """The names of the pools of a cluster, in order, and the number of each."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        self.numbers = {name: number for number, name in enumerate(self.names)}

    @property
    def no_pool(self) -> int:
        """The mask of the column for nodes in no pool."""
        return 1 << len(self.names)

    @property
    def others(self) -> int:
        """The mask of the column for pools that are not in the input."""
        return 2 << len(self.names)


def columns_of(pools: PoolIndex, nodes: KnownNodes) -> Columns:
    """Return the pools of a cluster, in its order, and after them those that only Nodes name."""
    return _columns(pools, nodes, (pools.revision, nodes.revision))


@lru_cache(maxsize=64)
def _columns(pools: PoolIndex, nodes: KnownNodes, _: tuple[int, int]) -> Columns:
    names = [pool.name for pool in pools.all()]
    return Columns(dict.fromkeys((*names, *nodes.pools_of_nodes)))


@lru_cache(maxsize=1024)
def answers(schedule: Schedule, columns: Columns) -> tuple[PoolAnswer, ...]:
    """Return the answers for all pools, those in no pool and those that are not in the input."""
    by_pool: dict[str, list[PoolSchedule]] = {}
    for one in schedule.pools:
        by_pool.setdefault(one.pool, []).append(one)
    found: dict[PoolAnswer, tuple[int, list[str]]] = {}

    def add(answer: PoolAnswer, mask: int = 0, name: str = "") -> None:
        known, names = found.get(answer, (0, []))
        found[answer] = (known | mask, [*names, name] if name else names)

    rest = columns.no_pool - 1
    for name, same in by_pool.items():
        number = columns.numbers.get(name)
        if number is not None:
            add(_of_pool(name, same), 1 << number)
            rest &= ~(1 << number)
        elif name:
            add(_of_pool(name, same), name=name)
    add(_of_no_pool(by_pool.get("", ())), columns.no_pool)
    if rest:  # the selection names other pools
        add(_EXCLUDED, rest)
    undecided = (NOT_IN_INPUT,) if schedule.others.answer == "unknown" else ()
    others = PoolAnswer(0, (), *schedule.others[:2], Sort.EITHER, undecided)
    add(others, columns.others)
    return tuple(
        answer._replace(columns=mask, names=tuple(names)) for answer, (mask, names) in found.items()
    )


_EXCLUDED = PoolAnswer(0, (), "cannot", "NodeAffinity", Sort.STANDARD)


def _of_pool(name: str, every: Sequence[PoolSchedule]) -> PoolAnswer:
    """Return the answer for a pool with these definitions."""
    first, *others = every
    same = (first.answer, first.filter, first.later)
    same_answer = all((one.answer, one.filter, one.later) == same for one in others)
    is_known = all(one.is_known for one in every)
    found = _answer(first, every)
    undecided = missing_pool(name)
    if is_known:
        undecided = (f"which definition of NodePool/{name} counts",)
    if first.answer in ("cannot", "kept off") and same_answer:
        is_open = first.later and not (is_known and found.sort is not Sort.EITHER)
        return found._replace(later="unknown", undecided=undecided) if is_open else found
    if is_known and same_answer:
        return found
    return PoolAnswer(0, (), "unknown", "", Sort.EITHER, undecided, 0, first.nodes)


def missing_pool(name: str = "") -> tuple[str, ...]:
    """Return what is not known of a pool that a workload names; without a name, nothing."""
    return (f"NodePool/{name}, which is not in the input",) if name else ()


def _answer(first: PoolSchedule, every: Iterable[PoolSchedule]) -> PoolAnswer:
    sorts = {one.is_host_network for one in every}
    sort = Sort.EITHER if len(sorts) > 1 else Sort(first.is_host_network)
    counts = (first.undecided, first.fitting, first.nodes, first.later)
    return PoolAnswer(0, (), first.answer, first.filter, sort, *counts)


def _of_no_pool(every: Sequence[PoolSchedule]) -> PoolAnswer:
    """Return the answer for nodes in no pool; those with the hostnetwork label have no CNI."""
    best = max(every, key=lambda one: (RANK[one.answer], one.is_host_network), default=None)
    if best is None:
        return _EXCLUDED
    fitting, nodes = sum(one.fitting for one in every), sum(one.nodes for one in every)
    return _answer(best, [best])._replace(fitting=fitting, nodes=nodes)
