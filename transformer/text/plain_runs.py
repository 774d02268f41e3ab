"""Runs of plain documents: many at once, found by searches that look at all of a chunk.

A document of a run begins with `---` alone on its line (the first of a stream may lack it), then
has comments at most, and a key. It has each of the root keys `apiVersion` and `kind` once, in the
same order as all others, and nothing else in column 1 that could be a marker, a directive, a byte
order mark, a JSON object, a quoted key or the key `items` of a List. Lines end in LF. So the lines
`---` are all that cuts a run, and its documents need not be looked at one by one. Whatever else
there is belongs to no run.
"""

from collections.abc import Callable, Iterable, Iterator

from transformer.regexes import regex

_MARKER = b"---"
_BORDER = b"\n---\n"
_CONTENT = rb"(?>(?:#[^\n]*+\n)*)[A-Za-z]"
_BEGIN = regex(rb"---\n" + _CONTENT)
_BEGIN_OF_STREAM = regex(rb"(?:---\n)?" + _CONTENT)
_SPECIAL = regex(
    rb"\n(?=[\-.%%{\"'\xefaki])"  # it makes the search faster
    rb"(---(?=\n%b)|---[ \t\n]|\.\.\.|[%%{\"'\xef]|(?:apiVersion|kind|items)[ \t]*+:)" % _CONTENT
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


def last_lines(data: bytes) -> list[bytes]:
    """Return the last line of each document of a run that is not blank, without its end."""
    documents = map(bytes.rstrip, data.split(_BORDER))
    return [document[document.rfind(b"\n") + 1 :] for document in documents]


def taken_out(
    data: bytes, offsets: Iterable[int], matters: Callable[[bytes], bool]
) -> Iterator[bytes]:
    """Yield a run in parts: each document that matters alone, and the runs between them.

    Only documents with one of the `offsets` in them, which are sorted, can matter.
    """
    done = seen = 0
    for offset in offsets:
        if offset < seen:
            continue
        start = data.rfind(_BORDER, seen, offset + len(_MARKER) + 1) + 1 or seen
        seen = data.find(_BORDER, offset) + 1 or len(data)
        if matters(data[start:seen]):
            if done < start:
                yield data[done:start]
            yield data[start:seen]
            done = seen
    if done < len(data):
        yield data[done:]


def count(data: bytes) -> int:
    """Return how many documents a run has."""
    return data.count(_BORDER) + 1
