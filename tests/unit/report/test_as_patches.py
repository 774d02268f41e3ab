"""Patches for kubectl."""

import json
from typing import Any

from transformer.findings import Change, DocumentResult, ObjectRef
from transformer.report.as_patches import json_patches

NODE = ObjectRef("", "v1", "Node", "", "edge-1")


def result(*changes: tuple[ObjectRef, str, list[dict[str, Any]]]) -> DocumentResult:
    made = tuple(
        Change("rule", "a.yaml", 1, 0, item, ref, tuple(steps)) for ref, item, steps in changes
    )
    return DocumentResult("a.yaml", 1, b"", b"", "edited", False, made)


def add(path: str, value: Any) -> dict[str, Any]:
    return {"op": "add", "path": path, "value": value}


def test_changes_of_several_rules_to_one_object_are_one_patch() -> None:
    document = result(
        (NODE, "/items/0", [add("/metadata/labels", {"a": "1"})]),
        (NODE, "/items/0", [add("/metadata/labels/b", "2")]),
        (NODE, "/items/1", [add("/metadata/labels/b", "2")]),
    )
    entries = [json.loads(line) for line in json_patches(document)]
    assert [entry["item"] for entry in entries] == ["/items/0", "/items/1"]
    assert entries[0]["patch"] == [add("/metadata/labels", {"a": "1", "b": "2"})]
    assert entries[0]["file"] == "a.yaml"


def test_an_unchanged_document_has_no_patches() -> None:
    assert list(json_patches(result())) == []
