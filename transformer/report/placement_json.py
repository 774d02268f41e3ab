"""Placement as JSON; `schemas/placement.schema.json` is its schema.

Workloads are rendered one by one, because there may be very many.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from transformer.findings import Unseen
from transformer.placements import (
    NOT_JUDGED,
    PlacementReport,
    PoolColumn,
    PoolVerdict,
    Spot,
    Workload,
    WorldPlacement,
)
from transformer.report import coverage

VERSION = 1
"""Of the format: the schema has it."""

_MOST_FILES = 20


def render(report: PlacementReport) -> Iterator[str]:
    """Yield the text of the report: one object, or one for each of several clusters."""
    yield f'{{\n"version": {VERSION},\n'
    if len(report.worlds) == 1:
        yield from _world(report, report.worlds[0])
    else:
        yield '"clusters": ['
        separator = "\n"
        for world in report.worlds:
            yield separator + "{\n"
            yield from _world(report, world)
            yield "}"
            separator = ",\n"
        yield "\n]\n"
    yield "}\n"


def _world(report: PlacementReport, world: WorldPlacement) -> Iterator[str]:
    yield f'"cluster": {json.dumps(world.name)},\n"pools": ['
    yield from _listed(map(pool, world.pools))
    yield '],\n"workloads": ['
    yield from _listed(workload(one, report) for one in world.workloads)
    yield '],\n"gone": ['
    yield from _listed(workload(one, report) for one in world.gone)
    yield "],\n"
    yield f'"summary": {json.dumps(world.summary)},\n'
    yield f'"notJudged": {json.dumps(NOT_JUDGED)},\n'
    yield f'"notLookedInto": {json.dumps(list(_unseen(report.unseen)))}\n'


def _listed(entries: Iterable[dict[str, Any]]) -> Iterator[str]:
    separator, end = "\n", ""
    for entry in entries:
        yield separator + json.dumps(entry)
        separator, end = ",\n", "\n"
    yield end


def pool(one: PoolColumn) -> dict[str, Any]:
    """Return one entry of `pools`."""
    entry: dict[str, Any] = {
        "name": one.name,
        "hostNetwork": one.is_host_network,
        "type": one.type,
        "nodes": one.nodes,
        "known": one.is_known,
    }
    if one.file:
        entry |= {"file": one.file, "line": one.line}
    if one.elsewhere:
        entry["elsewhere"] = one.elsewhere
    return {**entry, "new": True} if one.is_new else entry


def workload(one: Workload, report: PlacementReport) -> dict[str, Any]:
    """Return one entry of `workloads` or `gone`."""
    entry: dict[str, Any] = {
        "kind": one.kind,
        "apiVersion": one.api_version,
        "namespace": one.namespace,
        "name": one.name,
        "pool": one.copy,
        "template": one.template,
        "file": one.at.file,
        "line": one.at.line,
        "column": one.at.column,
        "component": one.component,
        "verdicts": [verdict(each) for each in one.verdicts],
    }
    if one.build:
        entry["build"] = one.build
    if one.patches:
        entry["patches"] = one.patches
    if report.shows_after:
        entry["after"] = [verdict(each) for each in one.after]
    if report.is_compared and not (one.old is None and not one.is_new):
        entry["old"] = None if one.old is None else [verdict(each) for each in one.old]
    return entry


def verdict(one: PoolVerdict) -> dict[str, Any]:
    """Return one entry of `verdicts`, `after` or `old`."""
    entry: dict[str, Any] = {"pools": one.pools, "verdict": one.word}
    if one.later:
        entry["later"] = one.later
    if one.severity:
        entry["severity"] = one.severity
    entry["decidedBy"] = one.filter
    if one.at is not None:
        entry |= _spot(one.at)
    if one.undecided:
        entry["undecided"] = one.undecided
    if one.nodes:
        entry["nodes"] = {"fitting": one.fitting, "known": one.nodes}
    entry["reasons"] = [
        {
            "rule": reason.rule,
            "severity": reason.severity,
            "message": reason.message,
            "hint": reason.hint,
            **_spot(reason.at),
            **({"suppressed": True} if reason.is_suppressed else {}),
        }
        for reason in one.reasons
    ]
    if one.edit is not None:
        entry["edit"] = {
            "rule": one.edit.rule,
            "message": one.edit.message,
            "verdict": one.edit.word,
            "enabled": one.edit.is_enabled,
        }
    return entry


def _spot(at: Spot) -> dict[str, Any]:
    return {"pointer": at.pointer, "file": at.file, "line": at.line, "column": at.column}


def _unseen(unseen: Sequence[Unseen]) -> Iterator[dict[str, Any]]:
    """Yield what was not looked into, by reason, with the first files of each."""
    totals = Counter((one.what, one.why) for one in unseen)
    for (what, why), number in totals.items():
        files = dict.fromkeys(one.file for one in unseen if (one.what, one.why) == (what, why))
        reason = f"{coverage.noun(what)}: {why}"
        yield {"reason": reason, "count": number, "files": list(files)[:_MOST_FILES]}
