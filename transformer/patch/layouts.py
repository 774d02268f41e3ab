"""Placements to edits: text in the style of its neighbours, at the place where people expect it."""

from collections.abc import Iterator

from transformer.patch import block_layout, flow_layout
from transformer.patch.edits import Edit
from transformer.patch.placement import (
    AddEntries,
    AddItems,
    Chain,
    ExpandMerge,
    Placement,
    SetValue,
)
from transformer.yamltree.syntax import Mapping, Sequence, Tree


def edits(tree: Tree, placement: Placement) -> Iterator[Edit]:
    """Yield the edits that make `placement` in the tree's text.

    Raises:
        PatchError: there is no way to write it here without changing something else.
    """
    match placement:
        case AddEntries(mapping, chain, entries):
            yield from _add(tree, mapping, chain, entries)
        case AddItems(sequence, chain, values):
            yield from _add(tree, sequence, chain, values)
        case ExpandMerge(mapping, chain, index, entries):
            yield block_layout.expand_merge(tree, mapping, chain, index, entries)
        case SetValue(node, chain, value):
            yield from block_layout.set_value(tree, node, chain, value)


def _add(tree: Tree, collection: Mapping | Sequence, chain: Chain, added: object) -> Iterator[Edit]:
    if not collection.is_flow:
        yield block_layout.add(tree, collection, chain, added)
    elif _is_blank(tree.text, collection) and chain and not _is_flow(chain[-1]):
        yield from block_layout.fill(tree, collection, chain, added)
    else:
        yield from flow_layout.add(tree, collection, chain, added)


def _is_blank(text: str, collection: Mapping | Sequence) -> bool:
    return not text[collection.start + 1 : collection.end - 1].strip()


def _is_flow(node: object) -> bool:
    return isinstance(node, Mapping | Sequence) and node.is_flow
