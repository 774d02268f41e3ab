"""What the page of placement shows: workloads and pools in its order, and all of it in words."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from re import escape
from typing import Any, NamedTuple

from transformer.placements import MEANINGS, shown
from transformer.regexes import regex
from transformer.report.formatting import clean, count
from transformer.report.placement_copies import joined_by

Json = Mapping[str, Any]


class Mark(NamedTuple):
    """How a verdict is shown: its word, its letter, and the class that has its shape and color."""

    word: str
    letter: str
    shape: str
    meaning: str


MARKS = (
    Mark("breaks!", "B", "breaks", MEANINGS["breaks!"]),
    Mark("breaks", "W", "warns", MEANINGS["breaks"]),
    Mark("unknown", "?", "unknown", MEANINGS["unknown"]),
    Mark("off for now", "F", "waits", MEANINGS["off for now"]),
    Mark("runs", "R", "runs", MEANINGS["runs"]),
    Mark("kept off", "K", "kept", MEANINGS["kept off"]),
    Mark("cannot", "C", "cannot", MEANINGS["cannot"]),
    Mark("not there", "N", "absent", "does not exist in this state"),
)
"""All that a cell can show, those to look at first in front."""

_BREAKS, _WARNS, _UNKNOWN, _WAITS, _RUNS, _KEPT, _CANNOT, ABSENT = range(len(MARKS))
_RANKS = {mark.word: rank for rank, mark in enumerate(MARKS)}
_ON_THE_NODES = {_BREAKS, _WARNS, _WAITS, _RUNS}

OLD = "old"
NOW = ""
"""The key of the state that the verdicts are of; the others are `old` and `after`."""


NAMELESS = "(no name)"
"""How a workload is called whose manifest has no name, as with `generateName`."""


class Workload(NamedTuple):
    """A workload, which may have several copies: the value that names it, and its outcome for each
    pool in the order of the page (None: it is not there), by state.
    """

    value: Json
    cells: Mapping[str, tuple[Json | None, ...]]

    @property
    def name(self) -> str:
        """Return `Deployment/shop/cart`, and for which pool it is if it is the only copy."""
        name = self.value["name"] or NAMELESS
        parts = (self.value["kind"], self.value["namespace"], name)
        copy = f" for {self.value['pool']}" if self.value["pool"] else ""
        return "/".join(filter(None, parts)) + copy

    def row(self, view: str) -> tuple[int, ...]:
        """Return the rank of the verdict for each pool."""
        return tuple(map(rank, self.cells[view]))

    def is_in(self, view: str) -> bool:
        """Whether it exists in a state."""
        return any(self.cells[view])


class Cluster:
    """A cluster's placement, with its pools in the order of the page; `host_network` has numbers of
    pools.
    """

    def __init__(self, value: Json, views: Iterable[str]) -> None:
        self.value = value
        self.name: str = value["cluster"]
        self.pools: list[Json] = sorted(value["pools"], key=_order)
        self.host_network = [n for n, pool in enumerate(self.pools) if pool["hostNetwork"]]
        gone = [{**one, "verdicts": [], "old": one["verdicts"]} for one in value["gone"]]
        self.workloads = [
            self._workload(copies, views)
            for copies in chain(joined_by(value["workloads"], _object), joined_by(gone, _object))
        ]

    def _workload(self, copies: Sequence[Json], views: Iterable[str]) -> Workload:
        shown = {**copies[0], "pool": ""} if len(copies) > 1 else copies[0]
        return Workload(shown, {view: self._cells(copies, view) for view in views})

    def _cells(self, copies: Sequence[Json], view: str) -> tuple[Json | None, ...]:
        """Return the outcome for each pool: of the copy that is for it, else of the first one."""
        found: dict[str, Json] = {}
        for number, copy in enumerate(copies):
            if number:
                found.pop(copy["pool"], None)
            for outcome in _outcomes(copy, view):
                pools = outcome["pools"]
                found |= dict.fromkeys(
                    pools if not number else {copy["pool"]}.intersection(pools), outcome
                )
        is_old = view == OLD
        return tuple(
            None if is_old and pool.get("new") else found.get(pool["name"]) for pool in self.pools
        )


def _order(pool: Json) -> int:
    return 3 if not pool["name"] else 0 if pool["hostNetwork"] else 1 if pool["known"] else 2


def _object(one: Json) -> tuple[object, ...] | None:
    """Return what distinguishes the object of a copy, or None for what is no copy."""
    keys = ("build", "kind", "namespace", "name", "template", "file", "line", "column")
    return tuple(one.get(key) for key in keys) if one["pool"] else None


def _outcomes(copy: Json, view: str) -> list[Json]:
    """Return the outcomes of a copy in a state; where there are several, the last one counts."""
    if view in copy and copy[view] is None:
        return []
    return [*copy["verdicts"], *copy.get(view, ())]


def views_of(worlds: Iterable[Json]) -> dict[str, str]:
    """Return the states that there are, by key, with their titles, in order of time."""
    every = chain.from_iterable((*world["workloads"], *world["gone"]) for world in worlds)
    has = {key for one in every for key in ("after", "old") if key in one}
    has |= {"old" for world in worlds if world["gone"]}
    titles = {"old": "Old", NOW: "New" if "old" in has else "Now", "after": "After transform"}
    return {view: title for view, title in titles.items() if view in {NOW, *has}}


def rank(outcome: Json | None) -> int:
    """Return which of `MARKS` an outcome has; None is one that is not there."""
    if outcome is None:
        return ABSENT
    return _RANKS[shown(outcome["verdict"], outcome.get("severity", ""), outcome.get("later", ""))]


def headline(cluster: Cluster, view: str) -> str:
    """Return how many workloads break, run and stay off on host-network pools."""
    if not cluster.host_network:
        is_certain = all(pool["hostNetwork"] is False for pool in cluster.pools if pool["known"])
        return f"No pool is {'' if is_certain else 'for certain '}a host-network pool."
    worst: dict[int, list[str]] = {rank: [] for rank in range(len(MARKS))}
    for workload in cluster.workloads:
        row = workload.row(view)
        worst[min(row[column] for column in cluster.host_network)].append(workload.name)
    total = sum(len(names) for rank, names in worst.items() if rank != ABSENT)
    numbers = (
        (len(worst[_WARNS]), f"breaks {_BY_LESS}", f"break {_BY_LESS}"),
        (len(worst[_UNKNOWN]), "is unknown", "are unknown"),
        (len(worst[_WAITS]), "is kept off for now", "are kept off for now"),
        (len(worst[_RUNS]), "runs there", "run there"),
        (len(worst[_KEPT]) + len(worst[_CANNOT]), "stays off", "stay off"),
    )
    none = "none breaks by an error" if worst[_WARNS] else "none breaks"
    by = "by an error"
    breaking = _some(worst[_BREAKS], f"breaks {by}", f"break {by}") if worst[_BREAKS] else none
    rest = [f"{number:,} {one if number == 1 else many}" for number, one, many in numbers if number]
    counted = f"{total:,} workload{'' if total == 1 else 's'}"
    pools = count(len(cluster.host_network), "host-network pool")
    if view == OLD:  # pools are known as they are now
        pools = f"what {'is' if len(cluster.host_network) == 1 else 'are'} now {pools}"
    return f"Of {counted}, on {pools}: {'; '.join([breaking, *rest])}."


_BY_LESS = "by warnings or less"


def isolation(cluster: Cluster, view: str) -> str:
    """Return whether the network components stay off the host-network pools, or nothing."""
    landing, unknown, total = [], [], 0
    for workload in cluster.workloads:
        if not workload.value["component"] or not workload.is_in(view):
            continue
        total += 1
        row = workload.row(view)
        ranks = {row[column] for column in cluster.host_network}
        if ranks & _ON_THE_NODES:
            landing.append(workload.name)
        elif _UNKNOWN in ranks:
            unknown.append(workload.name)
    if not total or not cluster.host_network:
        return ""
    now = "what is now " if view == OLD else ""
    there = f"be scheduled to {now}a host-network pool"
    if landing:
        return f"✕ Isolation is not complete: {_some(landing, 'can', 'can')} {there}."
    if unknown:
        return f"? Isolation is not certain: {_some(unknown, 'may', 'may')} {there}."
    those = (
        "the network component cannot" if total == 1 else f"none of {total} network components can"
    )
    return f"✓ Isolation is complete: {those} {there}."


def further(cluster: Cluster) -> list[str]:
    """Return the lines of the summary that say more than the headline, and than `isolation`."""
    lines: list[str] = [*cluster.value["summary"]]
    hosts = [clean(cluster.pools[number]["name"]) for number in cluster.host_network]
    if not hosts or any(OLD in one.cells for one in cluster.workloads):
        return lines
    only = [f"{escape(hosts[0])}: (?:[0-9]|no workload)"] if len(hosts) == 1 else []
    said = regex("|".join([*_OVERVIEW, *only]))
    return [line for line in lines if not said.match(line)]


_OVERVIEW = (
    r"[0-9,]+ workloads?, [0-9]+ pools?\b",
    r"[0-9,]+ network components? (?:is|are) not kept off",
)
"""The lines of the summary of a state that the headline and `isolation` say, too."""


def _some(names: Sequence[str], one: str, many: str) -> str:
    shown, verb = ", ".join(names[:3]), one if len(names) == 1 else many
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
    return f"{shown}{more} {verb}"


def cluster_title(cluster: Cluster) -> str:
    """Return the name of a cluster."""
    return cluster.name or "files that belong to no cluster"


def caption(cluster: Cluster) -> str:
    """Return what a table is about."""
    where = f" in {cluster.name}" if cluster.name else ""
    return f"What happens to each workload on each pool{where}"


def pool_title(pool: Json) -> str:
    """Return the head of a column."""
    return str(pool["name"] or "no pool")


def printable(text: str) -> str:
    """Return a text whose control characters and lone surrogates can be seen."""
    return clean(text).encode("utf-8", "backslashreplace").decode()
