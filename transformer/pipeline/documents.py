"""Manifests that run together without a `---`: documents of their own, or one.

The framer cuts where a root key `apiVersion` or `kind` comes again; bytes alone cannot tell a key
from a line of quoted text. Here what stands between two markers is held until its end is known.
In a stream it is taken apart as a whole where all its borders are certain (`boundaries`), and else
is one document with a problem, which names the lines; of a very long run, what is certain so far
leaves early. In a file nothing is taken apart, because what is wrong there is for its author to
mend; the manifests are only noted.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from transformer.errors import InputError
from transformer.pipeline.boundaries import Border, examined, examined_alone, joined
from transformer.text.framing import MAX_DOCUMENT, Opening, RawBatch, RawDocument, raw_batches


@dataclass(frozen=True, slots=True)
class Document:
    """A document: a frame, and why it cannot be read as it seems to be meant (or None).

    `continues`: it goes on with an oversize document. `manifests`: in a file, the frames of two or
    more manifests that `raw` holds without a `---` between them, with the `borders` of each two.
    """

    raw: RawDocument
    problem: InputError | None = None
    continues: bool = False
    manifests: tuple[RawDocument, ...] = ()
    borders: tuple[Border, ...] = ()

    @property
    def pieces(self) -> "tuple[Document, ...]":
        """The manifests as separate documents where their borders are certain, else this one."""
        if not self.manifests or any(border.doubt for border in self.borders):
            return (self,)
        return tuple(map(Document, self.manifests))


def documents(
    chunks: Iterable[bytes],
    *,
    is_stream: bool = False,
    strict: bool = False,
    max_document: int = MAX_DOCUMENT,
) -> Iterator[Document]:
    """Yield the documents of a file or stream.

    `is_stream`: manifests that run together become documents of their own where that is certain;
    they are still `GLUED`, because a `---` is missing above each. With `strict` nothing is certain.
    """
    found = batches(
        raw_batches(chunks, max_document),
        is_stream=is_stream,
        strict=strict,
        max_document=max_document,
    )
    return chain.from_iterable(found)


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
"""So many bytes of a run are held; of a longer one, what is certain so far leaves."""


class DocumentAssembler:
    """Decides what is glued in one file or stream; see `documents` for the options."""

    def __init__(
        self,
        *,
        is_stream: bool = False,
        strict: bool = False,
        max_document: int = MAX_DOCUMENT,
    ) -> None:
        self._is_stream = is_stream
        self._strict = strict
        self._max_document = max_document
        self._held: list[RawDocument] = []
        self._size = 0
        self._patience = _PATIENCE
        self._is_at_end = False
        self._joined = 0
        """Frames so far that were no documents of their own."""

        self._oversize: RawDocument | None = None
        """The last piece of an oversize document, which goes on as long as frames belong to it."""

    def feed(self, frames: Iterable[RawDocument]) -> list[Document]:
        """Take the next frames, below each of which there is another; return the documents that
        they complete.
        """
        complete: list[Document] = []
        for raw in frames:
            if (large := self._oversize) is not None:
                is_same = raw.ordinal == large.ordinal
                if is_same or raw.opening is Opening.GLUED:
                    self._joined += not is_same
                    self._oversize = raw
                    complete.append(Document(self._numbered(raw), continues=True))
                    continue
                self._oversize = None
            if not (self._held or raw.is_glued_below or raw.oversize):
                is_last = self._is_at_end
                problem = examined_alone(raw, is_last=is_last) if self._is_stream else None
                complete.append(Document(self._numbered(raw), problem))
                continue
            self._held.append(raw)
            self._size += len(raw.data)
            is_long = len(self._held) > 1 and self._size > self._max_document
            if raw.oversize or is_long:
                complete.append(Document(self._taken()._replace(oversize=True)))
                self._oversize = raw
            elif not raw.is_glued_below:
                complete += self._decided()
            elif self._is_stream and self._size > self._patience:
                complete += self._certain_so_far()
        return complete

    def close(self, frames: Sequence[RawDocument]) -> list[Document]:
        """Take the last frames; return the documents that they and the end complete."""
        complete = self.feed(frames[:-1])
        self._is_at_end = True
        return [*complete, *self.feed(frames[-1:])]

    def _decided(self) -> list[Document]:
        """Return what is held, now that nothing more is glued to it."""
        found = examined(self._held, strict=self._strict)
        refusal = found.refusal_at_end if self._is_at_end else found.refusal
        if self._is_stream and found.manifests and refusal is None:
            return self._apart(found.manifests)
        raw = self._taken()
        if self._is_stream:
            return [Document(raw, refusal)]
        manifests = tuple(one._replace(ordinal=raw.ordinal) for one in found.manifests)
        return [Document(raw, found.problem, manifests=manifests, borders=found.borders)]

    def _certain_so_far(self) -> list[Document]:
        """Return the manifests of a very long run but for the last, if all borders are certain."""
        found = examined(self._held, strict=self._strict)
        if not found.manifests or found.refusal_at_end is not None:
            self._patience = 2 * self._size
            return []
        last = found.manifests[-1]._replace(ordinal=self._held[-1].ordinal)
        *complete, _ = self._apart(found.manifests)
        self._held, self._size = [last], len(last.data)
        return complete

    def _apart(self, manifests: Sequence[RawDocument]) -> list[Document]:
        """Return manifests as documents of their own, and hold nothing any more."""
        first = self._held[0].ordinal - self._joined
        self._joined += len(self._held) - len(manifests)
        self._forget()
        numbered = enumerate(manifests, first)
        return [Document(raw._replace(ordinal=ordinal)) for ordinal, raw in numbered]

    def _taken(self) -> RawDocument:
        """Return what is held as one document, and hold nothing any more."""
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
