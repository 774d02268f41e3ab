"""What texts for people are made of: counted nouns, named objects, harmless names, and paint."""

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


def named(found: Finding) -> str:
    """Return the message of a finding, with its object in front unless the message names it.

    A name alone does not: it may be any word (`template`) that the message happens to hold.
    """
    ref = found.object
    if ref is None:
        return found.message
    whole = str(ref) if ref.name else ref.kind
    names = [whole]
    if ref.name and ref.kind in _WITHOUT_NAMESPACE:
        names.append(f"{_WITHOUT_NAMESPACE[ref.kind]} {ref.name}")
    if ref.name and any(_is_in(name, found.message) for name in names):
        return found.message
    return f"{whole}: {found.message}"


_WITHOUT_NAMESPACE = {"Node": "node", "NodePool": "NodePool"}
"""How messages call what they name without a `/`."""


def _is_in(name: str, text: str) -> bool:
    """Whether `name` stands in `text`, and not as a part of another name."""
    return re.search(rf"(?<![\w./-]){re.escape(name)}(?![\w/-]|\.\w)", text) is not None


def told(found: Finding) -> str:
    """Return all there is to say of a finding but its place, in one sentence."""
    return f"{named(found)}; {found.hint}" if found.hint else named(found)


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
