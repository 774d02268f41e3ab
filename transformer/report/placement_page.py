"""Placement as one HTML page that needs nothing else: no server, no network, no other file.

The page holds the placement twice: as tables, which need no script, and as JSON, from which the
script makes a table to search, filter, sort and fold. Nothing of a manifest becomes markup: the
tables escape it, and the script only ever sets text.
"""

import base64
import hashlib
import html
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from string import Template
from typing import Any, NamedTuple

from transformer.report.formatting import count
from transformer.report.placement_page_data import compact
from transformer.report.placement_page_model import (
    ABSENT,
    MARKS,
    NOW,
    Cluster,
    Json,
    Mark,
    caption,
    cluster_title,
    further,
    headline,
    isolation,
    pool_title,
    printable,
    views_of,
)

RESOURCES = ("report/page/page.html", "report/page/page.css", "report/page/page.js")
"""The package data that `Parts` takes, in its order."""

STATIC_CELLS = 20_000
"""How many cells the tables that need no script may have together."""


class Parts(NamedTuple):
    """The texts of the files of `RESOURCES`."""

    template: str
    style: str
    script: str


_NARROW = 10
"""More pools than that have narrow columns, as in the script."""

_NAMES = 8
"""How many names a row shows at once; the others open."""


def render(placement: Json, parts: Parts) -> Iterator[str]:
    """Yield the text of the page for a value of `placement --format json`.

    It has the shape of one cluster, or a list of such under `clusters`.
    """
    worlds: Sequence[Json] = placement.get("clusters", (placement,))
    views = views_of(worlds)
    clusters = [Cluster(world, views) for world in worlds]
    script, style = _squeezed(parts.script), _squeezed(parts.style)
    yield Template(parts.template).substitute(
        title=_title(clusters),
        policy="; ".join(
            (
                "default-src 'none'",
                f"style-src '{_hash(style)}'",
                f"script-src '{_hash(script)}'",
                "base-uri 'none'",
                "form-action 'none'",
            )
        ),
        style=style,
        script=script,
        summary="".join(map(_summary, clusters)),
        tables="".join(_tables(clusters)),
        **_controls(clusters, views),
        legend="".join(map(_legend, MARKS[:ABSENT])),
        notes="".join(map(_notes, clusters)),
        data=_embedded(compact(clusters, views)),
    )


def _title(clusters: Sequence[Cluster]) -> str:
    if len(clusters) > 1:
        return f"Placement in {len(clusters)} clusters"
    name = clusters[0].name if clusters else ""
    return _escaped(f"Placement: {name}" if name else "Placement on host-network pools")


def _summary(cluster: Cluster) -> str:
    lines = [f"<li>{_with_code(line)}" for line in further(cluster)]
    name = f"<h2>{_escaped(cluster.name)}</h2>" if cluster.name else ""
    return (
        f'<section class="summary">{name}<p class="lead">{_escaped(headline(cluster, NOW))}</p>'
        f'<p class="isolation">{_escaped(isolation(cluster, NOW))}</p>'
        f"<ul>{''.join(lines)}</ul></section>\n"
    )


def _with_code(line: str) -> str:
    """Return a line as markup, where what is between backticks is code."""
    parts = _escaped(line).split("`")
    if len(parts) % 2 == 0:
        return "`".join(parts)
    return "".join(f"<code>{part}</code>" if n % 2 else part for n, part in enumerate(parts))


def _tables(clusters: Iterable[Cluster]) -> Iterator[str]:
    left = STATIC_CELLS
    for cluster in clusters:
        rows = _distinct_rows(cluster)
        kept = list(islice(rows, left // max(1, len(cluster.pools))))
        left -= len(kept) * len(cluster.pools)
        yield from _table(cluster, kept)
        if more := len(rows) - len(kept):
            rows_cut = count(more, "further row")
            yield f'<p class="cut">{rows_cut} of verdicts: in the JSON only.</p>\n'


class _Row(NamedTuple):
    is_component: bool
    verdicts: tuple[int, ...]
    names: list[str]


def _distinct_rows(cluster: Cluster) -> list[_Row]:
    """Return a row for each distinct one, trouble on host-network pools first."""
    rows: dict[tuple[bool, tuple[int, ...]], _Row] = {}
    for workload in cluster.workloads:
        if workload.is_in(NOW):
            key = (bool(workload.value["component"]), workload.row(NOW))
            name = workload.name + (" (without patches)" if workload.value.get("patches") else "")
            rows.setdefault(key, _Row(*key, [])).names.append(name)
    return sorted(rows.values(), key=lambda row: (not row.is_component, row.verdicts))


def _table(cluster: Cluster, rows: Sequence[_Row]) -> Iterator[str]:
    number = len(cluster.host_network)
    compact = ' class="compact"' if len(cluster.pools) > _NARROW else ""
    heads = (("Host-network pools", number), ("Other nodes", len(cluster.pools) - number))
    yield (
        f"<table{compact}><caption>{_escaped(caption(cluster))}"
        "</caption>\n<thead><tr><td>"
        + "".join(f'<th scope="colgroup" colspan="{span}">{title}' for title, span in heads if span)
    )
    yield '<tr><th scope="col"><span>Workload</span>'
    for pool in cluster.pools:
        yield f'<th scope="col"><span>{_escaped(pool_title(pool))}</span>'
    yield "</thead>\n"
    cells = [f'<td class="{m.shape}"><b>{m.letter}</b> <span>{m.word}</span>' for m in MARKS]
    for is_component, title in ((True, "Network components"), (False, "Workloads")):
        part = [row for row in rows if row.is_component == is_component]
        if part:
            span = len(cluster.pools) + 1
            yield f'<tbody><tr class="group"><th scope="rowgroup" colspan="{span}">{title}\n'
        for row in part:
            yield f'<tr><th scope="row">{_names(row.names)}'
            yield "".join(cells[rank] for rank in row.verdicts) + "\n"
    yield "</table>\n"


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(f"<bdi>{_escaped(name)}</bdi>" for name in names[:_NAMES])
    if len(names) <= _NAMES:
        return shown
    rest = ", ".join(f"<bdi>{_escaped(name)}</bdi>" for name in names[_NAMES:])
    return f"{shown} <details><summary>and {len(names) - _NAMES} more</summary>{rest}</details>"


def _controls(clusters: Sequence[Cluster], views: Mapping[str, str]) -> dict[str, str]:
    """Return what can be chosen, by the names that the template has for it."""
    namespaces = sorted({one.value["namespace"] for each in clusters for one in each.workloads})
    pools = {pool["name"]: pool_title(pool) for each in clusters for pool in each.pools}
    return {
        "chips": "".join(map(_chip, MARKS if "old" in views else MARKS[:ABSENT])),
        "namespaces": _choices("namespace", {one: one or "No namespace" for one in namespaces}),
        "pools": _choices("pool", pools),
        "views": _choices("view", views, "radio"),
        "clusters": "".join(f"<option>{_escaped(cluster_title(one))}" for one in clusters),
        "several": "" if len(clusters) > 1 else "hidden",
        "compared": "" if len(views) > 1 else "hidden",
    }


def _choices(name: str, titles: Mapping[str, str], kind: str = "checkbox") -> str:
    return "".join(
        f'<label><input type="{kind}" name="{name}" value="{_escaped(value)}">'
        f"<bdi>{_escaped(title)}</bdi></label>"
        for value, title in titles.items()
    )


def _chip(mark: Mark) -> str:
    return (
        f'<button type="button" class="{mark.shape}" value="{mark.word}" title="{mark.meaning}">'
        f"<b>{mark.letter}</b> {mark.word} <span></span></button>"
    )


def _legend(mark: Mark) -> str:
    return f'<div class="{mark.shape}"><dt><b>{mark.letter}</b> {mark.word}<dd>{mark.meaning}</div>'


def _notes(cluster: Cluster) -> str:
    """Return what is not judged, and what was not looked into."""
    not_judged = ", ".join(cluster.value["notJudged"])
    said = f"<p>Not judged: {_escaped(not_judged)}.</p>" if not_judged else ""
    unseen = cluster.value["notLookedInto"]
    if not unseen:
        return said
    items = "".join(
        f"<li>{_escaped(str(one['count']))} {_escaped(one['reason'])}"
        + "".join(f"<br><code>{_escaped(file)}</code>" for file in one["files"])
        for one in unseen
    )
    total = sum(one["count"] for one in unseen)
    return f"{said}<details><summary>Not looked into: {total}</summary><ul>{items}</ul></details>"


def _escaped(text: str) -> str:
    return html.escape(printable(text))


def _squeezed(text: str) -> str:
    """Return a style or script without indentation, empty lines and lines that are comments."""
    lines = (line.strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/*")))


def _hash(text: str) -> str:
    """Return the hash of an inline style or script, as a policy has it."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _embedded(value: Any) -> str:
    """Return JSON that ends no element and begins no comment, wherever in HTML it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
