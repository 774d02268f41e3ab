"""Edits in flow collections and JSON: on the same line, or on lines of their own as the others."""

from bisect import bisect
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from transformer.patch import render
from transformer.patch.edits import Edit
from transformer.patch.lines import SPACE, indentation, line_end, line_start, newline
from transformer.patch.style import (
    element_end,
    elements,
    flow_style,
    is_flow,
    is_spread,
    last_element,
    trailing_comma,
)
from transformer.regexes import regex
from transformer.yamltree import syntax
from transformer.yamltree.syntax import Chain, Collection, Mapping, Node, Tree


def add(tree: Tree, collection: Collection, chain: Chain, added: Any) -> Iterator[Edit]:
    """Yield the edits that add at the end of `collection`: entries (a dict) or items (a list)."""
    for edit in _add(tree, collection, chain, added):
        yield from off_tabs(tree, edit)


def _add(tree: Tree, collection: Collection, chain: Chain, added: Any) -> Iterator[Edit]:
    text = tree.text
    last = collection.items[-1:-4:-1] if isinstance(collection, syntax.Sequence) else ()
    style = flow_style(tree, (*last, collection, *reversed(chain)))
    if text[collection.start] not in "{[":  # a single pair in a sequence: `[a: b]`
        yield Edit(collection.start, collection.start, "{")
        yield Edit(collection.end, collection.end, f", {render.flow_elements(added, style)}}}")
    elif not elements(collection):
        yield _fill(tree, collection, added, style)
    elif style.is_sorted and isinstance(collection, Mapping):
        yield from _add_sorted(text, collection, added, style)
    elif _has_line_of_its_own(text, collection, last_element(collection)[0].start):
        yield from _add_lines(text, collection, added, style)
    else:
        end = element_end(collection)
        comma = trailing_comma(text, collection, end)
        body = _on_the_line(text, last_element(collection)[0], added, style)
        if comma is None:
            yield Edit(end, end, style.comma + body)
        else:
            yield Edit(comma, comma, style.comma[1:] + body)


def insert(tree: Tree, sequence: syntax.Sequence, chain: Chain, index: int, value: Any) -> Edit:
    """Return the edit that inserts an item before another one, on its own line if that has one."""
    text = tree.text
    item = sequence.items[index]
    style = flow_style(tree, (item, sequence, *reversed(chain)))
    at = item.outer
    if _has_line_of_its_own(text, sequence, at):
        indent, line_break = indentation(text, at), newline(text, at)
        (lines,) = render.element_lines([value], style)
        return Edit(at, at, f"{_joined(lines, line_break, indent)},{line_break}{indent}")
    return Edit(at, at, render.flow_elements([value], style) + style.comma)


def _fill(tree: Tree, collection: Collection, added: Any, style: render.FlowStyle) -> Edit:
    """Fill an empty collection, white space and comments in it kept out of the way.

    KYAML has elements of a list below each other where it has a comment.
    """
    text = tree.text
    inside, end = collection.start + 1, collection.end - 1
    content = text[inside:end].rstrip()
    if content and style.is_kyaml:
        _, *lines, _ = render.flow_lines(added, style._replace(is_cuddled=False))
        head = newline(text, inside) + indentation(text, inside)
        at = inside + len(content)
        return Edit(at, at, "".join(head + line for line in lines))
    if content:
        pad = style.pad if isinstance(collection, Mapping) else style.list_pad
        return Edit(inside, inside, f"{pad}{render.flow_elements(added, style)}{pad}")
    return Edit(inside, end, _text(text, collection.start, added, style)[1:-1])


def _add_lines(
    text: str, collection: Collection, added: Any, style: render.FlowStyle
) -> Iterator[Edit]:
    """Add elements, each on a line of its own, as the last element is."""
    last = last_element(collection)[0].start
    block = _block(text, last, added, style)
    end = element_end(collection)
    comma = trailing_comma(text, collection, end)
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


def _block(text: str, neighbour: int, added: Any, style: render.FlowStyle) -> str:
    """Return elements, each behind a comma and on lines of its own, as the one at `neighbour`."""
    line_break, indent = newline(text, neighbour), indentation(text, neighbour)
    return "".join(
        f",{line_break}{indent}{_joined(lines, line_break, indent)}"
        for lines in render.element_lines(added, style)
    )


def _add_sorted(
    text: str, mapping: Mapping, added: dict[str, Any], style: render.FlowStyle
) -> Iterator[Edit]:
    """Add entries to a mapping with an entry a line, each where the alphabet has it."""
    places: dict[int, dict[str, Any]] = {}
    for key, value in added.items():
        index = bisect(mapping.keys, key)
        below = mapping.entries[index:]
        if below and not _has_line_of_its_own(text, mapping, below[0][0].start):
            index = len(mapping.entries)
        places.setdefault(index, {})[key] = value
    for index, entries in places.items():
        if index == len(mapping.entries):
            yield from _add_lines(text, mapping, entries, style)
            continue
        above = mapping.start + 1
        if index:
            above = max(node.end for node in mapping.entries[index - 1])
            above = trailing_comma(text, mapping, above) or above
        at = line_end(text, above)
        block = _block(text, mapping.entries[index][0].start, entries, style)
        yield Edit(at, at, block[1:] + ",")


def value_text(tree: Tree, at: int, chain: Chain, value: Any) -> str:
    """Return `value` as flow text for the place `at`, in the style of the text around it."""
    return _text(tree.text, at, value, flow_style(tree, reversed(chain)))


def _text(text: str, at: int, value: Any, style: render.FlowStyle) -> str:
    """Return `value` as flow text that begins in the line of the offset `at`."""
    return _joined(render.flow_lines(value, style), newline(text, at), indentation(text, at))


def _on_the_line(text: str, last: Node, added: Any, style: render.FlowStyle) -> str:
    """Return elements that go behind `last` on its line; on more lines only if it is spread too."""
    if not style.is_kyaml and not (is_flow(last) and is_spread(text, last)):
        return render.flow_elements(added, style)
    line_break, indent = newline(text, last.start), indentation(text, last.end - 1)
    found = render.element_lines(added, style)
    return style.comma.join(_joined(lines, line_break, indent) for lines in found)


def _joined(lines: Sequence[str], line_break: str, indent: str) -> str:
    """Return lines as one text, each but the first one behind `indent`.

    Below a plain scalar, spaces stand for tabs: the parser refuses a tab there.
    """
    text = lines[0]
    for above, line in pairwise(lines):
        text += line_break + (indent if above[-1] in _ENDS else indent.expandtabs()) + line
    return text


def off_tabs(tree: Tree, edit: Edit) -> Iterator[Edit]:
    """Yield an edit in flow text, with a comma if what it writes ends as `needs_comma` says.

    A comma that is there comes nearer.
    """
    text = tree.text
    if not needs_comma(tree, edit.replacement, edit.end):
        yield edit
        return
    yield edit._replace(replacement=f"{edit.replacement},")
    found = SPACE.match(text, edit.end)
    if found and text.startswith(",", found.end()):
        yield Edit(found.end(), found.end() + 1, "")


def needs_comma(tree: Tree, written: str, below: int) -> bool:
    """Whether a line break and a tab, at `below`, follow a text that ends in a plain scalar.

    The parser refuses the tab there, but not below a comma.
    """
    return not tree.is_json and written[-1:] not in _ENDS and _is_above_tab(tree.text, below)


_BLANK = regex(r"[ \t\r\n]*")
_ENDS = ",{[}]\"'"
"""What a line in a flow collection ends with, unless it is a plain scalar."""


def _is_above_tab(text: str, offset: int) -> bool:
    """Whether there are line breaks and then blanks with a tab."""
    found = _BLANK.match(text, offset)
    _, _, below = (found.group() if found else "").replace("\r", "\n").partition("\n")
    return "\t" in below


def _has_line_of_its_own(text: str, collection: Collection, last: int) -> bool:
    start = line_start(text, last)
    return start > collection.start and not text[start:last].strip(" \t")
