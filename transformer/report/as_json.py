"""Results as the JSON report; `schemas/report.schema.json` is its schema."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from transformer.findings import Change, Finding, Related
from transformer.report.report import Report


def finding(found: Finding) -> str:
    """Return one entry of `findings`, as JSON on one line."""
    entry: dict[str, Any] = {
        "rule": found.rule,
        "severity": found.severity,
        "file": found.file,
        "line": found.line,
        "column": found.column,
        "document": found.document,
        "item": found.item,
        "object": None if found.object is None else found.object.as_dict(),
        "pointer": found.pointer,
        "message": found.message,
    }
    if found.hint:
        entry["hint"] = found.hint
    if found.related:
        entry["related"] = [_related(also) for also in found.related]
        entry["relatedTotal"] = found.related_total
    return json.dumps(entry)


def _related(also: Related) -> dict[str, Any]:
    return {
        "file": also.file,
        "line": also.line,
        "column": also.column,
        "object": None if also.object is None else also.object.as_dict(),
        "message": also.message,
    }


def change(made: Change) -> str:
    """Return one entry of `changed`, as JSON on one line."""
    return json.dumps(
        {
            "file": made.file,
            "line": made.line,
            "document": made.document,
            "item": made.item,
            "rule": made.rule,
            "object": made.object.as_dict(),
            "operations": list(made.operations),
        }
    )


def render(report: Report) -> Iterator[str]:
    """Yield the text of the report of a validation."""
    skipped = [{"reason": reason, "rules": list(ids)} for reason, ids in report.skipped_rules]
    changes, findings = map(change, report.changes), map(finding, report.findings)
    yield from assemble(report.documents, changes, findings, skipped)


def assemble(
    documents: int,
    changed: Iterable[str],
    findings: Iterable[str],
    skipped_rules: Sequence[Mapping[str, Any]] = (),
) -> Iterator[str]:
    """Yield the text of a report with the entries that `change` and `finding` returned."""
    yield f'{{\n  "documents": {documents},\n  "changed": ['
    yield from _entries(changed)
    yield '],\n  "findings": ['
    yield from _entries(findings)
    for name in ("skippedRules", "notJudged") if skipped_rules else ():  # the latter until 1.0
        yield f'],\n  "{name}": ['
        yield from _entries(map(json.dumps, skipped_rules))
    yield "]\n}\n"


def _entries(entries: Iterable[str]) -> Iterator[str]:
    separator, end = "\n    ", ""
    for entry in entries:
        yield separator + entry
        separator, end = ",\n    ", "\n  "
    yield end
