"""What tests of `placement` start from: a run over objects, and the verdicts that formats show."""

import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from tests.builders import engine, stream
from transformer.config.placement_options import PlacementOptions
from transformer.inputs.comparison import opened_states
from transformer.inputs.discovery import DiscoveryOptions
from transformer.placements import OTHER_HOSTS, OTHER_POOLS, PlacementReport, shown
from transformer.report.placement_table import wide
from transformer.runs.placement import run_placement

Cells: TypeAlias = tuple[str, ...]
"""The verdicts of a row, `breaks!` for one with an error, in the order of the pools."""


def report_of(
    *objects: Any, config: Mapping[str, Any] | None = None, **options: Any
) -> PlacementReport:
    """Return the report on objects, which are read as one stream; options as of `run_placement`."""
    data = io.BytesIO(stream(*objects).encode())
    given = (), PlacementOptions(), DiscoveryOptions(Path())
    with opened_states(*given, stdin=data) as states:
        return run_placement(states, engine(config, schemas=True), **options).report


def in_json(workloads: Iterable[Mapping[str, Any]], pools: Iterable[str]) -> Counter[Cells]:
    """Return how many workloads of the JSON report have which verdicts.

    Copies of one name are one workload: each counts for its pool, and the first for all others.
    """
    order = list(pools)
    found: dict[tuple[str, str], dict[str, str]] = {}
    for one in workloads:
        cells = {
            pool: shown(verdict["verdict"], verdict.get("severity", ""), verdict.get("later", ""))
            for verdict in one["verdicts"]
            for pool in verdict["pools"]
        }
        assert sorted(cells) == sorted(order)
        known = found.setdefault((one["kind"], one["name"]), cells)
        if one["pool"]:
            known[one["pool"]] = cells[one["pool"]]
    return Counter(tuple(cells[pool] for pool in order) for cells in found.values())


_SHORTENED = {"host-ne… input": OTHER_HOSTS, "pools n… input": OTHER_POOLS}
_MORE = re.compile(r" and ([\d,]+) more")
_WORDS = r"(?:breaks!|breaks|unknown|off for now|kept off|runs|cannot)"


def in_table(text: str) -> tuple[list[str], Counter[Cells]]:
    """Return the pools of a table, and how many workloads have which verdicts.

    The table must be wide enough for a name and its verdicts in one line.
    """
    lines = text.splitlines()
    (start,) = (number for number, line in enumerate(lines) if line.startswith("WORKLOAD"))
    titles = re.split(r" {2,}", lines[start].removesuffix("WHY").strip())[1:]
    pools = [_SHORTENED.get(title, title) for title in titles]
    found: Counter[Cells] = Counter()
    for line in lines[start + 1 : lines.index("", start)]:
        cells = re.findall(rf"  ({_WORDS})(?=  |$)", line)
        if line != "network components" and line.partition(":")[0] not in _SHORTENED:
            more = _MORE.search(line)
            found[tuple(cells)] += 1 + (int(more[1].replace(",", "")) if more else 0)
            assert len(cells) == len(pools), line
            assert wide(line) < 1000
    return pools, found


def in_markdown(text: str) -> tuple[list[str], Counter[Cells]]:
    """Return the pools of a table in Markdown, and how many workloads have which verdicts."""
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    found: Counter[Cells] = Counter()
    for name, *cells, _ in (row if len(row) == len(rows[0]) else [*row, ""] for row in rows[2:]):
        more = _MORE.search(name)
        found[tuple(cell.strip("*") for cell in cells)] += 1 + (int(more[1]) if more else 0)
    return rows[0][1:-1], found
