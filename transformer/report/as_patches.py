"""Changes as patches for other tools: RFC 6902 for kubectl, a `patches:` list for kustomize."""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby

from transformer.findings import Change, DocumentResult
from transformer.patch.operation import Operation, fold
from transformer.patch.render import scalar
from transformer.report.as_json import reference


def json_patches(result: DocumentResult) -> Iterator[str]:
    """Yield a line for each changed object: its identity, file, item and patch, as JSON."""
    for made, operations in _by_object(result.changes):
        yield (
            json.dumps(
                {
                    "object": reference(made.object),
                    "file": made.file,
                    "item": made.item,
                    "patch": [operation.as_dict() for operation in operations],
                }
            )
            + "\n"
        )


def kustomize_patches(result: DocumentResult) -> Iterator[str]:
    """Yield an entry of a Kustomization's `patches:` list for each changed object."""
    for made, operations in _by_object(result.changes):
        target = {key: value for key, value in reference(made.object).items() if value}
        lines = ["- target:"]
        lines += [f"    {key}: {scalar(value)}" for key, value in target.items()]
        lines.append("  patch: |-")
        lines += [f"    - {json.dumps(operation.as_dict())}" for operation in operations]
        yield "\n".join(lines) + "\n"


def _by_object(changes: Iterable[Change]) -> Iterator[tuple[Change, list[Operation]]]:
    for _, group in groupby(changes, key=lambda made: made.item):
        of_one = list(group)
        operations = [
            Operation(step["op"], step["path"], step["value"])
            for made in of_one
            for step in made.operations
        ]
        yield of_one[0], fold(operations)
