"""Where one of several manifests that run together ends, and whether that is certain.

A border is certain where both parts are whole manifests and no key above it could belong to the
lower one: a key on the wrong side would change two objects without a trace (SPEC, section 6.6).
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from transformer.errors import InputError
from transformer.manifest.root_keys import foreign
from transformer.text.framing import Frame
from transformer.yamltree.comments import program_comment
from transformer.yamltree.nodes import PLAIN, Mapping, Node, Scalar, Sequence, Tree
from transformer.yamltree.read import read

_ATTEMPTS = 16
"""Frames put together in the hope that they parse; then it is one document, whatever it holds."""

_HEAD = ("apiVersion", "kind")
"""The keys that each manifest has."""


def joined(held: list[Frame]) -> Frame:
    """Return several frames of one document as one."""
    if len(held) == 1:
        return held[0]
    return held[0]._replace(data=b"".join(frame.data for frame in held))


class Found(NamedTuple):
    """What glued frames are: several `manifests`, or one document, perhaps with a `problem`.

    `doubt`: why it is not certain where each of the manifests ends, if so.
    """

    manifests: tuple[Frame, ...] = ()
    problem: InputError | None = None
    doubt: InputError | None = None


def examined_alone(frame: Frame) -> InputError | None:
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


def examined(held: list[Frame], *, strict: bool) -> Found:
    """Return what the frames are that run together.

    A part that cannot be read, and that no more text would close, spoils all that is glued to it.
    """
    manifests: list[Frame] = []
    above = problem = doubt = border = None
    is_program = False
    try:
        for piece in _pieces(held):
            manifests.append(piece.frame)
            is_program = is_program or program_comment(piece.tree) is not None
            if above is not None:
                border = border or (above.start, piece.start)
                problem = problem or _incomplete(above, piece)
                doubt = doubt or (None if problem else _doubt_between(above, piece))
            above = piece
    except InputError as error:
        return Found(problem=error)
    except (UnicodeDecodeError, _NoManifestError):
        return Found()  # reading tells what is wrong
    if above is None or border is None or problem is not None:
        return Found(problem=problem)
    doubt = doubt or _swallowed(above.root, above.offset)
    if is_program or strict:
        hint = "render it first, and transform the result" if is_program else _SEPARATE
        doubt = _refusal("two manifests without --- between them", border, hint)
    return Found(tuple(manifests), doubt=doubt)


class _NoManifestError(Exception):
    """One of the parts is no block mapping, or takes too many frames to be read."""


def _pieces(held: list[Frame]) -> Iterator[_Piece]:
    """Yield the parts that can be read, each of as many frames as it takes.

    Raises:
        InputError: one cannot be read, whatever is added to it.
        UnicodeDecodeError: one is not UTF-8.
        _NoManifestError: one is something else.
    """
    texts = [frame.data.decode() for frame in held]
    first = offset = 0
    for index in range(len(held)):
        text = "".join(texts[first : index + 1])
        try:
            tree = read(text)
        except InputError as error:
            if not error.is_open or index + 1 == len(held):
                raise _moved(error, offset) from None
            if index - first + 1 >= _ATTEMPTS:
                raise _NoManifestError from None
            continue
        if not isinstance(tree.root, Mapping) or tree.root.is_flow:
            raise _NoManifestError
        yield _Piece(joined(held[first : index + 1]), tree, tree.root, offset)
        first, offset = index + 1, offset + len(text)


def _moved(error: InputError, by: int) -> InputError:
    """Return the same error for a text that stands `by` code points further down."""
    places = {"offset": error.offset, "other": error.other}
    return error.revised(**{name: at + by for name, at in places.items() if at is not None})


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


_SEPARATE = "put a --- line between the two"


def _refusal(
    message: str, border: tuple[int, int], hint: str = _SEPARATE, offset: int | None = None
) -> InputError:
    """Return the error of a border; `border` is where the manifests above and below it begin."""
    above, below = border
    at = below if offset is None else offset
    return InputError(message, offset=at, other=above, hint=hint, rule="HN902")


def _doubt_between(above: _Piece, below: _Piece) -> InputError | None:
    """Return the doubt that something above a border is of the upper manifest, or None."""
    keys, entries = above.root.keys, above.root.entries
    border = above.start, below.start
    version, kind = (_text_at(above.root, key) for key in _HEAD)
    for index in range(keys.index("apiVersion") + 1, len(keys)):
        if keys[index] < "apiVersion":  # where keys are sorted, the lower manifest may begin so
            return _refusal(
                f"{keys[index]!r} may be the last key of the manifest above or the first of the"
                " one below, because no --- is between them",
                border,
                offset=above.offset + entries[index][0].start,
            )
    if strangers := foreign(version.rpartition("/")[0], kind, keys):
        return _refusal(
            f"a second manifest begins here, but {strangers[0]!r} above is no key of a {kind}",
            border,
            "three or more files seem to run together; separate them with ---",
        )
    if keys[-1] == "metadata" and "metadata" not in below.root.keys:
        return _refusal(
            "a second manifest begins here and has no metadata, unless that above is its own",
            border,
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


def _text_at(root: Mapping, key: str) -> str:
    """Return the text of an entry, or nothing where it is no scalar."""
    value = root.entries[root.keys.index(key)][1]
    return value.text if isinstance(value, Scalar) else ""


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
