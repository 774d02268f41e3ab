"""Placements to edits: text that looks like its neighbours, put where it reads well.

Block text goes in after the last entry's content, and after the comments that belong to it (those
indented deeper than the collection), always as "line break, lines" in front of the line break
that is there: so a missing last newline stays missing and CRLF stays CRLF.
Flow text goes in before the closing bracket; where each element has a line of its own, so has the
new one.
"""

import re
from collections.abc import Iterator

from transformer.errors import PatchError
from transformer.patch import render
from transformer.patch.placement import (
    AddEntry,
    AddItem,
    Chain,
    ExpandMerge,
    Placement,
    SetValue,
)
from transformer.text.edits import Edit
from transformer.yamltree.compose import COLON
from transformer.yamltree.nodes import Alias, Mapping, Node, Scalar, Sequence, Tree

_BREAK = re.compile(r"\r\n|\n|\r")
_COMMENT_LINE = re.compile(r"(?:\r\n|\n|\r)([ \t]*)#[^\r\n]*")
_FLOW_SPACE = re.compile(r"(?:\s|(?<=\s)#[^\r\n]*)*")
_STRIPPED = re.compile(r"[|>][0-9]*-")


def edits(tree: Tree, placement: Placement) -> Iterator[Edit]:
    """Yield the edits that make `placement` in the tree's text.

    Raises:
        PatchError: there is no way to write it here without changing something else.
    """
    match placement:
        case AddEntry(mapping, chain, key, value):
            if mapping.is_flow:
                yield from _add_to_flow(tree, mapping, chain, (key, value))
            else:
                column = _column(tree.text, mapping.start)
                style = _block_style(tree, (*chain, mapping))
                lines = render.entry_lines(key, value, column, style)
                yield _add_to_block(tree, mapping, column, lines)
        case AddItem(sequence, chain, value):
            if sequence.is_flow:
                yield from _add_to_flow(tree, sequence, chain, value)
            else:
                yield _add_item(tree, sequence, chain, value)
        case ExpandMerge(mapping, chain, index, entries):
            yield _expand_merge(tree, mapping, chain, index, entries)
        case SetValue(node, chain, value):
            yield from _set_value(tree, node, chain, value)


def _add_item(tree: Tree, sequence: Sequence, chain: Chain, value: object) -> Edit:
    column = _column(tree.text, sequence.start)
    style = _block_style(tree, (*chain, sequence))
    neighbour = sequence.items[-1]
    if isinstance(neighbour, Mapping | Sequence) and neighbour.is_flow:
        text = render.flow(value, _flow_style(tree, neighbour))
        lines = [f"{' ' * column}-{' ' * (style.gap - 1)}{text}"]
    else:
        lines = render.item_lines(value, column, style)
    return _add_to_block(tree, sequence, column, lines)


def _add_to_block(
    tree: Tree, collection: Mapping | Sequence, column: int, lines: list[str]
) -> Edit:
    text = tree.text
    newline = _newline(text, collection.end)
    if _ends_in_open_block_scalar(text, collection):
        first = collection.start
        return Edit(first, first, newline.join([lines[0][column:], *lines[1:], " " * column]))
    at = _line_end(text, collection.end)
    while (comment := _COMMENT_LINE.match(text, at)) and len(comment[1]) > column:
        at = comment.end()
    return Edit(at, at, newline + newline.join(lines), rank=-column)


def _add_to_flow(
    tree: Tree, collection: Mapping | Sequence, chain: Chain, added: object
) -> Iterator[Edit]:
    """Add an entry (`added` is a key and a value) or an item at the end of a flow collection."""
    text = tree.text
    style = _flow_style(tree, collection)
    elements = _elements(collection)
    is_entry = isinstance(collection, Mapping)
    if text[collection.start] not in "{[":
        yield Edit(collection.start, collection.start, "{")
        yield Edit(collection.end, collection.end, f", {_flow_text(added, is_entry, style)}}}")
        return
    closing = collection.end - 1
    line_start = _line_start(text, elements[-1].start if elements else collection.start)
    own_line = (
        not text[line_start : elements[-1].start].strip(" \t-")
        and "\n" in text[collection.start : elements[-1].start]
        if elements
        else tree.is_json and _is_pretty(tree)
    )
    if not own_line:
        new = _flow_text(added, is_entry, style)
        if not elements:
            yield Edit(collection.start + 1, closing, f"{style.pad}{new}{style.pad}")
            return
        end = _element_end(collection)
        after = _FLOW_SPACE.match(text, end)
        assert after is not None
        if text.startswith(",", after.end()) and after.end() < closing:
            at = after.end() + 1
            yield Edit(at, at, style.comma[1:] + new)
        else:
            yield Edit(end, end, style.comma + new)
        return
    newline = _newline(text, collection.start)
    if elements:
        indent = text[line_start : elements[-1].start]
        step = _json_step(tree)
    else:
        step = _json_step(tree)
        outer = text[line_start : line_start + _indent_width(text, line_start)]
        indent = outer + step
    lines = _pretty_lines(added, is_entry, style, step, tree.is_json)
    block = newline + newline.join(indent + line for line in lines)
    if not elements:
        yield Edit(collection.start + 1, closing, block + newline + outer)
        return
    end = _element_end(collection)
    after = _FLOW_SPACE.match(text, end)
    assert after is not None
    if text.startswith(",", after.end()) and after.end() < closing:
        at = _line_end(text, after.end() + 1)
        yield Edit(min(at, closing), min(at, closing), block + ",")
        return
    at = _line_end(text, end)
    if at > closing:
        yield Edit(end, end, "," + block)
    elif text[end:at].strip():
        yield Edit(end, end, ",")
        yield Edit(at, at, block)
    else:
        yield Edit(end, end, "," + block)


def _flow_text(added: object, is_entry: bool, style: render.FlowStyle) -> str:
    if is_entry:
        assert isinstance(added, tuple)
        return f"{render.flow(added[0], style)}{style.colon}{render.flow(added[1], style)}"
    return render.flow(added, style)


def _pretty_lines(
    added: object, is_entry: bool, style: render.FlowStyle, step: str, is_json: bool
) -> list[str]:
    if not is_json:
        return [_flow_text(added, is_entry, style)]
    if not is_entry:
        return render.json_lines(added, step, style.colon)
    assert isinstance(added, tuple)
    first, *rest = render.json_lines(added[1], step, style.colon)
    return [f"{render.flow(added[0], style)}{style.colon}{first}", *rest]


def _expand_merge(
    tree: Tree, mapping: Mapping, chain: Chain, index: int, entries: dict[str, object]
) -> Edit:
    key, value = mapping.entries[index]
    if not entries:
        raise PatchError("a merge key cannot be written out here", offset=key.start)
    if mapping.is_flow:
        style = _flow_style(tree, mapping)
        new = style.comma.join(_flow_text(item, True, style) for item in entries.items())
        return Edit(key.start, value.end, new)
    column = _column(tree.text, mapping.start)
    lines = render.mapping_lines(entries, column, _block_style(tree, (*chain, mapping)))
    newline = _newline(tree.text, value.end)
    return Edit(key.start, value.end, newline.join(lines)[column:])


def _set_value(tree: Tree, node: Node, chain: Chain, value: object) -> Iterator[Edit]:
    text = tree.text
    parent = chain[-1] if chain else None
    outer = node.start if isinstance(node, Alias) else node.outer
    if parent is None:
        raise PatchError("the whole document would be replaced", offset=node.start)
    assert isinstance(parent, Mapping | Sequence)
    is_collection = isinstance(value, dict | list) and bool(value)
    if not is_collection and isinstance(node, Scalar) and node.end > node.start:
        quote = node.style if node.style in ("'", '"') else ""
        new = render.flow(value, _json_style(tree)) if tree.is_json else render.scalar(value, quote)
        yield Edit(node.start, node.end, new)
        return
    key = _key_of(parent, node)
    colon = _colon_end(text, key, outer) if key is not None else None
    if parent.is_flow:
        new = render.flow(value, _flow_style(tree, parent))
        if key is not None and colon is None:
            new = ": " + new
        elif node.end == outer and text[outer - 1 : outer] in (":", "-"):
            new = " " + new
        yield Edit(outer, node.end, new)
        return
    if isinstance(node, Mapping | Sequence) and not node.is_flow:
        raise PatchError("a block would have to be replaced", offset=node.start)
    if not is_collection:
        if key is not None and colon is None:
            raise PatchError("an explicit key without a value cannot be given one", offset=outer)
        new = render.scalar(value)
        before = text[outer - 1 : outer]
        yield Edit(outer, node.end, new if before in (" ", "\t") else " " + new)
        return
    yield from _set_block(tree, node, chain, value, outer, colon)


def _set_block(
    tree: Tree, node: Node, chain: Chain, value: object, outer: int, colon: int | None
) -> Iterator[Edit]:
    """Write a block collection where a null, an alias or a flow collection stands."""
    text, parent = tree.text, chain[-1]
    assert isinstance(parent, Mapping | Sequence)
    style = _block_style(tree, chain)
    column = _column(text, parent.start)
    newline = _newline(text, node.end)
    if isinstance(parent, Sequence):
        lines = render.item_lines(value, column, style)
        dash = text.rindex("-", 0, outer + 1 if node.end == outer else outer)
        first = lines[0][column:] if node.end == outer else lines[0][column + 1 :].lstrip(" ")
        if node.end == outer:
            yield Edit(dash, dash + 1, newline.join([first, *lines[1:]]))
        else:
            yield Edit(outer, node.end, newline.join([first, *lines[1:]]))
        return
    at = _line_end(text, node.end)
    colon_line = ""
    if colon is None:  # `? key` alone
        colon, colon_line = node.end, f"{newline}{' ' * column}:"
    if isinstance(value, dict):
        lines = render.mapping_lines(value, column + style.step, style)
    else:
        assert isinstance(value, list)
        lines = render.sequence_lines(value, column + style.dash, style)
    block = colon_line + newline + newline.join(lines)
    if _BREAK.search(text, colon, node.end):
        yield Edit(colon, node.end, block)
        return
    if colon < node.end:
        yield Edit(colon, node.end, "", rank=-1_000_000)
    yield Edit(at, at, block, rank=-column)


def _elements(collection: Mapping | Sequence) -> list[Node]:
    """The nodes that begin each element: keys, or items."""
    if isinstance(collection, Mapping):
        return [key for key, _ in collection.entries]
    return list(collection.items)


def _element_end(collection: Mapping | Sequence) -> int:
    if isinstance(collection, Mapping):
        key, value = collection.entries[-1]
        return max(key.end, value.end)
    return collection.items[-1].end


def _key_of(parent: Mapping | Sequence, node: Node) -> Node | None:
    if isinstance(parent, Mapping):
        for key, value in parent.entries:
            if value is node:
                return key
    return None


def _colon_end(text: str, key: Node, value_start: int) -> int | None:
    found = COLON.match(text, key.end, value_start)
    return found.end() if found else None


def _ends_in_open_block_scalar(text: str, node: Node) -> bool:
    """Whether the last thing in `node` is a block scalar that ends with the text, unterminated."""
    if node.end < len(text) or text[-1:] in ("\n", "\r"):
        return False
    while not isinstance(node, Scalar):
        if isinstance(node, Mapping):
            node = node.entries[-1][1]
        elif isinstance(node, Sequence) and node.items:
            node = node.items[-1]
        else:
            return False
    return node.style in ("|", ">") and not _STRIPPED.match(text, node.start)


def _block_style(tree: Tree, chain: Chain) -> render.BlockStyle:
    """What the surroundings show of the document's habits, the nearest first."""
    text = tree.text
    step = dash = gap = None
    flow_keys: frozenset[str] = frozenset()
    innermost = chain[-1]
    if isinstance(innermost, Sequence):
        for item in innermost.items:
            if isinstance(item, Mapping):
                flow_keys = frozenset(
                    key
                    for key, (_, value) in zip(item.keys, item.entries, strict=True)
                    if isinstance(value, Sequence) and value.is_flow
                )
    for node in (*reversed(chain), *_collections(tree.root)):
        if step is not None and gap is not None:
            break
        if isinstance(node, Sequence) and not node.is_flow:
            gap = gap or _gap(text, node)
        if not isinstance(node, Mapping) or node.is_flow:
            continue
        column = _column(text, node.start)
        for _, value in node.entries:
            if isinstance(value, Mapping) and not value.is_flow:
                step = step or max(_column(text, value.start) - column, 0) or None
            elif isinstance(value, Sequence) and not value.is_flow and dash is None:
                dash = max(_column(text, value.start) - column, 0)
                gap = gap or _gap(text, value)
    return render.BlockStyle(step or 2, dash or 0, gap or 2, flow_keys)


def _gap(text: str, sequence: Sequence) -> int | None:
    first = sequence.items[0]
    start = first.start if isinstance(first, Alias) else first.outer
    between = text[sequence.start + 1 : start]
    return len(between) + 1 if between and not between.strip(" ") else None


def _collections(node: Node | None) -> Iterator[Node]:
    """Yield the collections of the document, outer before inner."""
    if isinstance(node, Mapping):
        yield node
        for _, value in node.entries:
            yield from _collections(value)
    elif isinstance(node, Sequence):
        yield node
        for item in node.items:
            yield from _collections(item)


def _flow_style(tree: Tree, collection: Mapping | Sequence) -> render.FlowStyle:
    if tree.is_json:
        return _json_style(tree)
    text = tree.text
    inside = text[collection.start + 1 : collection.start + 2] if collection.is_flow else ""
    keys = [key for key, _ in collection.entries] if isinstance(collection, Mapping) else []
    quoted = bool(keys) and all(isinstance(key, Scalar) and key.style == '"' for key in keys)
    pad = " " if inside == " " and isinstance(collection, Mapping) else ""
    return render.FlowStyle(pad=pad, quote='"' if quoted else "")


def _json_style(tree: Tree) -> render.FlowStyle:
    """How this JSON document spaces its commas and colons; JSON is compact or pretty throughout."""
    text, root = tree.text, tree.root
    colon, comma = ": ", ", "
    if isinstance(root, Mapping) and root.entries:
        value = root.entries[0][1]
        colon = ":" if text[value.start - 1] == ":" else ": "
        if len(root.entries) > 1:
            gap = text[value.end : root.entries[1][0].start]
            comma = "," if gap == "," else ", "
        else:
            comma = "," if colon == ":" else ", "
    return render.FlowStyle(comma, colon, is_json=True)


def _is_pretty(tree: Tree) -> bool:
    root = tree.root
    return (
        isinstance(root, Mapping)
        and bool(root.entries)
        and "\n" in tree.text[root.start : root.entries[0][0].start]
    )


def _json_step(tree: Tree) -> str:
    """One step of a pretty JSON document's indentation."""
    text, root = tree.text, tree.root
    if isinstance(root, Mapping) and root.entries and _is_pretty(tree):
        first = root.entries[0][0].start
        line_start = _line_start(text, first)
        own = _line_start(text, root.start)
        step = text[line_start:first][_indent_width(text, own) :]
        if step and not step.strip():
            return step
    return "  "


def _indent_width(text: str, line_start: int) -> int:
    end = line_start
    while text[end : end + 1] in (" ", "\t"):
        end += 1
    return end - line_start


def _line_start(text: str, offset: int) -> int:
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    return start + 1 if start == 0 and text.startswith("\ufeff") else start


def _line_end(text: str, offset: int) -> int:
    """The end of the line that `offset` is on; at a line's start, of the line before."""
    if text[offset - 1 : offset] == "\n":
        return offset - 2 if text[offset - 2 : offset] == "\r\n" else offset - 1
    if text[offset - 1 : offset] == "\r":
        return offset - 1
    found = _BREAK.search(text, offset)
    return found.start() if found else len(text)


def _column(text: str, offset: int) -> int:
    return offset - _line_start(text, offset)


def _newline(text: str, offset: int) -> str:
    """The line break in use near `offset`: the one that follows, else the first of the text."""
    found = _BREAK.search(text, offset) or _BREAK.search(text)
    return found.group() if found else "\n"
