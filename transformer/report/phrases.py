"""What texts for people are made of: counted nouns, names that do no harm, places, and paint."""

import re
from collections.abc import Callable, Iterator

from transformer.findings import Finding

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


def further_places(found: Finding) -> Iterator[str]:
    """Yield a line for each further place of a finding."""
    for also in found.related:
        who = f"{also.object}: " if also.object is not None else ""
        yield f"  also {clean(also.file)}:{also.line}:{also.column} {clean(who + also.message)}"
    if (left := found.related_total - len(found.related)) > 0:
        yield f"  and {left} more"
