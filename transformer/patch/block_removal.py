"""What goes from a block collection: an entry, an item, or all of it for a value on one line."""

from collections.abc import Iterator
from typing import Any

from transformer.patch import render
from transformer.patch.block_elements import (
    element_end,
    element_nodes,
    element_start,
    is_alone,
    last_block_scalar,
    lines_end,
    lines_start,
    without_lines,
)
from transformer.patch.edits import Edit
from transformer.patch.lines import BREAK, column, line_end, newline
from transformer.patch.render import BlockStyle
from transformer.patch.style import block_style, flow_style
from transformer.regexes import regex
from transformer.yamltree.syntax import COLON, Chain, Collection, Mapping, Node, Scalar, Tree

_PROPERTIES = regex(r"(?:[&!]\S*+(?:[ \t]++(?=[&!]))?)*")
_BLANK_LINES = regex(r"(?:(?>\r\n|\n|\r)[ \t]*+(?=[\r\n]|\Z))*")
_TAG = regex(r"(?<!\S)!\S*+[ \t]*")
_TAGS: dict[type, str] = {dict: "tag:yaml.org,2002:map", list: "tag:yaml.org,2002:seq"}


def remove(tree: Tree, collection: Collection, chain: Chain, index: int, stop: int) -> Edit:
    """Return the edit that removes some elements, from `index` to `stop`, with their comments.

    What begins on the line of a dash, as in `- a: 1`, gives its place to the next element.
    """
    text = tree.text
    start = element_start(text, collection, index)
    end = lines_end(text, element_end(collection, stop - 1), column(text, start))
    if is_alone(text, start):
        begin = lines_start(text, collection, chain, index)
        above = last_block_scalar(element_nodes(collection, index - 1)[1]) if index else None
        if above is not None:
            end = _behind_blank_lines(text, above, end)
        return without_lines(text, begin, end, keeps_break=above is not None)
    following = element_start(text, collection, stop)
    if text[end:following].strip() or len(BREAK.findall(text, end, following)) > 1:
        return Edit(
            len(text[:start].rstrip(" \t")), end, ""
        )  # other lines come next: keep the dash
    return Edit(start, following, "")


def _behind_blank_lines(text: str, above: Scalar, end: int) -> int:
    """Return where the blank lines below `end` end, if the block scalar `above` would get them as
    content; else `end`.
    """
    found = _BLANK_LINES.match(text, end)
    lines = found.group() if found else ""
    header = text[above.start : line_end(text, above.start + 1)].partition("#")[0]
    return end + len(lines) if "+" in header or lines.strip("\r\n") else end


def collapse(tree: Tree, node: Collection, chain: Chain, value: Any) -> Iterator[Edit]:
    """Yield the edits that write a scalar or an empty collection in place of a block."""
    text = tree.text
    new = render.scalar(value)
    end = lines_end(text, node.end, column(text, node.start))
    if not chain or not is_alone(text, node.start):
        yield Edit(node.start, end, new)
        return
    at = _place_after_parent(text, node, chain)
    if node.tag is not None and node.tag != _TAGS.get(type(value)):
        found = _TAG.search(text, node.outer, at)
        assert found is not None
        yield Edit(found.start(), found.end(), "" if found.end() < at else new)
        if found.end() < at:
            yield Edit(at, at, f" {new}")
    else:
        yield Edit(at, at, f" {new}")
    yield without_lines(text, lines_start(text, node, chain, 0), end)


def _place_after_parent(text: str, node: Node, chain: Chain) -> int:
    """Return where a value can be written on the line of its key or dash, behind its properties."""
    if node.outer < node.start and (found := _PROPERTIES.match(text, node.outer)):
        return found.end()
    parent = chain[-1]
    if isinstance(parent, Mapping):
        key = next(key for key, value in parent.entries if value is node)
        colon = COLON.match(text, key.end)
        return colon.end() if colon else key.end
    index = next(index for index, item in enumerate(parent.items) if item is node)
    return element_start(text, parent, index) + 1


def set_root(tree: Tree, node: Node, value: Any) -> Edit:
    """Return the edit that writes a value in place of the whole document but its comments.

    A mapping or sequence is a block, unless the root is in flow style, or follows a `---`.
    """
    text = tree.text
    at = node.outer
    if isinstance(node, Collection) and not node.is_flow:
        end = lines_end(text, node.end, column(text, node.start))
    else:
        end = node.end
    is_flow = isinstance(node, Collection) and node.is_flow
    if is_flow or tree.is_json or not is_alone(text, at):
        lines = render.flow_lines(value, flow_style(tree, [node]))
    elif isinstance(value, dict | list) and value:
        own = column(text, at)
        style = block_style(tree, (node,)) if isinstance(node, Collection) else BlockStyle()
        lines = render.block_lines(value, own, style)
        lines[0] = lines[0][own:]
    else:
        lines = [render.scalar(value)]
    return Edit(at, end, newline(text, at).join(lines))
