"""Places in a text: offsets for the code, lines and columns for people.

Offsets are code points into the decoded text of one document, start inclusive, end exclusive.
Lines and columns are 1-based; a column counts code points. Lines break at LF, CRLF and CR.
"""

from bisect import bisect_right
from typing import NamedTuple

from transformer.regexes import regex

_BREAK = regex("\r\n|\n|\r")


class Position(NamedTuple):
    """A 1-based line and column."""

    line: int
    column: int


class Lines:
    """The lines of one text; `first_line` is the number of its first line."""

    def __init__(self, text: str, first_line: int = 1) -> None:
        self._first_line = first_line
        self._starts = [0, *(found.end() for found in _BREAK.finditer(text))]
        self._text = text

    def position(self, offset: int) -> Position:
        """Return the position of `offset`."""
        index = bisect_right(self._starts, offset) - 1
        start = self._starts[index]
        if self._text.startswith("\ufeff", start):
            start += 1
        return Position(self._first_line + index, max(offset - start, 0) + 1)


def position_at(text: str, offset: int, first_line: int = 1) -> Position:
    """Return the position of `offset` in `text`; for several offsets, use `Lines`."""
    if "\r" in text[: offset + 1]:
        return Lines(text[: offset + 1], first_line).position(offset)
    start = text.rfind("\n", 0, offset) + 1
    above = first_line + text.count("\n", 0, start)
    return Position(above, max(offset - start - text.startswith("\ufeff", start), 0) + 1)
