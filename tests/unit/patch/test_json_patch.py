"""What is wrong with a JSON patch, and where."""

from typing import Any

import pytest

from transformer.patch.json_patch import PatchOperation, flaws, operations_from

PATH = {"op": "add", "path": "/a"}


@pytest.mark.parametrize(
    ("value", "pointer", "message"),
    [
        ({}, "", "the operations are not a list"),
        (None, "", "the operations are not a list"),
        (["add"], "/0", "operation 1 of 1 is not a mapping"),
        ([{}], "/0", "operation 1 of 1: it has no op"),
        ([{"op": "put"}], "/0/op", "operation 1 of 1: there is no operation 'put'"),
        ([{"op": ["add"]}], "/0/op", "operation 1 of 1: there is no operation ['add']"),
        ([{"op": "remove"}], "/0", "operation 1 of 1: remove needs a path"),
        ([{"op": "move", "path": "/a"}], "/0", "operation 1 of 1: move needs a from"),
        ([PATH], "/0", "operation 1 of 1: add needs a value"),
        ([{"op": "remove", "path": 1}], "/0/path", "path: a JSON pointer is a string"),
        ([{"op": "remove", "path": "a"}], "/0/path", "'a' is not a JSON pointer"),
        ([{"op": "remove", "path": "/~2"}], "/0/path", "'/~2' is not a JSON pointer"),
        ([PATH | {"value": {1: 2}}], "/0/value", "the key 1 is not a string"),
        ([PATH | {"value": [{"a": {1}}]}], "/0/value", "a set is not a JSON value"),
        ([PATH | {"value": (1,)}], "/0/value", "a tuple is not a JSON value"),
        ([PATH | {"value": 2**63}], "/0/value", "has more than 64 bits"),
        ([PATH | {"value": float("nan")}], "/0/value", "JSON has no number nan"),
        ([PATH | {"value": ["\ud800"]}], "/0/value", "half of a surrogate pair"),
        ([PATH | {"value": {"\ud800": 1}}], "/0/value", "half of a surrogate pair"),
    ],
)
def test_a_flaw_is_named_where_it_is(value: Any, pointer: str, message: str) -> None:
    found = next(flaws(value))
    assert found.pointer == pointer
    assert message in found.message


def test_each_operation_with_a_flaw_is_named() -> None:
    found = list(flaws([{"op": "x"}, PATH | {"value": 1}, {"op": "copy"}]))
    assert [one.message.partition(":")[0] for one in found] == [
        "operation 1 of 3",
        "operation 3 of 3",
        "operation 3 of 3",
    ]


def test_other_members_are_ignored_as_the_standard_says() -> None:
    operation: dict[str, Any] = {"op": "remove", "path": "/a", "value": object(), "from": 1}
    assert not list(flaws([operation]))
    assert operations_from([operation]) == (PatchOperation("remove", "/a"),)


def test_an_operation_says_which_one_it_is() -> None:
    added: dict[str, Any] = {"op": "add", "path": "", "value": 1}
    copy, root = operations_from([{"op": "copy", "from": "/a", "path": "/b"}, added])
    assert str(copy) == "operation 1 of 2 (copy /a to /b)"
    assert str(root) == "operation 2 of 2 (add the root)"


def test_an_operation_can_be_put_below_another_root() -> None:
    operations: list[dict[str, Any]] = [
        {"op": "move", "from": "/a", "path": ""},
        {"op": "test", "path": "/b", "value": [1]},
    ]
    below = [one.below("/items/0").as_dict() for one in operations_from(operations)]
    assert below == [
        {"op": "move", "from": "/items/0/a", "path": "/items/0"},
        {"op": "test", "path": "/items/0/b", "value": [1]},
    ]
