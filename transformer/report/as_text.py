"""Results as sentences for people. Each fits on a line of its own, whatever names it holds."""

from collections.abc import Mapping

from transformer.findings import Change, Finding
from transformer.report.describe_change import describe
from transformer.report.formatting import Paint, clean, count, further_places, named, unpainted


def finding(found: Finding, paint: Paint = unpainted, *, with_related: bool = False) -> str:
    """Return one finding: place, severity, rule, object, message, and what to do; `with_related`
    its further places too, each on a line.
    """
    place = paint(f"{clean(found.file)}:{found.line}:{found.column}:", "place")
    weight = paint(f"{found.severity}[{found.rule}]:", found.severity)
    lines = [f"{place} {weight} {clean(named(found))}"]
    if found.hint:
        lines.append(f"  help: {clean(found.hint)}")
    if with_related:
        lines += further_places(found)
    return "\n".join(lines)


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
