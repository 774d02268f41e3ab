"""Random operations on a manifest, but not on its metadata: additions, and other values."""

import random
from collections.abc import Iterator
from typing import Any

from transformer import pointer
from transformer.operations import Operation

_KEYS = (
    "zone", "a", "Z", "example.com/x", "app.kubernetes.io/name", "1", "true", "no", "a b", "-x",
    "é", "2024-01-02", "x_y", "0x1f", "k.", "m-n",
)  # fmt: skip
_STRINGS = (
    "", "plain", "two words", "true", "1", "a: b", 'say "x"', "back\\slash", "tab\there", "é 😀",
    "one\ntwo\n", "one\n\n  two", "\tone\n", "http://x:80/", "\n",
)  # fmt: skip
_OTHERS: tuple[Any, ...] = (0, 1, -5, 80, True, False, None, 1.5, {}, [])
_FIXED = ("/apiVersion", "/kind")


def added(generator: random.Random, value: Any) -> list[Operation]:
    """Return one to three operations that add to what `value` has, and replace nothing.

    To a list comes what is like its items: a collection, or a scalar.
    """
    places = list(_collections(_without_metadata(value), ""))
    operations = []
    for place, found in generator.sample(places, min(len(places), generator.randint(1, 3))):
        if isinstance(found, dict):
            absent = [key for key in _KEYS if key not in found]
            for key in generator.sample(absent, min(len(absent), generator.randint(1, 2))):
                operations.append(Operation("add", pointer.join(place, key), _value(generator, 3)))
        else:
            item = _value(generator, 3)
            while found and isinstance(item, dict | list) != isinstance(found[0], dict | list):
                item = _value(generator, 3)
            operations.append(Operation("add", f"{place}/-", item))
    return operations


def replaced(generator: random.Random, value: Any) -> list[Operation]:
    """Return an operation that replaces a scalar or an empty collection of a mapping."""
    places = [
        pointer.join(place, key)
        for place, found in _collections(_without_metadata(value), "")
        if isinstance(found, dict)
        for key, inner in found.items()
        if not (isinstance(inner, dict | list) and inner)
    ]
    places = [place for place in places if place not in _FIXED]
    if not places:
        return []
    return [Operation("replace", generator.choice(places), _value(generator, 3))]


def _without_metadata(value: Any) -> Any:
    """Return a manifest without its metadata, where kubectl takes certain types only."""
    return {key: inner for key, inner in value.items() if key != "metadata"}


def _collections(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Yield the collections of `value` with their pointers; of lists those of one kind of items."""
    if isinstance(value, dict):
        yield place, value
        for key, inner in value.items():
            yield from _collections(inner, pointer.join(place, key))
    elif isinstance(value, list):
        if len({isinstance(item, dict | list) for item in value}) < 2:
            yield place, value
        for index, inner in enumerate(value):
            yield from _collections(inner, pointer.join(place, index))


def _value(generator: random.Random, depth: int) -> Any:
    kind = generator.random()
    if not depth or kind < 0.5:
        return generator.choice(_STRINGS if generator.random() < 0.6 else _OTHERS)
    count = generator.randint(1, 3)
    if kind < 0.75:
        keys = generator.sample(_KEYS, count)
        return {key: _value(generator, depth - 1) for key in keys}
    return [_value(generator, depth - 1) for _ in range(count)]
