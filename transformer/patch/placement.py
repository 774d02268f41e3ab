"""Where in the syntax tree operations take effect: placements, each to become a few edits."""

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeAlias

from transformer import pointer
from transformer.errors import PatchError
from transformer.operations import Operation
from transformer.yamltree.syntax import Chain, Collection, Mapping, Node, Sequence, Tree


class SetValue(NamedTuple):
    """Write `value` in place of `node`; its parent is the last of `chain`."""

    node: Node
    chain: Chain
    value: Any


class Add(NamedTuple):
    """Add to the end of `collection`: entries (a dict) or items (a list)."""

    collection: Collection
    chain: Chain
    added: Any


class ExpandMerge(NamedTuple):
    """Write `entries` in place of the merge entry with the index `at` in `mapping`."""

    mapping: Mapping
    chain: Chain
    at: int
    entries: dict[str, Any]


class Insert(NamedTuple):
    """Insert `value` into `sequence`, before its item with this index."""

    sequence: Sequence
    chain: Chain
    at: int
    value: Any


class Remove(NamedTuple):
    """Remove entries or items of `collection`, from index `at` to `end`, exclusive, but not all."""

    collection: Collection
    chain: Chain
    at: int
    end: int


Placement: TypeAlias = SetValue | Add | ExpandMerge | Insert | Remove


class _Change:
    """What the operations do at one pointer, and below it.

    The last of `values` is written there; where the pointer is the `-` of a sequence, all of them
    are appended.
    """

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.children: dict[str, _Change] = {}


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
        change = root
        for token in pointer.split(operation.path):
            change = change.children.setdefault(token, _Change())
        change.values.append(operation.value)
    return root


def _descend(node: Node, change: _Change, chain: Chain, out: list[Placement]) -> None:
    """Place `change` at `node`, where no text is shared."""
    if change.values:
        out.append(SetValue(node, chain, change.values[-1]))
        return
    if isinstance(node, Sequence):
        for token, child in change.children.items():
            if token == "-" and child.values:
                out.append(Add(node, chain, child.values))
            elif token.isdecimal() and int(token) < len(node.items):
                _descend(node.items[int(token)], child, (*chain, node), out)
            else:
                raise PatchError(f"there is no item {token} here", offset=node.start)
    elif isinstance(node, Mapping):
        present = dict(zip(node.keys, node.entries, strict=True))
        added: dict[str, Any] = {}
        for key, child in change.children.items():
            if key in present:
                _descend(present[key][1], child, (*chain, node), out)
            elif child.values:
                added[key] = child.values[-1]
            else:
                raise PatchError(f"there is no {key} to change here", offset=node.start)
        if added:
            out.append(Add(node, chain, added))
    else:
        raise PatchError("there is no mapping or sequence to change here", offset=node.start)
