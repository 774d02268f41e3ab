"""Holding parts back: in memory to a limit, then in a temporary file that nobody else can open."""

from collections.abc import Iterator

from transformer.pipeline.documents import Document

MEMORY = 16 * 1024 * 1024
"""Bytes that a spool holds in memory before it goes to disk."""


class FileSpool:
    """A spool of parts (see `pipeline.run.Spool`) over an anonymous temporary file."""

    def __init__(self) -> None:
        import pickle  # slow to import, as the other; and most runs spool nothing

        from transformer.system.spooled import spooled_file

        self._pickler = pickle  # of our own parts, to a file that is only ours
        self._file = spooled_file(MEMORY)
        self._count = 0

    def append(self, document: Document) -> None:
        """Add a part at the end."""
        self._pickler.dump(document, self._file, -1)
        self._count += 1

    def __iter__(self) -> Iterator[Document]:
        """Yield the parts in order, once."""
        self._file.seek(0)
        with self._file:
            for _ in range(self._count):
                yield self._pickler.load(self._file)
