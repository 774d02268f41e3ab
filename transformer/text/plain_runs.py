"""Runs of plain documents: many at once, found by searches that look at all of a chunk.

A document of a run begins with `---` alone on its line (the first of a stream may lack it), then
has comments at most, and a key. It has each of the root keys `apiVersion` and `kind` once, in the
same order as all others, and nothing else in column 1 that could be a marker, a directive, a byte
order mark, a JSON object or a quoted key. Lines end in LF. So the lines `---` are all that cuts a
run, and its documents need not be looked at one by one. Whatever else there is belongs to no run.
"""

from transformer.regexes import regex

_MARKER = b"---"
_BORDER = b"\n---\n"
_CONTENT = rb"(?>(?:#[^\n]*+\n)*)[A-Za-z]"
_BEGIN = regex(rb"---\n" + _CONTENT)
_BEGIN_OF_STREAM = regex(rb"(?:---\n)?" + _CONTENT)
_SPECIAL = regex(
    rb"\n(---(?=\n%b)|---[ \t\n]|\.\.\.|[%%{\"'\xef]|(?:apiVersion|kind)[ \t]*+:)" % _CONTENT
)
_LONGEST = 32
"""The bytes that show whether data begins with `apiVersion:` or `kind:`."""

_ORDERS = ((b"apiVersion:", b"kind:", _MARKER), (b"kind:", b"apiVersion:", _MARKER))


def run_at_start(data: bytearray, new: int, *, is_first: bool) -> tuple[int, int]:
    """Return where the run that `data` begins with ends, and how many documents it has.

    `new`: where the bytes begin that have come since this was last asked. `is_first`: the stream
    begins here.

    Both are 0 if there is none. It ends above a line `---`, so that its last document is complete.
    """
    end = data.rfind(_BORDER, max(new - len(_BORDER), 0)) + 1
    begin = _BEGIN_OF_STREAM if is_first else _BEGIN
    if end == 0 or not begin.match(data) or data.find(b"\r", 0, end) >= 0:
        return 0, 0
    found = [*_first_key(data), *_SPECIAL.findall(data, 0, end), _MARKER]
    number, rest = divmod(len(found), 3)
    is_plain = rest == 0 and any(found == [*order] * number for order in _ORDERS)
    return (end, number) if is_plain else (0, 0)


def _first_key(data: bytearray) -> list[bytes]:
    """Return what `_SPECIAL` finds at the beginning of `data`, which no line end precedes."""
    found = _SPECIAL.match(b"\n" + data[:_LONGEST])
    return [] if found is None or found[1].startswith(_MARKER) else [found[1]]


def split(data: bytes) -> list[bytes]:
    """Return the documents of a run."""
    first, *others = data.split(_BORDER)
    if not others:
        return [data]
    middle = [b"---\n%b\n" % other for other in others[:-1]]
    return [first + b"\n", *middle, b"---\n" + others[-1]]


def halves(data: bytes) -> tuple[bytes, bytes]:
    """Return a run of two or more documents as two runs."""
    middle = len(data) // 2
    at = data.find(_BORDER, middle) + 1 or data.rfind(_BORDER, 0, middle + len(_BORDER)) + 1
    return data[:at], data[at:]


def count(data: bytes) -> int:
    """Return how many documents a run has."""
    return data.count(_BORDER) + 1
