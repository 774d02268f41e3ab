"""Results as lines for people: a line each, whatever characters its names contain."""

from collections.abc import Mapping

from transformer.findings import Change, Finding
from transformer.report.describe_change import describe_with_reason
from transformer.report.formatting import Paint, clean, count, details, message, unpainted


def finding(found: Finding, paint: Paint = unpainted, *, with_related: bool = False) -> str:
    """Return one finding: place, severity, rule, object and message, and below what to do about it.

    `with_related` adds a line for each further place.
    """
    place = paint(f"{clean(found.file)}:{found.line}:{found.column}:", "place")
    severity = paint(f"{found.severity}[{found.rule}]:", found.severity)
    first = f"{place} {severity} {clean(message(found))}"
    return "\n".join([first, *details(found, with_related=with_related)])


def change(made: Change, paint: Paint = unpainted) -> str:
    """Return one change: place, rule, object, what was changed, and why."""
    place = paint(f"{clean(made.file)}:{made.line}:", "place")
    text = clean(f"{made.object}: {describe_with_reason(made)}")
    return f"{place} {paint(made.rule, 'change')}: {text}"


def failure(file: str, reason: str, paint: Paint = unpainted) -> str:
    """Return why a file could not be processed."""
    return f"{paint(f'{clean(file)}:', 'place')} {paint('error:', 'error')} {reason}"


def summary(counts: Mapping[str, int], changed: str = "changed", *, verbose: bool = False) -> str:
    """Return the last line of a run.

    The keys of `counts` are `documents`, `files` (0 for standard input), `changed`, `written`
    (files), `error`, `warning`, `objects`, which Lists have more of, `uncounted` (Lists of which it
    is not known), and the stages of `DocumentResult`, which `verbose` shows.
    `changed` is the word for a change, such as `would change`.
    """
    read = count(counts["documents"], "document")
    if counts["files"]:
        read += f" in {count(counts['files'], 'file')}"
    is_listed = counts["objects"] > counts["documents"] and not counts["uncounted"]
    of = f" of {count(counts['objects'], 'object')}" if is_listed else ""
    parts = [f"{counts['changed']}{of} {changed}"]
    if counts["written"]:
        parts.append(f"{count(counts['written'], 'file')} written")
    parts += [count(counts[what], what) for what in ("error", "warning") if counts[what]]
    if verbose:
        parts += [f"{counts[stage]} {stage}" for stage in ("screened", "parsed", "edited")]
    return f"{read}: {', '.join(parts)}"
