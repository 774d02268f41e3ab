"""Edits to one text: replace spans, insert between characters, refuse what overlaps."""

from collections.abc import Iterable
from typing import NamedTuple

from transformer.errors import InternalError


class Edit(NamedTuple):
    """Replace `text[start:end]` by `replacement`; `start == end` inserts.

    Insertions at one offset are written by ascending `rank`, then in the order given.
    """

    start: int
    end: int
    replacement: str
    rank: int = 0


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Return `text` with `edits` made.

    Raises:
        InternalError: two edits overlap.
    """
    pieces: list[str] = []
    done = 0
    for edit in _in_order(edits):
        if edit.start < done:
            raise InternalError("two edits overlap", offset=edit.start)
        pieces += (text[done : edit.start], edit.replacement)
        done = edit.end
    pieces.append(text[done:])
    return "".join(pieces)


def joined(edits: Iterable[Edit]) -> list[Edit]:
    """Return edits that do the same, in the order of the text, with text between any two of them.

    Whoever makes them needs no rank.
    """
    apart: list[Edit] = []
    for edit in _in_order(edits):
        if apart and apart[-1].end == edit.start:
            before = apart.pop()
            edit = Edit(before.start, edit.end, before.replacement + edit.replacement)
        apart.append(edit)
    return apart


def _in_order(edits: Iterable[Edit]) -> list[Edit]:
    return sorted(edits, key=lambda edit: (edit.start, edit.end, edit.rank))
