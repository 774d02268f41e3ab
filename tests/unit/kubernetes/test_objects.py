"""Manifests in a document: one object, Lists of all sorts, and what is no object."""

from typing import Any

import pytest

from transformer.findings import ObjectRef
from transformer.kubernetes.objects import is_list, manifests, mapping_at

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}


def found_in(value: Any) -> list[tuple[str, str, str]]:
    """Return base pointer, kind and name of each manifest."""
    return [(found.base, found.ref.kind, found.ref.name) for found in manifests(value)]


@pytest.mark.parametrize(
    ("api_version", "group", "version"),
    [("v1", "", "v1"), ("apps/v1", "apps", "v1"), ("a.b/v1beta1", "a.b", "v1beta1")],
)
def test_an_api_version_is_group_and_version(api_version: str, group: str, version: str) -> None:
    value = {
        "apiVersion": api_version,
        "kind": "Thing",
        "metadata": {"name": "x", "namespace": "n"},
        "spec": {"a": 1},
    }
    (manifest,) = manifests(value)
    assert manifest.ref == ObjectRef(group, version, "Thing", "n", "x")
    assert manifest.value is value
    assert manifest.spec == {"a": 1}


def test_an_object_is_named_with_its_namespace_if_it_has_one() -> None:
    assert str(ObjectRef("", "v1", "Pod", "shop", "web")) == "Pod/shop/web"
    assert str(ObjectRef("", "v1", "Node", "", "edge-1")) == "Node/edge-1"


def test_a_generated_name_is_better_than_none() -> None:
    value = {**POD, "metadata": {"generateName": "p-"}}
    assert found_in(value) == [("", "Pod", "p-")]


@pytest.mark.parametrize("value", [None, "text", 1, True, [], [POD]])
def test_what_is_no_mapping_holds_no_manifest(value: Any) -> None:
    assert found_in(value) == []


@pytest.mark.parametrize(
    "value",
    [{}, {"kind": "Pod"}, {"apiVersion": "v1"}, {"apiVersion": 1, "kind": ["Pod"], "metadata": 5}],
)
def test_a_mapping_without_a_head_is_a_manifest_without_names(value: dict[str, Any]) -> None:
    (manifest,) = manifests(value)
    assert not (manifest.ref.kind and manifest.ref.version)
    assert manifest.labels == manifest.annotations == manifest.metadata == {}


def test_the_items_of_a_list_are_manifests() -> None:
    value = {"apiVersion": "v1", "kind": "List", "items": [POD, "text", None, POD]}
    assert found_in(value) == [("/items/0", "Pod", "p"), ("/items/3", "Pod", "p")]


def test_lists_are_looked_into_at_any_depth() -> None:
    inner = {"apiVersion": "v1", "kind": "List", "items": [POD]}
    value = {"apiVersion": "v1", "kind": "List", "items": [{**inner, "items": [inner, POD]}, POD]}
    assert found_in(value) == [
        ("/items/0/items/0/items/0", "Pod", "p"),
        ("/items/0/items/1", "Pod", "p"),
        ("/items/1", "Pod", "p"),
    ]


def test_items_of_a_kinds_own_list_need_no_head() -> None:
    items = [{"metadata": {"name": "a"}}, {"kind": "Other", "metadata": {"name": "b"}}]
    value = {"apiVersion": "apps/v1", "kind": "DeploymentList", "items": items}
    first, second = manifests(value)
    assert first.ref == ObjectRef("apps", "v1", "Deployment", "", "a")
    assert second.ref == ObjectRef("apps", "v1", "Other", "", "b")


def test_items_of_a_plain_list_need_a_head() -> None:
    value = {"apiVersion": "v1", "kind": "List", "items": [{"metadata": {"name": "a"}}]}
    assert found_in(value) == [("/items/0", "", "a")]


def test_a_resource_list_holds_manifests_and_its_function_config_is_none() -> None:
    value = {
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "functionConfig": POD,
        "items": [POD, {"metadata": {"name": "no head"}}],
    }
    assert found_in(value) == [("/items/0", "Pod", "p"), ("/items/1", "", "no head")]


@pytest.mark.parametrize("items", [[], None])
def test_an_empty_list_holds_nothing(items: Any) -> None:
    value: dict[str, Any] = {"apiVersion": "v1", "kind": "PodList", "items": items}
    assert found_in(value) == []
    assert is_list(value)


def test_a_kind_that_only_ends_in_list_is_an_object() -> None:
    value = {"apiVersion": "example.com/v1", "kind": "AllowList", "spec": {"items": [POD]}}
    assert found_in(value) == [("", "AllowList", "")]
    assert not is_list(value)


def test_items_of_another_kind_are_not_looked_into() -> None:
    value = {"apiVersion": "v1", "kind": "ConfigMap", "items": [POD]}
    assert found_in(value) == [("", "ConfigMap", "")]
    assert not is_list(value)


def test_what_is_not_a_mapping_on_the_way_is_as_good_as_absent() -> None:
    assert mapping_at({"a": {"b": {"c": 1}}}, "a", "b") == {"c": 1}
    others: list[Any] = [None, [], "x", {"a": None}, {"a": {"b": [1]}}]
    for value in others:
        assert mapping_at(value, "a", "b") == {}


def test_an_endless_name_is_cut_and_still_tells_objects_apart() -> None:
    names = ["n" * 1001, "n" * 1002, "n" * 1000]
    refs = [
        next(manifests({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}})).ref
        for name in names
    ]
    assert [len(ref.name) for ref in refs] == [119, 119, 1000]
    assert refs[0] != refs[1]
