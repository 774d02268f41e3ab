"""Runs of plain documents: many at once, found by searches that look at all of a chunk.

A document of a run begins with `---` alone on its line (the first of a stream may lack it), then
has comments at most, and a key. It has each of the root keys `apiVersion` and `kind` once, in the
same order as all others, and nothing else in column 1 that could be a marker, a directive, a byte
order mark, a JSON object, a quoted key or the key `items` of a List. All lines of a run end in LF,
or all in CRLF. So the lines `---` are all that cuts it, and its documents need not be looked at one
by one. Whatever else there is belongs to no run.
"""

from collections.abc import Callable, Iterable, Iterator

from transformer.regexes import regex

_MARKER = b"---"
_BORDER, _CRLF_BORDER = b"\n---\n", b"\n---\r\n"
_CONTENT = rb"(?>(?:#[^\n]*+\n)*)[A-Za-z]"
_BEGIN = regex(rb"---\r?\n" + _CONTENT)
_BEGIN_OF_STREAM = regex(rb"(?:---\r?\n)?" + _CONTENT)
_SPECIAL = regex(
    rb"\n(?=[\-.%%{\"'\xefaki])"  # it makes the search faster
    rb"(---(?=\r?\n%b)|---[ \t\r\n]|\.\.\.|[%%{\"'\xef]|(?:apiVersion|kind|items)[ \t]*+:)"
    % _CONTENT
)
_LONGEST = 32
"""The bytes that show whether data begins with `apiVersion:` or `kind:`."""

_LINE_ENDS = (b"\n", b"\r", b"\r\n")
"""There are as many of each where every line ends in CRLF."""

_ORDERS = ((b"apiVersion:", b"kind:", _MARKER), (b"kind:", b"apiVersion:", _MARKER))


def run_at_start(data: bytearray, new: int, *, is_first: bool) -> tuple[int, int]:
    """Return where the run that `data` begins with ends, and how many documents it has.

    `new`: where the bytes begin that have come since this was last asked. `is_first`: the stream
    begins here.

    Both are 0 if there is none. It ends above a line `---`, so that its last document is complete.
    """
    start = max(new - len(_CRLF_BORDER), 0)
    end = max(data.rfind(border, start) for border in (_BORDER, _CRLF_BORDER)) + 1
    begin = _BEGIN_OF_STREAM if is_first else _BEGIN
    if end == 0 or not begin.match(data):
        return 0, 0
    has_cr = data.find(b"\r", 0, end) >= 0
    if has_cr and len({data.count(end_of, 0, end) for end_of in _LINE_ENDS}) > 1:
        return 0, 0
    found = [*_first_key(data), *_SPECIAL.findall(data, 0, end), _MARKER]
    number, rest = divmod(len(found), 3)
    is_plain = rest == 0 and any(found == [*order] * number for order in _ORDERS)
    return (end, number) if is_plain else (0, 0)


def _first_key(data: bytearray) -> list[bytes]:
    """Return what `_SPECIAL` finds at the beginning of `data`, which no line end precedes."""
    found = _SPECIAL.match(b"\n" + data[:_LONGEST])
    return [] if found is None or found[1].startswith(_MARKER) else [found[1]]


def _border(data: bytes | bytearray) -> bytes:
    """Return what is between two documents of a run, with the last byte of the one above."""
    return _CRLF_BORDER if b"\r" in data else _BORDER


def split(data: bytes) -> list[bytes]:
    """Return the documents of a run."""
    border = _border(data)
    first, *others = data.split(border)
    if not others:
        return [data]
    marker = border[1:]
    middle = [b"%b%b\n" % (marker, other) for other in others[:-1]]
    return [first + b"\n", *middle, marker + others[-1]]


def last_lines(data: bytes) -> list[bytes]:
    """Return the last line of each document of a run that is not blank, without its end."""
    documents = map(bytes.rstrip, data.split(_border(data)))
    return [document[document.rfind(b"\n") + 1 :] for document in documents]


def taken_out(
    data: bytes, offsets: Iterable[int], matters: Callable[[bytes], bool]
) -> Iterator[bytes]:
    """Yield a run in parts: each document that matters alone, and the runs between them.

    Only documents with one of the `offsets` in them, which are sorted, can matter.
    """
    border = _border(data)
    done = seen = 0
    for offset in offsets:
        if offset < seen:
            continue
        start = data.rfind(border, seen, offset + len(border) - 1) + 1 or seen
        seen = data.find(border, offset) + 1 or len(data)
        if matters(data[start:seen]):
            if done < start:
                yield data[done:start]
            yield data[start:seen]
            done = seen
    if done < len(data):
        yield data[done:]


def count(data: bytes) -> int:
    """Return how many documents a run has."""
    return data.count(_border(data)) + 1
