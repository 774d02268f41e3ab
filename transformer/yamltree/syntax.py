"""The syntax tree: what stands where in the text of one document.

Spans are offsets into the document's whole text (a byte order mark counts). A block collection
ends where its last entry's content ends, without the comments and blank lines that follow.
The span of a node leaves out its anchor and tag; `outer` (start only) includes them.

Named tuples, not dataclasses: as immutable, and several times cheaper to make, which matters
for the one object that a document has dozens of.
"""

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias


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
    """A mapping: its entries in source order, merge keys (`<<`) left as they stand.

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
    """An alias (`*name`); `target` is the anchored node that it stands for."""

    start: int
    end: int
    name: str
    target: "Node"


Node: TypeAlias = Scalar | Mapping | Sequence | Alias

PLAIN = ""
"""The style of a plain (unquoted) scalar."""

MERGE_KEY = "\ud800<<"
"""Stands for a merge key among a mapping's keys; half a surrogate pair is in no text we read."""

MAX_DEPTH = 200
"""Collections nested deeper than this are refused (kubectl's own limit for JSON is 10,000)."""

MAX_EXPANDED = 100_000
"""Nodes a document with aliases may expand to (an alias counts as all that it stands for)."""

MAX_NODES = 5_000_000
"""Keys and values in one document: each takes hundreds of bytes, be it two in the text."""

TEXT_OF_NODE = 2_000
"""So many characters of a scalar count as a further node there."""


def scalars(node: Node | None) -> Iterator[Scalar]:
    """Yield the scalars below `node`, keys among them, in the order of the text."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Mapping):
        for key, value in node.entries:
            yield from scalars(key)
            yield from scalars(value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from scalars(item)


class Tree(NamedTuple):
    """One document: its text, its root (None where the document is empty), and what it is.

    `has_aliases`: it has aliases or merge keys, so a value may stand elsewhere than its text.
    """

    text: str
    root: Node | None
    is_json: bool = False
    has_aliases: bool = False
