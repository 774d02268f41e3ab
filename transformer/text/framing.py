"""Byte chunks to frames: one frame for each document, and no byte lost or changed.

Nothing is parsed. A stream is cut only where the bytes alone decide, however they are chunked:

- at a `---` line. A byte order mark may precede it, as in the middle of `cat a.yaml b.yaml`.
  Comments, blank lines and directives above it belong to its frame if that has no other content;
  below content they belong to that content;
- after a `...` line, as soon as content, a directive or a `---` follows. If only comments, blank
  lines or further `...` lines follow, they stay with the document that ended;
- at a `%YAML` or `%TAG` line below content. A `...` should precede it, but kubectl needs none;
- between JSON objects. If a byte that JSON cannot have shows that this is YAML in flow style, or
  if anything else follows an object, only markers cut the rest of that frame;
- above a repeated root key `apiVersion` or `kind`, if both are already above it. Quoted text may
  look the same, so a later stage, which parses, decides. It joins frames by joining their bytes;
  the other fields of the first one apply to the whole.

As in YAML, markers cut block scalars and quoted text too. Lines break at LF, CRLF and CR.

A frame that exceeds the limit is output in pieces and ends at the next `---`, whatever its content.
Memory is bounded by that limit and the size of a chunk, time by the number of bytes.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from transformer.regexes import regex
from transformer.text.json_objects import BOM, ObjectScan, Stop
from transformer.text.list_items import begins_list
from transformer.text.plain_runs import run_at_start
from transformer.text.raw_document import Opening, RawBatch, RawDocument

MAX_DOCUMENT = 64 * 1024 * 1024
"""The default for the most bytes of a document."""

_LOOK_AHEAD = 1100
"""This many bytes show what a line begins with: YAML finds the colon of a key within 1024."""

_ENDS = rb"(?=[ \t\r\n]|\Z)"
_MARKS = rb"(?P<start>---)%b|(?P<stop>\.\.\.)%b" % (_ENDS, _ENDS)
_KEY = rb"(?P<quote>[\"']?)(?P<key>apiVersion|kind)(?P=quote)[ \t]{0,1024}:" + _ENDS
_DIRECTIVE = rb"(?P<directive>%(?:YAML|TAG)[ \t])"
_LINE = b"(?:%b)?(?:%b|%b|%b" % (BOM, _MARKS, _DIRECTIVE, _KEY)

_POSSIBLE = rb"(?=[\-.%ak\"'\xef])"
"""The first byte of each `_LINE`; it makes the search faster."""

_AFTER_LF = regex(b"\n" + _POSSIBLE + _LINE + b")")
_AFTER_ANY_BREAK = regex(b"[\r\n]" + _POSSIBLE + _LINE + b")")
_MARKER = regex(rb"(?:%b)?(?:%b)" % (BOM, _MARKS))

_REST = rb"[ \t]*+(?:(?P<comment>#)|(?P<brace>\{)|(?P<newline>[\r\n]++))?"
_REST_ABOVE = regex(_REST)
_LINE_ABOVE = regex(_LINE + b"|" + _REST + b")")
"""The begin of a line above content; without a group: content, or blanks up to the last byte."""

_BREAK = regex(b"\r\n|\r|\n")
_LONE_CR = regex(rb"\r[^\n]")
_COMMENTS = regex(
    rb"[\r\n]((?:%b)?\#[^\r\n]*+(?:[\r\n](?:\#[^\r\n]*+|[ \t]*+(?=[\r\n]|\Z)))*)" % BOM
)
"""Comment lines in column 1 and the blank lines between and below them."""

_PIECE = 256 * 1024
"""A long List is output in pieces of at least this size, if that is wanted."""

_COMMENT_REACH = 64 * 1024
"""Comments more bytes than this above a glued manifest stay with the frame above."""


def raw_batches(
    chunks: Iterable[bytes],
    max_document: int = MAX_DOCUMENT,
    *,
    in_runs: bool = False,
    long_list: int | None = None,
) -> Iterator[RawBatch]:
    """Yield the raw documents of a stream, those that each chunk completes together.

    With `in_runs`, plain documents that follow one another are not separated. What may
    be a List and has more than `long_list` bytes comes in pieces as it is read, whatever its size.
    """
    framer = Framer(max_document, in_runs=in_runs, long_list=long_list)
    for chunk in chunks:
        yield RawBatch(framer.feed(chunk))
    yield RawBatch(framer.close(), is_last=True)


def raw_documents(
    chunks: Iterable[bytes], max_document: int = MAX_DOCUMENT
) -> Iterator[RawDocument]:
    """Yield the raw documents of a stream, each as soon as its end is known."""
    for batch in raw_batches(chunks, max_document):
        yield from batch.documents


class Framer:
    """Cuts one stream. Offsets are offsets into the buffer, which begins with the current frame.

    The work is done in steps. A step reads the bytes from `_pos` on, sets the next step and returns
    True, or returns False if it needs more bytes.
    """

    def __init__(
        self,
        max_document: int = MAX_DOCUMENT,
        *,
        in_runs: bool = False,
        long_list: int | None = None,
    ) -> None:
        self._limit = max_document
        self._in_runs = in_runs
        self._long_list = long_list
        self._buffer = bytearray()
        self._complete: list[RawDocument] = []
        self._line_starts = _AFTER_LF
        self._settled = 0
        """The bytes received so far decide about line starts before this offset."""

        self._is_list: bool | None = None
        """Whether the frame begins like a List; None: that is not known yet."""

        self._start = 0
        self._pos = 0
        self._line = 1
        self._ordinal = 0
        self._step: Callable[[], bool] = self._read_above_content
        self._begin(Opening.START)

    def feed(self, chunk: bytes) -> list[RawDocument]:
        """Add the next bytes, and return the frames that they complete."""
        already = len(self._buffer)
        self._buffer += chunk
        size = len(self._buffer)
        at = self._buffer.find(b"\r", max(already - 1, 0))
        if at >= 0 and _LONE_CR.search(self._buffer, at):
            self._line_starts = _AFTER_ANY_BREAK
        tail = max(size - _LOOK_AHEAD, 0)
        last_break = max(self._buffer.rfind(b"\n", tail), self._buffer.rfind(b"\r", tail))
        self._settled = size if last_break < 0 and tail else last_break + 1
        is_open = self._in_runs and self._opening in (Opening.START, Opening.MARKER)
        if is_open and not self._is_list:
            self._take_run(already)
        self._run()
        return self._hand_over()

    def close(self) -> list[RawDocument]:
        """Return the frames that the end of the stream completes."""
        self._settled = len(self._buffer) + 1
        self._run()
        self._cut(len(self._buffer), Opening.START)
        return self._hand_over()

    def _run(self) -> None:
        while self._step():
            pass
        self._emit_open()
        if self._is_too_long(self._pos):
            self._step = self._read_content
            self._emit_pieces(self._pos - 1)

    def _emit_open(self) -> None:
        """Emit of a long List what has been read, except for what a border may still take."""
        if self._pos - self._start > _COMMENT_REACH + _PIECE and self._may_be_list():
            at = self._pos - _COMMENT_REACH
            self._emit(at - (self._buffer[at - 1 : at + 1] == b"\r\n"), is_open=True)

    def _may_be_list(self) -> bool:
        """Whether the frame may be a List that is output in pieces."""
        if self._is_list is None:
            head = bytes(memoryview(self._buffer)[self._start : self._start + _PIECE])
            self._is_list = begins_list(head)
        return self._long_list is not None and self._is_list and not self._is_oversize

    def _hand_over(self) -> list[RawDocument]:
        del self._buffer[: self._start]
        self._pos -= self._start
        self._ended -= self._start
        self._start = 0
        complete, self._complete = self._complete, []
        return complete

    def _take_run(self, new: int) -> None:
        """Emit the plain documents that the buffer begins with, and begin the frame after them."""
        end, documents = run_at_start(self._buffer, new, is_first=self._opening is Opening.START)
        if documents > 1 and end <= self._limit and not self._is_oversize:
            self._emit(end, documents=documents)
            self._ordinal += documents
            self._begin(Opening.MARKER)
            self._pos, self._step = end, self._read_above_content

    def _begin(self, opening: Opening) -> None:
        self._opening = opening
        self._is_marked = False
        self._is_flow = False
        self._is_oversize = False
        self._is_list = None
        self._is_in_pieces = False
        self._keys: set[bytes] = set()
        self._is_ending = False
        self._ended = -1
        """The end of the `...` line that ends this frame; negative if there is none."""

    def _cut(self, at: int, opening: Opening) -> None:
        """End the current frame at offset `at`, where the next one begins."""
        self._emit_pieces(at)
        if at > self._start:
            self._emit(at, opening is Opening.GLUED)
        self._ordinal += 1
        self._begin(opening)

    def _emit_pieces(self, end: int) -> None:
        """Emit what exceeds the limit, in pieces of its size that do not split a CRLF."""
        while end - self._start > self._limit and not self._may_be_list():
            self._is_oversize = True
            at = self._start + self._limit
            self._emit(at + (self._buffer[at - 1 : at + 1] == b"\r\n"))

    def _emit(
        self, end: int, is_glued_below: bool = False, documents: int = 1, *, is_open: bool = False
    ) -> None:
        start, is_oversize = self._start, self._is_oversize
        is_long = self._long_list is not None and end - start > min(self._long_list, self._limit)
        is_alone = documents == 1  # in a run there is no List
        is_list = self._is_in_pieces or is_open or (is_long and is_alone and self._may_be_list())
        self._is_in_pieces = is_open
        data = bytes(memoryview(self._buffer)[start:end])
        self._complete.append(
            RawDocument(
                data,
                self._line,
                self._ordinal,
                self._opening,
                is_oversize,
                is_glued_below,
                documents,
                is_list,
                is_open,
            )
        )
        self._start = end
        self._line += data.count(b"\n")
        if b"\r" in data:
            self._line += data.count(b"\r") - data.count(b"\r\n")

    def _is_too_long(self, at: int) -> bool:
        """Whether a frame that extends to `at` is so long that only a `---` ends it."""
        is_long = at - self._start > self._limit
        return self._is_oversize or (is_long and not self._may_be_list())

    def _read_above_content(self) -> bool:
        """A step: read one line, or the rest of one, while the frame has no content."""
        data, pos = self._buffer, self._pos
        if self._is_too_long(pos):
            self._step = self._read_content
            return True
        at_line_start = pos == self._start or data[pos - 1] in b"\r\n"
        if at_line_start and pos >= self._settled:
            return False
        found = (_LINE_ABOVE if at_line_start else _REST_ABOVE).match(data, pos)
        assert found is not None  # both match the empty text
        kind, self._pos = found.lastgroup, found.end()
        if kind is None and self._pos == len(data):
            return False
        if kind == "start":
            self._take_marker(pos, has_bom=found.start("start") > pos)
        elif kind in ("comment", "stop", "directive"):
            if kind == "directive":
                if self._is_marked:
                    self._cut(pos, Opening.AFTER_END)
                self._follow_end(pos, Opening.AFTER_END)
            self._is_ending = kind == "stop"
            self._step = self._skip_line
        elif kind != "newline":
            self._take_content(found)
        return True

    def _take_marker(self, at: int, has_bom: bool) -> None:
        """Begin a frame with the `---` line at `at`, or add the line to the current frame."""
        if self._is_marked or (has_bom and at > self._start):
            self._cut(at, Opening.MARKER)
        self._follow_end(at, Opening.MARKER)
        if self._opening is Opening.AFTER_END:
            self._opening = Opening.MARKER
        self._is_marked = True

    def _take_content(self, found: re.Match[bytes]) -> None:
        self._follow_end(found.end(), Opening.AFTER_END)
        self._step = self._read_content
        if found.lastgroup == "brace":
            self._is_flow = True
            self._scan = ObjectScan()
            self._step = self._read_objects
        elif found.lastgroup == "key":
            self._keys.add(found["key"])
        elif found.lastgroup is None:
            self._pos += 1

    def _follow_end(self, at: int, opening: Opening) -> None:
        """Cut after the `...` line, if there is one, now that something up to `at` follows it."""
        if self._ended >= 0 and not self._is_too_long(at):
            self._cut(self._ended, opening)

    def _skip_line(self) -> bool:
        """A step: skip to the next line; after a `...` line, the frame ends there."""
        found = _BREAK.search(self._buffer, self._pos)
        size = len(self._buffer)
        if found is None:
            self._pos = size
            return False
        if found.group() == b"\r" and found.end() == size:  # possibly half of a CRLF
            self._pos = found.start()
            return False
        self._pos = found.end()
        if self._is_ending:
            self._is_ending = self._is_marked = False
            self._ended = self._pos
        self._step = self._read_above_content
        return True

    def _read_objects(self) -> bool:
        """A step: read the rest of a JSON object."""
        data = self._buffer
        stop, self._pos = self._scan.scan(data, self._pos)
        if stop is Stop.MORE or (stop is Stop.BREAK and self._pos + 1 >= self._settled):
            return False
        if stop is Stop.BREAK and not _MARKER.match(data, self._pos + 1):
            self._pos += 1
        elif stop is Stop.NEXT and not self._is_too_long(self._pos):
            self._cut(self._pos, Opening.JSON)
            self._is_flow = True
            self._scan = ObjectScan()
            self._pos = data.index(b"{", self._pos) + 1
        else:
            self._step = self._read_content
        return True

    def _read_content(self) -> bool:
        """A step: read up to the next marker or directive, and cut at glued manifests."""
        data, resume = self._buffer, max(self._pos - 1, self._start)
        for found in self._line_starts.finditer(data, resume):
            at, kind = found.start() + 1, found.lastgroup
            if at >= self._settled:
                break
            if kind == "key":
                if not self._is_flow and not self._is_too_long(at):
                    self._take_key(at, found["key"])
            elif kind == "start" or not self._is_too_long(at):
                if kind != "stop":
                    self._cut(at, Opening.AFTER_END)  # a marker changes it to MARKER
                self._pos = at
                self._step = self._read_above_content
                return True
        self._pos = max(self._pos, min(self._settled, len(data)))
        return False

    def _take_key(self, at: int, key: bytes) -> None:
        if len(self._keys) == 2:  # apiVersion and kind
            reach = max(at - _COMMENT_REACH, self._start)
            runs = _COMMENTS.finditer(self._buffer, reach, at)
            above = next((run.start(1) for run in runs if run.end() == at), at)
            self._cut(above, Opening.GLUED)
        self._keys.add(key)
