"""What the script of the page of placement gets: the value of `placement --format json`, smaller.

Equal outcomes, sets of pools and texts are there once, and referred to by their number.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from transformer.report.formatting import count
from transformer.report.placement_page_model import (
    MARKS,
    NAMELESS,
    NOW,
    Cluster,
    Json,
    Workload,
    caption,
    headline,
    isolation,
    pool_title,
    printable,
    rank,
)


class _Numbers:
    """Values that are kept once, and referred to by their number."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[str, int] = {}

    def of(self, value: Any) -> int:
        key = value if isinstance(value, str) else json.dumps(value)
        if key not in self._numbers:
            self._numbers[key] = len(self.values)
            self.values.append(value)
        return self._numbers[key]


def compact(clusters: Sequence[Cluster], views: Mapping[str, str]) -> dict[str, Any]:
    """Return the value for the script, in which texts are those that can be shown."""
    texts = _Numbers()
    return {
        "marks": [mark[:3] for mark in MARKS],
        "views": views,
        "verbs": {view: _verb(view, views) for view in views},
        "clusters": [_cluster(cluster, views, texts) for cluster in clusters],
        "texts": texts.values,
    }


def _cluster(cluster: Cluster, views: Mapping[str, str], texts: _Numbers) -> dict[str, Any]:
    sets, results = _Numbers(), _Numbers()

    def compacted(one: Workload, view: str) -> list[int]:
        """Return pairs of numbers: of a set of pools, and of the outcome for them."""
        columns: dict[int, list[int]] = {}
        for column, cell in enumerate(one.cells[view]):
            if cell is not None:
                number = numbers.get(id(cell))
                if number is None:
                    number = numbers[id(cell)] = results.of(_outcome(cell, one.value, texts))
                columns.setdefault(number, []).append(column)
        return [each for number, of in columns.items() for each in (sets.of(of), number)]

    workloads = []
    are_several = len({one.value.get("build") for one in cluster.workloads}) > 1
    for one in cluster.workloads:
        numbers: dict[int, int] = {}
        kept: dict[str, Any] = {"namespace": printable(one.value["namespace"])}
        kept |= {"name": printable(one.value["name"] or NAMELESS)}
        kept |= _present(one.value, "kind", "pool", "component")
        kept |= {
            "note": printable(_note(one.value, names_build=are_several)),
            "file": texts.of(printable(one.value["file"])),
        }
        kept |= {"line": one.value["line"], NOW: compacted(one, NOW)}
        differing = (view for view in views if one.cells[view] != one.cells[NOW])
        workloads.append(kept | {view: compacted(one, view) for view in differing})
    return {
        "name": printable(cluster.name),
        "caption": printable(caption(cluster)),
        "pools": [
            {
                "name": printable(pool["name"]),
                "sort": printable(f"/{pool['name']}"),
                "title": printable(pool_title(pool)),
                "hostNetwork": bool(pool["hostNetwork"]),
                "about": printable(_about(pool)),
                "place": printable(_described(pool)),
            }
            for pool in cluster.pools
        ],
        "words": {
            view: (printable(headline(cluster, view)), printable(isolation(cluster, view)))
            for view in views
        },
        "sets": sets.values,
        "outcomes": results.values,
        "workloads": workloads,
    }


def _note(shown: Json, *, names_build: bool) -> str:
    """Return what is said beside a name, as in `DaemonSet, flannel, in overlays/prod`."""
    build = f"in {shown['build']}" if names_build and "build" in shown else ""
    patched = "without patches" if shown.get("patches") else ""
    return ", ".join(filter(None, (shown["kind"], shown["component"], build, patched)))


def _verb(view: str, views: Mapping[str, str]) -> str:
    """Return how a cell says what it is in the other state: it was that, or will be."""
    return "will be" if view == "old" or (view == NOW and "old" not in views) else "was"


def _about(pool: Json) -> str:
    """Return what is known of a pool, as in `Edge, 5 nodes`."""
    nodes = pool["nodes"]
    missing = pool.get("elsewhere") or "not in the input"
    known = "" if pool["known"] or not pool["name"] else missing
    if pool["known"] and pool["hostNetwork"] is None:
        known = "host network or not is unknown"
    size = "" if nodes is None else count(nodes, "node")
    return ", ".join(filter(None, (known, pool["type"], size)))


def _described(pool: Json) -> str:
    """Return what kind of pool it is, what is known of it, and its place."""
    kind = "host-network pool" if pool["hostNetwork"] else "pool" if pool["name"] else "no pool"
    return ", ".join(filter(None, (kind, _about(pool), _place(pool))))


def _place(value: Json) -> str:
    """Return `pools.yaml:3`, as exactly as it is known."""
    return ":".join(str(value[key]) for key in ("file", "line", "column") if value.get(key))


def _outcome(outcome: Json, workload: Json, texts: _Numbers) -> dict[str, Any]:
    """Return the rank, the rules, and the parts of the details, each of numbers of texts.

    A part has a class, a title, a text, and then terms, each with what belongs to it.
    """
    reasons = outcome["reasons"]
    parts = [
        (one["severity"], f"{one['rule']} {one['severity']}", one["message"], *_facts(one))
        for one in reasons
    ]
    if later := outcome.get("later"):
        parts.insert(0, ("decided", "For now only", f"{later} once this is gone"))
    decided_by = outcome["decidedBy"]
    if facts := _facts(outcome):
        title = "Decided by" if decided_by else "Can be scheduled there"
        parts.append(("decided", title, _FILTERS[decided_by], *facts))
    if edit := outcome.get("edit"):
        verb, how = ("changes", "") if edit["enabled"] else ("can change", " (if it is enabled)")
        is_part = edit["verdict"] == outcome["verdict"]
        into = "some of this" if is_part else f"this to {edit['verdict']}"
        title = f"transform {verb} {into}"
        parts.append(("edit", title, edit["message"], "Rule", edit["rule"] + how))
    if patches := workload.get("patches"):
        parts.append(
            ("decided", "Judged without the patches of kustomizations", ", ".join(patches))
        )
    kept = [[texts.of(printable(text)) for text in part] for part in parts]
    return {
        "rank": rank(outcome),
        "rules": " ".join(dict.fromkeys(one["rule"] for one in reasons)),
        "parts": kept,
    }


_FILTERS = {
    "": "no filter keeps the pods off",
    "NodeName": "NodeName: nodeName bypasses the scheduler",
    "NodeAffinity": "NodeAffinity: the node selector or node affinity",
    "guard": "the guard: node affinity that keeps pods off host-network nodes",
    "TaintToleration": "TaintToleration: a taint that the pods do not tolerate",
    "NodeUnschedulable": "NodeUnschedulable: the nodes are cordoned",
}
"""What decided, by its name in the JSON."""


def _facts(value: Json) -> list[str]:
    """Return terms, each followed by what the value says of it."""
    nodes = value.get("nodes")
    facts = {
        "What to do": value.get("hint"),
        "Where": _place(value),
        "Field": value.get("pointer"),
        "Not known": ", ".join(value.get("undecided", ())),
        "Nodes": nodes and f"fits on {nodes['fitting']} of {count(nodes['known'], 'known node')}",
    }
    return [text for term, said in facts.items() if said for text in (term, said)]


def _present(value: Json, *keys: str) -> dict[str, Any]:
    """Return the texts that are not empty, so that they can be shown."""
    return {key: printable(value[key]) for key in keys if value.get(key)}
