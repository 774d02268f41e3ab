"""Results as a unified diff: each changed document, its lines numbered as in its file."""

import re
from collections.abc import Iterator

from transformer.findings import DocumentResult

_LINES = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_HUNK = re.compile(rb"@@ -(\d+)(,\d+)? \+(\d+)(,\d+)? @@")


def header(file: str) -> bytes:
    """Return the two lines that name the file."""
    name = file.encode("utf-8", "surrogateescape")
    return b"--- a/" + name + b"\n+++ b/" + name + b"\n"


def hunks(result: DocumentResult, shift: int) -> Iterator[bytes]:
    """Yield the hunks of one document; `shift` is by how many lines the file has grown above it."""
    from difflib import diff_bytes, unified_diff

    old, new = _LINES.findall(result.source), _LINES.findall(result.data)
    lines = iter(diff_bytes(unified_diff, old, new, lineterm=b"\n"))
    next(lines, None)
    next(lines, None)
    for line in lines:
        if (found := _HUNK.match(line)) is not None:
            above = result.line - 1
            start, target = int(found[1]) + above, int(found[3]) + above + shift
            yield b"@@ -%d%b +%d%b @@\n" % (start, found[2] or b"", target, found[4] or b"")
        elif line.endswith((b"\n", b"\r")):
            yield line
        else:
            yield line + b"\n\\ No newline at end of file\n"


def growth(result: DocumentResult) -> int:
    """Return by how many lines the document has grown."""
    return len(_LINES.findall(result.data)) - len(_LINES.findall(result.source))
