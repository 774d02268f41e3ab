"""Operations as single steps: what each becomes, and what does not fit."""

from typing import Any

import pytest

from transformer.errors import MisfitError, PatchTestError
from transformer.patch.json_patch import operations_from
from transformer.patch.steps import resolved, value_at

VALUE = {"a": {"b": 1, "c": [1, 2, 3]}, "d": {"e": {}}, "": "empty", "f/g": None}


def steps(operation: dict[str, Any], value: Any = VALUE) -> list[dict[str, Any]]:
    (one,) = operations_from([operation])
    return [step.as_dict() for step in resolved(value, one)]


def put(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def test_operations_become_additions_replacements_and_removals() -> None:
    assert steps({"op": "add", "path": "/a/c/-", "value": 4}) == [
        {"op": "add", "path": "/a/c/3", "value": 4}
    ]
    assert steps({"op": "add", "path": "/a/b", "value": 2}) == [put("/a/b", 2)]
    assert steps({"op": "add", "path": "/a/-", "value": 2}) == [
        {"op": "add", "path": "/a/-", "value": 2}
    ]
    assert steps({"op": "copy", "from": "/a/c", "path": "/d/e/x"}) == [
        {"op": "add", "path": "/d/e/x", "value": [1, 2, 3]}
    ]
    assert steps({"op": "remove", "path": "/f~1g"}) == [{"op": "remove", "path": "/f~1g"}]
    assert steps({"op": "move", "from": "/a/b", "path": "/d"})[:1] == [
        {"op": "remove", "path": "/a/b"}
    ]


def gone(path: str) -> dict[str, Any]:
    return {"op": "remove", "path": path}


def new(path: str, value: Any) -> dict[str, Any]:
    return {"op": "add", "path": path, "value": value}


@pytest.mark.parametrize(
    ("value", "changes"),
    [
        ({"b": 1, "c": [1, 2, 3]}, []),
        ({"c": [1, 2, 3], "b": 1}, []),
        ({"b": True, "c": [1, 2, 3]}, [put("/a/b", True)]),
        ({"b": 1.0, "c": [1, 2, 3]}, [put("/a/b", 1.0)]),
        ({"c": [1, 2, 3]}, [gone("/a/b")]),
        ({"b": 1, "c": [1, 3]}, [gone("/a/c/1")]),
        ({"b": 1, "c": [0, 1, 2, 3]}, [new("/a/c/0", 0)]),
        ({"b": 1, "c": [1, 2, 3, 4], "x": 0}, [new("/a/c/3", 4), new("/a/x", 0)]),
        ({"b": 1, "c": [3, 2, 1]}, [put("/a/c/0", 3), put("/a/c/2", 1)]),
        ({"b": 1, "c": {}}, [put("/a/c", {})]),
        ({"x": 1}, [put("/a", {"x": 1})]),
        ([], [put("/a", [])]),
    ],
)
def test_what_two_collections_have_in_common_is_left_alone(value: Any, changes: list[Any]) -> None:
    assert steps(put("/a", value)) == changes


def test_a_list_that_changes_much_is_one_step() -> None:
    wanted = list(range(100))
    assert steps(put("/a/c", wanted)) == [put("/a/c", wanted)]


@pytest.mark.parametrize(
    ("operation", "message", "pointer"),
    [
        (gone("/a/x"), "there is no /a/x", "/a/x"),
        (gone("/f/g"), "there is no /f", "/f"),
        (put("/a/c/3", 0), "there is no item 3: /a/c ends with item 2", "/a/c"),
        (put("/a/c/-", 0), "'-' is no index of an item of /a/c", "/a/c"),
        (put("/a/c/01", 0), "'01' is no index of an item of /a/c", "/a/c"),
        (new("/a/c/4", 0), "there is no item 4: /a/c ends with item 2", "/a/c"),
        (new("/a/b/x", 0), "/a/b is neither a mapping nor a list", "/a/b"),
        (gone(""), "the whole object cannot be removed", ""),
        (
            {"op": "move", "from": "/a", "path": "/a/c/0"},
            "a value cannot be moved into itself",
            "/a",
        ),
    ],
)
def test_what_does_not_fit_is_named(operation: dict[str, Any], message: str, pointer: str) -> None:
    with pytest.raises(MisfitError) as caught:
        steps(operation)
    assert (caught.value.message, caught.value.pointer) == (message, pointer)


@pytest.mark.parametrize("value", [{"metadata": {}}, {"metadata": {"labels": None}}])
def test_an_entry_of_a_mapping_that_is_not_there_needs_the_mapping(value: Any) -> None:
    with pytest.raises(MisfitError) as caught:
        steps(new("/metadata/labels/app", "web"), value)
    assert "add the mapping or list itself" in caught.value.hint
    assert steps(new("/metadata/labels", {"app": "web"}), value)


def test_a_key_that_may_have_been_meant_is_named() -> None:
    with pytest.raises(MisfitError) as caught:
        steps(gone("/replica"), {"replicas": 1})
    assert caught.value.hint == "there is a key replicas"


@pytest.mark.parametrize(
    ("path", "value", "is_equal"),
    [
        ("/a/b", 1, True),
        ("/a/b", 1.0, True),
        ("/a/b", True, False),
        ("/a/b", "1", False),
        ("/a/c", [1, 2.0, 3], True),
        ("/a/c", [1, 2], False),
        ("/d", {"e": {}}, True),
        ("/d", {"e": []}, False),
        ("/d", {}, False),
        ("/f~1g", None, True),
        ("/f~1g", False, False),
        ("/", "empty", True),
    ],
)
def test_a_test_compares_as_the_standard_says(path: str, value: Any, is_equal: bool) -> None:
    operation = {"op": "test", "path": path, "value": value}
    if is_equal:
        assert steps(operation) == []
    else:
        with pytest.raises(PatchTestError, match="the value is"):
            steps(operation)


def test_a_long_value_is_shown_by_its_beginning() -> None:
    with pytest.raises(PatchTestError) as caught:
        steps({"op": "test", "path": "/x", "value": 1}, {"x": "y" * 1000})
    assert len(caught.value.message) < 100


def test_the_root_has_no_tokens() -> None:
    assert value_at(VALUE, ()) is VALUE
    assert value_at(VALUE, ("a", "c", "2")) == 3
