"""Bytes from files and pipes: as they come, and whether they are still the same."""

import os
import stat
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from transformer.errors import InputError
from transformer.inputs.discovery import Source
from transformer.pipeline.documents import documents
from transformer.text.framing import RawDocument, raw_documents
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse

_CHUNK = 256 * 1024

Signature: TypeAlias = tuple[int, ...]
"""Two looks at a file give the same one unless it was changed between them."""


class Readable(Protocol):
    """What bytes can be read from."""

    def read(self, size: int = -1, /) -> bytes: ...


class Rewound:
    """A file of which something has been read already: that comes once more, and then the rest."""

    def __init__(self, seen: Iterable[bytes], rest: Iterator[bytes]) -> None:
        self._seen = deque(seen)
        self._rest = rest

    def read(self, _: int = -1, /) -> bytes:
        """Return the next bytes; none at the end."""
        return self._seen.popleft() if self._seen else next(self._rest, b"")


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
    for document in documents(raw_documents(chunks(file), max_document)):
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
