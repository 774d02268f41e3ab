"""The self-check: what the operations mean, and what counts as equal."""

import math
from typing import Any

import pytest

from transformer.errors import InternalError, PatchError
from transformer.operations import Operation
from transformer.patch import verify


def test_operations_are_done_one_after_another() -> None:
    operations = [
        Operation("add", "/a/b", {"c": []}),
        Operation("add", "/a/b/c/-", 1),
        Operation("replace", "/d", None),
    ]
    value = verify.patched({"a": {}, "d": 2}, operations)
    assert value == {"a": {"b": {"c": [1]}}, "d": None}


def test_no_operations_leave_the_value_as_it_is() -> None:
    assert verify.patched({"a": 1}, []) == {"a": 1}


def test_the_value_of_an_operation_is_not_shared_with_the_result() -> None:
    operation = Operation("add", "/a", {"b": []})
    value = verify.patched({}, [operation])
    value["a"]["b"].append(1)
    assert operation.value == {"b": []}


@pytest.mark.parametrize(
    "operation",
    [
        Operation("add", "/a/b/c", 1),
        Operation("replace", "/b", 1),
        Operation("add", "/list/5", 1),
        Operation("add", "/list/x", 1),
        Operation("replace", "/list/-", 1),
        Operation("add", "/text/b", 1),
        Operation("add", "no pointer", 1),
    ],
)
def test_an_operation_that_does_not_fit_is_an_error(operation: Operation) -> None:
    with pytest.raises(PatchError, match="does not fit"):
        verify.patched({"a": {}, "list": [0], "text": "x"}, [operation])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (0, False),
        (1, 1.0),
        ("1", 1),
        (None, False),
        (None, ""),
        ({}, []),
        ({"a": None}, {}),
        ({"a": [1, 2]}, {"a": [2, 1]}),
        ("a", "a\n"),
        ("é", "e\u0301"),
    ],
)
def test_values_that_mean_something_else_differ(one: Any, other: Any) -> None:
    assert not verify.same(one, other)
    assert not verify.same([{"x": one}], [{"x": other}])
    with pytest.raises(InternalError):
        verify.check({"x": one}, {"x": other})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ([{"a": [True, None]}], [{"a": [True, None]}]),
        (1e3, 1000.0),
        (math.nan, math.nan),
        ("\ud83d", "\ud83d"),
    ],
)
def test_values_that_mean_the_same_are_equal(one: Any, other: Any) -> None:
    assert verify.same(one, other)
    verify.check(one, other)


def test_a_disagreement_says_what_can_be_done() -> None:
    with pytest.raises(InternalError, match="would not mean what the operations say") as caught:
        verify.check(1, 2)
    assert "--allow-reformat" in caught.value.hint
