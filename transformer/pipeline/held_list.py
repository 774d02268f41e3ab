"""A document that may be a long List, in a file until it is known what it is.

Whether it is a List, and one whose items can be cut from its text, is known at its end.
"""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from transformer.errors import InputError
from transformer.kubernetes.objects import is_list
from transformer.pipeline.list_items import Held
from transformer.position import Position
from transformer.regexes import regex
from transformer.text.list_items import Cut, Item, LongItemError, UncutError, cut, is_plain
from transformer.text.raw_document import Opening, RawDocument
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import decode, parse
from transformer.yamltree.syntax import Mapping, Sequence
from transformer.yamltree.template_comments import find_template_comment

_GROUP = 100
"""Items that are passed on together."""

_CHUNK = 256 * 1024
_ITEMS = "items"
_BREAK = regex(rb"\r\n|\r|\n")


class HeldList:
    """The document: its first piece, a file for all of them, and the most bytes of an item."""

    def __init__(self, first: RawDocument, file: Held, max_document: int) -> None:
        self._first = first
        self._file = file
        self._limit = max_document
        self._is_glued = False
        self._is_cut = False
        self._long_item: int | None = None

    def add(self, piece: RawDocument) -> None:
        """Add the next piece."""
        self._file.write(piece.data)
        self._is_glued = piece.is_glued_below

    def groups(self) -> Iterator[list[RawDocument]]:
        """Yield the items, if it can be cut."""
        if self._is_glued or self._first.opening is Opening.GLUED:
            return
        try:
            frame = _frame(cut(self._chunks(), self._limit))
        except LongItemError as error:
            frame, self._long_item = None, error.number
        if frame is not None:
            self._is_cut = True
            items = _items(self._first, cut(self._chunks(), self._limit), frame)
            while group := list(islice(items, _GROUP)):
                yield group

    def whole(self) -> Iterator[RawDocument]:
        """Yield it as one document, if it was not cut."""
        if not self._is_cut:
            size = sum(map(len, self._chunks()))
            line, is_oversize = self._first.line, size > self._limit
            self._file.seek(0)
            while data := self._file.read(self._limit):
                yield self._first._replace(
                    data=data,
                    line=line,
                    oversize=is_oversize,
                    long_item=self._long_item,
                    is_glued_below=self._is_glued,
                    is_list=False,
                    is_open=False,
                )
                line = _after(Position(line, 1), data).line

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _chunks(self) -> Iterator[bytes]:
        self._file.seek(0)
        while chunk := self._file.read(_CHUNK):
            yield chunk


class _Frame(NamedTuple):
    """What is above and below the items of a List."""

    head: bytes
    tail: bytes


def _frame(pieces: Iterator[Cut | bytes]) -> _Frame | None:
    """Return what is above and below the items, or None if it is no List, or cannot be cut.

    Raises:
        LongItemError: an item is too long.
    """
    head, number = b"", 0
    try:
        for piece in pieces:
            if not isinstance(piece, Cut):
                frame = _Frame(head, piece)
                return frame if number and _is_frame(frame) else None
            head, number = head or piece.lead, number + 1
            is_json = piece.data.startswith(b"{")
            if not (is_json or is_plain(piece.data) or _stands_alone(head + piece.data)):
                return None
    except LongItemError:
        raise
    except UncutError:
        return None
    return None


def _stands_alone(data: bytes) -> bool:
    """Whether a List with one YAML item has one item, which means the same by itself."""
    try:
        tree = parse(decode(data))
    except InputError:
        return False
    root = tree.root
    if not isinstance(root, Mapping) or find_template_comment(tree) is not None:
        return False
    _, items = root.entries[-1]
    is_last = root.keys[-1] == _ITEMS and root.keys.count(_ITEMS) == 1
    return is_last and isinstance(items, Sequence) and len(items.items) == 1


def _is_frame(frame: _Frame) -> bool:
    """Whether text is a List without its items, and its lines below them are not those of code: a
    message about an item would name such a line, which only the whole List has.
    """
    try:
        tree = parse(decode(frame.head + frame.tail))
        value = construct(tree.root)
    except InputError:
        return False
    code = find_template_comment(tree)
    is_below = code is not None and code[0] >= len(frame.head.decode())
    return is_list(value) and not value[_ITEMS] and not is_below


def _items(
    first: RawDocument, pieces: Iterator[Cut | bytes], frame: _Frame
) -> Iterator[RawDocument]:
    """Yield the items of a List, each as a List; `first` is its first piece."""
    at, start, raw = Position(first.line, 1), len(frame.head), first
    for index, piece in enumerate(pieces):
        if raw.item is not None:
            is_open = isinstance(piece, Cut)
            last = b"" if isinstance(piece, Cut) else piece
            yield raw._replace(item=raw.item._replace(trail=last), is_open=is_open)
        if isinstance(piece, Cut):
            line, column = _after(at, piece.lead)
            end = start + len(piece.data)
            raw = first._replace(
                data=frame.head + piece.data + frame.tail,
                line=at.line,
                opening=Opening.START if index else first.opening,
                is_list=False,
                is_open=False,
                item=Item(index, start, end, line, column, first.line, *piece[:1], b"", *piece[2:]),
            )
            at = _after(Position(line, column), piece.data)


def _after(at: Position, data: bytes) -> Position:
    """Return the position after `data`, which begins at `at`."""
    *lines, last = _BREAK.split(data)
    column = len(last.decode(errors="replace")) + 1
    return Position(at.line + len(lines), column if lines else at.column + column - 1)
