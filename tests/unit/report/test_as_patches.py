"""Patches for kubectl and kustomize."""

import json
from typing import Any

import yaml

from transformer.findings import Change, DocumentResult, ObjectRef
from transformer.report.as_patches import json_patches, kustomize_patches

DEPLOYMENT = ObjectRef("apps.kruise.io", "v1", "CloneSet", "", "web.v1")
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


def test_a_target_fits_one_object_only() -> None:
    document = result((DEPLOYMENT, "", [add("/x", 1)]), (NODE, "/items/1", [add("/x", "a: 'b'\n")]))
    entries = yaml.safe_load("".join(kustomize_patches(document)))
    assert [entry["target"] for entry in entries] == [
        {
            "group": "apps\\.kruise\\.io",
            "version": "v1",
            "kind": "CloneSet",
            "name": "web\\.v1",
            "namespace": "default",
        },
        {"group": "^$", "version": "v1", "kind": "Node", "name": "edge-1"},
    ]
    assert yaml.safe_load(entries[1]["patch"]) == [add("/x", "a: 'b'\n")]


def test_an_unchanged_document_has_no_patches() -> None:
    assert list(json_patches(result())) == list(kustomize_patches(result())) == []
