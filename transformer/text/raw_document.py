"""A raw document: the bytes of one document as framing cut them, where they are, and why there.

It may stand for a run of plain documents, for a piece of a long one, or for an item of a List.
"""

from collections.abc import Callable, Iterable, Iterator
from enum import Enum, auto
from typing import NamedTuple

from transformer.text.list_items import Item
from transformer.text.plain_runs import count, split, taken_out


class Opening(Enum):
    """Why a frame begins where it does."""

    START = auto()
    """It is the first of the stream, with or without a `---`."""

    MARKER = auto()
    """It has a `---` of its own."""

    AFTER_END = auto()
    """It follows a `...` line (or begins with a directive) and has no `---`."""

    JSON = auto()
    """It is a JSON object that follows another."""

    GLUED = auto()
    """A root key is repeated. This is a guess: it may belong to the previous frame."""


class RawDocument(NamedTuple):
    """The bytes of one document, or a piece of one that is `oversize`.

    `line` is the 1-based number of the line of the stream that `data` begins in. `ordinal` is the
    0-based number of the frame, the same for all its pieces. `is_glued_below`: the next frame is
    `GLUED` to this one. `documents`: how many it has if it is a run (`plain_runs`), all of which
    begin with a `---` of their own; `ordinal` is that of the first. `is_list`: it may be a long
    List, or is a piece of one; `is_open`: the next one is a further piece of it, or its next item.
    `item`: it stands for an item of a List, and `data` is a List with this item only. `long_item`:
    the number of the item that makes a List `oversize`.
    """

    data: bytes
    line: int
    ordinal: int
    opening: Opening
    oversize: bool = False
    is_glued_below: bool = False
    documents: int = 1
    is_list: bool = False
    is_open: bool = False
    item: Item | None = None
    long_item: int | None = None

    @property
    def source(self) -> bytes:
        """The bytes of the stream that it stands for."""
        return self.written(self.data)

    @property
    def first_item(self) -> int:
        """The number of the first item of its List in the stream."""
        return 0 if self.item is None else self.item.number

    def written(self, data: bytes) -> bytes:
        """Return the bytes to write for `data`, which is its own data after edits."""
        item = self.item
        if item is None:
            return data
        below = len(self.data) - item.end
        return item.lead + data[item.start : len(data) - below] + item.trail


def separated(run: RawDocument) -> Iterator[RawDocument]:
    """Yield the documents of a run."""
    return _numbered(run, split(run.data))


def picked(
    run: RawDocument, offsets: Iterable[int], matters: Callable[[bytes], bool]
) -> Iterator[RawDocument]:
    """Yield the documents of a run that matter, and the runs between them: see `taken_out`."""
    return _numbered(run, taken_out(run.data, offsets, matters))


def _numbered(run: RawDocument, parts: Iterable[bytes]) -> Iterator[RawDocument]:
    line, ordinal, opening = run.line, run.ordinal, run.opening
    above = b""
    for data in parts:
        line += above.count(b"\n")  # not before there is something below: it takes a while
        documents = run.documents if len(data) == len(run.data) else count(data)
        yield RawDocument(data, line, ordinal, opening, documents=documents)
        opening = Opening.MARKER
        ordinal += documents
        above = data


class RawBatch(NamedTuple):
    """The raw documents that a chunk of a stream completes; with the last one the stream ends."""

    documents: list[RawDocument]
    is_last: bool = False
