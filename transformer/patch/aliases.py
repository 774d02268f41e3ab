"""Placement where anchors, aliases and merge keys let one text serve several places.

Where every user of an anchor needs the same change, the anchor's own text is changed once.
Otherwise a user is detached: an explicit value is written over its alias, or beside its `<<`, or
in place of its `<<` (SPEC, section 6.4).
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from transformer import pointer
from transformer.errors import PatchError
from transformer.patch.operation_tree import ABSENT, NOTHING, Change
from transformer.patch.placement import (
    AddEntries,
    AddItems,
    Chain,
    ExpandMerge,
    Placement,
    SetValue,
    item_at,
)
from transformer.yamltree.construct import construct, entry, merged
from transformer.yamltree.syntax import MERGE_KEY, Alias, Mapping, Node, Sequence, Tree

Tokens: TypeAlias = tuple[str, ...]
"""A place in the document's value: the unescaped tokens of a JSON pointer."""


def place(tree: Tree, change: Change) -> list[Placement]:
    """Return the placements of `change`.

    Raises:
        PatchError: a target is missing, or places that share text cannot be told apart.
    """
    return _Sharing(tree, change).placements


class _Sharing:
    """Placement in a document with aliases.

    `pointers` says at which places of the value each node counts, `receivers` into which places a
    mapping is merged. A place that was detached from the text it shared no longer counts.
    """

    def __init__(self, tree: Tree, change: Change) -> None:
        assert tree.root is not None
        self.change = change
        self.placements: list[Placement] = []
        self.pointers: dict[int, list[Tokens]] = {}
        self.receivers: dict[int, list[tuple[Mapping, Tokens]]] = {}
        self.aliases: dict[int, list[Alias]] = {}
        self.chains: dict[int, Chain] = {}
        self.detached: set[Tokens] = set()
        self.beside: dict[tuple[int, str], Change] = {}
        self.expanded: dict[int, dict[str, Change]] = {}
        self.done: set[int] = set()
        self.agreed: dict[int, tuple[int, Change, bool]] = {}
        self.separated: set[int] = set()
        self._chart(tree.root, ())
        self._visit(tree.root, ())
        self._descend(tree.root, ())

    def _chart(self, node: Node, chain: Chain) -> None:
        """Note what stands around each node of the text, and the aliases of each anchor."""
        self.chains[id(node)] = chain
        below = (*chain, node)
        if isinstance(node, Mapping):
            for _, value in node.entries:
                self._chart(value, below)
        elif isinstance(node, Sequence):
            for item in node.items:
                self._chart(item, below)
        elif isinstance(node, Alias):
            self.aliases.setdefault(id(node.target), []).append(node)

    def _visit(self, slot: Node, at: Tokens) -> None:
        """Walk the value, aliases and merges followed, noting where each node counts."""
        self.pointers.setdefault(id(slot), []).append(at)
        node = slot.target if isinstance(slot, Alias) else slot
        if node is not slot:
            self.pointers.setdefault(id(node), []).append(at)
        if isinstance(node, Mapping):
            if MERGE_KEY in node.keys:
                for provider in _providers(node):
                    self.receivers.setdefault(id(provider), []).append((node, at))
            for key in _effective_keys(node):
                found = entry(node, key)
                assert found is not None
                self._visit(found[1], (*at, key))
        elif isinstance(node, Sequence):
            for index, item in enumerate(node.items):
                self._visit(item, (*at, str(index)))

    def _change_at(self, at: Tokens) -> Change:
        change = self.change
        for token in at:
            if change.value is not ABSENT or token not in change.children:
                return NOTHING
            change = change.children[token]
        return change

    def _live(self, places: Iterable[Tokens]) -> Iterator[Tokens]:
        for at in places:
            if not any(at[:length] in self.detached for length in range(len(at) + 1)):
                yield at

    def _agree(self, node: Node, change: Change) -> bool:
        """Whether every user of `node`'s text needs `change`, what it is merged into included.

        Each of its users asks, and there may be thousands of them.
        """
        known = self.agreed.get(id(node))
        if known is None or known[0] != len(self.detached) or known[1] != change:
            known = (len(self.detached), change, self._all_agree(node, change))
            self.agreed[id(node)] = known
        return known[2]

    def _all_agree(self, node: Node, change: Change) -> bool:
        return self._places_agree(node, change) and not any(
            self._differs((*at, key), child)
            for receiver, at in self.receivers.get(id(node), ())
            for key, child in change.children.items()
            if (found := entry(receiver, key)) is None or found[0] is node
        )

    def _places_agree(self, node: Node, change: Change) -> bool:
        places = self.pointers.get(id(node), ())
        return all(self._change_at(at) == change for at in self._live(places))

    def _descend(self, node: Node, at: Tokens) -> None:
        """Place the change that every live place of `node` needs."""
        if id(node) in self.done:
            return
        self.done.add(id(node))
        change = self._change_at(at)
        chain = self.chains[id(node)]
        if change.value is not ABSENT:
            self.placements.append(SetValue(node, chain, change.value))
        elif isinstance(node, Sequence):
            if change.appended:
                self.placements.append(AddItems(node, chain, change.appended))
            for token in change.children:
                self._below(node, node, item_at(node, token), (*at, token))
        elif isinstance(node, Mapping):
            added: dict[str, Any] = {}
            for key, child in change.children.items():
                found = entry(node, key)
                if found is not None:
                    self._below(node, found[0], found[1], (*at, key))
                elif child.value is ABSENT:
                    raise PatchError(f"there is no {key} to change here", offset=node.start)
                elif not self._comes_by_merge(node, key, child):
                    self._spare_receivers(node, key, child)
                    added[key] = child.value
            if added:
                self.placements.append(AddEntries(node, chain, added))
        else:
            raise PatchError("there is no mapping or sequence to change here", offset=node.start)

    def _comes_by_merge(self, node: Mapping, key: str, child: Change) -> bool:
        """Whether a mapping that is merged into `node` gets the same new key itself."""
        return any(
            self._change_at((*at, key)) == child
            for provider in _providers(node)
            for at in self._live(self.pointers.get(id(provider), ()))
        )

    def _below(self, node: Node, owner: Node, slot: Node, at: Tokens) -> None:
        """Place the change at `at`, whose text `slot` stands in `owner` (`node`, or merged in)."""
        change = self._change_at(at)
        target = slot.target if isinstance(slot, Alias) else slot
        if not any(True for _ in self._live([at])):
            return  # it was written out for another's sake, its own change included
        if self._agree(target, change):
            self._descend(target, at)
        elif owner is not node and isinstance(node, Mapping):
            for place in list(self._live(self.pointers[id(node)])):
                self._write_beside(node, at[-1], slot, place)
        else:
            if isinstance(slot, Alias):
                self._write_out(slot, change)
                return
            self._spare_all(slot, change)
            if not self._places_agree(slot, change):
                raise self._conflict(slot, at)
            self._descend(slot, at)

    def _write_out(self, alias: Alias, change: Change) -> None:
        """Write the explicit value over an alias; all its places need the same change."""
        places = list(self._live(self.pointers[id(alias)]))
        if any(self._change_at(at) != change for at in places):
            for outer in self.chains[id(alias)]:
                self._separate(outer)
            places = list(self._live(self.pointers[id(alias)]))
            if any(self._change_at(at) != change for at in places):
                raise self._conflict(alias, places[0])
        value = change.apply(construct(alias.target))
        self.placements.append(SetValue(alias, self.chains[id(alias)], value))
        self.detached.update(places)

    def _separate(self, node: Node) -> None:
        """Detach the users of an anchor's text that need something else than its own place."""
        aliases = self.aliases.get(id(node), [])
        receivers = self.receivers.get(id(node), [])
        if id(node) in self.separated or not (aliases or receivers):
            return
        self.separated.add(id(node))
        borrowed = {at for alias in aliases for at in self.pointers.get(id(alias), ())}
        own = [at for at in self._live(self.pointers.get(id(node), ())) if at not in borrowed]
        for at in own[:1]:
            self._spare_all(node, self._change_at(at))

    def _spare_all(self, node: Node, change: Change) -> None:
        for alias in self.aliases.get(id(node), ()):
            self._spare_user(alias, change)
        for receiver, place in self.receivers.get(id(node), ()):
            self._spare_receiver_of_keys(receiver, place, node, change)

    def _write_beside(self, receiver: Mapping, key: str, slot: Node, at: Tokens) -> None:
        """Write `key` explicitly into a mapping at `at` that has it by a merge, from `slot`."""
        place = (*at, key)
        change = self._change_at(place)
        written = self.beside.get((id(receiver), key))
        if key in receiver.keys:
            own = receiver.entries[receiver.keys.index(key)][0]
            merge = receiver.entries[receiver.keys.index(MERGE_KEY)][0]
            raise PatchError(
                f"{key} is set here and again by the << below it",
                offset=own.start,
                hint="kubectl lets the << win; keep one of the two",
                other=merge.start,
            )
        if written not in (None, change):
            raise self._conflict(receiver, place)
        if written is None:
            self.beside[id(receiver), key] = change
            value = change.apply(construct(slot))
            self.placements.append(AddEntries(receiver, self.chains[id(receiver)], {key: value}))
        self.detached.add(place)
        for further, beyond in self.receivers.get(id(receiver), ()):
            found = entry(further, key)
            if found is None or found[1] is not slot:
                continue
            if self._differs((*beyond, key), change):
                self._write_beside(further, key, slot, beyond)
            else:
                self.detached.add((*beyond, key))  # what is written here serves it too

    def _spare_user(self, alias: Alias, change: Change) -> None:
        """Give an alias what it has today (or needs itself) if its anchor's text will differ."""
        places = list(self._live(self.pointers.get(id(alias), ())))
        if any(self._change_at(at) != change for at in places):
            self._write_out(alias, self._change_at(places[0]))

    def _spare_receiver_of_keys(
        self, receiver: Mapping, at: Tokens, provider: Node, change: Change
    ) -> None:
        """Keep what changes below `provider` out of a mapping that it is merged into."""
        for key, child in change.children.items():
            found = entry(receiver, key)
            if found is not None and found[0] is provider and self._differs((*at, key), child):
                self._write_beside(receiver, key, found[1], at)

    def _differs(self, place: Tokens, change: Change) -> bool:
        return any(True for _ in self._live([place])) and self._change_at(place) != change

    def _spare_receivers(self, provider: Mapping, key: str, child: Change) -> None:
        """Keep a key that `provider` gets out of the mappings it is merged into."""
        for receiver, at in self.receivers.get(id(provider), ()):
            is_live = any(True for _ in self._live([at]))
            if is_live and not entry(receiver, key) and self._change_at((*at, key)) != child:
                self._expand_merge(receiver, at)

    def _expand_merge(self, receiver: Mapping, at: Tokens) -> None:
        """Write what a mapping at `at` has by its merge key in place of that key."""
        names = [name for name in _effective_keys(receiver) if name not in receiver.keys]
        changes = {
            name: self._change_at((*at, name))
            for name in names
            if (id(receiver), name) not in self.beside
        }
        known = self.expanded.setdefault(id(receiver), changes)
        if not changes or known != changes:
            raise self._conflict(receiver, at)
        if known is changes:
            entries = {}
            for name, change in changes.items():
                found = entry(receiver, name)
                assert found is not None
                entries[name] = change.apply(construct(found[1]))
            index = receiver.keys.index(MERGE_KEY)
            chain = self.chains[id(receiver)]
            self.placements.append(ExpandMerge(receiver, chain, index, entries))
        self.detached.update((*at, name) for name in names)

    def _conflict(self, node: Node, at: Tokens) -> PatchError:
        anchor = node.target if isinstance(node, Alias) else node
        return PatchError(
            f"{pointer.join('', *at)} shares its text with another place that needs another change",
            offset=node.start,
            hint="write the shared part out where it is used",
            other=anchor.start,
        )


def _providers(mapping: Mapping) -> Iterator[Mapping]:
    for key, (_, value) in zip(mapping.keys, mapping.entries, strict=True):
        if key == MERGE_KEY:
            for provider in merged(value):
                yield provider
                yield from _providers(provider)


def _effective_keys(mapping: Mapping) -> list[str]:
    keys = dict.fromkeys(key for key in mapping.keys if key != MERGE_KEY)
    if MERGE_KEY in mapping.keys:
        for provider in _providers(mapping):
            keys.update(dict.fromkeys(key for key in provider.keys if key != MERGE_KEY))
    return list(keys)
