from typing import Any

import pytest

from transformer.kubernetes.schema.fast_check import fits

WORDS = {"properties": {"a": {"enum": ["x"]}}, "required": ["a"]}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"uniqueItems": True}, [1]),
        ({"oneOf": [{"type": "string"}]}, "x"),
        ({"enum": [1, True]}, 1),
        ({"type": "integer"}, 1.0),
        ({"if": {"type": "object"}, "then": True}, {}),
        ({"if": {**WORDS, "minProperties": 1}, "then": True}, {"a": "x"}),
        ({"if": WORDS, "then": True, "else": False}, {"a": "x"}),
        ({"if": {**WORDS, "required": []}, "then": True}, {}),
    ],
)
def test_what_is_seldom_needed_is_left_to_the_validator(schema: Any, value: Any) -> None:
    assert not fits(value, schema)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": "x", "b": 1}, True),
        ({"a": "x"}, False),
        ({"a": "y"}, True),
        ({"a": ["x"]}, True),
        ({}, True),
    ],
)
def test_a_condition_on_a_word_is_decided(value: Any, expected: bool) -> None:
    schema = {"type": "object", "if": WORDS, "then": {"required": ["b"]}}
    assert fits(value, schema) is expected


def test_a_schema_that_is_true_or_false_says_so_for_anything() -> None:
    schema = {"properties": {"a": True, "b": False}}
    assert fits({"a": object()}, schema)
    assert not fits({"b": 1}, schema)
