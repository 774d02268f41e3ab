"""Edits in flow collections and JSON: on the same line, or on lines of their own as the others."""

import re
from collections.abc import Iterator
from typing import Any

from transformer.patch import render
from transformer.patch.lines import indentation, line_end, line_start, newline
from transformer.patch.placement import Chain
from transformer.patch.style import flow_style, is_pretty, json_step
from transformer.text.edits import Edit
from transformer.yamltree.nodes import Mapping, Node, Sequence, Tree

_SPACE = re.compile(r"(?:\s|(?<=\s)#[^\r\n]*+)*+")


def add(tree: Tree, collection: Mapping | Sequence, chain: Chain, added: Any) -> Iterator[Edit]:
    """Yield the edits that add at the end of `collection`: entries (a dict) or items (a list)."""
    text = tree.text
    style = flow_style(tree, (*_items_last_first(collection), collection, *reversed(chain)))
    elements = _elements(collection)
    if text[collection.start] not in "{[":  # a single pair in a sequence: `[a: b]`
        yield Edit(collection.start, collection.start, "{")
        yield Edit(collection.end, collection.end, f", {joined(added, style)}}}")
    elif not elements:
        yield _fill(tree, collection, added, style)
    elif _has_line_of_its_own(text, collection, elements[-1]):
        lines = _lines(tree, elements[-1].start, added, style)
        yield from _add_lines(text, collection, lines)
    else:
        end = _element_end(collection)
        comma = _trailing_comma(text, collection, end)
        if comma is None:
            yield Edit(end, end, style.comma + joined(added, style))
        else:
            yield Edit(comma, comma, style.comma[1:] + joined(added, style))


def _fill(tree: Tree, collection: Mapping | Sequence, added: Any, style: render.FlowStyle) -> Edit:
    """Fill an empty collection, white space and comments in it kept out of the way."""
    text = tree.text
    inside = collection.start + 1
    if not is_pretty(tree):
        pad = style.pad if isinstance(collection, Mapping) else ""
        end = inside if text[inside : collection.end - 1].strip() else collection.end - 1
        return Edit(inside, end, f"{pad}{joined(added, style)}{pad}")
    outer = indentation(text, collection.start)
    lines = _lines(tree, collection.start, added, style, json_step(tree))
    line_break = newline(text, collection.start)
    body = f",{line_break}".join(lines)
    return Edit(inside, collection.end - 1, f"{line_break}{body}{line_break}{outer}")


def _add_lines(text: str, collection: Mapping | Sequence, lines: list[str]) -> Iterator[Edit]:
    """Add elements, each on a line of its own, as the last element is."""
    line_break = newline(text, collection.start)
    block = "".join(f",{line_break}{line}" for line in lines)
    end = _element_end(collection)
    comma = _trailing_comma(text, collection, end)
    if comma is not None:
        at = min(line_end(text, comma), collection.end - 1)
        yield Edit(at, at, block[1:] + ",")
        return
    at = line_end(text, end)
    if at < collection.end and text[end:at].strip():  # a comment follows on this line
        yield Edit(end, end, ",")
        yield Edit(at, at, block[1:])
    else:
        yield Edit(end, end, block)


def value_text(tree: Tree, at: int, chain: Chain, value: Any) -> str:
    """Return `value` as flow text for the place `at`, in the manner of what stands around it."""
    style = flow_style(tree, reversed(chain))
    if not is_pretty(tree):
        return render.flow(value, style)
    lines = render.json_lines(value, json_step(tree), style.colon)
    return (newline(tree.text, at) + indentation(tree.text, at)).join(lines)


def joined(added: Any, style: render.FlowStyle) -> str:
    """Return entries (a dict) or items (a list) on one line, without brackets around them."""
    if isinstance(added, dict):
        return style.comma.join(
            f"{render.flow(key, style)}{style.colon}{render.flow(value, style)}"
            for key, value in added.items()
        )
    return style.comma.join(render.flow(value, style) for value in added)


def _lines(tree: Tree, at: int, added: Any, style: render.FlowStyle, deeper: str = "") -> list[str]:
    """Return each added element as text that begins a line (in pretty JSON: several lines).

    It is indented as the line of offset `at` is, and by `deeper`.
    """
    indent = indentation(tree.text, at) + deeper
    single = [{key: value} for key, value in added.items()] if isinstance(added, dict) else added
    if not is_pretty(tree):
        return [indent + joined(one if isinstance(added, dict) else [one], style) for one in single]
    step, line_break = json_step(tree), newline(tree.text, at)
    texts = [render.json_lines(one, step, style.colon) for one in single]
    if isinstance(added, dict):  # without the braces, a step to the left
        texts = [[line[len(step) :] for line in lines[1:-1]] for lines in texts]
    return [line_break.join(indent + line for line in lines) for lines in texts]


def _items_last_first(collection: Mapping | Sequence) -> list[Node]:
    return list(reversed(collection.items)) if isinstance(collection, Sequence) else []


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


def _has_line_of_its_own(text: str, collection: Mapping | Sequence, last: Node) -> bool:
    start = line_start(text, last.start)
    return start > collection.start and not text[start : last.start].strip(" \t")


def _trailing_comma(text: str, collection: Mapping | Sequence, end: int) -> int | None:
    """Return where the comma behind the last element ends, if there is one."""
    space = _SPACE.match(text, end)
    at = space.end() if space else end
    return at + 1 if text.startswith(",", at) and at < collection.end - 1 else None
