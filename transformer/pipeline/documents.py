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

from transformer.errors import InputError
from transformer.pipeline.boundaries import Border, examined, examined_alone, joined
from transformer.text.framing import MAX_DOCUMENT, Frame, Framer, Opening


@dataclass(frozen=True, slots=True)
class Part:
    """A document: a frame, and why it cannot be read as it seems to be meant (or None).

    `continues`: it goes on with an oversize document. `manifests`: in a file, the frames of two or
    more manifests that `frame` holds without a `---` between them, with the `borders` of each two.
    """

    frame: Frame
    problem: InputError | None = None
    continues: bool = False
    manifests: tuple[Frame, ...] = ()
    borders: tuple[Border, ...] = ()

    @property
    def pieces(self) -> "tuple[Part, ...]":
        """The manifests as parts of their own where it is certain what they are, or the part."""
        if not self.manifests or any(border.doubt for border in self.borders):
            return (self,)
        return tuple(map(Part, self.manifests))


def parts(
    frames: Iterable[Frame],
    *,
    is_stream: bool = False,
    strict: bool = False,
    max_document: int = MAX_DOCUMENT,
) -> Iterator[Part]:
    """Yield the documents; `is_stream`: glued manifests are taken apart where that is certain.

    Those are still `GLUED`: a `---` is to be put above each. With `strict` nothing is certain.
    """
    gluer = Gluer(is_stream=is_stream, strict=strict, max_document=max_document)
    held: list[Frame] = []
    for frame in frames:
        yield from gluer.feed(held)
        held = [frame]
    yield from gluer.close(held)


def groups(
    chunks: Iterable[bytes],
    *,
    is_stream: bool = False,
    strict: bool = False,
    max_document: int = MAX_DOCUMENT,
) -> Iterator[list[Part]]:
    """Yield the documents in groups: those that each of the chunks completes."""
    framer = Framer(max_document)
    gluer = Gluer(is_stream=is_stream, strict=strict, max_document=max_document)
    for chunk in chunks:
        yield gluer.feed(framer.feed(chunk))
    yield gluer.close(framer.close())


_PATIENCE = 16 * 1024 * 1024
"""So many bytes of a run are held; of a longer one, what is certain so far leaves."""


class Gluer:
    """Decides what is glued in one file or stream; see `parts` for the options."""

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
        self._held: list[Frame] = []
        self._size = 0
        self._patience = _PATIENCE
        self._is_at_end = False
        self._joined = 0
        """Frames so far that were no documents of their own."""

        self._oversize: Frame | None = None
        """The last piece of an oversize document, which goes on as long as frames belong to it."""

    def feed(self, frames: Iterable[Frame]) -> list[Part]:
        """Take the next frames, below each of which there is another; return the documents that
        they complete.
        """
        complete: list[Part] = []
        for frame in frames:
            if (large := self._oversize) is not None:
                is_same = frame.ordinal == large.ordinal
                if is_same or frame.opening is Opening.GLUED:
                    self._joined += not is_same
                    self._oversize = frame
                    complete.append(Part(self._numbered(frame), continues=True))
                    continue
                self._oversize = None
            if not (self._held or frame.is_glued_below or frame.oversize):
                is_last = self._is_at_end
                problem = examined_alone(frame, is_last=is_last) if self._is_stream else None
                complete.append(Part(self._numbered(frame), problem))
                continue
            self._held.append(frame)
            self._size += len(frame.data)
            is_long = len(self._held) > 1 and self._size > self._max_document
            if frame.oversize or is_long:
                complete.append(Part(self._taken()._replace(oversize=True)))
                self._oversize = frame
            elif not frame.is_glued_below:
                complete += self._decided()
            elif self._is_stream and self._size > self._patience:
                complete += self._certain_so_far()
        return complete

    def close(self, frames: Sequence[Frame]) -> list[Part]:
        """Take the last frames; return the documents that they and the end complete."""
        complete = self.feed(frames[:-1])
        self._is_at_end = True
        return [*complete, *self.feed(frames[-1:])]

    def _decided(self) -> list[Part]:
        """Return what is held, now that nothing more is glued to it."""
        found = examined(self._held, strict=self._strict)
        refusal = found.refusal_at_end if self._is_at_end else found.refusal
        if self._is_stream and found.manifests and refusal is None:
            return self._apart(found.manifests)
        frame = self._taken()
        if self._is_stream:
            return [Part(frame, refusal)]
        manifests = tuple(one._replace(ordinal=frame.ordinal) for one in found.manifests)
        return [Part(frame, found.problem, manifests=manifests, borders=found.borders)]

    def _certain_so_far(self) -> list[Part]:
        """Return the manifests of a very long run but for the last, if all borders are certain."""
        found = examined(self._held, strict=self._strict)
        if not found.manifests or found.refusal_at_end is not None:
            self._patience = 2 * self._size
            return []
        last = found.manifests[-1]._replace(ordinal=self._held[-1].ordinal)
        *complete, _ = self._apart(found.manifests)
        self._held, self._size = [last], len(last.data)
        return complete

    def _apart(self, manifests: Sequence[Frame]) -> list[Part]:
        """Return manifests as documents of their own, and hold nothing any more."""
        first = self._held[0].ordinal - self._joined
        self._joined += len(self._held) - len(manifests)
        self._forget()
        numbered = enumerate(manifests, first)
        return [Part(frame._replace(ordinal=ordinal)) for ordinal, frame in numbered]

    def _taken(self) -> Frame:
        """Return what is held as one document, and hold nothing any more."""
        frame = self._numbered(joined(self._held))
        self._joined += len(self._held) - 1
        self._forget()
        return frame

    def _forget(self) -> None:
        self._held, self._size, self._patience = [], 0, _PATIENCE

    def _numbered(self, frame: Frame) -> Frame:
        if not (self._joined or self._oversize):
            return frame
        is_large = self._oversize is not None
        return frame._replace(ordinal=frame.ordinal - self._joined, oversize=is_large)
