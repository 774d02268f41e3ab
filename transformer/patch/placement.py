"""Where in the syntax tree a change takes effect: placements, each to become a few edits."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from transformer.errors import PatchError
from transformer.patch.operation_tree import ABSENT, Change
from transformer.yamltree.construct import entry
from transformer.yamltree.syntax import Mapping, Node, Sequence, Tree

Chain: TypeAlias = tuple[Node, ...]
"""The collections around a node in the text, the root first."""


@dataclass(frozen=True, slots=True)
class SetValue:
    """Write `value` where `node` stands; its parent is the last of `chain`."""

    node: Node
    chain: Chain
    value: Any


@dataclass(frozen=True, slots=True)
class AddEntries:
    """Add `entries` at the end of `mapping`."""

    mapping: Mapping
    chain: Chain
    entries: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AddItems:
    """Add `values` at the end of `sequence`."""

    sequence: Sequence
    chain: Chain
    values: list[Any]


@dataclass(frozen=True, slots=True)
class ExpandMerge:
    """Write `entries` in place of the merge entry with `index` in `mapping`."""

    mapping: Mapping
    chain: Chain
    index: int
    entries: dict[str, Any]


Placement: TypeAlias = SetValue | AddEntries | AddItems | ExpandMerge


def place(tree: Tree, change: Change) -> list[Placement]:
    """Return the placements of `change` in a tree without aliases (else: `aliases.place`).

    Raises:
        PatchError: a target is missing.
    """
    if tree.root is None:
        raise PatchError("the document is empty")
    placements: list[Placement] = []
    _descend(tree.root, change, (), placements)
    return placements


def _descend(node: Node, change: Change, chain: Chain, out: list[Placement]) -> None:
    """Place `change` at `node`, where no text is shared."""
    if change.value is not ABSENT:
        out.append(SetValue(node, chain, change.value))
        return
    below = (*chain, node)
    if isinstance(node, Sequence):
        if change.appended:
            out.append(AddItems(node, chain, change.appended))
        for token, child in change.children.items():
            _descend(item_at(node, token), child, below, out)
    elif isinstance(node, Mapping):
        added: dict[str, Any] = {}
        for key, child in change.children.items():
            found = entry(node, key)
            if found is not None:
                _descend(found[1], child, below, out)
            elif child.value is not ABSENT:
                added[key] = child.value
            else:
                raise PatchError(f"there is no {key} to change here", offset=node.start)
        if added:
            out.append(AddEntries(node, chain, added))
    else:
        raise PatchError("there is no mapping or sequence to change here", offset=node.start)


def item_at(node: Sequence, token: str) -> Node:
    """Return the item that a pointer token names.

    Raises:
        PatchError: there is none.
    """
    if not token.isdecimal() or int(token) >= len(node.items):
        raise PatchError(f"there is no item {token} here", offset=node.start)
    return node.items[int(token)]
