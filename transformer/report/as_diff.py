"""Results as a unified diff that `git apply` and `patch -p1` take.

Lines are those of the whole file: context crosses the boundaries of documents, because those tools
apply a hunk without lines below it only at the end of a file. As for them, a line ends at LF. Only
one hunk is kept in memory.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePath

from transformer.findings import DocumentResult

_CONTEXT = 3
_NEARBY = 200
_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class FileDiff:
    """The diff of one file; its documents are added in order.

    The file name is shown relative to `folder`.
    """

    def __init__(self, file: str, folder: PurePath | None = None) -> None:
        self._header = _header(file, folder)
        self._pending: tuple[list[bytes], list[bytes]] = ([], [])
        """Parts of old and new text, from the start of a line that the next document continues."""

        self._lines = [0, 0]
        """How many lines of the old and of the new file precede."""
        self._context: list[bytes] = []
        self._hunk: list[bytes] = []
        self._starts = (0, 0)
        self._equal_below = 0

    def add(self, result: DocumentResult) -> Iterator[bytes]:
        """Add the next document, and yield the part of the diff that is complete."""
        self._pending[0].append(result.source)
        self._pending[1].append(result.data)
        if b"\n" not in result.source and b"\n" not in result.data:
            return
        old, new = map(b"".join, self._pending)
        old_end, new_end = (text.rfind(b"\n") + 1 for text in (old, new))
        if old[old_end:] == new[new_end:]:
            self._pending = ([old[old_end:]], [new[new_end:]])
            yield from self._compare(old[:old_end], new[:new_end])

    def end(self) -> Iterator[bytes]:
        """Yield the rest of the diff, at the end of the file."""
        yield from self._compare(*map(b"".join, self._pending))
        yield from self._close_hunk()

    def _compare(self, old_text: bytes, new_text: bytes) -> Iterator[bytes]:
        old, new = BytesIO(old_text).readlines(), BytesIO(new_text).readlines()
        at = 0
        for old_start, old_end, new_start, new_end in _changes(old, new):
            yield from self._keep(old[at:old_start])
            if not self._hunk:
                above = len(self._context)
                self._starts = (self._lines[0] - above, self._lines[1] - above)
                self._hunk = [_marked(b" ", line) for line in self._context]
            self._equal_below, self._context = 0, []
            self._hunk += [_marked(b"-", line) for line in old[old_start:old_end]]
            self._hunk += [_marked(b"+", line) for line in new[new_start:new_end]]
            self._lines[0] += old_end - old_start
            self._lines[1] += new_end - new_start
            at = old_end
        yield from self._keep(old[at:])

    def _keep(self, lines: list[bytes]) -> Iterator[bytes]:
        """Add equal lines; yield the current hunk if they separate it from any later one."""
        if self._hunk:
            room = 2 * _CONTEXT - self._equal_below
            self._hunk += [_marked(b" ", line) for line in lines[:room]]
            self._equal_below += min(len(lines), room)
            if len(lines) > room:
                yield from self._close_hunk()
        self._lines = [seen + len(lines) for seen in self._lines]
        self._context = (self._context + lines[-_CONTEXT:])[-_CONTEXT:]

    def _close_hunk(self) -> Iterator[bytes]:
        if not self._hunk:
            return
        hunk = self._hunk[: len(self._hunk) - max(self._equal_below - _CONTEXT, 0)]
        ranges = (
            _range(start, sum(not line.startswith(other) for line in hunk))
            for start, other in zip(self._starts, (b"+", b"-"), strict=True)
        )
        yield self._header + b"@@ -%b +%b @@\n" % tuple(ranges)
        yield from hunk
        self._header = b""
        self._hunk = []


def _header(file: str, folder: PurePath | None) -> bytes:
    """Return the two lines that name the file, relative to `folder` if it is in there."""
    path = PurePath(file)
    if folder and path.is_relative_to(folder):
        path = path.relative_to(folder)
    name = path.as_posix().lstrip("/")
    lines = f"--- {_quoted(f'a/{name}')}\n+++ {_quoted(f'b/{name}')}\n"
    return lines.encode("utf-8", "surrogateescape")


def _quoted(name: str) -> str:
    """Return a file name as git writes it: in quotes, or with a tab that marks its end."""
    if re.search(r'["\\\x00-\x1f\x7f]', name):
        return f'"{name.translate(_ESCAPES)}"'
    return f"{name}\t" if " " in name else name


def _marked(mark: bytes, line: bytes) -> bytes:
    end = b"" if line.endswith(b"\n") else b"\n\\ No newline at end of file\n"
    return mark + line + end


def _range(start: int, count: int) -> bytes:
    if count == 1:
        return b"%d" % (start + 1)
    return b"%d,%d" % (start + (count > 0), count)


def _changes(old: list[bytes], new: list[bytes]) -> Iterator[tuple[int, int, int, int]]:
    """Yield start and end in `old`, and start and end in `new`, of each range that differs.

    Edits insert or replace a few lines, so the search for lines that are equal again looks nearby.
    Only if there are none (in a re-serialized document), difflib gets the rest: it is quadratic.
    """
    if old == new:
        return
    at, to = 0, 0
    while at < len(old) or to < len(new):
        if old[at : at + 1] == new[to : to + 1]:
            at, to = at + 1, to + 1
            continue
        nearby = _equal_again(old, new, at, to)
        if nearby is None:
            from difflib import SequenceMatcher  # rarely needed

            for tag, i, i_end, j, j_end in SequenceMatcher(None, old[at:], new[to:]).get_opcodes():
                if tag != "equal":
                    yield at + i, at + i_end, to + j, to + j_end
            return
        yield at, nearby[0], to, nearby[1]
        at, to = nearby


def _equal_again(old: list[bytes], new: list[bytes], at: int, to: int) -> tuple[int, int] | None:
    for distance in range(1, _NEARBY):
        for removed in range(distance + 1):
            i, j = at + removed, to + distance - removed
            is_inside = i <= len(old) and j <= len(new)
            if is_inside and old[i : i + _CONTEXT] == new[j : j + _CONTEXT]:
                return i, j
    return None
