"""Placement as Markdown, for a pull request."""

from collections.abc import Iterator, Sequence

from transformer.placements import PlacementReport, WorldPlacement
from transformer.report.formatting import count
from transformer.report.markdown import escaped, fitting, in_words
from transformer.report.placement_rows import (
    Cause,
    Row,
    Rows,
    columns,
    legend,
    missing_words,
    pool_name,
    rows,
)
from transformer.report.placement_summary import pool_words
from transformer.report.placement_table import footer

_MOST_ROWS = 100
_MOST_POOLS = 12
_MOST_CAUSES = 20
_MOST_MISSING = 5
_MOST_SUMMARY = 12


def render(report: PlacementReport) -> Iterator[str]:
    """Yield the lines of the report, as many as fit in a comment."""
    yield from fitting(_whole(report), _ALL)
    yield from (f"{in_words(line)}  \n" for line in footer(report))


_ALL = "`--format json` has all of them"


def _whole(report: PlacementReport) -> Iterator[str]:
    what = "What this change moves" if report.is_compared else "Where workloads can land"
    yield f"### {what}\n\n"
    for world in report.worlds:
        if len(report.worlds) > 1:
            yield f"#### {escaped(world.name) or 'files that belong to no cluster'}\n\n"
        yield from _world(world, report)


def _world(world: WorldPlacement, report: PlacementReport) -> Iterator[str]:
    found = rows(world, report)
    yield from (f"- {in_words(line.lstrip())}\n" for line in world.summary[:_MOST_SUMMARY])
    if (left := len(world.summary) - _MOST_SUMMARY) > 0:
        yield f"- {count(left, 'further line')}: {_ALL}\n"
    if found.left:
        yield f"- {count(found.left, 'other workload')} as before\n"
    yield "\n"
    if found.rows:
        yield from _table(world, found.rows)
        yield f"\n{'; '.join(_legend(found))}\n\n"
    for cause in found.causes[:_MOST_CAUSES]:
        yield from _cause(cause)
    if (left := len(found.causes) - _MOST_CAUSES) > 0:
        yield f"- {count(left, 'further reason')}: {_ALL}\n"
    for missing in found.missing[:_MOST_MISSING]:
        yield f"- {escaped(missing_words(missing))}\n"
    if (left := len(found.missing) - _MOST_MISSING) > 0:
        yield f"- unknown for {count(left, 'further reason')}: {_ALL}\n"
    if found.causes or found.missing:
        yield "\n"


def _legend(found: Rows) -> Iterator[str]:
    """Yield what the words and codes of a table mean."""
    yield from (f"**{word}**: {meaning}" for word, meaning in legend(found))
    codes = (code for row in found.rows for code in row.causes if code.startswith("HN"))
    if code := min(codes, default=""):
        yield f"**HN...**: rules, which `hostnet-transform rules {code}` and the like explain"


def _table(world: WorldPlacement, every: Sequence[Row]) -> Iterator[str]:
    pools = columns(world)
    shown = list(range(min(len(pools), _MOST_POOLS)))
    heads = (escaped(pool_name(pools[number])) for number in shown)
    yield f"| workload | {' | '.join(heads)} | why |\n"
    yield f"| --- |{' --- |' * (len(shown) + 1)}\n"
    for row in every[:_MOST_ROWS]:
        cells = (str(row.cells[number]).replace("->", "→") for number in shown)
        bold = (f"**{cell}**" if _is_trouble(cell) else cell for cell in cells)
        yield f"| {_name(row)} | {' | '.join(bold)} | {escaped(', '.join(row.causes))} |\n"
    if (left := len(every) - _MOST_ROWS) > 0:
        yield f"\n{count(left, 'further row')}: {_ALL}\n"
    if (left := len(pools) - _MOST_POOLS) > 0:
        yield f"\n{count(left, 'further pool')}: `--pool` shows those that you name\n"


def _is_trouble(cell: str) -> bool:
    """Whether pods break in the end: after the change, or after the edits."""
    return cell.rpartition("→ ")[2].startswith(("breaks", "off for now"))


def _name(row: Row) -> str:
    name = escaped(row.first[0])
    name += f" and {row.total - 1:,} more" if row.total > 1 else ""
    notes = [row.mark] if row.mark else []
    notes += ["network component"] if row.is_component else []
    notes += ["without patches"] if row.is_patched else []
    return name + (f" ({', '.join(notes)})" if notes else "")


def _cause(one: Cause) -> Iterator[str]:
    reason = one.reason
    on = escaped(pool_words(one.pools))
    yield f"- **{reason.severity} {reason.rule}** on {on}: {escaped(reason.message)}  \n"
    lines = [f"{escaped(name)}, {escaped(at)}" for at, name in one.first]
    lines += [one.more] if one.more else []
    lines += [f"help: {in_words(one.help)}"] if one.help else []
    lines += [f"edit: {in_words(one.edit)}"] if one.edit else []
    yield "  " + "  \n  ".join(lines) + "\n"
