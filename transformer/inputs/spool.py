"""Hold documents: in memory up to a limit, then in a temporary file that nobody else can open."""

from collections.abc import Iterator

from transformer.pipeline.documents import Document

MEMORY = 16 * 1024 * 1024
"""Bytes that a spool holds in memory before it uses the disk."""


class FileSpool:
    """A `pipeline.stream.Spool` of documents in an anonymous temporary file."""

    def __init__(self) -> None:
        import pickle  # both are slow to import, and most runs spool nothing

        from transformer.system.spooled import spooled_file

        self._pickler = pickle  # our own documents, in a file that is only ours
        self._file = spooled_file(MEMORY)
        self._count = 0

    def append(self, document: Document) -> None:
        """Add a document at the end."""
        self._pickler.dump(document, self._file, -1)
        self._count += 1

    def __iter__(self) -> Iterator[Document]:
        """Yield the documents in order, once."""
        self._file.seek(0)
        with self._file:
            for _ in range(self._count):
                yield self._pickler.load(self._file)
