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
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end, edit.rank)):
        if edit.start < done:
            raise InternalError("two edits overlap", offset=edit.start)
        pieces += (text[done : edit.start], edit.replacement)
        done = edit.end
    pieces.append(text[done:])
    return "".join(pieces)
