"""From a JSON pointer to the place in the text, merge keys and aliases followed."""

from transformer.yamltree import pointer
from transformer.yamltree.nodes import Alias, Mapping, Node, Scalar, Sequence
from transformer.yamltree.plain import entry


def offset_of(root: Node | None, at: str) -> int:
    """Return the offset of the value at pointer `at`, or of its nearest parent that exists.

    An empty value is said to be where its key is.
    """
    if root is None:
        return 0
    node, offset = root, root.start
    for token in pointer.split(at):
        node = node.target if isinstance(node, Alias) else node
        if isinstance(node, Mapping):
            found = entry(node, token)
            if found is None:
                break
            owner, node = found
            offset = node.start
            if isinstance(node, Scalar) and node.start == node.end:
                offset = _key_offset(owner, node)
        elif isinstance(node, Sequence) and token.isdecimal() and int(token) < len(node.items):
            node = node.items[int(token)]
            offset = node.start
        else:
            break
    return offset


def _key_offset(mapping: Mapping, value: Node) -> int:
    return next(key.start for key, own in mapping.entries if own is value)
