"""Results as sentences for people."""

from collections.abc import Callable

from transformer.findings import Change, Finding

Paint = Callable[[str, str], str]
"""Takes a text and what it is (`error`, `warning`, `info`, `change`, `place`), returns it painted."""


def unpainted(text: str, _: str) -> str:
    """Return `text` as it is."""
    return text


def finding(found: Finding, paint: Paint = unpainted) -> str:
    """Return one finding: place, severity, rule, message, and what to do."""
    place = paint(f"{found.file}:{found.line}:{found.column}:", "place")
    head = f"{place} {paint(f'{found.severity}[{found.rule}]:', found.severity)} {found.message}"
    return f"{head}\n  help: {found.hint}" if found.hint else head


def change(made: Change, paint: Paint = unpainted) -> str:
    """Return one change: place, object, rule, and the pointers that were written."""
    place = paint(f"{made.file}:{made.line}:", "place")
    pointers = ", ".join(f"{step['op']} {step['path']}" for step in made.operations)
    return f"{place} {paint(made.rule, 'change')}: {made.object}: {pointers}"


def count(number: int, noun: str) -> str:
    """Return `1 document`, `2 documents`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
