"""Where we read YAML otherwise than kubectl, on purpose; `docs/yaml.md` explains each by name."""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from tests.kubectl.vectors import Vector
from transformer.errors import InputError
from transformer.text.framing import frames
from transformer.yamltree.plain import to_plain
from transformer.yamltree.read import read

MARK = "\ufeff"
"""A byte order mark."""


def read_by_us(text: str) -> Any:
    """Return the plain value of the one document in `text`. Raises: InputError."""
    (frame,) = (frame for frame in frames([text.encode()]) if frame.data.strip())
    return to_plain(read(frame.data.decode()).root)


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


def _is_refused_by_us(ours: Any, *words: str) -> bool:
    return isinstance(ours, InputError) and all(word in ours.message for word in words)


def _ends_in_a_block_scalar(vector: Vector, ours: Any) -> bool:
    is_open = vector.json is not None and not vector.yaml.endswith(("\n", "\r"))
    return is_open and is_same_as_by_kubectl(vector, read_by_us(vector.yaml + "\n"))


DIFFERENCES: Mapping[str, Callable[[Vector, Any], bool]] = {
    "duplicate keys": lambda vector, ours: (
        vector.json is not None and isinstance(ours, InputError) and ours.rule == "HN902"
    ),
    "colon before a comma": lambda vector, ours: (
        vector.json is not None and _is_refused_by_us(ours, "found unexpected ':'")
    ),
    "byte order marks": lambda vector, _: MARK in vector.yaml[1:],
    "directives": lambda vector, ours: (
        vector.json is None and vector.yaml.startswith("%") and not isinstance(ours, InputError)
    ),
    "infinity and not-a-number": lambda vector, ours: vector.json is None and _is_not_finite(ours),
    "timestamps": lambda vector, ours: (
        "cannot decode" in vector.refused
        and "!!timestamp" in vector.yaml
        and not isinstance(ours, InputError)
    ),
    "escaped slash": lambda vector, ours: (
        "unknown escape character" in vector.refused
        and r"\/" in vector.yaml
        and not isinstance(ours, InputError)
    ),
    "no newline after a block scalar": _ends_in_a_block_scalar,
}


def explained(vector: Vector, ours: Any) -> str:
    """Return the name of the difference; `ours` is a value, or an InputError."""
    return next((name for name, fits in DIFFERENCES.items() if fits(vector, ours)), "")
