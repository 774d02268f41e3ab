"""Findings as SARIF 2.1.0, for code scanning. The same report always gives the same bytes.

This needs no library: those that write SARIF are unmaintained, or depend on a whole framework.
"""

import json
import zlib
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from transformer.findings import Finding, Fix, Related
from transformer.report.fingerprint import fingerprints
from transformer.report.formatting import message_and_hint
from transformer.report.report import Report, RuleHelp
from transformer.report.rule_page import markdown

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
RUN = "hostnet-transform/validate/"
"""Runs with this id are compared with one another; an upload may give another one."""

MOST_RESULTS = 25_000
MOST_BYTES = 10_000_000 - 100_000
"""Limits of code scanning, which rejects larger files: the results of a run, and the bytes of the
compressed file (with some room, because an upload adds to it). It shows the 5,000 most severe.
"""

_ORDER = ("error", "warning", "info")
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render(report: Report) -> Iterator[str]:
    """Yield the text of the report: if it is too large for code scanning, of the most severe of its
    findings.
    """
    known = list(fingerprints(report.findings))
    text = _text(report, known) if len(known) <= MOST_RESULTS else ""
    if not text or _is_too_large(text):
        known.sort(key=lambda one: _ORDER.index(one[0].severity))
        known = known[:MOST_RESULTS]
        while _is_too_large(text := _text(report, known)) and known:
            known = known[: len(known) * 3 // 4]
        report.warns(_cut(len(known), len(report.findings)))
    yield text


def _text(report: Report, known: Sequence[tuple[Finding, str]]) -> str:
    """Return the text of a report with these findings, which have their fingerprints."""
    rules = report.rules()
    places = {rule.id: place for place, rule in enumerate(rules)}
    driver: dict[str, Any] = {
        "name": "hostnet-transform",
        "rules": [_rule(rule) for rule in rules],
    }
    if version := report.version():
        driver["version"] = version
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "automationDetails": {"id": RUN},
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "results": [_result(found, fingerprint, places) for found, fingerprint in known],
    }
    if len(known) < len(report.findings):
        said = {"level": "warning", "message": {"text": _cut(len(known), len(report.findings))}}
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": [said]}]
    if report.unseen:
        entries = [one.as_dict() for one in report.unseen]
        run["properties"] = {"unseenTotal": len(entries), "unseen": entries}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _is_too_large(text: str) -> bool:
    data = text.encode("utf-8", "backslashreplace")
    return len(data) > MOST_BYTES and len(zlib.compress(data)) > MOST_BYTES


def _cut(kept: int, number: int) -> str:
    return (
        f"the SARIF report has only {kept:,} of {number:,} findings, the most severe ones: code"
        f" scanning takes {MOST_RESULTS:,} at most, and 10 MB compressed"
    )


def _rule(rule: RuleHelp) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.summary or rule.title},
        "help": {"text": rule.text or rule.title, "markdown": markdown(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(found: Finding, fingerprint: str, places: dict[str, int]) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": found.line, "startColumn": found.column}
    if found.excerpt:
        region |= {
            "endLine": found.line,
            "endColumn": max(len(found.excerpt.rstrip()) + 1, found.column),
            "snippet": {"text": found.excerpt},
        }
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(found.file)}, "region": region}
    }
    if found.object is not None:
        where = f"{found.object}{found.pointer}"
        location["logicalLocations"] = [{"fullyQualifiedName": where, "kind": "object"}]
    result: dict[str, Any] = {
        "ruleId": found.rule,
        "level": _LEVELS[found.severity],
        "message": {"text": message_and_hint(found)},
        "locations": [location],
        "partialFingerprints": {"hostnetTransform/v1": fingerprint},
    }
    if found.related:
        result["relatedLocations"] = [_related(also) for also in found.related]
    if found.rule in places:
        result["ruleIndex"] = places[found.rule]
    if found.fix and not found.fix.has_lone_cr:  # `newlineSequences` is what few programs read
        result["fixes"] = [_fix(found, found.fix)]
    return result


def _fix(found: Finding, fix: Fix) -> dict[str, Any]:
    replacements = [
        {
            "deletedRegion": {
                "startLine": edit.line,
                "startColumn": edit.column,
                "endLine": edit.end_line,
                "endColumn": edit.end_column,
            },
            "insertedContent": {"text": edit.text},
        }
        for edit in fix.edits
    ]
    change = {"artifactLocation": {"uri": _uri(found.file)}, "replacements": replacements}
    return {
        "description": {"text": f"edit the object ({', '.join(fix.rules)})"},
        "artifactChanges": [change],
    }


def _related(also: Related) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": _uri(also.file)},
        "region": {"startLine": also.line, "startColumn": also.column},
    }
    return {"physicalLocation": place, "message": {"text": also.message}}


def _uri(file: str) -> str:
    """Return a file name as a URI reference; a relative name stays relative."""
    path = file.replace("\\", "/").removeprefix("./")
    quoted = quote(path, safe="/", errors="surrogateescape")
    return f"file://{quoted}" if quoted.startswith("/") else quoted or "unknown"
