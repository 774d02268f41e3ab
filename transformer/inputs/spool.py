"""Hold items: in memory up to a limit, then in a temporary file that nobody else can open."""

from collections.abc import Iterator
from typing import Generic, TypeVar

from transformer.system.files import spooled_file

MEMORY = 16 * 1024 * 1024
"""Bytes that a spool holds in memory before it uses the disk, unless another limit is given."""

T = TypeVar("T")


class FileSpool(Generic[T]):
    """Items, such as documents (a `pipeline.stream.Spool`), in an anonymous temporary file."""

    def __init__(self, memory: int = MEMORY) -> None:
        import pickle  # slow to import, and most runs spool nothing

        self._pickler = pickle  # our own items, in a file that is only ours
        self._file = spooled_file(memory)
        self._count = 0

    def append(self, item: T) -> None:
        """Add an item at the end."""
        self._pickler.dump(item, self._file, -1)
        self._count += 1

    def __iter__(self) -> Iterator[T]:
        """Yield the items in order, once."""
        self._file.seek(0)
        with self._file:
            for _ in range(self._count):
                yield self._pickler.load(self._file)
