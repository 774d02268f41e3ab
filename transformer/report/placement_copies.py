"""The copies of one object as one workload: each counts for the pool that it is for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from transformer.placements import PoolVerdict, Workload

_T = TypeVar("_T")


def joined(workloads: Iterable[Workload]) -> Iterator[list[Workload]]:
    """Yield workloads, those that are copies of one object together."""
    return joined_by(workloads, lambda one: one.key[:-1] if one.copy else None)


def joined_by(every: Iterable[_T], object_of: Callable[[_T], object]) -> Iterator[list[_T]]:
    """Yield lists of those that follow each other and are copies of one object.

    `object_of` returns what distinguishes the object of a copy, or None for what is no copy.
    """
    parts: list[_T] = []
    for one in every:
        own = object_of(one)
        if parts and (own is None or own != object_of(parts[0])):
            yield parts
            parts = []
        parts.append(one)
    if parts:
        yield parts


def shares(parts: Sequence[Workload]) -> Iterator[tuple[Workload, PoolVerdict, tuple[str, ...]]]:
    """Yield the verdicts of the copies of one object, each with its copy and the pools for which it
    counts. The first copy counts for the pools that no copy is for.
    """
    if len(parts) == 1:
        yield from ((parts[0], verdict, verdict.pools) for verdict in parts[0].verdicts)
        return
    copied = {one.copy for one in parts}
    for one in parts:
        rest = copied - {one.copy}
        for verdict in one.verdicts:
            pools = tuple(
                pool
                for pool in verdict.pools
                if pool == one.copy or (one is parts[0] and pool not in rest)
            )
            if pools:
                yield one, verdict, pools


def name_of(parts: Sequence[Workload]) -> str:
    """Return the name of an object, which of its pod templates it is, for which pool if it is the
    only copy, and which build has it if several have the name.
    """
    one = parts[0]
    name = str(one._replace(copy="" if len(parts) > 1 else one.copy))
    name += f" {one.template}" if one.is_part else ""
    return f"{name} in {one.build}" if one.is_built_often else name
