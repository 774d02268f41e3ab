"""Results as Markdown, aligned so that a terminal shows them as well."""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType

from bench.figures import Result, Series, Spread, Table, Verdict

_GOALS = ("what", "measured", "goal", "met")


def section(module: ModuleType, result: Result, seconds: float) -> str:
    """Return a section: what is measured, what came out, and how long that took."""
    title, _, text = (inspect.getdoc(module) or "").partition("\n\n")
    parts = [f"## {title}", text, *map(_timed, result.tables), *result.notes]
    if result.verdicts:
        parts.append(_table(_GOALS, map(_goal, result.verdicts)))
    return "\n\n".join([*parts, f"(Measured in {seconds:.0f} s.)\n"])


def summary(results: Mapping[str, Result]) -> str:
    """Return all goals in one table."""
    rows = ((name, *_goal(goal)) for name, result in results.items() for goal in result.verdicts)
    return f"## Goals\n\n{_table(('section', *_GOALS), rows)}\n"


def environment(known: Mapping[str, str]) -> str:
    """Return what it was measured on."""
    return _table(("", ""), known.items()) + "\n"


def _timed(table: Table) -> str:
    head = (table.caption, "CPU s", "wall s", "memory MB")
    return _table(head, map(_series, table.series))


def _series(series: Series) -> tuple[str, ...]:
    times = (_spread(series.seconds("CPU")), _spread(series.seconds("wall")))
    return (series.name, *times, f"{series.peak_bytes / 1e6:.0f}")


def _goal(verdict: Verdict) -> tuple[str, ...]:
    sign = "≥" if verdict.at_least else "≤"
    goal = f"{sign} {verdict.goal:g}{verdict.unit}"
    return (
        verdict.what,
        _spread(verdict.figure, verdict.unit),
        goal,
        "yes" if verdict.is_met else "**no**",
    )


def _spread(spread: Spread, unit: str = "") -> str:
    median = f"{_number(spread.median)}{unit}"
    if spread.low == spread.high:
        return median
    return f"{median} ({_number(spread.low)}..{_number(spread.high)})"


def _number(figure: float) -> str:
    """Return a figure with three digits that count."""
    return f"{figure:.{3 if figure < 1 else 2 if figure < 10 else 1 if figure < 100 else 0}f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    padded = (map(str.ljust, line, widths) for line in lines)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in padded)
