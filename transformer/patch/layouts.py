"""Placements to edits: text in the style of its neighbours, at the place where people expect it."""

from collections.abc import Iterator

from transformer.patch import block_layout, flow_layout
from transformer.patch.edits import Edit
from transformer.patch.placement import Add, ExpandMerge, Placement, SetValue
from transformer.yamltree.syntax import Tree


def edits(tree: Tree, placement: Placement) -> Iterator[Edit]:
    """Yield the edits that make `placement` in the tree's text.

    Raises:
        PatchError: there is no way to write it here without changing something else.
    """
    match placement:
        case Add(collection, chain, added):
            inside = tree.text[collection.start + 1 : collection.end - 1]
            if not collection.is_flow:
                yield block_layout.add(tree, collection, chain, added)
            elif not inside.strip() and chain and not chain[-1].is_flow:
                yield from block_layout.fill(tree, collection, chain, added)
            else:
                yield from flow_layout.add(tree, collection, chain, added)
        case ExpandMerge(mapping, chain, index, entries):
            yield block_layout.expand_merge(tree, mapping, chain, index, entries)
        case SetValue(node, chain, value):
            yield from block_layout.set_value(tree, node, chain, value)
