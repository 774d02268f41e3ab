"""Manifests without a `---` between them: separate documents, or one document.

The framer splits where a root key `apiVersion` or `kind` is repeated; bytes alone cannot
distinguish a key from a line of quoted text. Here the raw documents between two markers are held
until the end is known. In a stream they are split as a whole if all their borders are certain
(`boundaries`); otherwise they are one document with a problem, which names the lines. Of a very
long run, the manifests that are certain so far are returned early. In a file nothing is split,
because its author has to fix it; the manifests are only recorded.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from transformer.errors import InputError
from transformer.pipeline.boundaries import (
    Border,
    examined,
    examined_alone,
    joined,
    some_may_have_swallowed,
)
from transformer.pipeline.list_items import Hold, item_batches
from transformer.text.framing import MAX_DOCUMENT, raw_batches
from transformer.text.raw_document import Opening, RawBatch, RawDocument, separated


class Document(NamedTuple):
    """A raw document, and why it cannot be read as intended (`problem`, or None).

    `continues`: it continues an oversize document. `manifests`: in a file, the raw documents of two
    or more manifests that `raw` contains without a `---` between them; `borders` are those between
    each two.
    """

    raw: RawDocument
    problem: InputError | None = None
    continues: bool = False
    manifests: tuple[RawDocument, ...] = ()
    borders: tuple[Border, ...] = ()

    @property
    def pieces(self) -> "tuple[Document, ...]":
        """The manifests as separate documents if their borders are certain, else this document."""
        if not self.manifests or any(border.doubt for border in self.borders):
            return (self,)
        return tuple(map(Document, self.manifests))


def documents(
    chunks: Iterable[bytes],
    *,
    is_stream: bool = False,
    strict: bool = False,
    max_document: int = MAX_DOCUMENT,
    hold: Hold | None = None,
    in_runs: bool = False,
) -> Iterator[Document]:
    """Yield the documents of a file or stream, and with `hold` the items of long Lists.

    With `in_runs`, plain documents that follow one another are not separated.

    `is_stream`: manifests without a `---` between them become separate documents if their borders
    are certain; they are still `GLUED`, because a `---` is missing above each. With `strict`, no
    border is certain.
    """
    if hold is not None:
        raw = item_batches(chunks, max_document, hold, in_runs=True)
    else:
        raw = raw_batches(chunks, max_document, in_runs=True)
    groups = batches(raw, is_stream=is_stream, strict=strict, max_document=max_document)
    found = chain.from_iterable(groups)
    return found if in_runs else chain.from_iterable(map(alone, found))


def alone(document: Document) -> Iterable[Document]:
    """Return the documents of a run, or a document that is none as it is."""
    raw = document.raw
    return map(Document, separated(raw)) if raw.documents > 1 else (document,)


def batches(
    raw: Iterable[RawBatch],
    *,
    is_stream: bool = False,
    strict: bool = False,
    max_document: int = MAX_DOCUMENT,
) -> Iterator[list[Document]]:
    """Yield the documents in batches: those that each of the raw batches completes."""
    assembler = DocumentAssembler(is_stream=is_stream, strict=strict, max_document=max_document)
    for batch in raw:
        yield (assembler.close if batch.is_last else assembler.feed)(batch.documents)


_PATIENCE = 16 * 1024 * 1024
"""Bytes of a run that are held; of a longer one, the manifests that are certain are returned."""


class DocumentAssembler:
    """Assembles the documents of one file or stream; see `documents` for the options."""

    def __init__(self, *, is_stream: bool, strict: bool, max_document: int) -> None:
        self.is_stream = is_stream
        self.strict = strict
        self.max_document = max_document
        self._held: list[RawDocument] = []
        self._size = 0
        self._patience = _PATIENCE
        self._is_at_end = False
        self._joined = 0
        """Raw documents so far that were only a part of a document."""
        self._oversize: RawDocument | None = None
        """The last piece of an oversize document, while raw documents still belong to it."""

    def feed(self, raws: Iterable[RawDocument]) -> list[Document]:
        """Add raw documents, each of which is followed by another one; return the documents that
        they complete.
        """
        complete: list[Document] = []
        for raw in chain.from_iterable(map(self._readable, raws)):
            if (large := self._oversize) is not None:
                is_same = raw.ordinal == large.ordinal
                if is_same or raw.opening is Opening.GLUED:
                    self._joined += not is_same
                    self._oversize = raw
                    complete.append(Document(self._numbered(raw), continues=True))
                    continue
                self._oversize = None
            if not (self._held or raw.is_glued_below or raw.oversize):
                is_looked_at = self.is_stream and raw.documents == 1 and not raw.is_open
                problem = examined_alone(raw, is_last=self._is_at_end) if is_looked_at else None
                complete.append(Document(self._numbered(raw), problem))
                continue
            self._held.append(raw)
            self._size += len(raw.data)
            is_long = len(self._held) > 1 and self._size > self.max_document
            if raw.oversize or is_long:
                complete.append(Document(self._taken()._replace(oversize=True)))
                self._oversize = raw
            elif not raw.is_glued_below:
                complete += self._decided()
            elif self.is_stream and self._size > self._patience:
                complete += self._certain_so_far()
        return complete

    def _readable(self, raw: RawDocument) -> Iterable[RawDocument]:
        """Return a raw document alone, or those of a run if one of them has to be examined."""
        if raw.documents > 1 and self.is_stream and some_may_have_swallowed(raw.data):
            return separated(raw)
        return (raw,)

    def close(self, raws: Sequence[RawDocument]) -> list[Document]:
        """Add the last raw documents; return the documents that they and the end complete."""
        complete = self.feed(raws[:-1])
        self._is_at_end = True
        return [*complete, *self.feed(raws[-1:])]

    def _decided(self) -> list[Document]:
        """Return the documents in what is held, when nothing more belongs to it."""
        found = examined(self._held, strict=self.strict)
        refusal = found.refusal_at_end if self._is_at_end else found.refusal
        if self.is_stream and found.manifests and refusal is None:
            return self._separated(found.manifests)
        raw = self._taken()
        if self.is_stream:
            return [Document(raw, refusal)]
        manifests = tuple(one._replace(ordinal=raw.ordinal) for one in found.manifests)
        return [Document(raw, found.problem, manifests=manifests, borders=found.borders)]

    def _certain_so_far(self) -> list[Document]:
        """Return the manifests of a very long run except for the last, if borders are certain."""
        found = examined(self._held, strict=self.strict)
        if not found.manifests or found.refusal_at_end is not None:
            self._patience = 2 * self._size
            return []
        last = found.manifests[-1]._replace(ordinal=self._held[-1].ordinal)
        *complete, _ = self._separated(found.manifests)
        self._held, self._size = [last], len(last.data)
        return complete

    def _separated(self, manifests: Sequence[RawDocument]) -> list[Document]:
        """Return manifests as separate documents, and hold nothing."""
        first = self._held[0].ordinal - self._joined
        self._joined += len(self._held) - len(manifests)
        self._forget()
        numbered = enumerate(manifests, first)
        return [Document(raw._replace(ordinal=ordinal)) for ordinal, raw in numbered]

    def _taken(self) -> RawDocument:
        """Return what is held as one document, and hold nothing."""
        raw = self._numbered(joined(self._held))
        self._joined += len(self._held) - 1
        self._forget()
        return raw

    def _forget(self) -> None:
        self._held, self._size, self._patience = [], 0, _PATIENCE

    def _numbered(self, raw: RawDocument) -> RawDocument:
        if not (self._joined or self._oversize):
            return raw
        is_large = self._oversize is not None
        return raw._replace(ordinal=raw.ordinal - self._joined, oversize=is_large)
