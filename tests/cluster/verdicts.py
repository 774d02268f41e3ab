"""What the tool says of workloads: their copies, and to which pools pods can be scheduled.

This is the only place that knows how to ask the placement model.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from tests import builders
from tests.cluster.yurt_app_sets import POOLS, comparable
from transformer.placement import verdicts as placement
from transformer.placement.copies import copies


class Verdict(NamedTuple):
    """Whether the pods of a workload can be scheduled to nodes of a pool.

    `copy` is the pool that the copy of a YurtAppSet is for, or nothing; no `pool`: nodes in none.
    `answer` is `can` (`runs` or `breaks`), `kept off`, `cannot` or `unknown`. `fitting` counts the
    Nodes in the input that certainly take them.
    """

    workload: str
    copy: str
    pool: str
    answer: str
    filter: str
    fitting: int


def verdicts(objects: Iterable[Any]) -> Iterator[Verdict]:
    """Yield the verdicts on all workloads among the objects of one cluster."""
    values = list(objects)
    pools = [value["metadata"]["name"] for value in values if value["kind"] == "NodePool"]
    for context in builders.subjects(builders.stream(*values)):
        for placed in context.placed:
            name, copy = context.manifest.ref.name, placed.copy.pool
            for one in placement.verdicts(placed, context.source(placed), pools):
                answer = "can" if one.word in ("runs", "breaks") else one.word
                yield Verdict(name, copy, one.pool, answer, one.filter, one.fitting)


class Copy(NamedTuple):
    """What the controller makes of a YurtAppSet for a pool, or that it, or the webhook, fails."""

    pool: str
    fails: bool
    made: Any


def copies_of(app_set: Any) -> list[Copy]:
    """Return the copies of a YurtAppSet beside `POOLS`, as `comparable`."""
    *_, context = builders.subjects(builders.stream(*POOLS, app_set))
    found = copies(context.manifest, context.templates, context.cluster.pools)
    return [
        Copy(
            copy.pool,
            copy.failure is not None,
            comparable({"kind": copy.kind, "spec": copy.workload}),
        )
        for copy in found
    ]
