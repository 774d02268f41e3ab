"""Manifests of a file that have no `---` between them: what is said of them (HN904).

Nothing is taken apart in a file, but each manifest is looked at, so that it can be told whether
something had to be done there. Beside a border that is not certain, only that is said.
"""

from collections.abc import Iterator
from itertools import pairwise

from transformer.findings import Severity
from transformer.pipeline.boundaries import Border
from transformer.pipeline.context import Engine
from transformer.pipeline.diagnostics import Notes, Origin
from transformer.pipeline.documents import Part
from transformer.text.framing import Opening
from transformer.wording import RENDER_FIRST


def manifests_of(part: Part) -> list[Part]:
    """Return each manifest as a document that begins where it does."""
    first, *lower = part.manifests
    return [Part(first), *(Part(frame._replace(opening=Opening.START)) for frame in lower)]


def doubtful(part: Part) -> list[bool]:
    """Return for each manifest whether it is not certain where it begins or ends."""
    doubts = [False, *(border.doubt is not None for border in part.borders), False]
    return [above or below for above, below in pairwise(doubts)]


def runs(part: Part) -> Iterator[range]:
    """Yield which manifests belong to each other because no certain border is between them."""
    start = 0
    for index, border in enumerate(part.borders, 1):
        if border.doubt is None:
            yield range(start, index)
            start = index
    yield range(start, len(part.manifests))


def at_borders(
    part: Part, origin: Origin, engine: Engine, *, is_edited: bool, is_template: bool
) -> Notes:
    """Return what is to be said of each border.

    It is an error where a rule would have edited one of the manifests (`is_edited`).
    """
    notes = Notes(part.frame, origin, engine, part.frame.data.decode())
    severity: Severity = "error" if is_edited else "warning"
    if is_template and not (is_edited or origin.is_named):
        severity = "info"
    for border in part.borders:
        at, message, hint = _said(border, is_template=is_template)
        notes.remark_at("HN904", severity, message, hint, at)
    return notes


def _said(border: Border, *, is_template: bool) -> tuple[int, str, str]:
    """Return where a border is to be shown, what is wrong there, and what to do."""
    message = "no --- between this manifest and the one above"
    if is_template:
        return (
            border.below,
            message,
            f"this is a template: {RENDER_FIRST}",
        )
    if border.doubt is None:
        hint = "put a --- line above it, or let `validate --fix` do it"
        return border.below, f"{message}; kubectl applies only the last", hint
    at = border.below if border.doubt.offset is None else border.doubt.offset
    hint = "put a --- line where the lower manifest begins; kubectl applies only the last"
    return at, f"no --- between two manifests: {border.doubt.message}", hint
