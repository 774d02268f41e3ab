"""Positions in one document: the only place that converts offsets to lines and columns."""

from transformer.pointer import join, split
from transformer.position import Lines, Position, position_at
from transformer.text.list_items import Item
from transformer.text.raw_document import RawDocument
from transformer.yamltree.locate import Places
from transformer.yamltree.syntax import Node

LONG_LINE = 1000
"""A longer line is not shown: minified JSON would be kept whole for each finding in it."""

_NEAR = 1000
"""Up to this offset, counting lines is faster than building a table of them."""


class SourceLocator:
    """Locates values in one document; `text` and `root` are set as soon as they are known.

    If the document stands for an item of a List, pointers and positions are those in the List.
    """

    def __init__(self, raw: RawDocument) -> None:
        self._raw = raw
        self.text = ""
        self.root: Node | None = None
        self._places: Places | None = None
        self._known: tuple[str, _Shown, _Shown | None] | None = None

    def offset(self, pointer: str, *, at_key: bool = False) -> int:
        """Return the offset of the value at `pointer` (from the document's root), or of its key."""
        if self._places is None or self.root is not self._places.root:
            self._places = Places(self.root)
        return self._places.offset_of(self.within(pointer), at_key=at_key)

    def within(self, pointer: str) -> str:
        """Return `pointer` as one in the text."""
        item = self._raw.item
        tokens = split(pointer) if item is not None else []
        if len(tokens) < 2:
            return pointer
        return join("", tokens[0], 0, *tokens[2:])

    def position(self, offset: int) -> Position:
        """Return the line and column in the file of an offset in the text."""
        return self._shown(offset).position(offset)

    def extra_bytes(self, offset: int) -> int:
        """Return how many more bytes than columns are on its line before `offset`.

        A byte order mark has bytes, but no column.
        """
        start = max(self.text.rfind(end, 0, offset) for end in "\r\n") + 1
        before = self.text[start:offset]
        return len(before.encode()) - len(before.removeprefix("\ufeff"))

    def excerpt(self, offset: int) -> str:
        """Return the line at `offset` without its line end; a very long one is empty."""
        return self._shown(offset).line_at(offset)

    def _shown(self, offset: int) -> "_Shown":
        """Return what shows the text around `offset`."""
        item, text = self._raw.item, self.text
        if self._known is None or self._known[0] is not text:
            line = self._raw.line if item is None else item.list_line
            self._known = (
                text,
                _Shown(text, line),
                None if item is None else _of_item(self._raw, item, text),
            )
        _, whole, of_item = self._known
        return whole if of_item is None or offset < of_item.start else of_item


class _Shown:
    """Text of a document from `start` on, as the file shows it, where it begins in line `line`.

    `before` is what is above it on this line, which may have `more` characters before that.
    """

    def __init__(
        self, text: str, line: int, start: int = 0, before: str = "", more: int = 0
    ) -> None:
        self.start = start
        self._text = before + text[start:]
        self._line = line
        self._shift = len(before) - start
        self._more = more
        self._lines: Lines | None = None

    def position(self, offset: int) -> Position:
        """Return the line and column of an offset in the document."""
        at = offset + self._shift
        if at < _NEAR:
            found = position_at(self._text, at, self._line)
        else:
            self._lines = self._lines or Lines(self._text, self._line)
            found = self._lines.position(at)
        if self._more and found.line == self._line:
            return found._replace(column=found.column + self._more)
        return found

    def line_at(self, offset: int) -> str:
        """Return the line at an offset in the document; a very long one is empty."""
        text, at = self._text, offset + self._shift
        reach = max(at - LONG_LINE, 0)
        start = max(text.rfind(end, reach, at) for end in "\r\n") + 1
        if start == 0 and reach:
            return ""
        ends = (text.find(end, at, at + LONG_LINE) for end in "\r\n")
        end = min((at for at in ends if at >= 0), default=len(text))
        line = text[start:end].removeprefix("\ufeff")
        return line if len(line) <= LONG_LINE else ""


def _of_item(raw: RawDocument, item: Item, text: str) -> _Shown:
    """Return what shows an item of a List; `text` is that of `raw`, or as much as can be read."""
    start = len(raw.data[: item.start].decode())
    end = start + len(raw.data[item.start : item.end].decode(errors="replace"))
    before, after = item.before.decode(errors="ignore"), item.after.decode(errors="ignore")
    more = item.column - 1 - len(before)
    return _Shown(text[:end] + after, item.line, start, before, more)
