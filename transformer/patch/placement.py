"""Where in the syntax tree operations take effect: placements, each to become a few edits."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from transformer import pointer
from transformer.errors import PatchError
from transformer.operations import Operation
from transformer.yamltree.construct import entry
from transformer.yamltree.syntax import Mapping, Node, Sequence, Tree

Chain: TypeAlias = tuple[Node, ...]
"""The collections around a node in the text, the root first."""


@dataclass(frozen=True, slots=True)
class SetValue:
    """Write `value` in place of `node`; its parent is the last of `chain`."""

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


_ABSENT: Any = object()


@dataclass(slots=True)
class _Change:
    """What the operations do to one value (`value`: replace it) and to what is below it."""

    value: Any = _ABSENT
    appended: list[Any] = field(default_factory=list)
    children: "dict[str, _Change]" = field(default_factory=dict)


def place(tree: Tree, operations: Iterable[Operation]) -> list[Placement]:
    """Return the placements of `operations` (`add`, `replace`; no two on one pointer).

    The tree has no aliases (else: `aliases.place`), so only what changes is looked at.

    Raises:
        PatchError: a target is missing.
    """
    if tree.root is None:
        raise PatchError("the document is empty")
    placements: list[Placement] = []
    _descend(tree.root, _gather(operations), (), placements)
    return placements


def _gather(operations: Iterable[Operation]) -> _Change:
    """Return what `operations` do to a document."""
    root = _Change()
    for operation in operations:
        if not operation.path:
            root.value = operation.value
            continue
        *parents, last = pointer.split(operation.path)
        change = root
        for token in parents:
            change = change.children.setdefault(token, _Change())
        if last == "-":
            change.appended.append(operation.value)
        else:
            change.children.setdefault(last, _Change()).value = operation.value
    return root


def _descend(node: Node, change: _Change, chain: Chain, out: list[Placement]) -> None:
    """Place `change` at `node`, where no text is shared."""
    if change.value is not _ABSENT:
        out.append(SetValue(node, chain, change.value))
        return
    below = (*chain, node)
    if isinstance(node, Sequence):
        if change.appended:
            out.append(AddItems(node, chain, change.appended))
        for token, child in change.children.items():
            _descend(_item_at(node, token), child, below, out)
    elif isinstance(node, Mapping):
        added: dict[str, Any] = {}
        for key, child in change.children.items():
            found = entry(node, key)
            if found is not None:
                _descend(found[1], child, below, out)
            elif child.value is not _ABSENT:
                added[key] = child.value
            else:
                raise PatchError(f"there is no {key} to change here", offset=node.start)
        if added:
            out.append(AddEntries(node, chain, added))
    else:
        raise PatchError("there is no mapping or sequence to change here", offset=node.start)


def _item_at(node: Sequence, token: str) -> Node:
    """Return the item that a pointer token names.

    Raises:
        PatchError: there is none.
    """
    if not token.isdecimal() or int(token) >= len(node.items):
        raise PatchError(f"there is no item {token} here", offset=node.start)
    return node.items[int(token)]
