"""Small choices of which random questions for the oracle are made."""

import random
from typing import Any

ABSENT = object()
"""Stands for an entry that is not there."""


def present(**entries: Any) -> dict[str, Any]:
    """Return the entries that are not `ABSENT`."""
    return {key: value for key, value in entries.items() if value is not ABSENT}


def maybe(draw: random.Random, *choices: Any) -> Any:
    """Return nothing in half of the cases, else one of `choices`."""
    return draw.choice(choices) if draw.random() < 0.5 else ABSENT
