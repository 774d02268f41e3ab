"""The operations of a JSON patch, resolved to single steps on a plain value.

A step adds, replaces or removes one value. `move` is a removal and an addition, as RFC 6902 says.
`replace` of a collection by one of its kind becomes the steps that turn one into the other, so that
what both have keeps its text.
"""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

from transformer import pointer
from transformer.errors import MisfitError, PatchTestError
from transformer.operations import copy_of
from transformer.patch.json_patch import PatchOperation
from transformer.patch.verify import same
from transformer.regexes import regex

_INDEX = regex(r"0|[1-9][0-9]{0,17}")
_MANY = 40
"""More steps than this, and a collection is written anew: each step reads the document again."""

_ABOVE = (
    "an add makes nothing above its entry: add the mapping or list itself, with the entry in it"
)

_LONG = 60

Tokens: TypeAlias = tuple[str, ...]


class Step(NamedTuple):
    """One change of an object. `tokens` are those of the pointer from its root.

    `add` gives a mapping a new key, or inserts into a list, where an index may be its length.
    `replace` and `remove` concern a value that is there. `source`: the value is a copy of what is
    there.
    """

    op: Literal["add", "replace", "remove"]
    tokens: Tokens
    value: Any = None
    source: Tokens | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the step in the form of RFC 6902; it shares no value with this one."""
        members = {"op": self.op, "path": pointer.join("", *self.tokens)}
        return members if self.op == "remove" else members | {"value": copy_of(self.value)}


def resolved(value: Any, operation: PatchOperation) -> Iterator[Step]:
    """Yield the steps of `operation`; before the next one is taken, `value` is to have the last.

    `value` is the plain value of the object.

    Raises:
        PatchTestError: a `test` fails.
        MisfitError: the operation does not fit the value.
    """
    tokens = tuple(pointer.split(operation.path))
    source = tuple(pointer.split(operation.source))
    if operation.op == "add":
        yield from _adding(value, tokens, operation.value)
    elif operation.op == "replace":
        yield from _replacing(tokens, value_at(value, tokens), operation.value)
    elif operation.op == "remove":
        yield _removing(value, tokens)
    elif operation.op == "copy":
        copy = copy_of(value_at(value, source))  # which may be around the place it goes to
        yield from _adding(value, tokens, copy, source)
    elif operation.op == "test":
        _test(value_at(value, tokens), operation.value, operation.path)
    else:
        yield from _moving(value, source, tokens)


def _moving(value: Any, source: Tokens, tokens: Tokens) -> Iterator[Step]:
    moved = value_at(value, source)
    if tokens == source:
        return
    if tokens[: len(source)] == source:
        raise MisfitError("a value cannot be moved into itself", pointer=pointer.join("", *source))
    yield _removing(value, source)
    yield from _adding(value, tokens, moved, source)


def _removing(value: Any, tokens: Tokens) -> Step:
    if not tokens:
        raise MisfitError("the whole object cannot be removed", hint="delete its document instead")
    value_at(value, tokens)
    return Step("remove", tokens)


def _adding(value: Any, tokens: Tokens, new: Any, source: Tokens | None = None) -> Iterator[Step]:
    if not tokens:
        yield from _replacing((), value, new)
        return
    *above, last = tokens
    parent = value_at(value, tuple(above), _ABOVE)
    if isinstance(parent, dict):
        if last in parent:
            yield from _replacing(tokens, parent[last], new, source)
        else:
            yield Step("add", tokens, new, source)
    elif isinstance(parent, list):
        index = len(parent) if last == "-" else _index(last, len(parent), tokens, can_end=True)
        yield Step("add", (*above, str(index)), new, source)
    else:
        raise _nothing_below(tokens, _ABOVE)


def _replacing(tokens: Tokens, old: Any, new: Any, source: Tokens | None = None) -> Iterator[Step]:
    steps = list(_changes(tokens, old, new, source))
    if len(steps) > _MANY:
        steps = [Step("replace", tokens, new, source)]
    yield from steps


def _changes(tokens: Tokens, old: Any, new: Any, source: Tokens | None = None) -> Iterator[Step]:
    """Yield the steps that make `new` of `old`: of collections of a kind, only the differences."""
    if same(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() & new.keys():
        yield from (Step("remove", (*tokens, key)) for key in old if key not in new)
        for key, value in new.items():
            if key in old:
                yield from _changes((*tokens, key), old[key], value)
            else:
                yield Step("add", (*tokens, key), value)
    elif isinstance(old, list) and isinstance(new, list) and old and new:
        yield from _changes_of_list(tokens, old, new)
    else:
        yield Step("replace", tokens, new, source)


def _changes_of_list(tokens: Tokens, old: list[Any], new: list[Any]) -> Iterator[Step]:
    """Yield the steps between two lists: what they begin and end with in common stays."""
    shorter = min(len(old), len(new))
    head = next((i for i in range(shorter) if not same(old[i], new[i])), shorter)
    most = shorter - head
    tail = next((i for i in range(most) if not same(old[-1 - i], new[-1 - i])), most)
    for index in range(head, shorter - tail):
        yield from _changes((*tokens, str(index)), old[index], new[index])
    for index in reversed(range(shorter - tail, len(old) - tail)):
        yield Step("remove", (*tokens, str(index)))
    for index in range(shorter - tail, len(new) - tail):
        yield Step("add", (*tokens, str(index)), new[index])


def _test(found: Any, wanted: Any, path: str) -> None:
    if not _is_equal(found, wanted):
        raise PatchTestError(f"the value is {_shown(found)}, not {_shown(wanted)}", pointer=path)


def _is_equal(one: Any, other: Any) -> bool:
    """Whether JSON values are equal: numbers by their value, so that 1 is 1.0 but not true."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_is_equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_is_equal, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return (type(one) is type(other) and one == other) or _is_same_number(one, other)


def _is_same_number(one: Any, other: Any) -> bool:
    return isinstance(one, int | float) and isinstance(other, int | float) and one == other


def _shown(value: Any) -> str:
    import json

    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONG else f"{text[:_LONG]}..."


def value_at(value: Any, tokens: Tokens, hint: str = "") -> Any:
    """Return the value at the pointer with these tokens; `hint` is what to do if there is none.

    Raises:
        MisfitError: there is none.
    """
    for depth, token in enumerate(tokens, 1):
        if isinstance(value, dict):
            if token not in value:
                raise MisfitError(
                    f"there is no {pointer.join('', *tokens[:depth])}",
                    pointer=pointer.join("", *tokens[:depth]),
                    hint=_near(token, value) or hint,
                )
            value = value[token]
        elif isinstance(value, list):
            value = value[_index(token, len(value), tokens[:depth])]
        else:
            raise _nothing_below(tokens[:depth], hint)
    return value


def _near(token: str, mapping: dict[str, Any]) -> str:
    """Return what may have been meant by a key that is not there."""
    from difflib import get_close_matches

    close = get_close_matches(token, mapping, 1)
    return f"there is a key {close[0]}" if close else ""


def _nothing_below(tokens: Tokens, hint: str) -> MisfitError:
    above = pointer.join("", *tokens[:-1])
    message = f"{above or 'the root'} is neither a mapping nor a list"
    return MisfitError(message, pointer=above, hint=hint)


def _index(token: str, size: int, tokens: Tokens, *, can_end: bool = False) -> int:
    """Return the index in a list of that size; with `can_end`, it may be that of its end."""
    if _INDEX.fullmatch(token) and int(token) < size + can_end:
        return int(token)
    at = pointer.join("", *tokens[:-1])
    message = (
        f"there is no item {token}: {at or 'the root'} ends with item {size - 1}"
        if _INDEX.fullmatch(token) and size
        else f"{token!r} is no index of an item of {at or 'the root'}"
    )
    raise MisfitError(message, pointer=at)
