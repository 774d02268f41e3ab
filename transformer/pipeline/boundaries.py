"""Where each of several manifests without a `---` between them ends, and whether that is certain.

A key on the wrong side would silently change two objects. A border is certain if both pieces are
complete manifests, no key above sorts before apiVersion (it may be the first of a sorted manifest)
or belongs to another kind, and the key above the border is not one that the manifest below seems to
lack. This works for manifests that begin with apiVersion and kind or whose keys are sorted, as
people and tools write them.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from transformer.errors import InputError
from transformer.kubernetes.builtin_kinds import foreign, is_known, may_lack
from transformer.regexes import regex
from transformer.text.plain_runs import last_lines, split
from transformer.text.raw_document import RawDocument
from transformer.wording import RENDER_FIRST
from transformer.yamltree.parse import parse
from transformer.yamltree.syntax import PLAIN, Mapping, Node, Scalar, Sequence, Tree
from transformer.yamltree.template_comments import find_template_comment

_ATTEMPTS = 16
"""Raw documents that are joined until they parse; if more are needed, all are one document."""

_HEAD = ("apiVersion", "kind")
"""The keys that each manifest has."""


def joined(held: list[RawDocument]) -> RawDocument:
    """Return several raw documents as one."""
    if len(held) == 1:
        return held[0]
    return held[0]._replace(data=b"".join(raw.data for raw in held))


class Border(NamedTuple):
    """The offsets of the first keys of the manifests above and below a border, in the whole text.

    `doubt`: why it is not certain which keys belong to which manifest, or None.
    """

    above: int
    below: int
    doubt: InputError | None = None


class Examined(NamedTuple):
    """What raw documents without a `---` between them are: several `manifests` with `borders`, or
    one document, perhaps with a `problem`. `swallowed`: the doubt whether the last value includes
    the line below.
    """

    manifests: tuple[RawDocument, ...] = ()
    borders: tuple[Border, ...] = ()
    problem: InputError | None = None
    swallowed: InputError | None = None

    @property
    def refusal_at_end(self) -> InputError | None:
        """Why the end of a stream cannot be split, or None."""
        return self.problem or next(filter(None, (border.doubt for border in self.borders)), None)

    @property
    def refusal(self) -> InputError | None:
        """Why a stream cannot be split where something follows, or None."""
        return self.refusal_at_end or self.swallowed


def examined_alone(raw: RawDocument, *, is_last: bool) -> InputError | None:
    """Return the problem of a document of a stream that `---` separates from all others, or None.

    `is_last`: nothing follows, so its last value can only have swallowed JSON in one line.
    """
    if may_have_swallowed(raw.data, is_last=is_last):
        with suppress(InputError, UnicodeDecodeError):  # reported when it is read
            root = parse(raw.data.decode()).root
            return _swallowed(root, is_glued=False) if isinstance(root, Mapping) else None
    return None


class _Piece(NamedTuple):
    """One of several manifests: its raw document, its tree, and its offset in the whole text."""

    raw: RawDocument
    tree: Tree
    root: Mapping
    offset: int

    @property
    def start(self) -> int:
        """The offset of its first key."""
        return self.offset + self.root.start


def examined(held: list[RawDocument], *, strict: bool) -> Examined:
    """Return what raw documents without a `---` between them are.

    If one cannot be read, and more text would not complete it, all of them are one document.
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
        return Examined()  # reported when it is read
    if above is None or not borders or problem is not None:
        return Examined(problem=problem)
    if is_template or strict:
        hint = RENDER_FIRST if is_template else _SEPARATE
        message = "two manifests without --- between them"
        borders = [
            Border(upper, lower, _refusal(message, offset=lower, other=upper, hint=hint))
            for upper, lower, _ in borders
        ]
    return Examined(
        tuple(manifests), tuple(borders), swallowed=_swallowed(above.root, above.offset)
    )


class _NoManifestError(Exception):
    """A piece is not a block mapping, or takes too many raw documents to be read."""


def _pieces(held: list[RawDocument]) -> Iterator[_Piece]:
    """Yield the pieces that can be read, each of as many raw documents as it takes.

    Raises:
        InputError: a piece cannot be read, whatever is added to it.
        UnicodeDecodeError: a piece is not UTF-8.
        _NoManifestError: a piece is not a manifest.
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
    """Return the same error for a text that begins `by` code points later."""
    places: dict[str, Any] = {"offset": error.offset, "other": error.other}
    return replace(error, **{name: at + by for name, at in places.items() if at is not None})


def _incomplete(above: _Piece, below: _Piece) -> InputError | None:
    """Return the problem that one of two pieces is not a manifest, or None."""
    missing = [key for piece in (above, below) for key in _HEAD if key not in piece.root.keys]
    if not missing:
        return None
    return _refusal(
        f"a second manifest seems to begin here, but one of the two lacks {missing[0]}",
        offset=below.start,
        other=above.start,
        hint="a key is duplicated, or two files were joined; separate them with ---",
    )


_SEPARATE = "begin each file with ---, or name the files instead of joining them with cat"
_refusal = partial(InputError, rule="HN902", hint=_SEPARATE)


def _doubt_between(above: _Piece, below: _Piece) -> InputError | None:
    """Return why a key above a border may not belong to the upper manifest, or None."""
    keys, entries = above.root.keys, above.root.entries
    group, kind = _kind(above)
    for index in range(keys.index("apiVersion") + 1, len(keys)):
        if keys[index] < "apiVersion":  # where keys are sorted, the lower manifest may begin so
            return _refusal(
                f"{keys[index]!r} may be the last key of the manifest above or the first of the"
                " one below, because no --- is between them",
                offset=above.offset + entries[index][0].start,
                other=above.start,
            )
    if non_manifests := foreign(group, kind, keys):
        return _refusal(
            f"a second manifest begins here, but {non_manifests[0]!r} above is not a field of"
            f" {kind}",
            offset=below.start,
            other=above.start,
            hint="three or more files seem to run together; separate them with ---",
        )
    is_own = keys[-1] == "metadata" and is_known(group, kind)
    if not is_own and may_lack(*_kind(below), below.root.keys, keys[-1]):
        return _refusal(
            f"{keys[-1]!r} may belong to the manifest above or to the one below, which has none",
            offset=above.offset + entries[-1][0].start,
            other=above.start,
        )
    return _swallowed(above.root, above.offset)


def _swallowed(root: Mapping, offset: int = 0, *, is_glued: bool = True) -> InputError | None:
    """Return why the last value of a document may have swallowed the line below, or None.

    `image: a` without a line end, followed by a `---` line or by `# comment`, becomes
    `image: a---` or `image: a# comment`.
    """
    last = _last_scalar(root)
    found = _SWALLOWED.search(last.text) if last is not None else None
    if last is None or found is None or (last.text.endswith("#") and not is_glued):
        return None
    return _refusal(
        "the end of this value seems to be the first line of the next file",
        offset=offset + last.start,
        other=offset + root.start,
        hint="a file without a newline at its end was joined to the next; end it with one, or"
        " quote the value",
    )


_SWALLOWED = regex(r"[^-]---\Z|[^\s#]#(?:[#@!\s]|\Z)|%(?:YAML|TAG)\s|\{\s*\"(?:apiVersion|kind)\"")

_SUSPICIOUS = regex(rb"\{\"|%(?:YAML|TAG)|---$|^#", re.MULTILINE)
"""In each last line that may have swallowed another, or is a comment below one that may have."""

_TAIL = 4096


def may_have_swallowed(data: bytes, *, is_last: bool) -> bool:
    """Whether the last value of a document with a marker below it may have swallowed a line.

    This is a quick check: for JSON behind other text, for a directive or a `---` at its end, or for
    a `#` in it if more comment lines are below.
    """
    tail = data[-_TAIL:].rstrip()
    last = tail[tail.rfind(b"\n") + 1 :]
    if is_last or b'{"' in last:
        return b'{"' in last and not _is_line_of_json(data)
    if not last.startswith(b"#"):
        return last.endswith(b"---") or b"%YAML" in last or b"%TAG" in last
    lines = (line.rstrip() for line in reversed(tail.splitlines()))
    last = next((line for line in lines if line and not line.startswith(b"#")), b"")
    return b"#" in last or last.endswith(b"---")


def _is_line_of_json(data: bytes) -> bool:
    """Whether the last line is JSON from its start, as in a stream of compact JSON."""
    return data.startswith(b"{", data.rstrip().rfind(b"\n") + 1)


def some_may_have_swallowed(run: bytes) -> bool:
    """Whether one of the documents of a run may have, as `may_have_swallowed` says of each."""
    if _SUSPICIOUS.search(b"\n".join(last_lines(run))) is None:
        return False
    return any(may_have_swallowed(data, is_last=False) for data in split(run))


def _kind(piece: _Piece) -> tuple[str, str]:
    """Return group and kind of a manifest; what is not a scalar counts as empty."""
    values = (piece.root.entries[piece.root.keys.index(key)][1] for key in _HEAD)
    version, kind = (value.text if isinstance(value, Scalar) else "" for value in values)
    return version.rpartition("/")[0], kind


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
