"""Lines break at LF, CRLF and CR; offsets are looked at one by one."""

from itertools import pairwise

import pytest

from transformer.patch.lines import column, indentation, line_end, line_start, newline

TEXTS = {
    "LF": "a: 1\n  b: 2\n\n\tc: 3\n",
    "CRLF": "a: 1\r\n  b: 2\r\n\r\n\tc: 3\r\n",
    "CR": "a: 1\r  b: 2\r\r\tc: 3\r",
    "a break first": "\r\n a: 1",
    "LF and CR first": "\n\r b",
    "CR first": "\r b",
    "one line": "  a",
}


def lines_of(text: str) -> list[tuple[int, int]]:
    """Return where each line begins and ends, before its break."""
    found, start = [], 0
    for line in text.encode().splitlines(keepends=True):  # bytes break nowhere else
        found.append((start, start + len(line.rstrip(b"\r\n"))))
        start += len(line)
    return [*found, (start, start)] if text[-1] in "\r\n" else found


@pytest.mark.parametrize("case", TEXTS)
def test_an_offset_in_a_line_has_that_lines_start_column_and_end(case: str) -> None:
    text = TEXTS[case]
    for start, end in lines_of(text):
        for offset in range(start, end + 1):
            assert line_start(text, offset) == start
            assert column(text, offset) == offset - start
            if offset > start or offset == 0:
                assert line_end(text, offset) == end


@pytest.mark.parametrize("case", TEXTS)
def test_at_the_start_of_a_line_it_is_the_line_above_that_ends(case: str) -> None:
    text = TEXTS[case]
    lines = lines_of(text)
    for (_, above), (start, _) in pairwise(lines):
        assert line_end(text, start) == above


@pytest.mark.parametrize("case", TEXTS)
def test_the_indentation_is_the_blanks_that_a_line_begins_with(case: str) -> None:
    text = TEXTS[case]
    for start, end in lines_of(text):
        line = text[start:end]
        assert indentation(text, end) == line[: len(line) - len(line.lstrip(" \t"))]


def test_a_byte_order_mark_takes_no_column() -> None:
    assert [column("\ufeffab\n\ufeffc", offset) for offset in (1, 2, 5, 6)] == [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("a\r\nb\nc\rd", 0, "\r\n"),
        ("a\r\nb\nc\rd", 3, "\n"),
        ("a\r\nb\nc\rd", 4, "\n"),
        ("a\nb\r\nc", 6, "\r\n"),
        ("\na", 0, "\n"),
        ("\na", 1, "\n"),
        ("a", 0, "\n"),
    ],
)
def test_the_line_break_is_the_next_one_or_else_the_last(
    text: str, offset: int, expected: str
) -> None:
    assert newline(text, offset) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\rb\rc", "\r"),
        ("a\r", "\r"),
        ("a\r\nb\r", "\r\n"),
        ("a\nb\rc\n", "\n"),
        ("a\rb\r\nc\n", "\r\n"),
        ("a\r\rb\n", "\n"),
    ],
)
@pytest.mark.parametrize("offset", [0, 1])
def test_a_lone_cr_is_a_line_break_only_where_there_is_no_other(
    text: str, expected: str, offset: int
) -> None:
    assert newline(text, offset) == expected
