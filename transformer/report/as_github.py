"""Findings as workflow commands of GitHub Actions, which shows them at their lines.

Errors come first, because GitHub shows about ten of each severity in a step. What was not looked
into is one notice, at the end.
"""

from collections.abc import Iterator

from transformer.findings import Finding
from transformer.report import coverage
from transformer.report.formatting import clean
from transformer.report.report import Report

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
_DATA = str.maketrans({"%": "%25"})
_PROPERTY = str.maketrans({"%": "%25", ":": "%3A", ",": "%2C"})


def render(report: Report) -> Iterator[str]:
    """Yield the commands, one on each line."""
    order = list(_COMMANDS)
    for found in sorted(report.findings, key=lambda found: order.index(found.severity)):
        yield _command(found)
    if report.unseen:
        yield f"::notice title=not looked into::{coverage.counts(report.unseen).translate(_DATA)}\n"


def _command(found: Finding) -> str:
    properties = {
        "file": found.file.removeprefix("./"),
        "line": str(found.line),
        "col": str(found.column),
        "title": f"{found.rule} {found.object}" if found.object else found.rule,
    }
    encoded = ",".join(
        f"{name}={clean(text).translate(_PROPERTY)}" for name, text in properties.items()
    )
    message = f"{found.message}; {found.hint}" if found.hint else found.message
    return f"::{_COMMANDS[found.severity]} {encoded}::{clean(message).translate(_DATA)}\n"
