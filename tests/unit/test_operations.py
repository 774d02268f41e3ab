"""RFC 6902 operations, and how several become one that reaches into no other."""

import json
from typing import Any

import pytest

from transformer.operations import Operation, fold
from transformer.patch import verify


def test_an_operation_is_spelled_as_the_standard_has_it() -> None:
    assert Operation("add", "/a/-", [1]).as_dict() == {"op": "add", "path": "/a/-", "value": [1]}


def test_the_spelled_operation_shares_nothing() -> None:
    operation = Operation("add", "/a", {"b": [1]})
    operation.as_dict()["value"]["b"].append(2)
    assert operation.value == {"b": [1]}


def test_an_operation_can_be_moved_below_a_base() -> None:
    operation = Operation("replace", "/a", 1)
    assert operation.below("/items/0") == Operation("replace", "/items/0/a", 1)
    assert operation.below("") is operation


def test_operations_on_different_places_stay() -> None:
    operations = [Operation("add", "/a", 1), Operation("add", "/ab", 2), Operation("add", "/b", 3)]
    assert fold(operations) == operations


def test_items_that_are_appended_stay_apart_and_in_order() -> None:
    operations = [Operation("add", "/a/-", {"b": 1}), Operation("add", "/a/-", {"b": 2})]
    assert fold(operations) == operations


def test_the_same_operation_twice_is_one() -> None:
    guard = Operation("add", "/a", {"b": 1})
    assert fold([guard, Operation("add", "/a", {"b": 1})]) == [guard]


def test_the_later_value_of_one_place_wins() -> None:
    folded = fold([Operation("add", "/a", 1), Operation("replace", "/a", 2)])
    assert folded == [Operation("add", "/a", 2)]


@pytest.mark.parametrize(
    ("first", "later", "value"),
    [
        ({"x": 1}, Operation("add", "/a/y", 2), {"x": 1, "y": 2}),
        ({"x": 1}, Operation("replace", "/a/x", 2), {"x": 2}),
        ({"x": {"y": {}}}, Operation("add", "/a/x/y/z", 2), {"x": {"y": {"z": 2}}}),
        ({"x~/": {}}, Operation("add", "/a/x~0~1/b~1c", 2), {"x~/": {"b/c": 2}}),
        ([{"x": 1}], Operation("add", "/a/-", 2), [{"x": 1}, 2]),
        ([{"x": 1}], Operation("add", "/a/0/y", 2), [{"x": 1, "y": 2}]),
        ([1, 2], Operation("replace", "/a/1", 3), [1, 3]),
    ],
)
def test_what_is_done_within_a_value_is_done_to_the_value(
    first: Any, later: Operation, value: Any
) -> None:
    before = json.dumps(first)
    assert fold([Operation("add", "/a", first), later]) == [Operation("add", "/a", value)]
    assert json.dumps(first) == before


@pytest.mark.parametrize(
    ("document", "operations"),
    [
        (
            {"m": {"labels": {"pool": "a"}}},
            [
                Operation("add", "/m/labels/host", "true"),
                Operation("add", "/m/labels/zone", "b"),
                Operation("add", "/m/annotations", {"x": "y"}),
                Operation("add", "/m/annotations/z", "w"),
                Operation("replace", "/m/labels/host", "false"),
            ],
        ),
        (
            {"taints": [{"key": "a"}]},
            [
                Operation("add", "/taints/-", {"key": "b"}),
                Operation("replace", "/taints/0", {"key": "c", "effect": {}}),
                Operation("add", "/taints/0/effect/d", 1),
                Operation("add", "/taints/-", {"key": "e"}),
            ],
        ),
    ],
)
def test_folded_operations_have_the_same_effect(document: Any, operations: list[Operation]) -> None:
    copies = [json.loads(json.dumps(document)) for _ in range(2)]
    folded = fold(operations)
    assert len(folded) < len(operations)
    assert verify.patched(copies[0], folded) == verify.patched(copies[1], operations)
