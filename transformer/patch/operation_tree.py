"""What operations do to a document's value, as a tree that follows the value's own shape."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from transformer import pointer
from transformer.operations import Operation

ABSENT: Any = object()


@dataclass(slots=True)
class Change:
    """What the operations do to one value (`value`: replace it) and to what is below it."""

    value: Any = ABSENT
    appended: list[Any] = field(default_factory=list)
    children: "dict[str, Change]" = field(default_factory=dict)


def gather(operations: Iterable[Operation]) -> Change:
    """Return what `operations` (`add`, `replace`; no two on one pointer) do to a document."""
    root = Change()
    for operation in operations:
        if not operation.path:
            root.value = operation.value
            continue
        *parents, last = pointer.split(operation.path)
        change = root
        for token in parents:
            change = change.children.setdefault(token, Change())
        if last == "-":
            change.appended.append(operation.value)
        else:
            change.children.setdefault(last, Change()).value = operation.value
    return root
