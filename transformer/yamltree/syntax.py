"""The syntax tree of one document: its nodes and their places in the text.

Spans are offsets into the whole text of the document (a byte order mark counts), in characters. A
block collection ends where the content of its last entry ends, without the comments and blank lines
that follow. The span of a node excludes its anchor and tag; `outer` (start only) includes them.

Nodes are named tuples instead of dataclasses, because a document has many of them: they are
immutable too, and several times faster to create.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, NoReturn, TypeAlias

from transformer.errors import InputError, duplicate_key
from transformer.regexes import regex


class Scalar(NamedTuple):
    """A scalar. `text` is the content after unescaping and folding, not the source text.

    `style` is one of `PLAIN` and the four characters `'`, `"`, `|` and `>`. A plain scalar whose
    `start == end` is an empty (null) value.
    """

    start: int
    end: int
    text: str
    style: str = ""
    tag: str | None = None
    anchor: str | None = None
    outer: int = -1


class Mapping(NamedTuple):
    """A mapping: its entries in source order, with merge keys (`<<`) not applied.

    `keys` are the entries' keys as JSON has them (the plain key `y` is `"true"`); a merge key is
    the string `MERGE_KEY`. `start` of a block mapping is its first key (or that key's `?`).
    """

    start: int
    end: int
    entries: "tuple[tuple[Node, Node], ...]"
    is_flow: bool = False
    tag: str | None = None
    anchor: str | None = None
    outer: int = -1
    keys: tuple[str, ...] = ()


class Sequence(NamedTuple):
    """A sequence: its items in source order. `start` of a block sequence is its first dash."""

    start: int
    end: int
    items: "tuple[Node, ...]"
    is_flow: bool = False
    tag: str | None = None
    anchor: str | None = None
    outer: int = -1


class Alias(NamedTuple):
    """An alias (`*name`); `target` is the anchored node that it refers to.

    It cannot have a tag or an anchor of its own, so that `outer` is its `start`.
    """

    start: int
    end: int
    name: str
    target: "Node"
    outer: int
    tag: None = None
    anchor: None = None


Collection: TypeAlias = Mapping | Sequence
Node: TypeAlias = Scalar | Collection | Alias

Chain: TypeAlias = tuple[Collection, ...]
"""The collections around a node in the text, the root first."""

PLAIN = ""
"""The style of a plain (unquoted) scalar."""

MERGE_KEY = "\ud800<<"
"""Represents a merge key in `Mapping.keys`; no text contains half a surrogate pair."""

MAX_DEPTH = 200
"""The greatest allowed depth of collections (the limit of kubectl for JSON is 10,000)."""

MAX_EXPANDED = 100_000
"""The most nodes that the aliases of a document may expand to."""

MAX_NODES = 5_000_000
"""The most keys and values in a document: each takes hundreds of bytes in memory."""

TEXT_OF_NODE = 2_000
"""In an expanded alias, each time this many characters of a scalar count as one more node."""


COLON = regex(r"(?>(?:\s++|(?<=\s)#[^\r\n]*+)*):")
"""From the end of a key to its colon, across white space and comments."""

_BLOCK_HEADER = regex(r"[|>][0-9+-]*")


def scalars(node: Node | None) -> Iterator[Scalar]:
    """Yield the scalars in `node`, including keys, in the order of the text."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Mapping):
        for key, value in node.entries:
            yield from scalars(key)
            yield from scalars(value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from scalars(item)


def aliases(node: Node | None) -> Iterator[Alias]:
    """Yield the aliases in the text of `node`, in the order of the text."""
    if isinstance(node, Alias):
        yield node
    elif isinstance(node, Mapping):
        for entry in node.entries:
            for part in entry:
                yield from aliases(part)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from aliases(item)


def block_scalar_end(text: str, start: int, end: int) -> int:
    """Return where the content of a block scalar ends: blank lines count only if it keeps them.

    `end` is where they end.
    """
    header = _BLOCK_HEADER.match(text, start)
    header_end = header.end() if header else start
    trimmed = end
    while trimmed > header_end and text[trimmed - 1] in "\r\n":
        trimmed -= 1
    keeps = header is not None and "+" in header.group()
    if keeps or text[trimmed - 1 : trimmed] in (" ", "\t"):
        return end
    return max(trimmed, header_end)


def refuse_duplicate(keys: Iterable[str], nodes: Iterable[Node]) -> NoReturn:
    """Raise the error for the first of a mapping's `keys` that is there again, at its node."""
    first: dict[str, Node] = {}
    pairs = zip(keys, nodes, strict=True)
    key, again = next((key, node) for key, node in pairs if first.setdefault(key, node) is not node)
    raise duplicate_key("<<" if key == MERGE_KEY else key, again.start, first[key].start)


def too_many(offset: int) -> InputError:
    """Return the error for a document with too many values."""
    return InputError(
        f"the document has more than {MAX_NODES} keys and values",
        offset=offset,
        hint="split it: separate its manifests with ---, and make several Lists of one",
    )


class Tree(NamedTuple):
    """One document: its text, and its root node (None if the document is empty).

    `has_aliases`: it has aliases or merge keys, so the text of a value may be elsewhere.
    """

    text: str
    root: Node | None
    is_json: bool = False
    has_aliases: bool = False
