"""The lines of one entry or item of a block collection, and the comments that belong to it.

To it belong the comment lines directly above it that begin at its own column, and those directly
below it that are indented deeper. Blank lines belong to nothing, and neither do comments at the
head of a document.
"""

from transformer.errors import InternalError
from transformer.patch.edits import Edit
from transformer.patch.lines import BREAK, column, indentation, line_end, line_start
from transformer.regexes import regex
from transformer.yamltree.syntax import Chain, Collection, Mapping, Node, Scalar, Sequence

_DASH = regex(r"(?>(?:\s++|(?<=\s)#[^\r\n]*+)*)-")
"""From the end of an item to the dash of the next one, across white space and comments."""

_BELOW = regex(r"(?:\r\n|\n|\r)([ \t]*)#[^\r\n]*")


def size_of(collection: Collection) -> int:
    """Return how many elements a collection has."""
    return len(collection.entries if isinstance(collection, Mapping) else collection.items)


def element_nodes(collection: Collection, index: int) -> tuple[Node, Node]:
    """Return the nodes that begin and end an element: key and value, or an item twice."""
    if isinstance(collection, Mapping):
        return collection.entries[index]
    return collection.items[index], collection.items[index]


def element_start(text: str, collection: Collection, index: int) -> int:
    """Return where an entry begins, with its `?`, or the dash of an item.

    Raises:
        InternalError: it is not where its column says, as behind a character that does not show.
    """
    if index == 0:
        return collection.start
    start = -1
    if isinstance(collection, Sequence):
        found = _DASH.match(text, collection.items[index - 1].end)
        start = found.end() - 1 if found else collection.items[index].outer
    elif index < len(collection.entries):
        key = collection.entries[index][0]
        start = line_start(text, key.outer) + column(text, collection.start)
        if text[start] in " \t":
            start = text.rfind("?", 0, key.outer)
    if start < collection.start:
        raise InternalError("the place of an entry cannot be found", offset=collection.start)
    return start


def element_end(collection: Collection, index: int) -> int:
    """Return where the content of an element ends."""
    key, value = element_nodes(collection, index)
    return max(key.end, value.end)


def is_alone(text: str, start: int) -> bool:
    """Whether nothing precedes an element on its line, as a dash does in `- a: 1`."""
    return not text[line_start(text, start) : start].strip(" \t")


def lines_start(text: str, collection: Collection, chain: Chain, index: int) -> int:
    """Return where the lines of an element begin, its comments included."""
    start = element_start(text, collection, index)
    at = column(text, start)
    begin = line_start(text, start)
    if index == 0 and not chain:
        return begin
    above = element_end(collection, index - 1) if index else 0
    while begin > 0:
        line = line_start(text, line_end(text, begin))
        margin = len(indentation(text, line))
        is_above = above <= line < begin  # not so behind a byte order mark
        if not is_above or margin != at or text[line + margin] != "#":
            break
        begin = line
    return begin


def lines_end(text: str, end: int, at: int) -> int:
    """Return where the last line ends of what begins at column `at`, and has content up to `end`.

    Its comments are included, the line break is not.
    """
    end = line_end(text, end)
    while (comment := _BELOW.match(text, end)) and len(comment[1]) > at:
        end = comment.end()
    return end


def without_lines(text: str, begin: int, end: int, *, keeps_break: bool = False) -> Edit:
    """Return the edit that removes whole lines, from the start of one to the end of another.

    A text without a last line break still has none, unless `keeps_break`.
    """
    if found := BREAK.match(text, end):
        return Edit(begin, found.end(), "")
    return Edit(begin if keeps_break else line_end(text, begin), end, "")


def last_block_scalar(node: Node) -> Scalar | None:
    """Return the literal or folded block that is the last thing in a node, or None."""
    while not isinstance(node, Scalar):
        if not isinstance(node, Collection) or node.is_flow:
            return None
        node = element_nodes(node, -1)[1]
    return node if node.style in ("|", ">") else None
