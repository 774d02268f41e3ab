from typing import Any

import pytest

from transformer.kubernetes.schema.explain import Problem, problems

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "labels": {
            "type": ["object", "null"],
            "propertyNames": {"$ref": "#/$defs/key"},
            "additionalProperties": {"type": ["string", "null"]},
        },
        "port": {"title": "a port", "type": "integer", "minimum": 1, "maximum": 65535},
        "effect": {"enum": ["NoSchedule", "NoExecute", "", None]},
        "requirement": {
            "type": "object",
            "properties": {
                "operator": {"enum": ["In", "Exists"]},
                "values": {"type": ["array", "null"], "items": {"type": "string"}},
            },
            "allOf": [
                {
                    "if": {
                        "properties": {"operator": {"enum": ["In"]}},
                        "required": ["operator"],
                    },
                    "then": {
                        "required": ["values"],
                        "properties": {"values": {"type": "array", "minItems": 1}},
                    },
                },
                {
                    "if": {
                        "properties": {"operator": {"enum": ["Exists"]}},
                        "required": ["operator"],
                    },
                    "then": {"properties": {"values": {"title": "none", "maxItems": 0}}},
                },
            ],
        },
    },
    "$defs": {"key": {"title": "a key such as a.io/b", "pattern": "^[a-z./]+$"}},
}


def told(value: Any, at: str = "") -> list[Problem]:
    return problems(value, SCHEMA, "the thing", at)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"labels": None, "port": 80, "effect": ""},
        {"labels": {"a.io/b": "", "c": None}, "effect": None},
        {"port": 80.0},
        {"requirement": {"operator": "In", "values": ["a"]}},
        {"requirement": {"operator": "Exists", "values": None}},
        {"requirement": {"operator": "Exists", "values": []}},
    ],
)
def test_what_fits_has_no_problems(value: Any) -> None:
    assert told(value) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x", Problem("", 'the thing is "x", expected a mapping')),
        (
            {"prot": 80},
            Problem("/prot", 'unknown key "prot" in the thing', 'did you mean "port"?', True),
        ),
        (
            {"port": "80"},
            Problem("/port", 'port is "80", expected a whole number', "write it without quotes"),
        ),
        ({"port": True}, Problem("/port", "port is true, expected a whole number")),
        ({"port": 0}, Problem("/port", "port is 0, expected a port")),
        ({"port": 70000}, Problem("/port", "port is 70000, expected a port")),
        (
            {"effect": "noexecute"},
            Problem(
                "/effect",
                'effect is "noexecute", expected NoSchedule or NoExecute',
                'did you mean "NoExecute"?',
            ),
        ),
        ({"effect": True}, Problem("/effect", "effect is true, expected NoSchedule or NoExecute")),
        (
            {"labels": {"a": 1}},
            Problem("/labels/a", "labels.a is 1, expected a string", "put it in quotes"),
        ),
        (
            {"labels": {"A/B": "x"}},
            Problem(
                "/labels/A~1B",
                'the key "A/B" of labels is not a key such as a.io/b',
                at_key=True,
            ),
        ),
        (
            {"requirement": {"operator": "In"}},
            Problem("/requirement", 'requirement lacks the key "values"'),
        ),
        (
            {"requirement": {"operator": "In", "values": []}},
            Problem("/requirement/values", "requirement.values is empty"),
        ),
        (
            {"requirement": {"operator": "Exists", "values": ["a"]}},
            Problem("/requirement/values", "requirement.values is a list, expected none"),
        ),
        (
            {"requirement": {"operator": "In", "values": "a"}},
            Problem(
                "/requirement/values",
                'requirement.values is "a", expected a list',
                "write it as a list, even if it has one item",
            ),
        ),
    ],
)
def test_what_does_not_fit_is_told_once(value: Any, expected: Problem) -> None:
    assert told(value) == [expected]


def test_the_parts_of_a_larger_value_are_named_from_its_root() -> None:
    assert told({"port": 0, "x": 1}, at="/spec/tasks/0/template") == [
        Problem(
            "/spec/tasks/0/template/x",
            'unknown key "x" in spec.tasks[0].template',
            "it may hold labels, port, effect or requirement",
            True,
        ),
        Problem("/spec/tasks/0/template/port", "spec.tasks[0].template.port is 0, expected a port"),
    ]


def test_schemas_of_one_content_are_told_apart_only_by_what_they_say() -> None:
    value = {"port": 0}
    assert problems(value, {**SCHEMA}, "x") == problems(value, SCHEMA, "x")
    assert problems(value, {"type": "object"}, "x") == []
    assert problems(value, {"type": "array"}, "x") == [
        Problem("", "x is a mapping, expected a list")
    ]
