"""Placement as a table for people: pools across, workloads down, and below why they break.

It is at least 80 columns wide, and is read without colour as well as with it. If the pools do not
fit, those that are alike share a column; if they still do not, the pools of each row are listed.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import wrap
from typing import NamedTuple
from unicodedata import combining, east_asian_width

from transformer.placements import (
    NOT_JUDGED,
    PlacementReport,
    PoolColumn,
    WorldPlacement,
)
from transformer.report import coverage
from transformer.report.formatting import Paint, clean, count, unpainted
from transformer.report.placement_rows import (
    Cause,
    Cell,
    Missing,
    Row,
    Rows,
    columns,
    legend,
    missing_words,
    pool_name,
    rows,
)
from transformer.report.placement_summary import pool_words
from transformer.wording import some_of

WIDTH = 80
_NARROWEST = 16
"""The least width of the first column; longer names have a line of their own."""

_POOL = 14
"""The most width of the name of a pool."""

_GAP = "  "
_MOST_CAUSES = 12
ROLES = {
    "breaks!": "error",
    "breaks": "warning",
    "unknown": "info",
    "kept off": "change",
    "off for now": "warning",
}

COMPONENTS = "network components"


def lines_of(text: str, width: int) -> list[str]:
    """Return a text in lines, of which the first is not indented; words stay whole."""
    return wrap(text, width, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)


def render(report: PlacementReport, paint: Paint = unpainted, width: int = WIDTH) -> Iterator[str]:
    """Yield the lines of the report."""
    for world in report.worlds:
        if len(report.worlds) > 1:
            yield f"{paint(f'cluster {clean(world.name)}' if world.name else _OUTSIDE, 'place')}\n"
        yield from _world(world, report, paint, max(width, WIDTH))
        yield "\n"
    for line in (*footer(report), ""):
        yield from (f"{part}\n" for part in lines_of(line, max(width, WIDTH)))


_OUTSIDE = "files that belong to no cluster"


def footer(report: PlacementReport) -> Iterator[str]:
    """Yield what the verdicts leave out."""
    yield f"not judged: {', '.join(NOT_JUDGED)}"
    if report.unseen:
        yield f"not looked into: {coverage.counts(report.unseen)}"
        yield from coverage.helps(report.unseen, "placement")


def _world(
    world: WorldPlacement, report: PlacementReport, paint: Paint, width: int
) -> Iterator[str]:
    found = rows(world, report)
    for text in world.summary:
        yield from (f"{line}\n" for line in lines_of(text, width))
    if found.rows:
        yield "\n"
        yield from _table(found, columns(world), paint, width)
        yield "\n"
        words = dict(legend(found))
        size = max(map(len, words), default=0)
        yield from (f"{word:{max(size, 8)}}  {meaning}\n" for word, meaning in words.items())
    if any(row.total > 1 for row in found.rows) and report.folds:
        yield "with -v, each workload has a row of its own\n"
    if found.left:
        yield f"{count(found.left, 'other workload')} as before\n"
    yield from _causes(found.causes, paint, width)
    yield from _missing(found.missing, world.pools, width)


_MOST_MISSING = 5
_APART = "help: keep one of them, or tell clusters apart with `clusters` in the configuration"


def _missing(missing: Sequence[Missing], pools: Sequence[PoolColumn], width: int) -> Iterator[str]:
    """Yield what would have to be known for the verdicts that are `unknown`."""
    if missing:
        yield "\n"
    for one in missing[:_MOST_MISSING]:
        yield from (f"{line}\n" for line in lines_of(clean(missing_words(one)), width))
        for pool in pools if one.pools else ():
            if pool.also and pool.name in one.pools:
                every = (f"{pool.file}:{pool.line}", *pool.also)
                text = f"NodePool/{pool.name} is defined at {some_of(every)}"
                yield from (f"  {line}\n" for line in lines_of(clean(text), width - 2))
                yield from (f"  {line}\n" for line in lines_of(_APART, width - 2))
    if (left := len(missing) - _MOST_MISSING) > 0:
        yield f"unknown for {count(left, 'further reason')}: --format json has all of them\n"


class _Column(NamedTuple):
    """Pools that share a column, by number; `title` is its head."""

    title: str
    numbers: tuple[int, ...]


def _table(found: Rows, pools: Sequence[PoolColumn], paint: Paint, width: int) -> Iterator[str]:
    every = [_Column(_fitted(clean(pool_name(pool)), _POOL), (n,)) for n, pool in enumerate(pools)]
    for shared in (every, list(_shared(found.rows, pools))):
        if (left := width - _taken(found.rows, shared)) >= _NARROWEST:
            yield from _grid(found.rows, shared, left, paint)
            yield from _explained(shared, pools, width)
            return
    yield from _listed(found.rows, pools, paint, width)


def _shared(every: Sequence[Row], pools: Sequence[PoolColumn]) -> Iterator[_Column]:
    """Yield columns of pools of one sort that are alike in all rows."""
    alike: dict[tuple[object, ...], list[int]] = {}
    for number, pool in enumerate(pools):
        cells = tuple(row.cells[number] for row in every)
        key = (pool.is_host_network, bool(pool.name), *cells)
        alike.setdefault(key, []).append(number)
    for numbers in alike.values():
        more = f" +{len(numbers) - 1}" if len(numbers) > 1 else ""
        title = _fitted(clean(pool_name(pools[numbers[0]])), _POOL - len(more)) + more
        yield _Column(title, tuple(numbers))


def _taken(every: Sequence[Row], shared: Sequence[_Column]) -> int:
    """Return the width of all columns but the first."""
    widths = (_column_width(every, column) + len(_GAP) for column in shared)
    return sum(widths) + _why_width(every)


def _column_width(every: Sequence[Row], column: _Column) -> int:
    cells = (len(str(row.cells[column.numbers[0]])) for row in every)
    return max((wide(column.title), *cells))


def _why(causes: Sequence[str]) -> str:
    shown = ", ".join(causes[:_MOST_CODES])
    more = len(causes) - _MOST_CODES
    return clean(shown + (f" +{more}" if more > 0 else ""))


_MOST_CODES = 2


def _why_width(every: Sequence[Row]) -> int:
    return max((wide(_why(row.causes)) + len(_GAP) for row in every if row.causes), default=0)


def _grid(
    every: Sequence[Row], shared: Sequence[_Column], left: int, paint: Paint
) -> Iterator[str]:
    widths = [_column_width(every, column) for column in shared]
    first = max(map(wide, (*(_names(row, left)[1] for row in every), "WORKLOAD")))
    heads = (_padded(one.title, size) for one, size in zip(shared, widths, strict=True))
    why = "WHY" if _why_width(every) else ""
    yield _GAP.join([_padded("WORKLOAD", first), *heads, why]).rstrip() + "\n"
    for is_component, group in groupby(every, key=lambda row: row.is_component):
        if is_component:
            yield f"{COMPONENTS}\n"
        for row in group:
            above, last = _names(row, left)
            yield from (f"{_fitted(line, WIDTH)}\n" for line in above)
            cells = [
                _painted(row.cells[column.numbers[0]], size, paint)
                for column, size in zip(shared, widths, strict=True)
            ]
            line = _GAP.join([_padded(last, first), *cells, _why(row.causes)])
            yield line.rstrip() + "\n"


def _painted(cell: Cell, size: int, paint: Paint) -> str:
    text = str(cell)
    role = ROLES.get(text.rpartition(" -> ")[2], "")
    return (paint(text, role) if role else text) + " " * (size - len(text))


def _name(row: Row) -> str:
    name = clean(row.first[0])
    notes = [row.mark] if row.mark else []
    notes += ["without patches"] if row.is_patched else []
    return name + (f" ({', '.join(notes)})" if notes else "")


def _more(row: Row) -> str:
    return f"and {row.total - 1:,} more" if row.total > 1 else ""


def _names(row: Row, width: int) -> tuple[list[str], str]:
    """Return the lines above those of the cells, and what leads these: the name of the first
    workload, and how many more there are.
    """
    name, more = _name(row), _more(row)
    whole = f"{name} {more}".strip()
    if wide(whole) <= width:
        return [], whole
    return [name], f"  {more}" if more else ""


def _explained(shared: Sequence[_Column], pools: Sequence[PoolColumn], width: int) -> Iterator[str]:
    """Yield which pools a column stands for, if it does not say so itself."""
    for column in shared:
        names = [clean(pool_name(pools[number])) for number in column.numbers]
        if names != [column.title]:
            text = f"{column.title}: {', '.join(names)}"
            yield from (f"{line}\n" for line in _wrapped(text, width))


_MOST_LINES = 4


def _wrapped(text: str, width: int) -> list[str]:
    lines = lines_of(text, width)
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], "  ..."]
    return lines


def _listed(
    every: Sequence[Row], pools: Sequence[PoolColumn], paint: Paint, width: int
) -> Iterator[str]:
    """Yield the rows with their pools in words."""
    for is_component, group in groupby(every, key=lambda row: row.is_component):
        if is_component:
            yield f"{COMPONENTS}\n"
        for row in group:
            more = _more(row)
            name = _fitted(_name(row), width - len(more) - 1)
            yield f"{name} {more}".strip() + "\n"
            by_cell: dict[Cell, list[str]] = {}
            for cell, pool in zip(row.cells, pools, strict=True):
                by_cell.setdefault(cell, []).append(pool.name)
            size = max(len(str(cell)) for cell in by_cell)
            for cell, names in by_cell.items():
                codes = _why([one for one in row.causes if one.startswith("HN")])
                codes = f" ({codes})" if cell.word == "breaks" and codes else ""
                room = width - 4 - size - len(codes)
                text = _fitted(_some(names, room), room) + codes
                yield f"  {_painted(cell, size, paint)}  {text}\n"


def _some(names: Sequence[str], room: int) -> str:
    """Return as many names of pools as there is room for."""
    for number in range(len(names), 0, -1):
        shown = ", ".join(clean(name) or "no pool" for name in names[:number])
        more = len(names) - number
        text = shown + (f" and {more} more" if more else "")
        if wide(text) <= room or number == 1:
            return text
    return ""


def _causes(causes: Sequence[Cause], paint: Paint, width: int) -> Iterator[str]:
    for one in causes[:_MOST_CAUSES]:
        reason = one.reason
        yield "\n"
        code = paint(f"{reason.severity}[{reason.rule}]", reason.severity)
        size = len(reason.severity) + len(reason.rule) + 3
        text = f"on {pool_words(one.pools)}: {clean(reason.message)}"
        lines = lines_of(f"{'_' * size}{text}", width)
        lines[0] = lines[0][size:]
        yield f"{code} {lines[0]}\n"
        yield from (f"  {line.strip()}\n" for line in lines[1:])
        for place in (*map(" ".join, one.first), *filter(None, (one.more,))):
            yield from (f"  {line}\n" for line in lines_of(clean(place), width - 2))
        for title, what in (("help", one.help), ("edit", one.edit)):
            if what:
                lines = lines_of(f"{title}: {clean(what)}", width - 2)
                yield from (f"  {line}\n" for line in lines)
    if (left := len(causes) - _MOST_CAUSES) > 0:
        yield f"\n{count(left, 'further reason')}: --format json has all of them\n"


def wide(text: str) -> int:
    """Return how many columns a text takes on a terminal."""
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def _padded(text: str, size: int) -> str:
    return text + " " * (size - wide(text))


def _fitted(text: str, size: int) -> str:
    """Return a text that takes at most `size` columns: of a long one, the beginning and the end."""
    if wide(text) <= size:
        return text
    half = (size - 1) // 2
    return f"{_start(text, size - 1 - half)}…{_start(text[::-1], half)[::-1]}"


def _start(text: str, size: int) -> str:
    taken = 0
    for index, character in enumerate(text):
        taken += _columns(character)
        if taken > size:
            return text[:index]
    return text
