"""Values as text of their own: strings as literal blocks, and what `copy` takes from its source."""

from collections.abc import Iterator
from typing import Any, Literal

from transformer.patch.block_elements import (
    element_end,
    element_nodes,
    element_start,
    lines_end,
    lines_start,
)
from transformer.patch.edits import Edit
from transformer.patch.lines import column, line_end, line_start, newline
from transformer.patch.render import Text, block_lines, indented, scalar
from transformer.patch.style import block_style
from transformer.regexes import regex
from transformer.yamltree.construct import construct
from transformer.yamltree.syntax import Alias, Chain, Collection, Mapping, Node, Scalar, Tree

_LITERAL = regex(r"(?:[^\s\x00-\x1f\x7f-\xa0\ufeff\u2028\u2029]|\n|[ \t](?!\n|\Z))+")
_HEADER = regex(r"[|>][+-]?(?=[ \t\r\n])")
_BREAK = regex(r"\r\n|\n|\r")


def literal(value: Any) -> Text | None:
    """Return a string with line breaks as a literal block, or None where it needs escapes."""
    if not isinstance(value, str) or "\n" not in value:
        return None
    if value.endswith("\n\n") or not value.lstrip("\n")[:1].strip():
        return None
    if _LITERAL.fullmatch(value) is None or (not value.isascii() and not _is_printable(value)):
        return None
    lines = value.removesuffix("\n").split("\n")
    return Text(("|" if value.endswith("\n") else "|-", *lines))


def _is_printable(value: str) -> bool:
    return all(char.isprintable() or char in "\n\t" for char in value)


def carried(tree: Tree, node: Node) -> Text | None:
    """Return the text of a value, to be written elsewhere; None where it has to be rendered.

    Anchors and aliases belong to their place, and so does what is in a flow collection.
    """
    text = tree.text
    if tree.is_json or node.tag is not None or _is_shared(node):
        return None
    if isinstance(node, Collection) and not node.is_flow:
        at = column(text, node.start)
        lines = _dedented(text[node.start : lines_end(text, node.end, at)], at)
        if lines is None:
            return None
        above = text[lines_start(text, node, (node,), 0) : line_start(text, node.start)]
        kind: Literal["mapping", "sequence"]
        kind = "mapping" if isinstance(node, Mapping) else "sequence"
        return Text(lines, kind, within=_stripped(above))
    source = text[node.start : node.end]
    if isinstance(node, Scalar) and node.style in ("|", ">"):
        return _block_scalar(source)
    return Text((source,)) if source and not _BREAK.search(source) else None


def _is_shared(node: Node) -> bool:
    """Whether something in a node is an alias, or may be what one refers to."""
    if isinstance(node, Alias) or node.anchor is not None:
        return True
    if isinstance(node, Mapping):
        return any(map(_is_shared, (one for entry in node.entries for one in entry)))
    return not isinstance(node, Scalar) and any(map(_is_shared, node.items))


def _dedented(text: str, at: int) -> tuple[str, ...] | None:
    """Return lines that begin at column `at`, without their indentation; None if one has less."""
    first, *rest = _BREAK.split(text)
    if any(line.strip() and line[:at].strip(" ") for line in rest):
        return None
    return (first, *(line[at:] for line in rest))


def _block_scalar(source: str) -> Text | None:
    """Return a block scalar that ends with one line break or none, without its indentation."""
    header, *lines = _BREAK.split(source)
    if _HEADER.match(f"{header}\n") is None or "+" in header or not any(lines):
        return None
    first = next(line for line in lines if line)
    at = len(first) - len(first.lstrip(" "))
    if any(line[:at].strip(" ") for line in lines):
        return None
    return Text((header.split("#")[0].rstrip(), *(line[at:] for line in lines)))


def set_text(tree: Tree, node: Node, chain: Chain, new: Text) -> Iterator[Edit]:
    """Yield the edits that write `new`, the text of a scalar, over a scalar in a block."""
    text, parent = tree.text, chain[-1]
    first, *rest = new.lines
    if not rest:
        yield Edit(node.start, node.end, first)
        return
    style = block_style(tree, chain)
    own = column(text, parent.start)
    at = own + (style.step if isinstance(parent, Mapping) else style.gap)
    header_end = node.end
    if isinstance(node, Scalar) and node.style in ("|", ">"):
        header = _HEADER.match(text, node.start)
        header_end = header.end() if header else line_end(text, node.start)
        content = text[line_end(text, header_end) : node.end].strip("\r\n")
        at = len(content) - len(content.lstrip(" ")) or at
        below = line_end(text, header_end)
    else:
        below = line_end(text, node.end)
    line_break = newline(text, below)
    body = "".join(line_break + line for line in indented(rest, at))
    yield Edit(node.start, header_end, first)
    yield Edit(below, max(node.end, below), body)


def with_comments(tree: Tree, collection: Collection, chain: Chain, index: int) -> Text | None:
    """Return the text of an element's value with the element's comments, as `move` takes it.

    None in a flow collection, where comments belong to no element.
    """
    if collection.is_flow:
        return None
    text = tree.text
    node = element_nodes(collection, index)[1]
    new = carried(tree, node) or _rendered(tree, node, (*chain, collection))
    start = element_start(text, collection, index)
    end = lines_end(text, element_end(collection, index), column(text, start))
    behind, below = _around(text, collection, index, new)
    return new._replace(
        above=_stripped(
            text[lines_start(text, collection, chain, index) : line_start(text, start)]
        ),
        behind=behind.rstrip(),
        below=_stripped(text[below:end]) if below < end else (),
    )


def _rendered(tree: Tree, node: Node, chain: Chain) -> Text:
    """Return the text of a value that cannot be carried."""
    value = construct(node)
    if isinstance(value, dict | list) and value:
        lines = tuple(block_lines(value, 0, block_style(tree, chain)))
        return Text(lines, "mapping" if isinstance(value, dict) else "sequence")
    return literal(value) or Text((scalar(value),))


def _around(text: str, collection: Collection, index: int, new: Text) -> tuple[str, int]:
    """Return the comment on the first line of an element, and where those below it begin."""
    key, node = element_nodes(collection, index)
    if isinstance(node, Collection) and not node.is_flow:
        below = lines_end(text, node.end, column(text, node.start))
        if isinstance(collection, Mapping):
            return text[key.end : line_end(text, key.end)].partition(":")[2], below
        return "", below
    if isinstance(node, Scalar) and node.style in ("|", ">"):
        header = text[node.start : line_end(text, node.start + 1)]
        return header[len(new.lines[0]) :], line_end(text, node.end)
    below = line_end(text, node.end)
    return text[node.end : below], below


def _stripped(text: str) -> tuple[str, ...]:
    """Return the comment lines in a text."""
    return tuple(line.strip() for line in _BREAK.split(text) if line.strip())
