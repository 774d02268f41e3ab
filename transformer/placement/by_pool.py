"""The answers of the scheduler for each pool of a cluster, equal ones together.

Pools are numbered, so that very many answers stay small: bit N of a mask is column N. After the
pools there is a column for nodes in no pool, one for pools that are not in the input, and one for
those of them that are host-network pools.
"""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Literal, NamedTuple

from transformer.kubernetes.pools import PoolIndex
from transformer.placement.filters import Answer, Filter, Scheduled
from transformer.placement.node_groups import KnownNodes
from transformer.placement.scheduling import RANK, PoolSchedule, Schedule
from transformer.placements import NO_POOLS, NOT_IN_INPUT, OTHER_HOSTS, OTHER_POOLS


class Sort(IntEnum):
    """Whether the nodes are host-network; `EITHER` if definitions of the pool differ."""

    STANDARD = 0
    HOST_NETWORK = 1
    EITHER = 2


class PoolAnswer(NamedTuple):
    """Whether pods can be scheduled to nodes of some pools.

    The pools are the `columns`, a mask, and those with `names`, which are not in the input (or
    `OTHER_HOSTS`, `OTHER_POOLS`: these matter to the pods). The rest is as in `PoolSchedule`, but
    `undecided` may also name a pool.
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

    @property
    def other_hosts(self) -> int:
        """The mask of the column for host-network pools that are not in the input."""
        return 4 << len(self.names)

    @property
    def every(self) -> int:
        """The mask of all columns."""
        return 2 * self.other_hosts - 1


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
    others = _of_others(schedule.others)
    add(others, columns.others)
    if schedule.by_label is not None:
        by_label = _answer(schedule.by_label, [schedule.by_label])
        add(by_label, columns.other_hosts, OTHER_HOSTS)
    else:
        add(_of_others(schedule.other_hosts), columns.other_hosts)
        may_fit = any(one.may_fit for one in schedule.pools)
        if others.answer == "unknown" and not (columns.names or may_fit):
            add(others._replace(undecided=(NO_POOLS,)), name=OTHER_POOLS)
    return tuple(
        answer._replace(columns=mask, names=tuple(names)) for answer, (mask, names) in found.items()
    )


def _of_others(found: Scheduled) -> PoolAnswer:
    undecided = (NOT_IN_INPUT,) if found.answer == "unknown" else ()
    return PoolAnswer(0, (), found.answer, found.filter, Sort.EITHER, undecided)


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
