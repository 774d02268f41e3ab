"""Long Lists item by item: each item as a List of its own, with what is above and below the items.

So whatever reads documents can read an item, and needs the memory for one item only.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol, TypeAlias

from transformer.findings import ListItem
from transformer.text.framing import raw_batches
from transformer.text.raw_document import RawBatch, RawDocument

if TYPE_CHECKING:
    from transformer.pipeline.held_list import HeldList

LONG_LIST = 256 * 1024
"""A List of more bytes is read item by item."""


class Held(Protocol):
    """A file that a List is held in."""

    def write(self, data: bytes, /) -> object: ...

    def seek(self, at: int, /) -> object: ...

    def read(self, size: int = -1, /) -> bytes: ...

    def close(self) -> object: ...


Hold: TypeAlias = Callable[[], Held]


def item_batches(
    chunks: Iterable[bytes],
    max_document: int,
    hold: Hold,
    *,
    in_runs: bool = False,
    long_list: int = LONG_LIST,
) -> Iterator[RawBatch]:
    """Yield the raw documents of a stream as `raw_batches` does, and of a long List its items.

    A List with more than `long_list` bytes is a long one. `hold` returns an empty file, which is
    closed when it is no longer needed. A List that cannot be cut is one raw document, or the pieces
    of one that is oversize.
    """
    held: HeldList | None = None
    try:
        for batch in raw_batches(chunks, max_document, in_runs=in_runs, long_list=long_list):
            complete: list[RawDocument] = []
            for raw in batch.documents:
                if not raw.is_list:
                    complete.append(raw)
                    continue
                held = held or _held(raw, hold(), max_document)
                held.add(raw)
                if not raw.is_open:
                    for group in held.groups():
                        yield RawBatch([*complete, *group])
                        complete = []
                    complete += held.whole()
                    held.close()
                    held = None
            yield RawBatch(complete, batch.is_last)
    finally:
        if held is not None:
            held.close()


def list_item(raw: RawDocument) -> ListItem | None:
    """Return which item of a List a raw document is, or None."""
    item = raw.item
    return None if item is None else ListItem(item.number, raw.data, item.start, item.end)


def _held(first: RawDocument, file: Held, max_document: int) -> "HeldList":
    from transformer.pipeline.held_list import HeldList  # most runs have no long List

    return HeldList(first, file, max_document)
