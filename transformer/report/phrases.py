"""What texts for people are made of: counted nouns, names that do no harm, and paint."""

import re
from collections.abc import Callable

Paint = Callable[[str, str], str]
"""Takes a text and what it is (`error`, `warning`, `info`, `change`, `place`), and paints it."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def unpainted(text: str, _: str) -> str:
    """Return `text` as it is."""
    return text


def count(number: int, noun: str) -> str:
    """Return `1 document`, `2 documents`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def clean(text: str) -> str:
    """Return `text` with control characters spelled out: a name shall not paint a terminal."""
    return _CONTROL.sub(lambda found: repr(found.group())[1:-1], text)
