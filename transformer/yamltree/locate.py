"""The place in the text that a JSON pointer means, across merge keys and aliases."""

from transformer import pointer
from transformer.yamltree.construct import entry, merged
from transformer.yamltree.syntax import MERGE_KEY, Alias, Mapping, Node, Scalar, Sequence

_MANY = 32
"""A mapping with as many keys gets an index, because each key may be looked up."""


class Places:
    """The places in one document with the root node `root` (None if the document is empty)."""

    def __init__(self, root: Node | None) -> None:
        self.root = root
        self._indexes: dict[int, dict[str, tuple[Mapping, int]]] = {}

    def offset_of(self, at: str, *, at_key: bool = False) -> int:
        """Return the offset of the value at pointer `at`, or of its nearest parent that exists.

        For an empty value it is the offset of its key; with `at_key`, for any value.
        """
        if self.root is None:
            return 0
        node, offset = self.root, self.root.start
        tokens = pointer.split(at)
        for left, token in zip(range(len(tokens), 0, -1), tokens, strict=True):
            node = node.target if isinstance(node, Alias) else node
            if isinstance(node, Mapping):
                found = self._entry(node, token)
                if found is None:
                    break
                key, node = found
                is_empty = isinstance(node, Scalar) and node.start == node.end
                offset = key.start if is_empty or (at_key and left == 1) else node.start
            elif isinstance(node, Sequence) and token.isdecimal() and int(token) < len(node.items):
                node = node.items[int(token)]
                offset = node.start
            else:
                break
        return offset

    def _entry(self, mapping: Mapping, key: str) -> tuple[Node, Node] | None:
        """Return the key node and the value node that decide `key`, as `construct.entry` does."""
        if len(mapping.keys) < _MANY and MERGE_KEY not in mapping.keys:
            found = entry(mapping, key)
            return found and _pair(*found)
        place = self._index(mapping).get(key)
        return place and place[0].entries[place[1]]

    def _index(self, mapping: Mapping) -> dict[str, tuple[Mapping, int]]:
        """Return, by key of `mapping`, the mapping and the index in it that decide the key."""
        known = self._indexes.get(id(mapping))
        if known is None:
            known = {}
            for index, key in enumerate(mapping.keys):
                if key == MERGE_KEY:
                    for provider in reversed(list(merged(mapping.entries[index][1]))):
                        known.update(self._index(provider))
                else:
                    known[key] = (mapping, index)
            self._indexes[id(mapping)] = known
        return known


def _pair(owner: Mapping, value: Node) -> tuple[Node, Node]:
    return next(own for own in owner.entries if own[1] is value)
