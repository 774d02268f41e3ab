"""The items of a long List, cut from its bytes as they are read: a List need not be in memory.

That is a List as kubectl prints it, in block YAML with its items at any indentation, or in JSON. A
YAML item ends above the next dash in the same column, or above the next root key. Quoted text and
brackets that reach across lines may contain such lines as well: `is_plain` shows of most items that
they contain none; any other has to be parsed. JSON shows by itself where an item ends.

Whatever else there is cannot be cut (`UncutError`), and is read as one document.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from transformer.regexes import regex
from transformer.text.json_objects import ObjectScan, Stop

_LONGEST_HEAD = 16 * 1024
"""The most bytes above the first item, and below the last one: they are read with each item."""

_SHOWN = 4 * 1024
"""The most bytes of its line that are kept of what is beside an item."""

_YAML_HEAD = regex(
    rb"^items:[ \t]*(?:#[^\r\n]*)?\r?\n(?:[ \t]*(?:#[^\r\n]*)?\r?\n)*(?P<indent>\ *)-(?=[ \r\n])",
    re.MULTILINE,
)
_STRING = rb'"[^"\\]*+(?>(?:\\.[^"\\]*+)*)"'
_MAPPING = rb'\{(?>(?:[^{}"]++|%b)*)\}' % _STRING
_SPACE = rb"[ \t\r\n]*+"
_JSON_HEAD = regex(
    rb"%(space)b\{%(space)b(?>(?:%(string)b%(space)b:%(space)b(?:%(string)b|%(mapping)b)"
    rb'%(space)b,%(space)b)*)"items"%(space)b:%(space)b\[%(space)b(?=\{)'
    % {b"space": _SPACE, b"string": _STRING, b"mapping": _MAPPING}
)
"""What precedes the items: strings, and mappings of strings."""

_WORDS = (b"\nitems:", b'"items"')
_JSON_NEXT = regex(rb"%b,%b(?=\{)" % (_SPACE, _SPACE))
_JSON_END = regex(rb"%b\]" % _SPACE)

_KEY = rb"""(?:[\w./$-]++|"[^"\\\r\n]*+"|'[^'\r\n]*+')"""
_QUOTED = rb"""(?:"[^"\\\r\n]*+(?>(?:\\[^\r\n][^"\\\r\n]*+)*)"|'[^'\r\n]*+(?>(?:''[^'\r\n]*+)*)')"""
_PLAIN = regex(
    rb"""(?>(?:
        [^"'\[\]{}&*\r\n]*+ \r?\n
      | [ -]*+ (?:%(key)b:[ ]++)? (?:%(quoted)b | \{\} | \[\]) [ ]*+ \r?\n
      | (?P<indent>[ ]*+) %(key)b:[ ]\|-?\n (?P=indent)[ ]++ \{[^\r\n]*+\n
    ){0,256})"""
    % {b"key": _KEY, b"quoted": _QUOTED},
    re.VERBOSE,
)
"""Lines without quotes and brackets, or with a value in quotes, or of JSON in a block scalar."""

_BREAKS = regex(rb"[\r\n]")
_HIDDEN_BREAK = regex(rb"\r(?!\n)|\xc2\x85|\xe2\x80[\xa8\xa9]")


class Item(NamedTuple):
    """Where an item is: in a document that is a List with this item only, and in the whole List.

    `number` counts from 0. In the document, its bytes are those from `start` to `end`. In
    the whole List, it begins at `line` and `column` (1-based, in characters); the List begins at
    `list_line`. `lead` and `trail` are the bytes between it and the items above and below, as far
    as they are passed on with this one. `before` and `after` are the bytes beside it on its lines.
    """

    number: int
    start: int
    end: int
    line: int
    column: int
    list_line: int
    lead: bytes
    trail: bytes
    before: bytes
    after: bytes


class UncutError(Exception):
    """It is no List, or not one that can be cut."""


class LongItemError(UncutError):
    """An item has more bytes than are allowed; `number` counts from 0."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class _FullError(Exception):
    """An item has more bytes than are allowed."""


class Cut(NamedTuple):
    """An item, and what is between it and the item above (above the first: all of the List).

    `before` and `after` are the bytes beside it on the lines where it begins and ends.
    """

    lead: bytes
    data: bytes
    before: bytes = b""
    after: bytes = b""


def begins_list(data: bytes | bytearray) -> bool:
    """Whether a document that begins with `data` may be a List that can be cut."""
    if not any(word in data for word in _WORDS):
        return False
    return bool(_JSON_HEAD.match(data) or _YAML_HEAD.search(data, 0, _LONGEST_HEAD))


def is_plain(item: bytes) -> bool:
    """Whether the bytes of a YAML item show that it ends where it is cut.

    Nor does it need an anchor in another item, or have a comment that shows a template.
    """
    if b"#@" in item or _HIDDEN_BREAK.search(item):
        return False
    at = 0
    while (found := _PLAIN.match(item, at)) and found.end() > at:
        at = found.end()
    return at == len(item)


def cut(chunks: Iterable[bytes], longest: int) -> Iterator[Cut | bytes]:
    """Yield the items of a List, and at the end the bytes below the last one.

    Raises:
        LongItemError: an item has more than `longest` bytes.
        UncutError: it cannot be cut.
    """
    buffer = _Buffer(chunks, longest)
    buffer.need(_LONGEST_HEAD)
    if (head := _JSON_HEAD.match(buffer.data)) is not None:
        pieces = _cut_json(buffer, head.end())
    elif (head := _YAML_HEAD.search(buffer.data, 0, _LONGEST_HEAD)) is not None:
        pieces = _cut_yaml(buffer, head.start("indent"), len(head["indent"]))
    else:
        raise UncutError
    number = 0
    try:
        for piece in pieces:
            if isinstance(piece, Cut) and len(piece.data) > longest:
                raise _FullError
            yield piece
            number += 1
    except _FullError:
        raise LongItemError(number) from None


class _Buffer:
    """The bytes that are not cut yet."""

    def __init__(self, chunks: Iterable[bytes], longest: int) -> None:
        self._chunks = iter(chunks)
        self._longest = longest
        self.data = bytearray()
        self.has_ended = False

    def need(self, size: int) -> None:
        """Read until there are `size` bytes, if there are so many."""
        while len(self.data) < size and self.more():
            pass

    def more(self) -> bool:
        """Read a chunk; return whether there was one."""
        chunk = next(self._chunks, b"")
        self.data += chunk
        self.has_ended = not chunk
        if len(self.data) > self._longest + 2 * len(chunk) + _LONGEST_HEAD:
            raise _FullError
        return not self.has_ended

    def take(self, end: int) -> bytes:
        """Return the bytes up to `end`, and remove them."""
        taken = bytes(memoryview(self.data)[:end])
        del self.data[:end]
        return taken

    def rest(self) -> bytes:
        """Return the remaining bytes: what is below the last item.

        Raises:
            UncutError: there are too many.
        """
        self.need(_LONGEST_HEAD + 1)
        if len(self.data) > _LONGEST_HEAD:
            raise UncutError
        return self.take(len(self.data))


def _cut_yaml(buffer: _Buffer, start: int, indent: int) -> Iterator[Cut | bytes]:
    """Yield the items, the first of which begins at `start`; their dashes are in column `indent`.

    A line that is indented less, or as much without a dash, is below the items.
    """
    border = re.compile(
        rb"\n(?:(?P<item> {%d}-(?=[ \r\n]))|(?= {0,%d}[^ \r\n#]))" % (indent, indent)
    )
    lead, at, is_below = buffer.take(start), 0, False
    while not is_below:
        data, begin = buffer.data, 0
        settled = len(data) if buffer.has_ended else data.rfind(b"\n") + 1
        for found in border.finditer(data, at, settled):
            end, is_below = found.start() + 1, not found["item"]
            yield Cut(lead, bytes(memoryview(data)[begin:end]))
            lead, begin = b"", end
            if is_below:
                break
        if buffer.has_ended and not is_below:
            yield Cut(lead, bytes(memoryview(data)[begin:]))
            begin, is_below = len(data), True
        del data[:begin]
        if not is_below:
            at = max(settled - 1 - begin, 0)
            buffer.more()
    yield buffer.rest()


def _cut_json(buffer: _Buffer, start: int) -> Iterator[Cut | bytes]:
    """Yield the items, the first of which begins at `start`."""
    lead = buffer.take(start)
    before = lead
    while True:
        end = _end_of_object(buffer)
        buffer.need(end + _SHOWN)
        data = buffer.data
        following = _JSON_NEXT.match(data, end)
        if following is None and not _JSON_END.match(data, end):
            raise UncutError
        line = _BREAKS.split(before)[-1][-_SHOWN:]
        after = _BREAKS.split(bytes(data[end : end + _SHOWN]))[0]
        item = buffer.take(end)
        yield Cut(lead, item, line, after)
        if following is None:
            yield buffer.rest()
            return
        lead = buffer.take(following.end() - end)
        before = (line + item + lead)[-2 * _SHOWN :]


def _end_of_object(buffer: _Buffer) -> int:
    """Return where the JSON object ends that the buffer begins with.

    Raises:
        UncutError: it is none.
    """
    scan, at = ObjectScan(), 1
    while True:
        stop, at = scan.scan(buffer.data, at)
        if scan.is_complete:
            return buffer.data.rindex(b"}", 0, at) + 1
        if stop is Stop.BREAK:
            at += 1
        elif stop is not Stop.MORE or not buffer.more():
            raise UncutError
