"""Manifests that run together: are they two, or one document that only looks so?

The framer cuts where a root key `apiVersion` or `kind` comes again; bytes alone cannot tell a key
from a line of quoted text. Here the part above is parsed: where it is a whole manifest of its own,
the cut stands (SPEC, section 6.6); where it is not, the parts are one document again. Streaming:
one part is held at a time.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from transformer.errors import InputError
from transformer.manifest.root_keys import foreign
from transformer.text.framing import MAX_DOCUMENT, Frame, Framer, Opening
from transformer.yamltree.nodes import PLAIN, Mapping, Node, Scalar, Sequence
from transformer.yamltree.read import read

_HEADS = tuple(
    re.compile(rb"(?m)^(?:\xef\xbb\xbf)?[\"']?" + key + rb"[\"']?[ \t]*:(?=[ \t\r\n]|\Z)")
    for key in (b"apiVersion", b"kind")
)


_ATTEMPTS = 16
"""Parts put together in the hope that they parse; then it is one document, whatever it holds."""


@dataclass(frozen=True, slots=True)
class Part:
    """A frame, and why it cannot be taken apart where it looks as if it should be (or None).

    `continues`: it is a further piece of an oversize document.
    """

    frame: Frame
    problem: InputError | None = None
    continues: bool = False


def parts(
    frames: Iterable[Frame], *, strict: bool = False, max_document: int = MAX_DOCUMENT
) -> Iterator[Part]:
    """Yield the frames, glued ones decided: still `GLUED` where a `---` is to be put above.

    With `strict` nothing is split: what is glued is one document with a problem.
    """
    gluer = Gluer(strict=strict, max_document=max_document)
    for frame in frames:
        yield from gluer.feed([frame])
    yield from gluer.close()


def groups(
    chunks: Iterable[bytes], *, strict: bool = False, max_document: int = MAX_DOCUMENT
) -> Iterator[list[Part]]:
    """Yield the parts of a stream in groups: those that each of its chunks completes."""
    framer, gluer = Framer(max_document), Gluer(strict=strict, max_document=max_document)
    for chunk in chunks:
        yield gluer.feed(framer.feed(chunk))
    yield [*gluer.feed(framer.close()), *gluer.close()]


class Gluer:
    """Decides what is glued in one stream; see `parts` for the options."""

    def __init__(self, *, strict: bool = False, max_document: int = MAX_DOCUMENT) -> None:
        self._strict = strict
        self._max_document = max_document
        self._held: list[Frame] = []
        self._problem: InputError | None = None
        self._oversize = -1  # ordinal of the last oversize document
        self._joined = 0  # frames that were no documents of their own

    def feed(self, frames: Iterable[Frame]) -> list[Part]:
        """Take the next frames; return the parts that they complete."""
        complete: list[Part] = []
        for frame in frames:
            if frame.oversize:
                complete += self.close()
                own = frame._replace(ordinal=frame.ordinal - self._joined)
                complete.append(Part(own, continues=frame.ordinal == self._oversize))
                self._oversize = frame.ordinal
                continue
            if self._held and frame.opening is Opening.GLUED:
                if self._problem is None and len(self._held) <= _ATTEMPTS:
                    self._problem = _judge(_joined(self._held), frame, self._strict)
                if self._problem is _SPLIT:
                    self._problem = None
                    complete += self.close()
            self._held.append(frame)
            if not frame.is_glued_below:
                complete += self.close()
        return complete

    def close(self) -> list[Part]:
        """Return the part that is held, at the end of the stream."""
        held, problem = self._held, self._problem
        self._held, self._problem = [], None
        if not held:
            return []
        frame = _joined(held)
        is_long = len(held) > 1 and len(frame.data) > self._max_document
        frame = frame._replace(
            ordinal=frame.ordinal - self._joined, oversize=frame.oversize or is_long
        )
        self._joined += len(held) - 1
        return [Part(frame, problem)]


def _joined(held: list[Frame]) -> Frame:
    if len(held) == 1:
        return held[0]
    return held[0]._replace(data=b"".join(frame.data for frame in held))


_SPLIT = InputError("the parts are manifests of their own")


def _judge(above: Frame, below: Frame, strict: bool) -> InputError | None:
    """Return `_SPLIT`, or what is wrong with the joined document, or None: nothing yet.

    A part that cannot be read, and that no more text would close, spoils all that is glued to it.
    """
    try:
        text = above.data.decode()
        root = read(text).root
    except UnicodeDecodeError:
        return InputError("not UTF-8")
    except InputError as error:
        return None if error.is_open else error
    if not isinstance(root, Mapping) or root.is_flow:
        return None
    offset = len(text)
    if strict:
        return InputError(
            "two manifests without --- between them",
            offset=offset,
            hint="put a --- line here",
            rule="HN904",
        )
    if not all(head.search(below.data) for head in _HEADS):
        return InputError(
            "a second manifest seems to begin here, but it lacks apiVersion or kind",
            offset=offset,
            hint="a key stands twice, or a file was glued to another; separate them with ---",
            rule="HN902",
        )
    texts = {
        key: value.text
        for key, (_, value) in zip(root.keys, root.entries, strict=True)
        if isinstance(value, Scalar)
    }
    kind, group = texts.get("kind", ""), texts.get("apiVersion", "").rpartition("/")[0]
    if strangers := foreign(group, kind, root.keys):
        return InputError(
            f"a second manifest begins here, but {strangers[0]!r} above is no key of a {kind}",
            offset=offset,
            hint="three or more files seem to run together; separate them with ---",
            rule="HN902",
        )
    if (last := _last_scalar(root)) is not None and last.text.endswith("---"):
        return InputError(
            "a second manifest begins here, and the --- above it is glued to the last value",
            offset=last.start,
            hint="a file without a newline at its end was glued to the next; end it with one",
            rule="HN902",
        )
    return _SPLIT


def _last_scalar(node: Node) -> Scalar | None:
    """Return the plain scalar that ends a block document, if one does."""
    while not isinstance(node, Scalar):
        if isinstance(node, Mapping) and not node.is_flow and node.entries:
            node = node.entries[-1][1]
        elif isinstance(node, Sequence) and not node.is_flow and node.items:
            node = node.items[-1]
        else:
            return None
    return node if node.style == PLAIN else None
