"""Changes as patches for other tools: RFC 6902 for kubectl, a `patches:` list for kustomize."""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby

from transformer.findings import Change, DocumentResult, ObjectRef
from transformer.patch.operation import Operation, fold
from transformer.patch.render import scalar

_CLUSTER_SCOPED = ("Node", "NodePool")


def json_patches(result: DocumentResult) -> Iterator[str]:
    """Yield a line for each changed object: its identity, file, item and patch, as JSON."""
    for made, operations in _by_object(result.changes):
        entry = {
            "object": made.object.as_dict(),
            "file": made.file,
            "item": made.item,
            "patch": [operation.as_dict() for operation in operations],
        }
        yield json.dumps(entry) + "\n"


def kustomize_patches(result: DocumentResult) -> Iterator[str]:
    """Yield an entry of a Kustomization's `patches:` list for each changed object."""
    for made, operations in _by_object(result.changes):
        lines = ["- target:"]
        lines += [f"    {key}: {scalar(value)}" for key, value in _target(made.object).items()]
        lines.append("  patch: |-")
        lines += [f"    - {json.dumps(operation.as_dict())}" for operation in operations]
        yield "\n".join(lines) + "\n"


def _target(ref: ObjectRef) -> dict[str, str]:
    """Return a kustomize selector that fits this object and no other.

    Its fields are regular expressions, and one that is absent fits everything. kustomize takes an
    object without a namespace to be in `default`.
    """
    target = {
        "group": ref.group.replace(".", "\\.") or "^$",
        "version": ref.version,
        "kind": ref.kind,
        "name": ref.name.replace(".", "\\."),
    }
    if ref.kind not in _CLUSTER_SCOPED:
        target["namespace"] = ref.namespace or "default"
    return target


def _by_object(changes: Iterable[Change]) -> Iterator[tuple[Change, list[Operation]]]:
    for _, group in groupby(changes, key=lambda made: made.item):
        of_one = list(group)
        operations = [
            Operation(step["op"], step["path"], step["value"])
            for made in of_one
            for step in made.operations
        ]
        yield of_one[0], fold(operations)
