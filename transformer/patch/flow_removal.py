"""An element goes from a flow collection or JSON, with its comma, and with its line if it has one.

Comments behind it on its line, and comment lines directly above it, belong to it.
"""

from collections.abc import Iterator

from transformer.patch import flow_layout
from transformer.patch.block_elements import element_end, element_nodes, size_of, without_lines
from transformer.patch.edits import Edit
from transformer.patch.lines import BREAK, SPACE, line_end, line_start
from transformer.patch.style import trailing_comma
from transformer.regexes import regex
from transformer.yamltree.syntax import Collection, Tree

_REST = regex(r"[ \t]*(?:#[^\r\n]*)?(?=[\r\n])")


def remove(tree: Tree, collection: Collection, index: int, stop: int) -> Iterator[Edit]:
    """Yield the edits that remove some elements, from `index` to `stop`."""
    text = tree.text
    is_last = stop == size_of(collection)
    region, start = _region(text, collection, index)
    end = element_end(collection, stop - 1)
    comma = trailing_comma(text, collection, end)
    after = comma or end
    has_lines = _has_lines(text, region, start, after)
    if is_last and comma is None:
        above = element_end(collection, index - 1)
        if flow_layout.needs_comma(tree, text[:above], end):
            above = region
        elif has_lines or "#" in text[above:start]:
            yield Edit(region - 1, region, "")
        if not has_lines and "#" not in text[above:start]:
            yield Edit(above, end, "")
            return
    if has_lines:
        yield without_lines(text, _lines_start(text, region, start), line_end(text, after))
    elif is_last:
        yield Edit(region if comma else start, after, "")
    else:
        following = element_nodes(collection, stop)[0].outer
        is_near = not BREAK.search(text, after, following)
        space = SPACE.match(text, after)
        if is_near and space is not None:
            yield Edit(start, space.end(), "")
        else:
            yield Edit(region, after, "")


def _region(text: str, collection: Collection, index: int) -> tuple[int, int]:
    """Return where the bracket or comma before an element ends, and where the element begins."""
    region = collection.start + 1
    if index:
        space = SPACE.match(text, element_end(collection, index - 1))
        assert space is not None
        region = space.end() + 1
    space = SPACE.match(text, region)
    start = element_nodes(collection, index)[0].outer
    return region, min(space.end(), start) if space else start


def _has_lines(text: str, region: int, start: int, after: int) -> bool:
    """Whether an element has lines that hold nothing else but comments."""
    begin = line_start(text, start)
    is_first = begin >= region and not text[begin:start].strip(" \t")
    return is_first and _REST.match(text, after) is not None


def _lines_start(text: str, region: int, start: int) -> int:
    """Return where the lines of an element begin, with the comment lines directly above it."""
    begin = line_start(text, start)
    while True:
        above = line_start(text, line_end(text, begin))
        if above < region or not text[above:begin].lstrip(" \t").startswith("#"):
            return begin
        begin = above
