"""Where something stands in a text: offsets for the code, lines and columns for people.

Offsets are code points into the decoded text of one document, start inclusive, end exclusive.
Lines and columns are 1-based; a column counts code points. Lines break at LF, CRLF and CR.
"""

import re
from typing import NamedTuple

_BREAK = re.compile("\r\n|\n|\r")


class Span(NamedTuple):
    """The offsets `start` (inclusive) and `end` (exclusive) of a piece of text."""

    start: int
    end: int


class Position(NamedTuple):
    """A 1-based line and column."""

    line: int
    column: int


def position_at(text: str, offset: int, first_line: int = 1) -> Position:
    """Return the position of `offset` in `text`, whose first line has the number `first_line`."""
    line, line_start = first_line, 0
    for found in _BREAK.finditer(text, 0, offset):
        line += 1
        line_start = found.end()
    if text.startswith("\ufeff", line_start):
        line_start += 1
    return Position(line, max(offset - line_start, 0) + 1)
