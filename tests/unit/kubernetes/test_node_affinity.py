"""The algorithm of `PodHandler.Default` on every shape that an affinity can have."""

from copy import deepcopy
from typing import Any

import pytest

from transformer.errors import PatchError
from transformer.kubernetes.node_affinity import add_guards, empty_terms
from transformer.kubernetes.pod_template import PodTemplate
from transformer.patch import verify

KEY = "nodepool.openyurt.io/hostnetwork"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
GUARD = {"key": KEY, "operator": "NotIn", "values": ["true"]}
ZONE = {"key": "zone", "operator": "In", "values": ["a"]}
NAME = {"key": "metadata.name", "operator": "In", "values": ["edge-1"]}
GUARDED_TERM = {"matchExpressions": [GUARD]}


def required(*terms: Any) -> dict[str, Any]:
    return {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": list(terms)}}}


def applied(spec: dict[str, Any], pointer: str = "") -> dict[str, Any]:
    """Return `spec` after the operations that are planned for it."""
    value: Any = {"spec": deepcopy(spec)}
    for key in reversed(pointer.split("/")[1:]):
        value = {key: value}
    operations = list(add_guards([PodTemplate({"spec": deepcopy(spec)}, pointer)]))
    value = verify.patched(value, operations)
    for key in pointer.split("/")[1:]:
        value = value[key]
    result: dict[str, Any] = value["spec"]
    return result


ABSENT = object()
PREFERENCE = [{"weight": 1, "preference": {"matchExpressions": [ZONE]}}]

# before -> after, of `spec.affinity`
TABLE: dict[str, tuple[Any, Any]] = {
    "no affinity": (ABSENT, required(GUARDED_TERM)),
    "null affinity": (None, required(GUARDED_TERM)),
    "empty affinity": ({}, required(GUARDED_TERM)),
    "null nodeAffinity": ({"nodeAffinity": None}, required(GUARDED_TERM)),
    "empty nodeAffinity": ({"nodeAffinity": {}}, required(GUARDED_TERM)),
    "null R": ({"nodeAffinity": {REQUIRED: None}}, required(GUARDED_TERM)),
    "empty R": ({"nodeAffinity": {REQUIRED: {}}}, required(GUARDED_TERM)),
    "null terms": (
        {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": None}}},
        required(GUARDED_TERM),
    ),
    "no terms": (required(), required(GUARDED_TERM)),
    "one term": (
        required({"matchExpressions": [ZONE]}),
        required({"matchExpressions": [ZONE, GUARD]}),
    ),
    "two terms": (
        required({"matchExpressions": [ZONE]}, {"matchExpressions": [ZONE, ZONE]}),
        required({"matchExpressions": [ZONE, GUARD]}, {"matchExpressions": [ZONE, ZONE, GUARD]}),
    ),
    "one of two terms has it": (
        required({"matchExpressions": [GUARD, ZONE]}, {"matchExpressions": [ZONE]}),
        required({"matchExpressions": [GUARD, ZONE]}, {"matchExpressions": [ZONE, GUARD]}),
    ),
    "every term has it": (
        required(GUARDED_TERM, {"matchExpressions": [ZONE, GUARD, NAME]}),
        required(GUARDED_TERM, {"matchExpressions": [ZONE, GUARD, NAME]}),
    ),
    "matchFields only": (
        required({"matchFields": [NAME]}),
        required({"matchFields": [NAME], "matchExpressions": [GUARD]}),
    ),
    "null matchExpressions": (
        required({"matchExpressions": None, "matchFields": [NAME]}),
        required({"matchExpressions": [GUARD], "matchFields": [NAME]}),
    ),
    "empty matchExpressions": (
        required({"matchExpressions": [], "matchFields": [NAME]}),
        required({"matchExpressions": [GUARD], "matchFields": [NAME]}),
    ),
    "empty term": (required({}), required(GUARDED_TERM)),
    "null term": (required(None), required(GUARDED_TERM)),
    "the same key in matchFields": (
        required({"matchFields": [GUARD]}),
        required({"matchFields": [GUARD], "matchExpressions": [GUARD]}),
    ),
    "preferred only": (
        {"nodeAffinity": {PREFERRED: PREFERENCE}},
        {
            "nodeAffinity": {
                PREFERRED: PREFERENCE,
                REQUIRED: {"nodeSelectorTerms": [GUARDED_TERM]},
            }
        },
    ),
    "the guard as a preference": (
        {"nodeAffinity": {PREFERRED: [{"weight": 1, "preference": GUARDED_TERM}]}},
        {
            "nodeAffinity": {
                PREFERRED: [{"weight": 1, "preference": GUARDED_TERM}],
                REQUIRED: {"nodeSelectorTerms": [GUARDED_TERM]},
            }
        },
    ),
    "pod affinities": (
        {"podAffinity": {REQUIRED: [ZONE]}, "podAntiAffinity": {PREFERRED: []}},
        {
            "podAffinity": {REQUIRED: [ZONE]},
            "podAntiAffinity": {PREFERRED: []},
            **required(GUARDED_TERM),
        },
    ),
    "everything": (
        {
            "podAffinity": {REQUIRED: []},
            "nodeAffinity": {
                PREFERRED: PREFERENCE,
                REQUIRED: {"nodeSelectorTerms": [{"matchFields": [NAME]}, {}]},
            },
        },
        {
            "podAffinity": {REQUIRED: []},
            "nodeAffinity": {
                PREFERRED: PREFERENCE,
                REQUIRED: {
                    "nodeSelectorTerms": [
                        {"matchFields": [NAME], "matchExpressions": [GUARD]},
                        GUARDED_TERM,
                    ]
                },
            },
        },
    ),
}

NEAR_MISSES: list[dict[str, Any]] = [
    {"key": KEY, "operator": "DoesNotExist"},
    {"key": KEY, "operator": "In", "values": ["false"]},
    {"key": KEY, "operator": "NotIn", "values": ["true", "x"]},
    {"key": KEY, "operator": "NotIn", "values": ["x", "true"]},
    {"key": KEY, "operator": "NotIn", "values": ["true", "true"]},
    {"key": KEY, "operator": "NotIn", "values": ["True"]},
    {"key": KEY, "operator": "NotIn", "values": [True]},
    {"key": KEY, "operator": "NotIn", "values": []},
    {"key": KEY, "operator": "NotIn", "values": None},
    {"key": KEY, "operator": "NotIn", "values": "true"},
    {"key": KEY, "operator": "NotIn"},
    {"key": KEY, "operator": "notin", "values": ["true"]},
    {"key": "other.io/hostnetwork", "operator": "NotIn", "values": ["true"]},
]


def with_affinity(affinity: Any) -> dict[str, Any]:
    rest = {"containers": [{"name": "c"}], "nodeSelector": {"a": "b"}}
    return rest if affinity is ABSENT else {**rest, "affinity": affinity}


@pytest.mark.parametrize("pointer", ["", "/spec/template"])
@pytest.mark.parametrize("shape", TABLE)
def test_the_requirement_gets_into_every_term(shape: str, pointer: str) -> None:
    before, after = TABLE[shape]
    assert applied(with_affinity(before), pointer) == with_affinity(after)


@pytest.mark.parametrize("shape", TABLE)
def test_a_second_time_nothing_is_planned(shape: str) -> None:
    spec = with_affinity(TABLE[shape][1])
    assert list(add_guards([PodTemplate({"spec": spec}, "")])) == []


@pytest.mark.parametrize("near_miss", NEAR_MISSES)
def test_an_equivalent_or_similar_requirement_is_not_the_exact_one(
    near_miss: dict[str, Any],
) -> None:
    spec = with_affinity(required({"matchExpressions": [near_miss]}))
    expected = with_affinity(required({"matchExpressions": [near_miss, GUARD]}))
    assert applied(spec) == expected


def test_what_is_there_keeps_its_place() -> None:
    spec = with_affinity(TABLE["everything"][0])
    assert list(applied(spec)) == ["containers", "nodeSelector", "affinity"]
    assert list(applied(spec)["affinity"]) == ["podAffinity", "nodeAffinity"]


def test_the_template_itself_is_not_changed() -> None:
    spec = with_affinity(TABLE["everything"][0])
    template = PodTemplate({"spec": spec}, "")
    verify.patched({"spec": deepcopy(spec)}, list(add_guards([template])))
    assert spec == with_affinity(TABLE["everything"][0])


@pytest.mark.parametrize(
    ("affinity", "at"),
    [
        ("none", "/spec/affinity"),
        ([], "/spec/affinity"),
        ({"nodeAffinity": True}, "/spec/affinity/nodeAffinity"),
        ({"nodeAffinity": {REQUIRED: []}}, f"/spec/affinity/nodeAffinity/{REQUIRED}"),
        (
            {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": {}}}},
            f"/spec/affinity/nodeAffinity/{REQUIRED}/nodeSelectorTerms",
        ),
        (required(1), f"/spec/affinity/nodeAffinity/{REQUIRED}/nodeSelectorTerms/0"),
        (
            required({}, {"matchExpressions": {}}),
            f"/spec/affinity/nodeAffinity/{REQUIRED}/nodeSelectorTerms/1/matchExpressions",
        ),
    ],
)
def test_a_value_of_the_wrong_type_is_an_error_that_names_its_place(affinity: Any, at: str) -> None:
    template = PodTemplate({"spec": with_affinity(affinity)}, "")
    with pytest.raises(PatchError) as caught:
        list(add_guards([template]))
    assert caught.value.message.startswith(f"{at} is ")


def test_terms_that_say_nothing_are_named() -> None:
    terms = [{}, {"matchExpressions": [ZONE]}, {"matchExpressions": []}, None, {"matchFields": []}]
    template = PodTemplate({"spec": with_affinity(required(*terms))}, "/spec/template")
    at = f"/spec/template/spec/affinity/nodeAffinity/{REQUIRED}/nodeSelectorTerms"
    assert empty_terms(template) == [f"{at}/{index}" for index in (0, 2, 3, 4)]


@pytest.mark.parametrize(
    "affinity", [ABSENT, None, {}, required(), {"nodeAffinity": {REQUIRED: None}}]
)
def test_without_terms_none_is_empty(affinity: Any) -> None:
    assert empty_terms(PodTemplate({"spec": with_affinity(affinity)}, "")) == []
