"""Results as the JSON report; `schemas/report.schema.json` is its schema."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from transformer.findings import Change, Finding, Related, TextEdit, Unseen
from transformer.report.report import LeftOut, Report


def finding(found: Finding) -> str:
    """Return one entry of `findings`, as JSON on one line."""
    keys = ("rule", "severity", "file", "line", "column", "document", "item", "object", "pointer")
    entry = _entry(found, *keys, "message")
    if found.hint:
        entry["hint"] = found.hint
    if found.clusters:
        entry["clusters"] = found.clusters
    if found.related:
        entry["related"] = [
            _entry(also, "file", "line", "column", "object", "message") for also in found.related
        ]
        entry["relatedTotal"] = found.related_total
    if found.fix:
        entry["fix"] = {"rules": found.fix.rules, "edits": list(map(_edit, found.fix.edits))}
    return json.dumps(entry)


def _edit(edit: TextEdit) -> dict[str, Any]:
    return {
        "line": edit.line,
        "column": edit.column,
        "endLine": edit.end_line,
        "endColumn": edit.end_column,
        "text": edit.text,
    }


def change(made: Change) -> str:
    """Return one entry of `changed`, as JSON on one line."""
    keys = ("file", "line", "document", "item", "rule", "object", "operations")
    return json.dumps(_entry(made, *keys))


def _entry(value: Finding | Related | Change, *attributes: str) -> dict[str, Any]:
    """Return some attributes, which have the same names in the report, in its order."""
    entry = {name: getattr(value, name) for name in attributes}
    if value.object is not None:
        entry["object"] = value.object.as_dict()
    return entry


def render(report: Report) -> Iterator[str]:
    """Yield the text of the report of a validation."""
    skipped = [{"reason": reason, "rules": list(ids)} for reason, ids in report.skipped_rules]
    changes, findings = map(change, report.changes), map(finding, report.findings)
    undecided = [{"reason": reason, "workloads": number} for reason, number in report.undecided]
    yield from assemble(
        report.documents,
        changes,
        findings,
        skipped,
        undecided,
        unseen=report.unseen,
        left_out=report.left_out,
    )


def assemble(
    documents: int,
    changed: Iterable[str],
    findings: Iterable[str],
    skipped_rules: Sequence[Mapping[str, Any]] = (),
    undecided: Sequence[Mapping[str, Any]] = (),
    *,
    unseen: Sequence[Unseen] = (),
    left_out: Sequence[LeftOut] = (),
) -> Iterator[str]:
    """Yield the text of a report with the entries that `change` and `finding` returned."""
    yield f'{{\n  "documents": {documents},\n  "changed": ['
    yield from _entries(changed)
    yield '],\n  "findings": ['
    yield from _entries(findings)
    for name in ("skippedRules", "notJudged") if skipped_rules else ():  # the latter until 1.0
        yield f'],\n  "{name}": ['
        yield from _entries(map(json.dumps, skipped_rules))
    if undecided:
        yield '],\n  "undecided": ['
        yield from _entries(map(json.dumps, undecided))
    if unseen:
        yield f'],\n  "unseenTotal": {len(unseen)},\n  "unseen": ['
        yield from _entries(json.dumps(one.as_dict()) for one in unseen)
    if left_out:
        yield '],\n  "leftOut": ['
        yield from _entries(json.dumps(one._asdict()) for one in left_out)
    yield "]\n}\n"


def _entries(entries: Iterable[str]) -> Iterator[str]:
    separator, end = "\n    ", ""
    for entry in entries:
        yield separator + entry
        separator, end = ",\n    ", "\n  "
    yield end
