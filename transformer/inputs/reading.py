"""Bytes from files and pipes: as they come, and whether they are still the same."""

import os
import stat
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from transformer.errors import InputError
from transformer.inputs.discovery import Source
from transformer.pipeline.documents import documents
from transformer.text.framing import MAX_DOCUMENT, RawBatch, RawDocument, raw_batches
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse

_CHUNK = 256 * 1024

Signature: TypeAlias = tuple[int, ...]
"""Two looks at a file give the same one unless it was changed between them."""


class Readable(Protocol):
    """What bytes can be read from."""

    def read(self, size: int = -1, /) -> bytes: ...


class RawStream:
    """A stream as raw documents, the first of which can be looked at before the others are read.

    A read takes what is there, so that a document is there as soon as it is complete. `name` is
    what messages call the stream.
    """

    def __init__(
        self, file: Readable, name: str = "<stdin>", *, max_document: int = MAX_DOCUMENT
    ) -> None:
        self.name = name
        self._idle: Callable[[], object] = lambda: None
        self._seen: list[RawBatch] = []
        self._rest = raw_batches(chunks(file, lambda: self._idle()), max_document)

    def peek(self) -> RawDocument | None:
        """Return the first document that is not blank, or None."""
        for batch in self._rest:
            self._seen.append(batch)
            for raw in batch.documents:
                if raw.data.strip():
                    return raw
        return None

    def batches(self, idle: Callable[[], object] = lambda: None) -> Iterator[RawBatch]:
        """Yield all documents, once; `idle` is called before each wait for more of them."""
        self._idle = idle
        return chain(self._seen, self._rest)

    def read_all(self) -> bytes:
        """Return all bytes of the stream."""
        return b"".join(raw.data for batch in self.batches() for raw in batch.documents)


def chunks(file: Readable, idle: Callable[[], object] = lambda: None) -> Iterator[bytes]:
    """Yield what `file` has, as soon as it has it; `idle` is called before each wait."""
    take = getattr(file, "read1", file.read)
    while True:
        idle()
        chunk = take(_CHUNK)
        if not chunk:
            return
        yield chunk


def signature(status: os.stat_result) -> Signature:
    """Return the signature of a file."""
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def values(file: Readable, max_document: int) -> Iterator[Any]:
    """Yield the plain value of each document.

    Raises:
        InputError: one cannot be read.
    """
    for document in documents(chunks(file), max_document=max_document):
        if document.manifests:
            hint = "put a --- line between them"
            raise InputError("two manifests without --- between them", hint=hint)
        yield value_of(document.raw)


def value_of(raw: RawDocument) -> Any:
    """Return the plain value of a document.

    Raises:
        InputError: it cannot be read.
    """
    if raw.oversize:
        raise InputError("a document is too large", hint="separate its manifests with ---")
    try:
        text = raw.data.decode()
    except UnicodeDecodeError:
        raise InputError("not UTF-8", hint="convert it to UTF-8") from None
    return construct(parse(text).root)


def is_regular(source: Source) -> bool:
    """Whether the source can be read more than once, and be written."""
    if source.opener is not None:
        return True
    try:
        return stat.S_ISREG(source.path.stat().st_mode)
    except OSError:
        return True


def as_regular(source: Source, folder: str) -> Source:
    """Return `source`, copied into `folder` if it can be read only once (a FIFO, `/dev/fd/N`).

    What cannot be opened is returned as it is: reading it will tell.
    """
    if is_regular(source):
        return source
    import tempfile

    try:
        with source.open() as pipe:
            handle, name = tempfile.mkstemp(dir=folder)
            with os.fdopen(handle, "wb") as copy:
                for chunk in chunks(pipe):
                    copy.write(chunk)
    except OSError as error:
        if error.filename is None:
            raise
        return source
    return source._replace(path=Path(name))


def size_of(source: Source) -> int:
    """Return the size of a source on the disk; 0 where that is not known."""
    try:
        return 0 if source.opener else source.path.stat().st_size
    except OSError:
        return 0
