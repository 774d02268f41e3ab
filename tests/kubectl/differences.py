"""Where we read YAML otherwise than kubectl, on purpose; `docs/yaml.md` explains each by name."""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from tests.kubectl.vectors import Vector
from transformer.errors import InputError
from transformer.text.framing import raw_documents
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse
from transformer.yamltree.scalars import resolve_key

_MARK_OF_LINE = re.compile(r"(?<=[\r\n])\ufeff")
"""A byte order mark that begins a line, but not the text."""

_DIRECTIVES = re.compile(r"\A(?:%[^\r\n]*[\r\n]+)+")


def read_by_us(text: str) -> Any:
    """Return the plain value of the one document in `text`. Raises: InputError."""
    (raw,) = (raw for raw in raw_documents([text.encode()]) if raw.data.strip())
    return construct(parse(raw.data.decode()).root)


def is_same_as_by_kubectl(vector: Vector, ours: Any) -> bool:
    """Whether our value of a document that kubectl reads is kubectl's."""
    return isinstance(ours, dict) and _is_same(ours.get("probe"), json.loads(vector.json or ""))


def _is_same(ours: Any, kubectls: Any) -> bool:
    if isinstance(ours, dict) and isinstance(kubectls, dict):
        return ours.keys() == kubectls.keys() and all(
            _is_same(ours[key], kubectls[key]) for key in ours
        )
    if isinstance(ours, list) and isinstance(kubectls, list):
        return len(ours) == len(kubectls) and all(map(_is_same, ours, kubectls))
    if isinstance(ours, float) and type(kubectls) in (int, float):
        return ours == float(kubectls)  # kubectl prints a float such as 1e17 as 100000000000000000
    return type(ours) is type(kubectls) and bool(ours == kubectls)


def _is_not_finite(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_is_not_finite, value.values()))
    if isinstance(value, list):
        return any(map(_is_not_finite, value))
    return isinstance(value, float) and not math.isfinite(value)


def _is_read_as(ours: Any, text: str) -> bool:
    """Whether we read `text` to the same value, not-a-number minded."""
    return not isinstance(ours, InputError) and repr(ours) == repr(read_by_us(text))


def keys_that_stand_twice(text: str) -> set[str]:
    """Return the keys that stand twice in one mapping of a document, as kubectl names keys.

    From the events alone: that a mapping has a key twice shall not be our tree's word.
    """
    twice: set[str] = set()

    def take(names: list[str]) -> None:
        twice.update(name for name in names if names.count(name) > 1)

    def take_pairs(pairs: list[tuple[str, Any]]) -> None:
        take([name for name, _ in pairs])

    try:
        json.loads(text, object_pairs_hook=take_pairs)
    except ValueError:
        twice.clear()
        events = iter(yaml.parse(text, Loader=yaml.CSafeLoader))
        anchors: dict[str | None, Any] = {}
        for event in events:
            if isinstance(event, yaml.CollectionStartEvent | yaml.ScalarEvent):
                for names in _keys_below(event, events, anchors):
                    take(names)
    return twice


def _keys_below(
    event: Any, events: Iterator[Any], anchors: dict[str | None, Any]
) -> Iterator[list[str]]:
    """Yield the keys of each mapping in the node that begins with `event`."""
    if isinstance(event, yaml.ScalarEvent) and event.anchor:
        anchors[event.anchor] = event
    if not isinstance(event, yaml.CollectionStartEvent):
        return
    names = []
    is_key = True
    for child in events:
        if isinstance(child, yaml.CollectionEndEvent):
            break
        if is_key and isinstance(event, yaml.MappingStartEvent):
            names.append(_name(anchors[child.anchor] if type(child) is yaml.AliasEvent else child))
        is_key = not is_key
        yield from _keys_below(child, events, anchors)
    yield names


def _name(key: Any) -> str:
    is_text = key.tag is None and key.implicit == (False, True) and not key.style
    return resolve_key(key.value, key.style or "", "tag:yaml.org,2002:str" if is_text else key.tag)


def _stands_twice(vector: Vector, ours: Any) -> bool:
    if vector.json is None or not isinstance(ours, InputError) or ours.rule != "HN902":
        return False
    twice = keys_that_stand_twice(vector.yaml)
    return any(ours.message == f"duplicate key '{key}' in a mapping" for key in twice)


def _skips_a_mark(vector: Vector, ours: Any) -> bool:
    without = _MARK_OF_LINE.sub("", vector.yaml)
    is_taken_as_text = (
        "mapping values are not allowed in this context" in vector.refused
        or "could not find expected ':'" in vector.refused
    )
    return without != vector.yaml and is_taken_as_text and _is_read_as(ours, without)


def _reads_directives(vector: Vector, ours: Any) -> bool:
    without = _DIRECTIVES.sub("", vector.yaml)
    is_refused = (
        "found incompatible YAML document" in vector.refused
        or "line 1: did not find expected <document start>" in vector.refused
    )
    return without != vector.yaml and is_refused and _is_read_as(ours, without)


def _takes_any_timestamp(vector: Vector, ours: Any) -> bool:
    is_refused = "cannot decode !!" in vector.refused  # it ends with the line
    without = vector.yaml.replace("!!timestamp", "!!str")
    return without != vector.yaml and is_refused and _is_read_as(ours, without)


def _reads_an_escaped_slash(vector: Vector, ours: Any) -> bool:
    without = vector.yaml.replace("\\/", "/")
    is_refused = "found unknown escape character" in vector.refused
    return without != vector.yaml and is_refused and _is_read_as(ours, without)


def _ends_in_a_block_scalar(vector: Vector, ours: Any) -> bool:
    is_open = vector.json is not None and not vector.yaml.endswith(("\n", "\r"))
    return is_open and is_same_as_by_kubectl(vector, read_by_us(vector.yaml + "\n"))


DIFFERENCES: Mapping[str, Callable[[Vector, Any], bool]] = {
    "duplicate keys": _stands_twice,
    "byte order marks": _skips_a_mark,
    "directives": _reads_directives,
    "infinity and not-a-number": lambda vector, ours: (
        vector.refused.startswith("json: ") and _is_not_finite(ours)
    ),
    "timestamps": _takes_any_timestamp,
    "escaped slash": _reads_an_escaped_slash,
    "no newline after a block scalar": _ends_in_a_block_scalar,
}

COUNTS: Mapping[str, int] = {
    "duplicate keys": 56,
    "byte order marks": 6,
    "directives": 96,
    "infinity and not-a-number": 80,
    "timestamps": 19,
    "escaped slash": 9,
    "no newline after a block scalar": 2,
}
"""How many of the recorded documents each explains at the most: more is a fault of our reader."""


def explained(vector: Vector, ours: Any) -> str:
    """Return the name of the difference; `ours` is a value, or an InputError."""
    return next((name for name, fits in DIFFERENCES.items() if fits(vector, ours)), "")
