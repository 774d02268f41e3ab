"""Read YAML and JSON into plain values as kubectl reads them; shares no code with the product.

Built from libyaml's events: YAML 1.1 scalars by the rules of Kubernetes' decoder, keys made
strings, `<<` applied where it stands (it overrides the keys above it), the last of equal keys wins.
A text that begins with `{` is JSON where it parses as JSON. The rules were measured on kubectl.
"""

import json
import math
import re
from collections.abc import Callable
from typing import Any

from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

_TAG = "tag:yaml.org,2002:"
_CONSTANTS: dict[str, bool | None] = {"": None, "~": None}
for _word, _meaning in {
    "null": None, "y": True, "yes": True, "on": True, "true": True,
    "n": False, "no": False, "off": False, "false": False,
}.items():  # fmt: skip
    for _spelling in (_word, _word.title(), _word.upper()):
        _CONSTANTS[_spelling] = _meaning
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))")
_BASES = (16, 2, 8, 10)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"([-+]?)\.(inf|Inf|INF)|\.(?:nan|NaN|NAN)")

_MIN, _END, _UNSIGNED_END = -(2**63), 2**63, 2**64
"""The integers that stay integers; those that fit into 64 bits without a sign, and of others the
decimal ones, are floats.
"""

_HALF_PAIR = re.compile("[\ud800-\udfff]")


def resolve(text: str) -> Any:
    """Return what the plain scalar `text` means to kubectl: None, bool, int, float or str."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in "+-.0123456789":
        return text
    digits = text.replace("_", "") if text[0] != "." else text
    if found := _INTEGER.fullmatch(digits):
        base, number = next((b, n) for b, n in zip(_BASES, found.groups()[1:], strict=True) if n)
        value = int(found[1] + number, base)
        if _MIN <= value < _UNSIGNED_END:
            return _in_range(value)
    if _FLOAT.fullmatch(digits):
        return float(digits) if math.isfinite(float(digits)) else text
    if found := _INFINITE.fullmatch(text):
        return float(f"{found[1]}inf") if found[2] else float("nan")
    return text


def load_all(text: str) -> list[Any]:
    """Return the plain value of each document of a stream. Raises: yaml.YAMLError, ValueError.

    Equal parts of a value may be one object where the text has aliases: don't change them.
    """
    parser = CParser(text.encode())
    _expect(parser, StreamStartEvent)
    values = []
    while isinstance(event := parser.get_event(), DocumentStartEvent):
        values.append(_Loader(parser.get_event).node(parser.get_event()))
        _expect(parser, DocumentEndEvent)
    if not isinstance(event, StreamEndEvent):
        raise ValueError(f"unexpected {event}")
    return values


def load(text: str) -> Any:
    """Return the plain value of the one document in `text`. Raises: yaml.YAMLError, ValueError."""
    if text.lstrip().startswith("{"):
        try:
            return _whole(json.loads(text, parse_int=lambda digits: _in_range(int(digits))))
        except ValueError:
            pass  # a YAML flow mapping
    (value,) = load_all(text)
    return value


def _in_range(value: int) -> int | float:
    """Return a number as Go has it: a float where it does not fit into 64 bits with a sign."""
    if _MIN <= value < _END:
        return value
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _whole(value: Any) -> Any:
    """Return what JSON held, with U+FFFD for each half of a surrogate pair, as Go has it."""
    if isinstance(value, dict):
        return {_whole(key): _whole(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return list(map(_whole, value))
    return _HALF_PAIR.sub("\ufffd", value) if isinstance(value, str) else value


def is_same(left: Any, right: Any) -> bool:
    """Tell whether two plain values are equal: 1 equals 1.0 but not True; key order is free."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(is_same(left[k], right[k]) for k in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(is_same, left, right))
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


def _expect(parser: CParser, kind: type) -> None:
    event = parser.get_event()
    if not isinstance(event, kind):
        raise ValueError(f"expected {kind.__name__}, got {event}")


class _Loader:
    """Builds one document's value; the anchors are its own."""

    def __init__(self, next_event: Callable[[], Any]) -> None:
        self.next_event = next_event
        self.anchors: dict[str, Any] = {}

    def node(self, event: Any) -> Any:
        if isinstance(event, AliasEvent):
            if event.anchor not in self.anchors:
                raise ValueError(f"unknown anchor {event.anchor}")
            return self.anchors[event.anchor]
        value: Any
        if isinstance(event, ScalarEvent):
            value = _scalar(event)
        else:
            value = [] if isinstance(event, SequenceStartEvent) else {}
        if event.anchor is not None:
            self.anchors[event.anchor] = value
        if isinstance(event, SequenceStartEvent):
            while not isinstance(event := self.next_event(), SequenceEndEvent):
                value.append(self.node(event))
        elif isinstance(event, MappingStartEvent):
            while not isinstance(event := self.next_event(), MappingEndEvent):
                self.entry(event, value)
        return value

    def entry(self, event: Any, mapping: dict[str, Any]) -> None:
        is_merge = isinstance(event, ScalarEvent) and event.value == "<<" and event.implicit[0]
        key = self.node(event)
        value = self.node(self.next_event())
        if is_merge:
            for base in reversed(value if isinstance(value, list) else [value]):
                if not isinstance(base, dict):
                    raise ValueError("a merge needs mappings")
                mapping.update(base)
        else:
            mapping[_key(key)] = value


def _scalar(event: ScalarEvent) -> Any:
    if event.tag is None:
        return resolve(event.value) if event.implicit[0] else event.value
    if event.tag.removeprefix(_TAG) in ("int", "float", "bool", "null"):
        return resolve(event.value)
    return event.value


def _key(key: Any) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, int):
        return str(key)
    raise ValueError(f"no key for Kubernetes: {key!r}")
