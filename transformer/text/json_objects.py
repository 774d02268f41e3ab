"""The ends of consecutive JSON objects.

A scan reads the bytes once, however they arrive: its state is the depth of braces and whether it is
inside a string. It never decides that something *is* JSON, only that it can be so far; a byte that
JSON cannot have at its place ends the scan as `FOREIGN`.

Patterns repeat groups a bounded number of times, because the engine records each repetition; the
loops around the patterns continue where the bound stops them.
"""

from enum import Enum, auto

from transformer.regexes import regex

BOM = b"\xef\xbb\xbf"

_STRING_TEXT = rb'[^"\\\r\n]*+(?:\\[^\r\n][^"\\\r\n]*+){0,256}'
_SAFE_BREAK = rb"[\r\n](?=[^\-.\xef])"
"""A line break without a `---`, `...` or byte order mark after it, as the next byte shows."""

_IN_STRING = regex(_STRING_TEXT)
_IN_OBJECT = regex(
    rb'(?:%(plain)b*+(?:"%(text)b"|%(break)b)){0,64}%(plain)b*+'
    % {b"plain": rb"[ \t:,\[\]0-9+\-.eEtrufalsn]", b"text": _STRING_TEXT, b"break": _SAFE_BREAK}
)
_AFTER_OBJECT = regex(rb"(?:[ \t]++|%b){0,64}" % _SAFE_BREAK)

_QUOTE, _OPEN, _CLOSE = b'"{}'


class Stop(Enum):
    """Why a scan stopped."""

    MORE = auto()
    """All bytes are read."""

    BREAK = auto()
    """At a line break; the caller checks for a document marker, or continues the scan."""

    NEXT = auto()
    """An object is complete, and another begins here (at its `{` or byte order mark)."""

    FOREIGN = auto()
    """At a byte that a sequence of JSON objects cannot have here."""


class ObjectScan:
    """The scan of one object, from after its `{`, and of the white space after the object."""

    __slots__ = ("_depth", "_in_string")

    def __init__(self) -> None:
        self._depth = 1
        self._in_string = False

    @property
    def is_complete(self) -> bool:
        """Whether the end of the object has been read."""
        return self._depth == 0

    def scan(self, data: bytearray, pos: int) -> tuple[Stop, int]:
        """Continue the scan at offset `pos`; return why and where it stops."""
        size, depth = len(data), self._depth
        pattern = _IN_STRING if self._in_string else _IN_OBJECT
        while pos < size and depth:
            found = pattern.match(data, pos)
            assert found is not None  # each pattern matches the empty text
            end = found.end()
            byte = data[end] if end < size else 0
            if byte == _QUOTE:
                pattern = _IN_OBJECT if pattern is _IN_STRING else _IN_STRING
            elif pattern is _IN_OBJECT and byte in (_OPEN, _CLOSE):
                depth += 1 if byte == _OPEN else -1
            elif end == pos:
                break
            else:
                pos = end
                continue
            pos = end + 1
        self._depth, self._in_string = depth, pattern is _IN_STRING
        if depth:
            return _stop_inside(bytes(data[pos : pos + 2]), self._in_string), pos
        while (found := _AFTER_OBJECT.match(data, pos)) and found.end() > pos:
            pos = found.end()
        return _stop_after(bytes(data[pos : pos + 4])), pos


def _stop_inside(following: bytes, in_string: bool) -> Stop:
    if in_string:
        return Stop.MORE if following in (b"", b"\\") else Stop.FOREIGN
    if following.startswith((b"\r", b"\n")):
        return Stop.BREAK
    return Stop.FOREIGN if following else Stop.MORE


def _stop_after(following: bytes) -> Stop:
    if following.startswith((b"{", BOM + b"{")):
        return Stop.NEXT
    if following.startswith((b"\r", b"\n")):
        return Stop.BREAK
    return Stop.MORE if BOM.startswith(following) else Stop.FOREIGN
