"""Offsets become the lines and columns that an editor shows."""

import pytest

from transformer.position import Lines, position_at

BOM = "\ufeff"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_lines_break_at_lf_crlf_and_cr(line_break: str) -> None:
    text = line_break.join(["ab", "", "cd", ""])
    lines = Lines(text)
    assert lines.position(text.index("b")) == (1, 2)
    assert lines.position(2 + len(line_break)) == (2, 1)
    assert lines.position(text.index("d")) == (3, 2)
    assert lines.position(len(text)) == (4, 1)


def test_a_line_break_belongs_to_the_line_that_it_ends() -> None:
    text = "ab\r\ncd"
    assert [tuple(Lines(text).position(offset)) for offset in (2, 3, 4)] == [(1, 3), (1, 4), (2, 1)]


@pytest.mark.parametrize("other", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c"])
def test_nothing_else_breaks_a_line(other: str) -> None:
    assert Lines(f"a{other}b").position(2) == (1, 3)


def test_columns_count_code_points() -> None:
    assert Lines("é😀x").position(2) == (1, 3)


@pytest.mark.parametrize(
    ("text", "position"),
    [("", (1, 1)), ("a", (1, 2)), ("a\n", (2, 1)), ("a\nbc", (2, 3)), (BOM, (1, 1))],
)
def test_the_end_of_a_text_has_a_position(text: str, position: tuple[int, int]) -> None:
    assert Lines(text).position(len(text)) == position


def test_a_byte_order_mark_at_the_start_takes_no_column() -> None:
    lines = Lines(f"{BOM}ab\ncd")
    assert [lines.position(offset) for offset in (0, 1, 2)] == [(1, 1), (1, 1), (1, 2)]
    assert lines.position(4) == (2, 1)


def test_a_byte_order_mark_at_the_start_of_a_later_line_takes_no_column() -> None:
    lines = Lines(f"a\n{BOM}bc\nd")
    assert [lines.position(offset) for offset in (2, 3, 4)] == [(2, 1), (2, 1), (2, 2)]
    assert lines.position(6) == (3, 1)


def test_a_byte_order_mark_within_a_line_is_a_character() -> None:
    assert Lines(f"a{BOM}b").position(2) == (1, 3)


def test_the_first_line_may_have_any_number() -> None:
    assert Lines("a\nb", 7).position(2) == (8, 1)


@pytest.mark.parametrize("text", ["", "ab\r\ncd\re\n\nf", f"{BOM}a\n{BOM}b\r\n", "\r\n\r\n"])
def test_a_single_position_is_the_same(text: str) -> None:
    for offset in range(len(text) + 1):
        assert position_at(text, offset, 5) == Lines(text, 5).position(offset)
