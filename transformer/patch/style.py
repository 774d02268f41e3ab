"""What a document's text shows of its author's habits, the nearest neighbours first."""

from collections.abc import Iterable, Iterator
from itertools import chain as chained
from itertools import islice, pairwise
from typing import TypeGuard, TypeVar

from transformer.patch import kyaml
from transformer.patch.lines import BREAK, SPACE, column, indentation, line_start
from transformer.patch.render import BlockStyle, FlowStyle, scalar
from transformer.yamltree.construct import construct
from transformer.yamltree.syntax import Chain, Collection, Mapping, Node, Scalar, Sequence, Tree

_ENOUGH = 200
"""So many neighbours show a habit, if there is one: each edit looks at them again."""


_LINE = 200
"""A collection on a longer line is no habit."""


def block_style(tree: Tree, chain: Chain) -> BlockStyle:
    """Return how blocks are laid out around the last collection of `chain`."""
    text = tree.text
    step = dash = gap = None
    for node in chained(reversed(chain), islice(_collections(tree.root), _ENOUGH)):
        if None not in (step, dash, gap):
            break
        if isinstance(node, Sequence) and not node.is_flow:
            gap = gap or _gap(text, node)
        if not isinstance(node, Mapping) or node.is_flow:
            continue
        own = column(text, node.start)
        for _, value in node.entries[:_ENOUGH]:
            if isinstance(value, Mapping) and not value.is_flow:
                step = step or max(column(text, value.start) - own, 0) or None
            elif isinstance(value, Sequence) and not value.is_flow and dash is None:
                dash = max(column(text, value.start) - own, 0)
                gap = gap or _gap(text, value)
    lists = _flow_lists(chain[-1])
    flow = flow_style(tree, reversed(lists.values())) if lists else FlowStyle()
    return BlockStyle(step or 2, dash or 0, gap or 2, frozenset(lists), flow)


def _flow_lists(node: Node) -> dict[str, Node]:
    """Return the lists that the items of a sequence write in brackets, by their keys."""
    return {
        key: value
        for item in (node.items[:_ENOUGH] if isinstance(node, Sequence) else ())
        if isinstance(item, Mapping)
        for key, (_, value) in zip(item.keys, item.entries, strict=True)
        if isinstance(value, Sequence) and is_flow(value)
    }


def _gap(text: str, sequence: Sequence) -> int | None:
    between = text[sequence.start + 1 : sequence.items[0].outer]
    return len(between) + 1 if between and not between.strip(" ") else None


def elements(node: Node) -> list[tuple[Node, Node]]:
    """Return the first elements of a collection, each as the nodes that begin and end it.

    These are the key and the value of an entry, and an item twice. Other nodes have no elements.
    """
    if isinstance(node, Sequence):
        return [(item, item) for item in node.items[:_ENOUGH]]
    return list(node.entries[:_ENOUGH]) if isinstance(node, Mapping) else []


def last_element(collection: Collection) -> tuple[Node, Node]:
    """Return the nodes that begin and end the last element of a collection that is not empty."""
    if isinstance(collection, Mapping):
        return collection.entries[-1]
    return collection.items[-1], collection.items[-1]


def _collections(node: Node | None) -> Iterator[Collection]:
    """Yield the collections below `node`, outer before inner, of wide ones the first elements."""
    if isinstance(node, Collection):
        yield node
        for _, value in elements(node):
            yield from _collections(value)


def flow_style(tree: Tree, neighbours: Iterable[Node]) -> FlowStyle:
    """Return how flow text and JSON are written around `neighbours`, the nearest first.

    The first of these that shows a habit decides it, else the collections within them. Whether an
    element takes a line of its own, the neighbours decide alone.
    """
    text = tree.text
    near = [node for node in neighbours if is_flow(node)]
    within = islice(chained.from_iterable(map(_collections, near)), _ENOUGH)
    around = [*near, *filter(is_flow, within)]
    if not tree.is_json and (step := _kyaml_step(text, near, around)):
        return FlowStyle(
            step=step,
            trailing=True,
            is_kyaml=True,
            is_cuddled=_first(_is_cuddled(text, node) for node in around) is not False,
            is_sorted=is_sorted(islice(_collections(tree.root), _ENOUGH)),
        )
    mappings = [node for node in around if isinstance(node, Mapping)]
    key_quote = next(map(_key_quote, mappings), "")
    quote = _first(_quote(node) for node in around)
    colon = _first(_colon(text, node) for node in mappings) or ": "
    if not key_quote:
        colon = ": "  # `{a:b}` is no mapping
    style = FlowStyle(
        _first(_comma(text, node) for node in around) or ("," if colon == ":" else ", "),
        colon,
        _first(_pad(text, node) for node in mappings) or "",
        _first(_pad(text, node) for node in around if isinstance(node, Sequence)) or "",
        key_quote,
        key_quote if quote is None else quote,
        tree.is_json,
    )
    if not (near and is_spread(text, near[0])):
        return style
    lines = (_short_height(text, node) for node in around)
    return style._replace(
        step=_step(text, near[0]),
        inline=max(lines, default=0),
        trailing=trailing_comma(text, near[0], element_end(near[0])) is not None,
    )


def _kyaml_step(text: str, near: list[Collection], around: list[Collection]) -> str | None:
    """Return by what KYAML is indented around `near`, or None if the text there is no KYAML.

    The nearest collection decides that is not cuddled. It is KYAML if it has each element on a line
    of its own, with a comma after the last one too, and if the nearest keys and strings have quotes
    as in KYAML.
    """
    nearest = next((node for node in near if not _is_cuddled(text, node)), None)
    if (
        nearest is None
        or not is_spread(text, nearest)
        or trailing_comma(text, nearest, element_end(nearest)) is None
        or not _first(map(_has_kyaml_keys, around))
        or not _first(map(_has_kyaml_strings, around))
    ):
        return None
    return _step(text, nearest)


def _is_cuddled(text: str, node: Collection) -> bool | None:
    """Whether the items of a list begin on the lines where its bracket and the items above end.

    None: it has items that are no spread collections, or comments, for which KYAML makes room.
    """
    if not isinstance(node, Sequence):
        return None
    edges = [node.start + 1]
    for item in node.items[:_ENOUGH]:
        if not isinstance(item, Collection) or (elements(item) and not is_spread(text, item)):
            return None
        edges += [item.outer, item.end]
    between = [text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=False)]
    return None if any("#" in one for one in between) else not BREAK.search("".join(between))


def _has_kyaml_keys(node: Collection) -> bool | None:
    """Whether keys that need no quotes have none; None: all need them."""
    if not isinstance(node, Mapping):
        return None
    styles = [
        key.style
        for key, _ in node.entries[:_ENOUGH]
        if isinstance(key, Scalar) and kyaml.is_unquoted(key.text)
    ]
    return not any(styles) if styles else None


def _has_kyaml_strings(node: Collection) -> bool | None:
    """Whether all strings are in double quotes; None: it has no strings."""
    styles = [
        value.style
        for _, value in elements(node)
        if isinstance(value, Scalar) and isinstance(construct(value), str)
    ]
    return set(styles) == {'"'} if styles else None


def is_sorted(collections: Iterable[Collection]) -> bool:
    """Whether the keys of each mapping are in the order of the alphabet, as kubectl prints them."""
    return all(
        above < below
        for node in collections
        if isinstance(node, Mapping)
        for above, below in pairwise(node.keys)
    )


def is_spread(text: str, node: Collection) -> bool:
    """Whether a flow collection has its elements below its bracket, the last on its own line."""
    last = last_element(node)[0].outer
    return bool(
        BREAK.search(text, node.start, _first_element(node))
        and not text[line_start(text, last) : last].strip()
    )


T = TypeVar("T")


def _first(found: Iterable[T | None]) -> T | None:
    return next((one for one in found if one is not None), None)


def is_flow(node: Node) -> TypeGuard[Collection]:
    """Whether it is a flow collection, and not an empty one."""
    return isinstance(node, Collection) and node.is_flow and bool(elements(node))


def _first_element(node: Collection) -> int:
    return elements(node)[0][0].outer


def _key_quote(node: Mapping) -> str:
    """Return the quote around each key, or an empty text."""
    return _common(
        [key.style if isinstance(key, Scalar) else "" for key, _ in node.entries[:_ENOUGH]]
    )


def _quote(node: Collection) -> str | None:
    """Return the quote around each string that could do without; None: it has none of these."""
    styles = [
        value.style
        for _, value in elements(node)
        if isinstance(value, Scalar) and value.text == scalar(value.text)
    ]
    return _common(styles) if styles else None


def _common(styles: list[str]) -> str:
    return styles[0] if set(styles) in ({"'"}, {'"'}) else ""


def _colon(text: str, node: Mapping) -> str | None:
    key, value = node.entries[0]
    between = text[key.end : value.start]
    return between if between in (":", ": ", " : ") and value.start < value.end else None


def _comma(text: str, node: Collection) -> str | None:
    if len(elements(node)) < 2:
        return None
    (key, value), (second, _), *_ = elements(node)
    between = text[max(key.end, value.end) : second.start]
    return None if BREAK.search(between) else "," if between == "," else ", "


def _pad(text: str, node: Collection) -> str | None:
    """Return the blank behind the opening bracket, if the first element is on its line."""
    if text[node.start] not in "{[":
        return None
    between = text[node.start + 1 : _first_element(node)]
    if BREAK.search(between):
        return None
    return " " if between[:1] in (" ", "\t") else ""


def _step(text: str, node: Collection) -> str:
    """Return by what the elements of a spread collection are indented."""
    inner = indentation(text, _first_element(node))
    for bracket in (node.end - 1, node.start):
        outer = indentation(text, bracket)
        if inner.startswith(outer) and inner != outer:
            return inner[len(outer) :]
    return "  "


def _short_height(text: str, node: Collection) -> int:
    """Return how many levels a collection on one short line has; 0 of any other."""
    is_long = node.end - node.start > _LINE or BREAK.search(text, node.start, node.end)
    return 0 if is_long else _height(node)


def _height(node: Node) -> int:
    return 1 + max((_height(value) for _, value in elements(node)), default=-1)


def element_end(collection: Collection) -> int:
    """Return where the last element of a collection ends."""
    key, value = last_element(collection)
    return max(key.end, value.end)


def trailing_comma(text: str, collection: Collection, end: int) -> int | None:
    """Return where the comma ends that follows the last element (which ends at `end`), or None."""
    space = SPACE.match(text, end)
    at = space.end() if space else end
    return at + 1 if text.startswith(",", at) and at < collection.end - 1 else None
