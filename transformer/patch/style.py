"""What a document's text shows of its author's habits, the nearest neighbours first."""

from collections.abc import Iterable, Iterator
from itertools import chain as chained
from itertools import islice

from transformer.patch.lines import column, indentation
from transformer.patch.placement import Chain
from transformer.patch.render import BlockStyle, FlowStyle
from transformer.yamltree.nodes import Alias, Mapping, Node, Scalar, Sequence, Tree

_ENOUGH = 200
"""So many neighbours show a habit, if there is one: each edit looks at them again."""


def block_style(tree: Tree, chain: Chain) -> BlockStyle:
    """Return how blocks are laid out around the last collection of `chain`."""
    text = tree.text
    step = dash = gap = None
    for node in chained(reversed(chain), islice(_collections(tree.root), _ENOUGH)):
        if step is not None and gap is not None:
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
    return BlockStyle(step or 2, dash or 0, gap or 2, _flow_keys(chain[-1]))


def _flow_keys(node: Node) -> frozenset[str]:
    """The keys whose lists the items of a sequence write in brackets."""
    items = node.items[:_ENOUGH] if isinstance(node, Sequence) else ()
    return frozenset(
        key
        for item in items
        if isinstance(item, Mapping)
        for key, (_, value) in zip(item.keys, item.entries, strict=True)
        if isinstance(value, Sequence) and value.is_flow and value.items
    )


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


def flow_style(tree: Tree, neighbours: Iterable[Node]) -> FlowStyle:
    """Return how flow text is written; the first of `neighbours` that shows a habit decides it.

    YAML flow: whether braces are padded, and keys double-quoted. JSON: how commas and colons are
    spaced, which is the same throughout a document.
    """
    if tree.is_json:
        return _json_style(tree)
    text = tree.text
    for node in neighbours:
        if isinstance(node, Mapping) and node.is_flow and node.entries:
            quoted = all(isinstance(key, Scalar) and key.style == '"' for key, _ in node.entries)
            padded = text[node.start : node.start + 2] == "{ "
            return FlowStyle(pad=" " if padded else "", quote='"' if quoted else "")
    return FlowStyle()


def _json_style(tree: Tree) -> FlowStyle:
    text, root = tree.text, tree.root
    if not isinstance(root, Mapping) or not root.entries:
        return FlowStyle(is_json=True)
    value = root.entries[0][1]
    colon = ":" if text[value.start - 1] == ":" else ": "
    comma = "," if colon == ":" else ", "
    if len(root.entries) > 1:
        comma = "," if text[value.end : root.entries[1][0].start] == "," else ", "
    return FlowStyle(comma, colon, is_json=True)


def is_pretty(tree: Tree) -> bool:
    """Whether this is a JSON document with an element a line."""
    root = tree.root
    return (
        tree.is_json
        and isinstance(root, Mapping)
        and bool(root.entries)
        and "\n" in tree.text[root.start : root.entries[0][0].start]
    )


def json_step(tree: Tree) -> str:
    """Return one step of a pretty JSON document's indentation."""
    text, root = tree.text, tree.root
    if isinstance(root, Mapping) and root.entries and is_pretty(tree):
        inner, outer = indentation(text, root.entries[0][0].start), indentation(text, root.start)
        if inner.startswith(outer) and inner != outer:
            return inner[len(outer) :]
    return "  "
