"""Findings as a Code Quality report of GitLab: a JSON array."""

import json
from collections.abc import Iterator

from transformer.report.fingerprint import fingerprints
from transformer.report.formatting import told
from transformer.report.report import Report

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(report: Report) -> Iterator[str]:
    """Yield the text of the report."""
    entries = [
        {
            "description": told(found),
            "check_name": found.rule,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[found.severity],
            "location": {
                "path": found.file.removeprefix("./"),
                "lines": {"begin": found.line},
            },
        }
        for found, fingerprint in fingerprints(report.findings)
    ]
    yield json.dumps(entries, indent=2) + "\n"
