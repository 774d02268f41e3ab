"""Placement where anchors, aliases and merge keys let one text serve several places.

The tree is walked once, in the order of its text, together with the value that it is to have. The
text of an anchor becomes what its own place needs. An alias that needs something else is replaced
by its value. A mapping that would get something else by its `<<` has the difference written into
it; where it would get a key too many, what it needs is written in place of the `<<`.
"""

from typing import Any, NamedTuple

from transformer.errors import PatchError
from transformer.patch.placement import Add, ExpandMerge, Insert, Placement, Remove, SetValue
from transformer.patch.verify import same
from transformer.yamltree.construct import construct, deciding
from transformer.yamltree.syntax import (
    MERGE_KEY,
    Alias,
    Chain,
    Collection,
    Mapping,
    Node,
    Sequence,
    Tree,
)


class Shift(NamedTuple):
    """An item of `sequence` that is new in the value that is wanted, or is no longer there."""

    sequence: Sequence
    at: int
    is_removed: bool


def place(tree: Tree, wanted: Any, shift: Shift | None = None) -> list[Placement]:
    """Return the placements that make the text of `tree` mean `wanted`.

    `shift` says which of a sequence's items moved by one; elsewhere the items of a sequence are
    those with the same indexes, and further ones are new.

    Raises:
        PatchError: a key is set in a mapping and again by a `<<` below it.
    """
    assert tree.root is not None
    walk = _Walk(shift)
    walk.visit(tree.root, (), wanted)
    return walk.placements


class _Walk:
    """The placements so far, and what the text of each anchor means once they are made.

    `meanings` has the anchors that are left, by the identity of their nodes.
    """

    def __init__(self, shift: Shift | None) -> None:
        self.shift = shift
        self.placements: list[Placement] = []
        self.meanings: dict[int, Any] = {}

    def visit(self, node: Node, chain: Chain, wanted: Any) -> None:
        """Place what `node` needs to mean `wanted`."""
        if isinstance(node, Alias):
            is_kept = id(node.target) in self.meanings and same(self.meaning(node), wanted)
        elif isinstance(node, Mapping):
            is_kept = isinstance(wanted, dict) and (
                not node.keys
                or not wanted.keys().isdisjoint(node.keys)
                or (MERGE_KEY in node.keys and bool(wanted))
            )
        elif isinstance(node, Sequence):
            is_kept = isinstance(wanted, list) and (
                len(node.items) <= len(wanted) or bool(wanted and self.is_shifted(node))
            )
        else:
            is_kept = same(construct(node), wanted)
        if not is_kept:
            self.placements.append(SetValue(node, chain, wanted))
        elif isinstance(node, Mapping):
            self.visit_mapping(node, chain, wanted)
        elif isinstance(node, Sequence):
            self.visit_sequence(node, chain, wanted)
        if node.anchor is not None:
            self.meanings[id(node)] = wanted

    def meaning(self, alias: Alias) -> Any:
        """Return what an alias will mean; None where its anchor is gone."""
        return self.meanings.get(id(alias.target))

    def is_shifted(self, node: Sequence) -> bool:
        """Whether an item of `node` is inserted or removed."""
        return self.shift is not None and self.shift.sequence is node

    def remove(self, node: Collection, chain: Chain, index: int) -> None:
        """Place the removal of an element, as one with that of those directly before it."""
        above = self.placements[-1] if self.placements else None
        if isinstance(above, Remove) and above.collection is node and above.end == index:
            self.placements[-1] = above._replace(end=index + 1)
        else:
            self.placements.append(Remove(node, chain, index, index + 1))

    def visit_sequence(self, node: Sequence, chain: Chain, wanted: list[Any]) -> None:
        """Place what `node` needs to mean `wanted`."""
        items, values = list(node.items), wanted
        if self.shift is not None and self.is_shifted(node):
            index = self.shift.at
            if self.shift.is_removed:
                self.remove(node, chain, index)
                del items[index]
            else:
                self.placements.append(Insert(node, chain, index, wanted[index]))
                values = wanted[:index] + wanted[index + 1 :]
        for item, value in zip(items, values, strict=False):
            self.visit(item, (*chain, node), value)
        if added := values[len(items) :]:
            self.placements.append(Add(node, chain, added))

    def visit_mapping(self, node: Mapping, chain: Chain, wanted: dict[str, Any]) -> None:
        """Place what `node` needs to mean `wanted`."""
        below = (*chain, node)
        slots = deciding(node)
        held: dict[str, Any] = {}
        for index, (name, (key, value)) in enumerate(zip(node.keys, node.entries, strict=True)):
            if name != MERGE_KEY and name not in wanted:
                self.remove(node, chain, index)
                continue
            if isinstance(key, Alias) or key.anchor is not None:
                self.visit(key, below, construct(key))
            if name == MERGE_KEY:
                held = self.visit_merge(node, index, chain, wanted, held)
            else:
                held[name] = wanted[name] if slots[name][1] is value else construct(value)
                self.visit(value, below, held[name])
        added = {
            name: value
            for name, value in wanted.items()
            if name not in held or not same(held[name], value)
        }
        if added:
            self.placements.append(Add(node, chain, added))

    def visit_merge(
        self, node: Mapping, index: int, chain: Chain, wanted: dict[str, Any], held: dict[str, Any]
    ) -> dict[str, Any]:
        """Keep the `<<` with `index` in `node`, or write what it should bring in its place.

        Return what the text of `node` has up to there; up to the `<<` it has `held`.
        """
        key, value = node.entries[index]
        brought = self.brought(value, wanted, {*node.keys[index + 1 :]})
        providers = brought if isinstance(brought, list) else [brought]
        got = dict(held)
        for provider in reversed(providers):
            got.update(provider if isinstance(provider, dict) else {})
        if (
            all(isinstance(provider, dict) for provider in providers)
            and got.keys() <= wanted.keys()
            and all(same(got[name], wanted[name]) for name in held)
        ):
            self.visit(value, (*chain, node), brought)
            return got
        overridden = [name for name in held if not same(held[name], wanted[name])]
        if overridden:
            name = next((it for it in overridden if not same(got[it], wanted[it])), overridden[0])
            raise PatchError(
                f"{name} is set here and again by the << below it",
                offset=node.entries[node.keys.index(name)][0].start,
                hint="kubectl lets the << win; keep one of the two",
                other=key.start,
            )
        own_names = {*node.keys} & wanted.keys()
        absent = {name: value for name, value in wanted.items() if name not in own_names}
        entries = {name: value for name, value in absent.items() if name in got} or absent
        is_followed = any(name in wanted for name in node.keys[index + 1 : index + 2])
        if entries or is_followed:
            self.placements.append(ExpandMerge(node, chain, index, entries))
        else:
            self.remove(node, chain, index)
        return held | entries

    def brought(self, value: Node, wanted: dict[str, Any], taken: set[str]) -> Any:
        """Return what a `<<` with `value` brings into a mapping that is to be `wanted`.

        `taken` are the keys that something stronger decides; those of `value` are added.
        """
        if isinstance(value, Sequence):
            return [self.brought(item, wanted, taken) for item in value.items]
        if isinstance(value, Alias):
            brought = self.meaning(value)
        else:
            assert isinstance(value, Mapping)
            brought = {
                name: wanted[name] if name in wanted and name not in taken else construct(slot)
                for name, (_, slot) in deciding(value).items()
            }
        if isinstance(brought, dict):
            taken.update(brought)
        return brought
