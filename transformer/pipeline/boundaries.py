"""Where one of several manifests that run together ends, and whether that is certain.

A key on the wrong side would change two objects without a trace. A border is certain where both
parts are whole manifests, no key above sorts before apiVersion (it may be the first of a sorted
manifest) or is of another kind, and the manifest below does not look as if it lacked the key above
it. That is for manifests that begin with their head or are sorted, as people and tools write them.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from transformer.errors import InputError
from transformer.kubernetes.builtin_kinds import foreign, is_known, may_lack
from transformer.text.framing import RawDocument
from transformer.wording import RENDER_FIRST
from transformer.yamltree.parse import parse
from transformer.yamltree.syntax import PLAIN, Mapping, Node, Scalar, Sequence, Tree
from transformer.yamltree.template_comments import find_template_comment

_ATTEMPTS = 16
"""Frames put together in the hope that they parse; then it is one document, whatever it holds."""

_HEAD = ("apiVersion", "kind")
"""The keys that each manifest has."""


def joined(held: list[RawDocument]) -> RawDocument:
    """Return several frames of one document as one."""
    if len(held) == 1:
        return held[0]
    return held[0]._replace(data=b"".join(raw.data for raw in held))


class Border(NamedTuple):
    """Where the first keys of the manifests above and below a border stand in all that is glued.

    `doubt`: why it is not certain which keys belong to which, if so.
    """

    above: int
    below: int
    doubt: InputError | None = None


class Examined(NamedTuple):
    """What glued frames are: several `manifests` with `borders`, or one document, perhaps with a
    `problem`. `swallowed`: the doubt that the last value has swallowed the line below.
    """

    manifests: tuple[RawDocument, ...] = ()
    borders: tuple[Border, ...] = ()
    problem: InputError | None = None
    swallowed: InputError | None = None

    @property
    def refusal_at_end(self) -> InputError | None:
        """Why the end of a stream cannot be taken apart, if so."""
        return self.problem or next(filter(None, (border.doubt for border in self.borders)), None)

    @property
    def refusal(self) -> InputError | None:
        """Why a stream cannot be taken apart where something follows, if so."""
        return self.refusal_at_end or self.swallowed


def examined_alone(raw: RawDocument, *, is_last: bool) -> InputError | None:
    """Return the problem of a document of a stream to which nothing is glued that is told apart.

    `is_last`: nothing follows, so that it can have swallowed nothing but JSON in one line.
    """
    if _may_have_swallowed(raw.data, is_last=is_last):
        with suppress(InputError, UnicodeDecodeError):  # reading tells what is wrong
            root = parse(raw.data.decode()).root
            return _swallowed(root, is_glued=False) if isinstance(root, Mapping) else None
    return None


class _Piece(NamedTuple):
    """A manifest among others: its frame, its tree, and its offset in all that is glued."""

    raw: RawDocument
    tree: Tree
    root: Mapping
    offset: int

    @property
    def start(self) -> int:
        """Where its first key stands."""
        return self.offset + self.root.start


def examined(held: list[RawDocument], *, strict: bool) -> Examined:
    """Return what the frames are that run together.

    A part that cannot be read, and that no more text would close, spoils all that is glued to it.
    """
    manifests: list[RawDocument] = []
    borders: list[Border] = []
    above = problem = None
    is_template = False
    try:
        for piece in _pieces(held):
            manifests.append(piece.raw)
            is_template = is_template or find_template_comment(piece.tree) is not None
            if above is not None:
                problem = problem or _incomplete(above, piece)
                doubt = _doubt_between(above, piece) if problem is None else None
                borders.append(Border(above.start, piece.start, doubt))
            above = piece
    except InputError as error:
        return Examined(problem=error)
    except (UnicodeDecodeError, _NoManifestError):
        return Examined()  # reading tells what is wrong
    if above is None or not borders or problem is not None:
        return Examined(problem=problem)
    if is_template or strict:
        hint = RENDER_FIRST if is_template else _SEPARATE
        borders = [_doubted(border, hint) for border in borders]
    return Examined(
        tuple(manifests), tuple(borders), swallowed=_swallowed(above.root, above.offset)
    )


def _doubted(border: Border, hint: str) -> Border:
    message = "two manifests without --- between them"
    return border._replace(doubt=_refusal(message, border[:2], hint))


class _NoManifestError(Exception):
    """One of the parts is no block mapping, or takes too many frames to be read."""


def _pieces(held: list[RawDocument]) -> Iterator[_Piece]:
    """Yield the parts that can be read, each of as many frames as it takes.

    Raises:
        InputError: one cannot be read, whatever is added to it.
        UnicodeDecodeError: one is not UTF-8.
        _NoManifestError: one is something else.
    """
    first = offset = 0
    for index in range(len(held)):
        raw = joined(held[first : index + 1])
        text = raw.data.decode()
        try:
            tree = parse(text)
        except InputError as error:
            if not error.is_open or index + 1 == len(held):
                raise _moved(error, offset) from None
            if index - first + 1 >= _ATTEMPTS:
                raise _NoManifestError from None
            continue
        if not isinstance(tree.root, Mapping) or tree.root.is_flow:
            raise _NoManifestError
        yield _Piece(raw, tree, tree.root, offset)
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


_SEPARATE = "begin each file with ---, or name the files instead of putting them together with cat"


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
    group, kind = _kind(above)
    for index in range(keys.index("apiVersion") + 1, len(keys)):
        if keys[index] < "apiVersion":  # where keys are sorted, the lower manifest may begin so
            return _refusal(
                f"{keys[index]!r} may be the last key of the manifest above or the first of the"
                " one below, because no --- is between them",
                border,
                offset=above.offset + entries[index][0].start,
            )
    if non_manifests := foreign(group, kind, keys):
        return _refusal(
            f"a second manifest begins here, but {non_manifests[0]!r} above is no key of a {kind}",
            border,
            "three or more files seem to run together; separate them with ---",
        )
    is_own = keys[-1] == "metadata" and is_known(group, kind)
    if not is_own and may_lack(*_kind(below), below.root.keys, keys[-1]):
        return _refusal(
            f"{keys[-1]!r} may be of the manifest above or of the one below, which has none",
            border,
            offset=above.offset + entries[-1][0].start,
        )
    return _swallowed(above.root, above.offset)


def _swallowed(root: Mapping, offset: int = 0, *, is_glued: bool = True) -> InputError | None:
    """Return the doubt that the last value of a document has swallowed the line below, or None.

    `image: a` without a line end, a `---` line and `# comment` make `image: a---` and
    `image: a# comment`.
    """
    last = _last_scalar(root)
    found = _SWALLOWED.search(last.text) if last is not None else None
    if last is None or found is None or (last.text.endswith("#") and not is_glued):
        return None
    return InputError(
        "the end of this value seems to be the first line of the next file",
        offset=offset + last.start,
        other=offset + root.start,
        hint="a file without a newline at its end was glued to the next; end it with one, or quote"
        " the value",
        rule="HN902",
    )


_SWALLOWED = re.compile(
    r"[^-]---\Z|[^\s#]#(?:[#@!\s]|\Z)|%(?:YAML|TAG)\s|\{\s*\"(?:apiVersion|kind)\""
)

_TAIL = 4096


def _may_have_swallowed(data: bytes, *, is_last: bool) -> bool:
    """Whether the last value of a document with a marker below it may have swallowed a line.

    A quick look: for JSON, a directive or a `---` at its end, or a `#` in it if there are more
    comment lines below.
    """
    tail = data[-_TAIL:].rstrip()
    last = tail[tail.rfind(b"\n") + 1 :]
    if is_last or b'{"' in last:
        return b'{"' in last
    if not last.startswith(b"#"):
        return last.endswith(b"---") or b"%YAML" in last or b"%TAG" in last
    lines = (line.rstrip() for line in reversed(tail.splitlines()))
    last = next((line for line in lines if line and not line.startswith(b"#")), b"")
    return b"#" in last or last.endswith(b"---")


def _kind(piece: _Piece) -> tuple[str, str]:
    """Return group and kind of a manifest."""
    version, kind = (_text_at(piece.root, key) for key in _HEAD)
    return version.rpartition("/")[0], kind


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
