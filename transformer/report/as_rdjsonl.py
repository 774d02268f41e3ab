"""Findings as lines of reviewdog's diagnostic format (rdjsonl), with suggestions for edits.

Lines there end at LF, and columns count bytes of UTF-8: a file in which a lone CR ends a line gets
no suggestions. reviewdog takes neither what is no UTF-8 nor lines of 64 KiB: it leaves out such a
line, and all that follow it, without a word.
"""

import json
from collections.abc import Iterator
from typing import Any

from transformer.findings import Finding, TextEdit
from transformer.report.formatting import clean, message_and_hint
from transformer.report.report import Report

_SEVERITIES = {"error": "ERROR", "warning": "WARNING", "info": "INFO"}
_MOST_BYTES = 60_000
_MOST_OF_A_MESSAGE = 2_000


def render(report: Report) -> Iterator[str]:
    """Yield a line for each finding."""
    for found in report.findings:
        yield _line(found) + "\n"


def _line(found: Finding) -> str:
    """Return a finding as JSON; if it is too long, without some of its further places, without its
    edits, or without the end of its message.
    """
    line = json.dumps(_diagnostic(found))
    if len(line) <= _MOST_BYTES:
        return line
    if found.related:
        return _line(found._replace(related=found.related[: len(found.related) // 2]))
    if found.fix:
        return _line(found._replace(fix=None))
    message = f"{message_and_hint(found)[:_MOST_OF_A_MESSAGE]} ..."
    return json.dumps(_diagnostic(found._replace(message=message, hint="", object=None)))


def _diagnostic(found: Finding) -> dict[str, Any]:
    before = found.excerpt[: found.column - 1]
    column = len(before.encode("utf-8", "surrogatepass")) + 1 if found.excerpt else found.column
    start = {"line": found.line, "column": column}
    diagnostic: dict[str, Any] = {
        "message": _utf8(clean(message_and_hint(found))),
        "location": {"path": _utf8(found.file), "range": {"start": start}},
        "severity": _SEVERITIES[found.severity],
        "source": {"name": "hostnet-transform"},
        "code": {"value": found.rule},
    }
    if found.fix and not found.fix.has_lone_cr:
        diagnostic["suggestions"] = list(map(_suggestion, found.fix.edits))
    if found.related:
        diagnostic["related_locations"] = [
            {
                "message": _utf8(clean(also.message)),
                "location": {
                    "path": _utf8(also.file),
                    "range": {"start": {"line": also.line, "column": also.column}},
                },
            }
            for also in found.related
        ]
    return diagnostic


def _suggestion(edit: TextEdit) -> dict[str, Any]:
    start = {"line": edit.line, "column": edit.byte_column}
    end = {"line": edit.end_line, "column": edit.end_byte_column}
    return {"range": {"start": start, "end": end}, "text": _utf8(edit.text)}


def _utf8(text: str) -> str:
    """Return `text` with what UTF-8 cannot hold escaped."""
    return text.encode("utf-8", "backslashreplace").decode()
