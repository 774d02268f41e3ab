"""Findings as lines of reviewdog's diagnostic format (rdjsonl), with suggestions for edits.

Columns there count bytes of UTF-8.
"""

import json
from collections.abc import Iterator
from typing import Any

from transformer.findings import Finding, TextEdit
from transformer.report.formatting import message_and_hint
from transformer.report.report import Report

_SEVERITIES = {"error": "ERROR", "warning": "WARNING", "info": "INFO"}


def render(report: Report) -> Iterator[str]:
    """Yield a line for each finding."""
    for found in report.findings:
        yield json.dumps(_diagnostic(found)) + "\n"


def _diagnostic(found: Finding) -> dict[str, Any]:
    before = found.excerpt[: found.column - 1]
    column = len(before.encode("utf-8", "surrogatepass")) + 1 if found.excerpt else found.column
    start = {"line": found.line, "column": column}
    diagnostic: dict[str, Any] = {
        "message": message_and_hint(found),
        "location": {"path": found.file, "range": {"start": start}},
        "severity": _SEVERITIES[found.severity],
        "source": {"name": "hostnet-transform"},
        "code": {"value": found.rule},
    }
    if found.fix:
        diagnostic["suggestions"] = list(map(_suggestion, found.fix.edits))
    if found.related:
        diagnostic["related_locations"] = [
            {
                "message": also.message,
                "location": {
                    "path": also.file,
                    "range": {"start": {"line": also.line, "column": also.column}},
                },
            }
            for also in found.related
        ]
    return diagnostic


def _suggestion(edit: TextEdit) -> dict[str, Any]:
    start = {"line": edit.line, "column": edit.byte_column}
    end = {"line": edit.end_line, "column": edit.end_byte_column}
    return {"range": {"start": start, "end": end}, "text": edit.text}
