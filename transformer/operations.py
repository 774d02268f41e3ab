"""The JSON patch operations (RFC 6902) that rules need: `add` and `replace`."""

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from transformer import pointer


class Operation(NamedTuple):
    """One operation. `path` is a JSON pointer (RFC 6901); `value` is plain, never modified."""

    op: Literal["add", "replace"]
    path: str
    value: Any

    def as_dict(self) -> dict[str, Any]:
        """Return the operation in the form of RFC 6902; it shares no value with this one."""
        return {"op": self.op, "path": self.path, "value": copy_of(self.value)}

    def below(self, base: str) -> "Operation":
        """Return the operation for a document that has the root of this one at `base`."""
        return Operation(self.op, base + self.path, self.value) if base else self


def copy_of(value: Any) -> Any:
    """Return a plain value that shares no dict or list with `value`."""
    if isinstance(value, dict):
        return {key: copy_of(item) for key, item in value.items()}
    if isinstance(value, list):
        return [copy_of(item) for item in value]
    return value


def fold(operations: Iterable[Operation]) -> list[Operation]:
    """Return operations with the same effect, none of which changes the value of another.

    A later operation inside the value of an earlier one is applied to that value.
    """
    folded: list[Operation] = []
    places: dict[str, int] = {}
    for operation in operations:
        index = next((places[above] for above in _above(operation.path) if above in places), None)
        if index is None:
            if not operation.path.endswith("/-"):
                places[operation.path] = len(folded)
            folded.append(operation)
            continue
        earlier = folded[index]
        value = operation.value
        if tokens := pointer.split(operation.path[len(earlier.path) :]):
            value = copy_of(earlier.value)
            _set(value, tokens, operation.value)
        folded[index] = Operation(earlier.op, earlier.path, value)
    return folded


def _above(path: str) -> Iterator[str]:
    """Yield the pointers from the root's child to `path` itself."""
    end = path.find("/", 1)
    while end >= 0:
        yield path[:end]
        end = path.find("/", end + 1)
    yield path


def _set(value: Any, tokens: list[str], new: Any) -> None:
    *parents, last = tokens
    for token in parents:
        value = value[int(token)] if isinstance(value, list) else value[token]
    if isinstance(value, dict):
        value[last] = new
    elif last == "-":
        value.append(new)
    else:
        value[int(last)] = new
