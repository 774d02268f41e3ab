"""Bytes and documents from files and pipes, and whether a file has changed between two reads."""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from transformer.errors import InputError, reason_of
from transformer.findings import Finding, Place, Violation, finding_at
from transformer.inputs.discovery import Source, is_plain
from transformer.pipeline.context import RunContext
from transformer.pipeline.documents import Document, documents
from transformer.pipeline.list_items import Held, item_batches
from transformer.system.files import spooled_file
from transformer.text.framing import MAX_DOCUMENT
from transformer.text.raw_document import RawBatch, RawDocument, separated
from transformer.yamltree.parse import load

_CHUNK = 256 * 1024

_HELD = 8 * 1024 * 1024
"""Bytes of a List that are held in memory; a longer one is held in a temporary file."""

Signature: TypeAlias = tuple[int, ...]
"""Identifies the content of a file: it is the same unless the file was changed."""


class Readable(Protocol):
    """Anything that bytes can be read from."""

    def read(self, size: int = -1, /) -> bytes: ...


class RawStream:
    """A stream as raw documents, the first of which is available before the others are read.

    A read returns the bytes that are available, so that each document is yielded as soon as it is
    complete. `name` is the name of the stream in messages.
    """

    def __init__(
        self, file: Readable, name: str = "<stdin>", *, max_document: int = MAX_DOCUMENT
    ) -> None:
        self.name = name
        self._idle: Callable[[], object] = lambda: None
        self._seen: list[RawBatch] = []
        pieces = chunks(file, lambda: self._idle())
        self._rest = item_batches(pieces, max_document, hold_list, in_runs=True)

    def peek(self) -> RawDocument | None:
        """Return the first document that is not blank, or None."""
        for batch in self._rest:
            self._seen.append(batch)
            for raw in batch.documents:
                if raw.data.strip():
                    return raw if raw.documents == 1 else next(separated(raw))
        return None

    def batches(self, idle: Callable[[], object] = lambda: None) -> Iterator[RawBatch]:
        """Yield all documents, once; `idle` is called before each wait for more of them."""
        self._idle = idle
        return chain(self._seen, self._rest)


def chunks(file: Readable, idle: Callable[[], object] = lambda: None) -> Iterator[bytes]:
    """Yield the bytes of `file` as they become available; `idle` is called before each wait."""
    take = getattr(file, "read1", file.read)
    while True:
        idle()
        chunk = take(_CHUNK)
        if not chunk:
            return
        yield chunk


def hold_list() -> Held:
    """Return a file for a List that is read item by item."""
    held: Held = spooled_file(_HELD)
    return held


def counted(pieces: Iterable[bytes], done: Callable[[int], object]) -> Iterator[bytes]:
    """Yield `pieces`; `done` is called with the size of each."""
    for piece in pieces:
        done(len(piece))
        yield piece


def signature(status: os.stat_result) -> Signature:
    """Return the signature of a file."""
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def documents_of(source: Source, context: RunContext) -> Iterator[Document]:
    """Yield the documents of a source.

    Raises:
        OSError: it cannot be read.
    """
    with source.open() as file:
        yield from documents_in(chunks(file), source, context)


def documents_in(
    pieces: Iterable[bytes], source: Source, context: RunContext, *, in_runs: bool = False
) -> Iterator[Document]:
    """Yield the documents of a source with the bytes `pieces`; `in_runs` as in `documents`."""
    strict, most = context.settings.strict, context.max_document
    return documents(
        pieces,
        is_stream=source.is_stream,
        strict=strict,
        max_document=most,
        hold=hold_list,
        in_runs=in_runs,
    )


def values(file: Readable, max_document: int) -> Iterator[Any]:
    """Yield the plain value of each document in a file.

    Raises:
        InputError: one cannot be read.
    """
    return map(value_of, documents(chunks(file), max_document=max_document, hold=hold_list))


def value_of(document: Document) -> Any:
    """Return the plain value of a document.

    Raises:
        InputError: it cannot be read.
    """
    if document.manifests:
        hint = "put a --- line between them"
        raise InputError("two manifests without --- between them", hint=hint)
    if document.raw.oversize:
        raise InputError("a document is too large", hint="separate its manifests with ---")
    return load(document.raw.data)


def is_regular(source: Source) -> bool:
    """Whether the source can be read more than once, and be written."""
    return source.opener is not None or is_plain(source.path)


def as_regular(source: Source, folder: Callable[[], str]) -> Source:
    """Return `source`, or a copy in `folder` if it can be read only once (a FIFO, `/dev/fd/N`).

    A source that cannot be opened is returned unchanged: reading it reports why.
    """
    if is_regular(source):
        return source
    import tempfile

    try:
        with source.open() as pipe:
            handle, name = tempfile.mkstemp(dir=folder())
            with os.fdopen(handle, "wb") as copy:
                for chunk in chunks(pipe):
                    copy.write(chunk)
    except OSError as error:
        if error.filename is None:
            raise
        return source
    return source._replace(path=Path(name))


def size_of(source: Source) -> int:
    """Return the size of a source on the disk in bytes; 0 if it is not known."""
    try:
        return 0 if source.opener else source.path.stat().st_size
    except OSError:
        return 0


def changed_meanwhile(source: Source) -> Finding:
    """Return the finding that a file has changed since it was first read."""
    return unreadable(source, "the file was changed while it was read", "run again")


def cannot_be_read(source: Source, error: OSError) -> Finding:
    """Return the finding that a file cannot be opened or read."""
    hint = "check that it is a file, and its permissions"
    return unreadable(source, f"the file cannot be read: {reason_of(error)}", hint)


def unreadable(source: Source, message: str, hint: str) -> Finding:
    """Return a finding on a file as a whole."""
    return finding_at(Place(source.name), "HN901", "error", Violation("", message, hint))
