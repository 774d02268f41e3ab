"""Edits in block collections.

Text goes in after the last entry's content, and after the comments that belong to it (those
indented deeper than the collection), always as "line break, lines" in front of the line break
that is there: so a missing last newline stays missing and CRLF stays CRLF.
"""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from transformer.errors import PatchError
from transformer.patch import flow_layout, render
from transformer.patch.block_elements import element_start, is_alone, lines_start
from transformer.patch.edits import Edit
from transformer.patch.lines import BREAK, column, indentation, line_end, line_start, newline
from transformer.patch.style import block_style, flow_style, last_element, trailing_comma
from transformer.regexes import regex
from transformer.yamltree.syntax import (
    COLON,
    PLAIN,
    Chain,
    Collection,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Tree,
)

_COMMENT_LINE = regex(r"(?:\r\n|\n|\r)([ \t]*)#[^\r\n]*")
_BLANKS = " \t\r\n"
_INLINE = -1_000_000
"""Rank of text that goes on the line itself, before lines that are added behind it."""

_TAGS = {str: ("!", "tag:yaml.org,2002:str"), bool: ("tag:yaml.org,2002:bool",)}
"""Tags that may stay in front of a value of the type."""

_TAG = regex(r"(?<![^\s,:\[{-])!(?:<[^>\s]*>|[^\s,\[\]{}]*)")

_STRIPPED = regex(r"[|>][0-9]*-")


def add(tree: Tree, collection: Collection, chain: Chain, added: Any) -> Edit:
    """Return the edit that adds at the end of `collection`: entries (a dict) or items (a list)."""
    at = column(tree.text, collection.start)
    if isinstance(collection, Sequence):
        lines = _item_lines(tree, collection, chain, added, collection.items[-1])
    else:
        _refuse_outdented(tree.text, collection, collection.entries[-1][1])
        lines = render.block_lines(added, at, block_style(tree, (*chain, collection)))
    return _add_lines(tree.text, collection, at, lines)


def _refuse_outdented(text: str, mapping: Mapping, value: Node) -> None:
    """Refuse to edit at a scalar that is no deeper than its key: it is read by chance."""
    is_written = isinstance(value, Scalar) and value.start < value.end
    if is_written and column(text, value.start) <= column(text, mapping.start):
        message = "a value is no deeper than its key"
        raise PatchError(message, offset=value.start, hint="indent it")


def insert(tree: Tree, sequence: Sequence, chain: Chain, index: int, value: Any) -> Edit:
    """Return the edit that inserts an item before another one, and above its comments."""
    text = tree.text
    lines = _item_lines(tree, sequence, chain, [value], sequence.items[index])
    start = element_start(text, sequence, index)
    line_break = newline(text, start)
    if is_alone(text, start):
        begin = lines_start(text, sequence, chain, index)
        return Edit(begin, begin, "".join(line + line_break for line in lines))
    at = column(text, start)
    return Edit(start, start, line_break.join([lines[0][at:], *lines[1:], " " * at]))


def _item_lines(
    tree: Tree, sequence: Sequence, chain: Chain, added: list[Any], neighbour: Node
) -> list[str]:
    """Return the lines of new items, in flow style if their neighbour is."""
    at = column(tree.text, sequence.start)
    style = block_style(tree, (*chain, sequence))
    if not (isinstance(neighbour, Collection) and neighbour.is_flow):
        return render.block_lines(added, at, style)
    flow = flow_style(tree, (neighbour,))
    dash = f"{' ' * at}-{' ' * (style.gap - 1)}"
    base = indentation(tree.text, neighbour.end - 1)
    lines = []
    for value in added:
        if isinstance(value, render.Text):
            lines += render.item_lines(value, at, style)
            continue
        first, *rest = render.flow_lines(value, flow)
        lines += [dash + first, *(base + line for line in rest)]
    return lines


def _add_lines(text: str, collection: Collection, at: int, lines: list[str]) -> Edit:
    end = line_end(text, collection.end)
    line_break = newline(text, end)
    if line_break == "\n" and text[end - 1 : end] == "\r":
        line_break = "\r"  # together they would be one break
    if _ends_in_open_block_scalar(text, collection):
        if isinstance(collection, Sequence):  # where the order counts
            raise PatchError(
                "a block scalar without a line break ends the text; nothing can be added behind it",
                offset=collection.items[-1].start,
                hint="end the file with a line break",
            )
        body = line_break.join([lines[0][at:], *lines[1:], " " * at])
        return Edit(collection.start, collection.start, body)
    while (comment := _COMMENT_LINE.match(text, end)) and len(comment[1]) > at:
        end = comment.end()
    is_within = isinstance(collection, Sequence)
    return Edit(end, end, line_break + line_break.join(lines), rank=_rank(at, is_within))


def _rank(at: int, is_within: bool) -> int:
    """Return the rank of lines that are added to a mapping whose keys are at column `at`.

    What is deeper comes first. `is_within`: they are the value of its last key, or belong to it,
    as the items of a sequence do that is no deeper.
    """
    return -2 * at - is_within


def _ends_in_open_block_scalar(text: str, node: Node) -> bool:
    """Whether the last thing in `node` is a block scalar that ends with the text, unterminated.

    A line break behind it would become part of its content.
    """
    if node.end < len(text) or text[-1:] in ("\n", "\r"):
        return False
    while isinstance(node, Collection) and not node.is_flow:
        node = last_element(node)[1]
    is_block_scalar = isinstance(node, Scalar) and node.style in ("|", ">")
    return is_block_scalar and not _STRIPPED.match(text, node.start)


def expand_merge(
    tree: Tree, mapping: Mapping, chain: Chain, index: int, entries: dict[str, Any]
) -> Edit:
    """Return the edit that writes `entries` in place of a merge key's entry.

    Without entries it is removed up to the next one; comments stay.
    """
    text = tree.text
    key, value = mapping.entries[index]
    end = value.end
    if mapping.is_flow:
        start = key.outer
        new = render.flow_elements(entries, flow_style(tree, (mapping, *reversed(chain))))
    else:
        at = column(text, mapping.start)
        start = line_start(text, key.start) + at  # a tag or a `?` may be in front of the key
        lines = render.block_lines(entries, at, block_style(tree, (*chain, mapping)))
        new = newline(text, end).join(lines)[at:]
    if not entries:
        end = trailing_comma(text, mapping, end) or end
        while text[end] in _BLANKS:
            end += 1
        end -= mapping.is_flow and text[end] == "#"  # a blank has to precede a comment
    return Edit(start, end, new)


def set_value(tree: Tree, node: Node, chain: Chain, value: Any) -> Iterator[Edit]:
    """Yield the edits that write `value` over `node`, in a block or a flow collection."""
    text, parent = tree.text, chain[-1]
    begin = node.outer
    outer = node.start if node.anchor is not None else begin
    is_collection = isinstance(value, dict | list) and bool(value)
    if node.anchor is not None and not _keeps_tag(node, value):
        yield _without_tag(text, node)
    if isinstance(parent, Mapping) and not parent.is_flow:
        _refuse_outdented(text, parent, node)
    if not is_collection and isinstance(node, Scalar) and node.end > node.start:
        start = node.start if _keeps_tag(node, value) else outer
        yield Edit(start, node.end, _scalar_over(tree, node, chain, value, start))
    elif isinstance(parent, Mapping):
        at = bisect_right(parent.entries, node.start, key=lambda pair: pair[0].start)
        key = parent.entries[at - 1][0]
        if key is node:
            yield Edit(node.start, node.end, render.scalar(value))
            return
        colon = COLON.match(text, key.end, outer)
        if parent.is_flow:
            if colon is None and BREAK.search(text, key.start, key.end):
                yield Edit(key.outer, key.outer, "? ")  # a key of several lines needs it
            new = flow_layout.value_text(tree, outer, chain, value)
            is_apart = text[outer - 1] in _BLANKS or outer < node.end  # as in `{"a":null}`
            before = ": " if colon is None else "" if is_apart else " "
            yield Edit(outer, node.end, before + new, rank=_INLINE)
        elif not is_collection and colon is not None:
            before = "" if text[outer - 1] in _BLANKS else " "
            yield Edit(outer, node.end, before + render.scalar(value), rank=_INLINE)
        else:
            yield from _set_below_key(tree, node, chain, value, outer, bool(colon))
    elif parent.is_flow:
        before = " " if outer > begin and text[outer - 1] not in _BLANKS else ""
        yield Edit(outer, node.end, before + flow_layout.value_text(tree, outer, chain, value))
    elif begin < outer and (is_collection or outer == node.end):  # behind the anchor of an item
        yield from _set_behind_anchor(tree, node, begin, chain, value)
    else:
        yield _set_item(tree, node, chain, value, outer)


def _scalar_over(tree: Tree, node: Scalar, chain: Chain, value: Any, start: int) -> str:
    """Return a scalar or an empty collection as text, in the style of the scalar that it replaces.

    It begins at `start`.
    """
    is_in_flow = chain[-1].is_flow
    if tree.is_json or (is_in_flow and flow_style(tree, reversed(chain)).is_kyaml):
        return flow_layout.value_text(tree, start, chain, value)
    quote = node.style if node.style in ("'", '"') else ""
    is_plain = node.style == PLAIN and (not is_in_flow or render.is_reference(value))
    return render.scalar(value, quote, is_plain=is_plain)


def _keeps_tag(node: Node, value: Any) -> bool:
    """Whether the tag of `node`, if it has one, can stay in front of `value`."""
    return node.tag is None or node.tag in _TAGS.get(type(value), ())


def _without_tag(text: str, node: Node) -> Edit:
    """Return the edit that takes the tag in front of `node` away, and leaves its anchor, to which
    others may refer.
    """
    found = _TAG.search(text, node.outer, node.start)
    assert found is not None
    start, end = found.span()
    if start == node.outer:  # the anchor comes next
        end = text.index("&", end)
    return Edit(len(text[:start].rstrip(" \t")) if start > node.outer else start, end, "")


def fill(tree: Tree, node: Collection, chain: Chain, added: Any) -> Iterator[Edit]:
    """Yield the edits that fill an empty `{}` or `[]` in a block collection, as a block.

    An empty collection can only be written in flow style: it shows no habit, its parent does.
    """
    if isinstance(chain[-1], Mapping):
        yield from _set_below_key(tree, node, chain, added, node.start, True)
    elif node.outer == node.start:
        yield _set_item(tree, node, chain, added, node.start)
    else:
        yield from _set_behind_anchor(tree, node, node.outer, chain, added)


def _set_behind_anchor(
    tree: Tree, node: Node, begin: int, chain: Chain, value: Any
) -> Iterator[Edit]:
    """Write any value as the item of a block sequence, behind an anchor that stays, at `begin`.

    A block begins below it: an anchor before the first key would be that key's own.
    """
    text = tree.text
    start = len(text[: node.start].rstrip())
    if not (isinstance(value, dict | list) and value):
        yield Edit(start, node.end, " " + render.scalar(value))
        return
    at = column(text, begin)
    lines = render.block_lines(value, at, block_style(tree, chain))
    yield from _write_below(text, start, node.end, at, lines)


def _set_below_key(
    tree: Tree, node: Node, chain: Chain, value: Any, start: int, has_colon: bool
) -> Iterator[Edit]:
    """Write a block collection below its key, in place of `text[start:node.end]`.

    Any value, if the key has no colon yet.
    """
    text, parent = tree.text, chain[-1]
    if isinstance(node, Collection) and not node.is_flow:
        raise PatchError("a block would have to be replaced", offset=node.start)
    style = block_style(tree, chain)
    own = column(text, parent.start)
    if isinstance(value, dict | list) and value:
        at = own + (style.step if isinstance(value, dict) else style.dash)
        lines = render.block_lines(value, at, style)
        if not has_colon:  # `? key` alone
            lines.insert(0, f"{' ' * own}:")
    else:
        lines = [f"{' ' * own}: {render.scalar(value)}"]
    start = len(text[:start].rstrip())
    if BREAK.search(text, start, node.end):
        line_break = newline(text, node.end)
        yield Edit(start, node.end, line_break + line_break.join(lines))
    else:
        yield from _write_below(text, start, node.end, own, lines)


def _write_below(text: str, start: int, end: int, at: int, lines: list[str]) -> Iterator[Edit]:
    """Remove `text[start:end]`, and write `lines` below its line, `at` the column of its parent."""
    line_break, below = newline(text, end), line_end(text, end)
    if start < end:
        yield Edit(start, end, "")
    yield Edit(below, below, line_break + line_break.join(lines), rank=_rank(at, True))


def _set_item(tree: Tree, node: Node, chain: Chain, value: Any, start: int) -> Edit:
    """Write any value as the item of a block sequence, in place of `text[start:node.end]`."""
    text = tree.text
    style = block_style(tree, chain)
    if node.end == start:  # nothing after the dash
        dash = text.rindex("-", 0, start + 1)
        own = column(text, dash)
        lines = render.item_lines(value, own, style)
        return Edit(dash, dash + 1, newline(text, dash).join(lines)[own:])
    own = column(text, start)
    if not (isinstance(value, dict | list) and value):
        return Edit(start, node.end, render.scalar(value))
    lines = render.block_lines(value, own, style)
    return Edit(start, node.end, newline(text, node.end).join(lines)[own:])
