"""The parts of texts for people: counted nouns, names of objects, escaped text, and color."""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping

from transformer.findings import Finding
from transformer.regexes import regex

Paint = Callable[[str, str], str]
"""Returns a text with the color of its role: `error`, `warning`, `info`, `change` or `place`."""

_UNSEEN = regex(
    r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u061c\u200e\u200f"  # control characters, line ends, bidi
    r"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u206f\u3164\ufeff\uffa0"
    r"\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff]"
)
"""What controls a terminal or reorders text, and what does not show (`Default_Ignorable` of
Unicode, without the variation selectors of visible characters).
"""


def unpainted(text: str, _role: str) -> str:
    """Return `text` without color, whatever its role is."""
    return text


def count(number: int, noun: str, plural: str = "") -> str:
    """Return `1 document`, `2 documents`, or `2 entries` with that `plural`."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"


_SEVERITIES = {"error": "error", "warning": "warning", "info": "note"}


def severities(counts: Mapping[str, int]) -> str:
    """Return `1 error, 2 notes` for numbers of findings by severity; empty if there are none."""
    return ", ".join(
        count(number, name) for key, name in _SEVERITIES.items() if (number := counts.get(key, 0))
    )


def not_shown(counts: Mapping[str, int]) -> str:
    """Return what is said of findings that are only counted; empty if there are none."""
    numbers = severities(counts)
    return f"not shown: {numbers} (-v shows them)" if numbers else ""


def message(found: Finding) -> str:
    """Return the message of a finding, with its object in front unless the message names it.

    A name without the kind does not count, because it can be any word of the message (`template`).
    A kustomization has no name, so its folder stands for it.
    """
    ref = found.object
    if ref is None:
        return found.message
    whole = str(ref) if ref.name else ref.kind
    if not ref.name and ref.group == _KUSTOMIZE:
        whole += f" {posixpath.dirname(found.file) or '.'}"
    names = [whole]
    if ref.name and ref.kind in _WITHOUT_NAMESPACE:
        names.append(f"{_WITHOUT_NAMESPACE[ref.kind]} {ref.name}")
    if ref.name and any(_is_in(name, found.message) for name in names):
        return found.message
    return f"{whole}: {found.message}"


_KUSTOMIZE = "kustomize.config.k8s.io"

_WITHOUT_NAMESPACE = {"Node": "node", "NodePool": "NodePool"}
"""How messages call objects that they name without a `/`, by kind."""


def _is_in(name: str, text: str) -> bool:
    """Whether `text` contains `name`, and not as a part of another name."""
    return re.search(rf"(?<![\w./-]){re.escape(name)}(?![\w/-]|\.\w)", text) is not None


def message_and_hint(found: Finding) -> str:
    """Return the message of a finding and what to do about it, on one line."""
    return f"{message(found)}; {found.hint}" if found.hint else message(found)


def clean(text: str) -> str:
    """Return `text` with what does not show escaped, so that no name can control a terminal, or
    look like another one.
    """
    return _UNSEEN.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def details(found: Finding, *, with_related: bool) -> Iterator[str]:
    """Yield the lines below a finding: its hint and, `with_related`, its further places."""
    if found.hint:
        yield f"  help: {clean(found.hint)}"
    if not with_related:
        return
    for also in found.related:
        who = f"{also.object}: " if also.object is not None else ""
        yield f"  also {clean(also.file)}:{also.line}:{also.column} {clean(who + also.message)}"
    if (left := found.related_total - len(found.related)) > 0:
        yield f"  and {left} more"
