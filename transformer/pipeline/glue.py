"""Manifests that run together without a `---`: documents of their own, or one.

The framer cuts where a root key `apiVersion` or `kind` comes again; bytes alone cannot tell a key
from a line of quoted text. Here what stands between two markers is held until its end is known.
In a stream it is taken apart as a whole where all its borders are certain (`boundaries`), and else
is one document with a problem, which names the lines. In a file nothing is taken apart, because
what is wrong there is for its author to mend; the manifests are only noted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from transformer.errors import InputError
from transformer.pipeline.boundaries import Found, examined, examined_alone, joined
from transformer.text.framing import MAX_DOCUMENT, Frame, Framer, Opening


@dataclass(frozen=True, slots=True)
class Part:
    """A document: a frame, and why it cannot be read as it seems to be meant (or None).

    `continues`: it is a further piece of an oversize document. `manifests`: in a file, the frames
    of two or more manifests that `frame` holds without a `---` between them; `doubt`: why it is
    not certain where each of them ends, if so.
    """

    frame: Frame
    problem: InputError | None = None
    continues: bool = False
    manifests: tuple[Frame, ...] = ()
    doubt: InputError | None = None

    @property
    def pieces(self) -> "tuple[Part, ...]":
        """The manifests as parts of their own where it is certain what they are, or the part."""
        if not self.manifests or self.doubt is not None:
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
    for frame in frames:
        yield from gluer.feed([frame])
    yield from gluer.close()


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
    yield [*gluer.feed(framer.close()), *gluer.close()]


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
        self._joined = 0
        """Frames so far that were no documents of their own."""

        self._oversize: Frame | None = None
        """The last piece of an oversize document, which goes on as long as frames belong to it."""

    def feed(self, frames: Iterable[Frame]) -> list[Part]:
        """Take the next frames; return the documents that they complete."""
        complete: list[Part] = []
        for frame in frames:
            if (large := self._oversize) is not None:
                is_same = frame.ordinal == large.ordinal
                if is_same or frame.opening is Opening.GLUED:
                    self._joined += not is_same
                    self._oversize = frame
                    complete.append(Part(self._numbered(frame, oversize=True), continues=True))
                    continue
                self._oversize = None
            self._held.append(frame)
            self._size += len(frame.data)
            is_long = len(self._held) > 1 and self._size > self._max_document
            if frame.oversize or is_long:
                complete.append(Part(self._taken()._replace(oversize=True)))
                self._oversize = frame
            elif not frame.is_glued_below:
                complete += self.close()
        return complete

    def close(self) -> list[Part]:
        """Return what is held, at the end of the stream."""
        held = self._held
        if not held:
            return []
        if len(held) > 1:
            found = examined(held, strict=self._strict)
        else:
            found = Found(problem=examined_alone(held[0]) if self._is_stream else None)
        if self._is_stream and found.manifests and found.doubt is None:
            first = held[0].ordinal - self._joined
            self._joined += len(held) - len(found.manifests)
            self._held, self._size = [], 0
            return [
                Part(frame._replace(ordinal=first + index))
                for index, frame in enumerate(found.manifests)
            ]
        frame = self._taken()
        if self._is_stream:
            return [Part(frame, found.problem or found.doubt)]
        manifests = tuple(one._replace(ordinal=frame.ordinal) for one in found.manifests)
        return [Part(frame, found.problem, manifests=manifests, doubt=found.doubt)]

    def _taken(self) -> Frame:
        """Return what is held as one document, and hold nothing any more."""
        held = self._held
        frame = self._numbered(joined(held))
        self._joined += len(held) - 1
        self._held, self._size = [], 0
        return frame

    def _numbered(self, frame: Frame, *, oversize: bool = False) -> Frame:
        return frame._replace(ordinal=frame.ordinal - self._joined, oversize=oversize)
