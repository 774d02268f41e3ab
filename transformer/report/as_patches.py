"""Changes as JSON patches (RFC 6902) for kubectl, one JSON object on each line."""

import json
from collections.abc import Iterator

from transformer.findings import DocumentResult
from transformer.report.by_object import by_object


def json_patches(result: DocumentResult) -> Iterator[str]:
    """Yield a line of JSON for each changed object: its identity, file, item and patch."""
    for (made, *_), operations in by_object(result.changes):
        entry = {
            "object": made.object.as_dict(),
            "file": made.file,
            "item": made.item,
            "patch": [operation.as_dict() for operation in operations],
        }
        yield json.dumps(entry) + "\n"
