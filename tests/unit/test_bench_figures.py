"""What the benchmark says of its figures. Nothing is timed here."""

import pytest

from bench import tables
from bench.figures import Result, Series, Spread, Table, Verdict, growth, peak
from bench.processes import Run


def series(name: str, *seconds: float) -> Series:
    return Series(name, 50_000_000, [Run(2 * each, each, 0) for each in seconds])


def test_a_ratio_is_that_of_the_medians_with_the_extremes_of_the_rounds() -> None:
    table = Table("input", (series("own", 2, 3, 10), series("other", 1, 1, 2)))
    (verdict,) = table.ratio("CPU", "own", "other", 3)
    assert verdict.figure == Spread(3, 2, 5)
    assert verdict.is_met


def test_a_ratio_to_what_ran_less_often_has_no_spread() -> None:
    few, many = series("few", 8), series("many", 1, 2, 3)
    assert few.over(many, "CPU") == Spread(4, 4, 4)
    assert "| few  | 1    | 8.00              |" in _table(few, many)
    assert "| many | 3    | 2.00 (1.00..3.00) |" in _table(few, many)


def _table(*measured: Series) -> str:
    return tables.section(tables, Result((Table("all", measured),)))


def test_nothing_is_said_of_a_peer_that_is_not_there() -> None:
    assert Table("input", (series("own", 1),)).ratio("wall", "own", "other", 3) == ()


def test_a_goal_can_be_a_least_ratio() -> None:
    table = Table("input", (series("other", 20), series("own", 1)))
    (verdict,) = table.ratio("wall", "other", "own", 30, at_least=True)
    assert not verdict.is_met


def test_growth_leaves_out_what_the_start_takes() -> None:
    start, few, many = series("one", 1), series("ten", 2), series("hundred", 11, 12, 13)
    assert growth("each", few, many, start, 10).figure == Spread(1.1, 1.0, 1.2)


def test_memory_is_judged_in_millions_of_bytes() -> None:
    assert not peak("a List", series("own", 1), 40).is_met


def test_a_table_is_markdown_with_columns_of_one_width() -> None:
    text = tables.summary({"lists": Result(verdicts=(Verdict("CPU", Spread(2, 1, 3), "x", 1.5),))})
    assert text.splitlines()[2:] == [
        "| section | what | measured           | goal   | met    |",
        "| ------- | ---- | ------------------ | ------ | ------ |",
        "| lists   | CPU  | 2.00x (1.00..3.00) | ≤ 1.5x | **no** |",
    ]


@pytest.mark.parametrize(("figure", "shown"), [(0.0123, "0.012"), (1.234, "1.23"), (987.6, "988")])
def test_figures_are_shown_with_the_digits_that_count(figure: float, shown: str) -> None:
    text = tables.summary({"s": Result(verdicts=(Verdict("w", Spread.of([figure]), " s", 1),))})
    assert f"| {shown} s " in text
