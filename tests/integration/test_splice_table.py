"""The table in docs/splice.md: what this tool and ruamel.yaml change, counted again."""

import pytest

from bench.programs import OWN
from bench.splice_table import BEGIN, CASES, EDITS, END, PAGE, TOOLS, cell, changed_lines


def _rows() -> list[dict[str, str]]:
    table = PAGE.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]
    lines = [line.strip("| ").split("|") for line in table.splitlines() if line.startswith("|")]
    head, _, *rows = ([one.strip() for one in line] for line in lines)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_page_has_a_row_for_each_edit_and_a_figure_of_each_tool() -> None:
    rows = _rows()
    assert [row["edit"] for row in rows] == [edit.what for edit in EDITS]
    assert all(row[tool] for row in rows for tool in TOOLS)


def test_this_tool_changes_as_little_as_the_page_says_which_is_the_least() -> None:
    assert {row["edit"]: row[OWN] for row in _rows()} == {
        edit.what: cell(edit, OWN) for edit in EDITS
    }
    assert all(row[OWN] == row["least"] for row in _rows())


def test_a_round_trip_changes_what_the_page_says() -> None:
    tool = "ruamel.yaml"
    assert {row["edit"]: row[tool] for row in _rows()} == {
        edit.what: cell(edit, tool) for edit in EDITS
    }


def test_the_least_is_what_the_expected_file_differs_by() -> None:
    for edit in EDITS:
        assert changed_lines(edit.source, edit.expected) == edit.least, edit.folder
        assert (CASES / edit.folder).is_dir()


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        (b"", b"", 0),
        (b"a\nb\n", b"a\nb\n", 0),
        (b"a\nb\nc\n", b"a\nx\nc\n", 2),
        (b"a\n\nb\n", b"a\nb\n", 1),
        (b"a\r\nb\r\n", b"a\nb\n", 4),
        (b"a\nb", b"a\nb\n", 2),
        (b"a\nb\nc\n", b"c\na\nb\n", 2),
    ],
)
def test_lines_count_that_are_removed_or_added(old: bytes, new: bytes, lines: int) -> None:
    assert changed_lines(old, new) == lines
