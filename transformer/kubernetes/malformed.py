"""Values of a type that the API server refuses: what a rule says of them instead of guessing."""

from typing import Any

from transformer.errors import PatchError
from transformer.kubernetes.placeholders import is_placeholder, unknown_yet


def wrong_type(at: str, value: Any, expected: str) -> PatchError:
    """Return the error that `value`, at pointer `at` of its object, is not what `expected` says,
    or that it is a placeholder for what may well be.
    """
    if is_placeholder(value):
        return unknown_yet(at, value)
    return PatchError(
        f"{at} is {_name(value)}, not {expected}, so the rule cannot be applied",
        hint="the API server refuses this manifest; mend it first",
        pointer=at,
    )


def _name(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f"the value {value!r}"
