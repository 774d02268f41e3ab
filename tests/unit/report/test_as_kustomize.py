"""A `patches:` list for a kustomization."""

from typing import Any

import pytest
import yaml

from transformer.findings import Change, DocumentResult, ObjectRef
from transformer.report.as_kustomize import KustomizePatches

APPEND = {"op": "add", "path": "/spec/terms/-", "value": {"a": 1}}
ADD = {"op": "add", "path": "/spec/affinity", "value": {"a": 1}}


Document = tuple[DocumentResult, dict[str, ObjectRef]]


def workload(name: str, namespace: str = "", version: str = "apps.kruise.io/v1") -> ObjectRef:
    group, _, number = version.rpartition("/")
    return ObjectRef(group, number, "CloneSet", namespace, name)


def document(*objects: ObjectRef, patch: tuple[Any, ...] = (ADD,)) -> Document:
    """Return a document, or a List, with one patch for each of its objects."""
    items = [f"/items/{index}" for index in range(len(objects))] if len(objects) > 1 else [""]
    by_item = dict(zip(items, objects, strict=True))
    made = tuple(
        Change("rule", "a.yaml", 3, 0, item, ref, patch) for item, ref in by_item.items() if patch
    )
    return DocumentResult("a.yaml", 1, b"", b"", "edited", False, made), by_item


def told(*documents: Document, is_stream: bool = False) -> tuple[str, list[str]]:
    """Return the list as text, and its warnings."""
    patches = KustomizePatches(is_stream=is_stream)
    for result, named in documents:
        patches.add(result, named)
    return "".join(patches.lines()), patches.warnings


def targets(text: str) -> list[dict[str, str]]:
    return [entry["target"] for entry in yaml.safe_load(text)["patches"]]


def test_a_target_is_an_expression_that_fits_one_name_only() -> None:
    node = ObjectRef("", "v1", "Node", "", "edge-1")
    text, warnings = told(document(workload("web.v1")), document(node))
    assert targets(text) == [
        {"group": "apps\\.kruise\\.io", "version": "v1", "kind": "CloneSet", "name": "web\\.v1"},
        {"group": "^$", "version": "v1", "kind": "Node", "name": "edge-1"},
    ]
    assert warnings == []


def test_a_patch_fails_where_it_would_replace_what_is_there() -> None:
    label = {"op": "add", "path": "/metadata/labels/a", "value": "b"}
    other = {"op": "replace", "path": "/spec/x", "value": {"a": 1}}
    text, _ = told(document(workload("web"), patch=(ADD, APPEND, label, other)))
    (entry,) = yaml.safe_load(text)["patches"]
    test = {"op": "test", "path": "/spec/affinity", "value": None}
    assert yaml.safe_load(entry["patch"]) == [test, ADD, APPEND, label, other]


@pytest.mark.parametrize(
    ("twin", "is_told_apart"),
    [
        (workload("web", "b"), True),
        (workload("web"), True),
        (workload("web.b"), False),
        (workload("web", "b", "apps.kruise.io/v2"), False),
        (workload("web", "b", "apps/v1"), False),
    ],
)
def test_a_target_has_a_namespace_only_if_another_object_has_its_name(
    twin: ObjectRef, is_told_apart: bool
) -> None:
    text, warnings = told(document(workload("web", "a")), document(twin, patch=()))
    (target,) = targets(text)
    assert target.get("namespace") == ("a" if is_told_apart else None)
    assert warnings == []


def test_an_object_without_a_namespace_is_in_the_namespace_default() -> None:
    text, _ = told(document(workload("web"), workload("web", "a.b")))
    assert [target["namespace"] for target in targets(text)] == ["default", "a\\.b"]
    text, warnings = told(document(workload("web")), document(workload("web", "default")))
    assert "namespace" not in targets(text)[0]
    assert warnings == [
        "one patch for 2 objects CloneSet/web that no target can distinguish (a.yaml:3, a.yaml:3)"
    ]


def test_of_a_build_an_object_without_a_namespace_shares_the_patch_that_is_the_same() -> None:
    text, warnings = told(document(workload("web"), workload("web", "a")), is_stream=True)
    assert [target.get("namespace") for target in targets(text)] == [None]
    assert len(warnings) == 1


def test_of_a_build_a_target_that_may_fit_what_was_moved_is_told_of() -> None:
    moved = document(workload("web", "a"), patch=(APPEND,))
    text, warnings = told(document(workload("web")), moved, is_stream=True)
    assert [target.get("namespace") for target in targets(text)] == ["default", "a"]
    assert "the patch for CloneSet/web of the namespace default also fits" in warnings[0]
    assert f"# warning: {warnings[0]}\n" in text
    text, warnings = told(document(workload("web")), moved)
    assert warnings == []


def test_what_cannot_be_told_apart_and_needs_different_patches_gets_none() -> None:
    others = [document(workload("web"), patch=(APPEND,)) for _ in range(4)]
    text, warnings = told(document(workload("web")), *others)
    assert yaml.safe_load(text) == {"patches": []}
    (warning,) = warnings
    assert warning.startswith(
        "no patch for 5 objects CloneSet/web that no target can distinguish ("
    )
    assert "a.yaml:3, a.yaml:3, a.yaml:3, 2 more" in warning
    assert f"# warning: {warning}\n" in text


def test_an_object_without_a_name_of_its_own_gets_no_patch_that_fits_every_other() -> None:
    result, _ = document(workload("job-"))
    text, warnings = told((result, {}))
    assert yaml.safe_load(text) == {"patches": []}
    assert warnings == ["no patch for CloneSet/job- (a.yaml:3): it has no name of its own"]


def test_a_comment_says_which_layer_the_list_is_for() -> None:
    text, warnings = told(document(workload("web")))
    assert text.startswith("\n# Made from files: for the kustomization.yaml that lists them")
    assert warnings == []
    text, warnings = told(document(workload("web")), is_stream=True)
    assert text.startswith(
        "\n# Made from a stream. If that is a build, these patches fit a layer above"
    )
    assert "patches fit a layer above it only" in warnings[0]
    assert told(document(workload("web"), patch=()), is_stream=True) == ("patches: []\n", [])


def test_a_name_cannot_end_a_comment() -> None:
    twins = [document(workload("web\nx: 1"), patch=patch) for patch in ((ADD,), (APPEND,))]
    text, _ = told(*twins)
    assert yaml.safe_load(text) == {"patches": []}
