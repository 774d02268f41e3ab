"""Positions in one document: the only place that converts offsets to lines and columns."""

from transformer.position import Lines, Position, position_at
from transformer.yamltree.locate import Places
from transformer.yamltree.syntax import Node

LONG_LINE = 1000
"""A longer line is not shown: minified JSON would be kept whole for each finding in it."""

_NEAR = 1000
"""Up to this offset, counting lines is faster than building a table of them."""


class SourceLocator:
    """Locates values in one document; `text` and `root` are set as soon as they are known.

    `first_line` is the number (1-based) of the line in the file at which the text begins.
    """

    def __init__(self, first_line: int) -> None:
        self._first_line = first_line
        self.text = ""
        self.root: Node | None = None
        self._lines: Lines | None = None
        self._places: Places | None = None

    def offset(self, pointer: str, *, at_key: bool = False) -> int:
        """Return the offset of the value at `pointer` (from the document's root), or of its key."""
        if self._places is None or self.root is not self._places.root:
            self._places = Places(self.root)
        return self._places.offset_of(pointer, at_key=at_key)

    def position(self, offset: int) -> Position:
        """Return the line and column in the file of an offset in the text."""
        if offset < _NEAR:
            return position_at(self.text, offset, self._first_line)
        if self._lines is None:
            self._lines = Lines(self.text, self._first_line)
        return self._lines.position(offset)

    def excerpt(self, offset: int) -> str:
        """Return the line at `offset` without its line end; a very long one is empty."""
        reach = max(offset - LONG_LINE, 0)
        start = max(self.text.rfind(end, reach, offset) for end in "\r\n") + 1
        if start == 0 and reach:
            return ""
        ends = (self.text.find(end, offset, offset + LONG_LINE) for end in "\r\n")
        end = min((at for at in ends if at >= 0), default=len(self.text))
        line = self.text[start:end].removeprefix("\ufeff")
        return line if len(line) <= LONG_LINE else ""
