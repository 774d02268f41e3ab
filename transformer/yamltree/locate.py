"""The place in the text that a JSON pointer means, across merge keys and aliases."""

from transformer import pointer
from transformer.yamltree.construct import deciding
from transformer.yamltree.syntax import Alias, Mapping, Node, Scalar, Sequence


class Places:
    """The places in one document with the root node `root` (None if the document is empty)."""

    def __init__(self, root: Node | None) -> None:
        self.root = root
        self._entries: dict[int, dict[str, tuple[Node, Node]]] = {}
        """The entries of each mapping, by its identity: each key may be looked up."""

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
                entries = self._entries.get(id(node))
                if entries is None:
                    entries = self._entries[id(node)] = deciding(node)
                if token not in entries:
                    break
                key, node = entries[token]
                is_empty = isinstance(node, Scalar) and node.start == node.end
                offset = key.start if is_empty or (at_key and left == 1) else node.start
            elif isinstance(node, Sequence) and token.isdecimal() and int(token) < len(node.items):
                node = node.items[int(token)]
                offset = node.start
            else:
                break
        return offset
