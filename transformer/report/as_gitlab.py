"""Findings as a GitLab Code Quality report: a JSON array."""

import json
from collections.abc import Iterator

from transformer.report.fingerprint import fingerprints
from transformer.report.formatting import message_and_hint
from transformer.report.report import Report

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(report: Report) -> Iterator[str]:
    """Yield the text of the report."""
    entries = [
        {
            "description": message_and_hint(found),
            "check_name": found.rule,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[found.severity],
            "location": {"path": found.file.removeprefix("./"), "lines": {"begin": found.line}},
        }
        for found, fingerprint in fingerprints(report.findings)
    ]
    yield json.dumps(entries, indent=2) + "\n"
