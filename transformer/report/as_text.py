"""Results as sentences for people. Each fits on a line of its own, whatever names it holds."""

import re
from collections.abc import Callable, Mapping

from transformer.findings import Change, Finding
from transformer.report.in_words import describe

Paint = Callable[[str, str], str]
"""Takes a text and what it is (`error`, `warning`, `info`, `change`, `place`), and paints it."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def unpainted(text: str, _: str) -> str:
    """Return `text` as it is."""
    return text


def finding(found: Finding, paint: Paint = unpainted) -> str:
    """Return one finding: place, severity, rule, object, message, and what to do."""
    place = paint(f"{clean(found.file)}:{found.line}:{found.column}:", "place")
    weight = paint(f"{found.severity}[{found.rule}]:", found.severity)
    who = ""
    if found.object is not None and found.object.name not in found.message:
        who = f"{found.object}: "
    told = f"{place} {weight} {clean(who + found.message)}"
    return f"{told}\n  help: {clean(found.hint)}" if found.hint else told


def change(made: Change, paint: Paint = unpainted) -> str:
    """Return one change: place, rule, object, and what was done to it."""
    place = paint(f"{clean(made.file)}:{made.line}:", "place")
    reason = f" ({made.reason})" if made.reason else ""
    told = clean(f"{made.object}: {describe(made)}{reason}")
    return f"{place} {paint(made.rule, 'change')}: {told}"


def trouble(file: str, message: str, paint: Paint = unpainted) -> str:
    """Return what went wrong with a file as a whole."""
    return f"{paint(f'{clean(file)}:', 'place')} {paint('error:', 'error')} {message}"


def summary(counts: Mapping[str, int], changed: str = "changed", *, verbose: bool = False) -> str:
    """Return the last line of a run.

    `counts` are by `documents`, `files` (none: standard input), `changed`, `written` (files),
    `error`, `warning`, and the stages of `DocumentResult`; `changed` is what to call a change.
    """
    read = count(counts["documents"], "document")
    if counts["files"]:
        read += f" in {count(counts['files'], 'file')}"
    parts = [f"{counts['changed']} {changed}"]
    if counts["written"]:
        parts.append(f"{count(counts['written'], 'file')} written")
    parts += [count(counts[what], what) for what in ("error", "warning") if counts[what]]
    if verbose:
        parts += [f"{counts[stage]} {stage}" for stage in ("screened", "parsed", "edited")]
    return f"{read}: {', '.join(parts)}"


def count(number: int, noun: str) -> str:
    """Return `1 document`, `2 documents`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def clean(text: str) -> str:
    """Return `text` with control characters spelled out: a name shall not paint a terminal."""
    return _CONTROL.sub(lambda found: repr(found.group())[1:-1], text)
