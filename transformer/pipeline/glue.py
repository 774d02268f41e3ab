"""Manifests that run together without a `---`: where one ends, and whether that is certain.

The framer cuts where a root key `apiVersion` or `kind` comes again; bytes alone cannot tell a key
from a line of quoted text. Here the parts are parsed. Where each is a whole manifest, and no key
could belong to another one, the cuts stand; else all of it is one document with a problem, which
names the lines. A key on the wrong side would change two objects without a trace.

In a stream the parts become documents of their own. In a file nothing is taken apart, because what
is wrong there is for its author to mend; the parts are only noted (SPEC, section 6.6). What stands
between two markers is held until its end is known: it is taken apart as a whole or not at all.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise, starmap
from typing import NamedTuple

from transformer.errors import InputError
from transformer.manifest.root_keys import foreign
from transformer.text.framing import MAX_DOCUMENT, Frame, Framer, Opening
from transformer.yamltree.comments import program_comment
from transformer.yamltree.nodes import PLAIN, Mapping, Node, Scalar, Sequence, Tree
from transformer.yamltree.read import read

_ATTEMPTS = 16
"""Frames put together in the hope that they parse; then it is one document, whatever it holds."""

_HEAD = ("apiVersion", "kind")
"""The keys that each manifest has."""


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
            found = _examined(held, strict=self._strict)
        else:
            found = _Found(problem=_examined_alone(held[0]) if self._is_stream else None)
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
        frame = self._numbered(_joined(held))
        self._joined += len(held) - 1
        self._held, self._size = [], 0
        return frame

    def _numbered(self, frame: Frame, *, oversize: bool = False) -> Frame:
        return frame._replace(ordinal=frame.ordinal - self._joined, oversize=oversize)


def _joined(held: list[Frame]) -> Frame:
    if len(held) == 1:
        return held[0]
    return held[0]._replace(data=b"".join(frame.data for frame in held))


class _Found(NamedTuple):
    """What glued frames are: several `manifests`, or one document, perhaps with a `problem`.

    `doubt`: why it is not certain where each of the manifests ends, if so.
    """

    manifests: tuple[Frame, ...] = ()
    problem: InputError | None = None
    doubt: InputError | None = None


def _examined_alone(frame: Frame) -> InputError | None:
    """Return the problem of a document of a stream to which nothing is glued that is told apart."""
    if _may_have_swallowed(frame.data):
        with suppress(InputError, UnicodeDecodeError):  # reading tells what is wrong
            root = read(frame.data.decode()).root
            return _swallowed(root) if isinstance(root, Mapping) else None
    return None


class _Piece(NamedTuple):
    """A manifest among others: its frame, its tree, and its offset in all that is glued."""

    frame: Frame
    tree: Tree
    root: Mapping
    offset: int

    @property
    def start(self) -> int:
        """Where its first key stands."""
        return self.offset + self.root.start


def _examined(held: list[Frame], *, strict: bool) -> _Found:
    """Return what the frames are that run together.

    A part that cannot be read, and that no more text would close, spoils all that is glued to it.
    """
    try:
        texts = [frame.data.decode() for frame in held]
    except UnicodeDecodeError:
        return _Found()  # reading tells where
    pieces: list[_Piece] = []
    first = offset = 0
    for index in range(len(held)):
        text = "".join(texts[first : index + 1])
        try:
            tree = read(text)
        except InputError as error:
            if not error.is_open or index + 1 == len(held):
                return _Found(problem=_moved(error, offset))
            if index - first + 1 >= _ATTEMPTS:
                return _Found()
            continue
        if not isinstance(tree.root, Mapping) or tree.root.is_flow:
            return _Found()  # reading tells what is wrong
        pieces.append(_Piece(_joined(held[first : index + 1]), tree, tree.root, offset))
        first, offset = index + 1, offset + len(text)
    if len(pieces) == 1:
        return _Found()
    problem = next(filter(None, starmap(_incomplete, pairwise(pieces))), None)
    if problem is not None:
        return _Found(problem=problem)
    return _Found(tuple(piece.frame for piece in pieces), doubt=_doubt(pieces, strict=strict))


def _moved(error: InputError, by: int) -> InputError:
    """Return the same error for a text that stands `by` code points further down."""
    offset, other = error.offset, error.other
    return InputError(
        error.message,
        offset=None if offset is None else offset + by,
        hint=error.hint,
        rule=error.rule,
        other=None if other is None else other + by,
    )


def _incomplete(above: _Piece, below: _Piece) -> InputError | None:
    """Return the problem that one of two pieces is no manifest, or None."""
    missing = [key for piece in (above, below) for key in _HEAD if key not in piece.root.keys]
    if not missing:
        return None
    return InputError(
        f"a second manifest seems to begin here, but one of the two lacks {missing[0]}",
        offset=below.start,
        other=above.start,
        hint="a key stands twice, or a file was glued to another; separate them with ---",
        rule="HN902",
    )


def _doubt(pieces: list[_Piece], *, strict: bool) -> InputError | None:
    """Return why it is not certain where each of the manifests ends, or None."""
    is_program = any(program_comment(piece.tree) for piece in pieces)
    if strict or is_program:
        hint = "render it first, and transform the result" if is_program else _SEPARATE
        return _refusal("two manifests without --- between them", pieces[0], pieces[1], hint)
    return next(filter(None, starmap(_doubt_between, pairwise(pieces))), None)


_SEPARATE = "put a --- line between the two"


def _refusal(
    message: str, above: _Piece, below: _Piece, hint: str = _SEPARATE, offset: int | None = None
) -> InputError:
    at = below.start if offset is None else offset
    return InputError(message, offset=at, other=above.start, hint=hint, rule="HN902")


def _doubt_between(above: _Piece, below: _Piece) -> InputError | None:
    """Return the doubt that something above a border is of the upper manifest, or None."""
    keys, entries = above.root.keys, above.root.entries
    values = {
        key: value.text
        for key, (_, value) in zip(keys, entries, strict=True)
        if isinstance(value, Scalar)
    }
    kind, group = values.get("kind", ""), values.get("apiVersion", "").rpartition("/")[0]
    for index in range(keys.index("apiVersion") + 1, len(keys)):
        if keys[index] < "apiVersion":  # where keys are sorted, the lower manifest may begin so
            return _refusal(
                f"{keys[index]!r} may be the last key of the manifest above or the first of the"
                " one below, because no --- is between them",
                above,
                below,
                offset=above.offset + entries[index][0].start,
            )
    if strangers := foreign(group, kind, keys):
        return _refusal(
            f"a second manifest begins here, but {strangers[0]!r} above is no key of a {kind}",
            above,
            below,
            "three or more files seem to run together; separate them with ---",
        )
    if keys[-1] == "metadata" and "metadata" not in below.root.keys:
        return _refusal(
            "a second manifest begins here and has no metadata, unless that above is its own",
            above,
            below,
        )
    return _swallowed(above.root, above.offset)


def _swallowed(root: Mapping, offset: int = 0) -> InputError | None:
    """Return the doubt that the last value of a document has swallowed the line below, or None.

    `image: a` without a line end, a `---` line and `# comment` make `image: a---` and
    `image: a# comment`.
    """
    last = _last_scalar(root)
    found = _SWALLOWED.search(last.text) if last is not None else None
    if last is None or found is None:
        return None
    what = "---" if found.group().endswith("---") else "comment"
    return InputError(
        f"the {what} at the end of this value seems to be that of the next file",
        offset=offset + last.start,
        other=offset + root.start,
        hint="a file without a newline at its end was glued to the next; end it with one, or quote"
        " the value",
        rule="HN902",
    )


_SWALLOWED = re.compile(r"[^\s-]---\Z|[^\s#]#(?:[#\s]|\Z)")

_TAIL = 4096


def _may_have_swallowed(data: bytes) -> bool:
    """Whether the last value of a document may have swallowed the line below, by a quick look."""
    tail = data[-_TAIL:].rstrip()
    if b"#" not in tail and not tail.endswith(b"---"):
        return False
    lines = (line.rstrip() for line in reversed(tail.splitlines()))
    last = next((line for line in lines if line and not line.startswith(b"#")), b"")
    return b"#" in last or last.endswith(b"---")


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
