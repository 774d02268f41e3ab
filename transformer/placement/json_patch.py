"""JSON patches as OpenYurt's library applies them, to values that remember where they come from.

It differs from RFC 6902: an index may count from the end (-1), the first part of a path that does
not begin with a slash is ignored, `replace` adds a key that is missing, an operation without a
value has the value null, and nothing can be below a null.

Source: github.com/evanphx/json-patch v5.6.0, patch.go.
"""

from dataclasses import dataclass
from typing import Any

from transformer import pointer
from transformer.kubernetes.placeholders import is_placeholder
from transformer.regexes import regex

OPERATIONS = ("add", "remove", "replace")
"""Those that the API server accepts in a YurtAppSet."""


@dataclass(slots=True)
class Node:
    """A value whose mappings and lists hold nodes, and where in the manifest it is written."""

    value: Any
    origin: str


class Misfit(Exception):
    """A patch fails. The first argument is the reason."""


class NotKnown(Exception):
    """A placeholder decides what a patch does."""


def tree(value: Any, origin: str) -> Node:
    """Return a plain value as a node, written at `origin` of the manifest."""
    if isinstance(value, dict):
        return Node(
            {key: tree(item, pointer.join(origin, key)) for key, item in value.items()}, origin
        )
    if isinstance(value, list):
        return Node([tree(item, f"{origin}/{index}") for index, item in enumerate(value)], origin)
    return Node(value, origin)


def plain(node: Node) -> Any:
    """Return a node as a plain value."""
    if isinstance(node.value, dict):
        return {key: plain(item) for key, item in node.value.items()}
    if isinstance(node.value, list):
        return [plain(item) for item in node.value]
    return node.value


def tokens(path: str) -> list[str]:
    """Return the tokens of the path of a patch.

    Raises:
        Misfit: it has no slash.
    """
    _, slash, rest = path.partition("/")
    if not slash:
        raise Misfit(f"the path {path!r} names no field")
    return pointer.split(slash + rest)


def apply(document: Node, operation: str, path: str, value: Node) -> None:
    """Apply one operation to `document`.

    Raises:
        Misfit: it fails.
        NotKnown: a placeholder is in its way.
    """
    *way, last = tokens(path)
    parent = document
    for token in way:
        parent = _child(parent, token, path)
    if isinstance(parent.value, dict):
        if operation != "remove":
            parent.value[last] = value
        elif parent.value.pop(last, None) is None:
            raise Misfit(f"there is no {path} to remove")
    elif isinstance(parent.value, list):
        _change_list(parent.value, operation, last, path, value)
    else:
        raise _nothing_below(parent, path)


def _child(parent: Node, token: str, path: str) -> Node:
    found: Node | None = None
    if isinstance(parent.value, dict):
        found = parent.value.get(token)
    elif isinstance(parent.value, list):
        found = parent.value[_index(token, len(parent.value), path)]
    if found is None:
        raise _nothing_below(parent, path)
    return found


def _nothing_below(parent: Node, path: str) -> Exception:
    if is_placeholder(parent.value):
        return NotKnown()
    above = path.rpartition("/")[0]
    return Misfit(f"{above} is missing, or is neither a mapping nor a list")


def _change_list(items: list[Node], operation: str, last: str, path: str, value: Node) -> None:
    if operation == "add":
        index = len(items) if last == "-" else _index(last, len(items) + 1, path)
        items.insert(index, value)
        return
    index = _index(last, len(items), path)
    if operation == "remove":
        del items[index]
    else:
        items[index] = value


_INDEX = regex(r"[-+]?[0-9]{1,18}")


def _index(token: str, size: int, path: str) -> int:
    if _INDEX.fullmatch(token) and -size <= (index := int(token)) < size:
        return index % size
    raise Misfit(f"{token!r} is no index of the list in {path}")
