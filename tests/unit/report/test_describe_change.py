"""Operations told in words."""

from typing import Any

import pytest

from transformer.findings import Change, ObjectRef
from transformer.report.describe_change import describe

EXPRESSION = {"key": "hostnetwork", "operator": "NotIn", "values": ["true"]}
TERM = {"matchExpressions": [EXPRESSION]}
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
AFFINITY = "/spec/template/spec/affinity"
TERMS = f"{AFFINITY}/nodeAffinity/{REQUIRED}/nodeSelectorTerms"
WORDS = 'node affinity hostnetwork NotIn ["true"]'


def told(*operations: tuple[str, str, Any]) -> str:
    steps = tuple({"op": op, "path": path, "value": value} for op, path, value in operations)
    return describe(Change("rule", "file", 1, 0, "", ObjectRef("", "", "", "", ""), steps))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (AFFINITY, {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": [TERM]}}}),
        (f"{AFFINITY}/nodeAffinity", {REQUIRED: {"nodeSelectorTerms": [TERM]}}),
        (f"{AFFINITY}/nodeAffinity/{REQUIRED}", {"nodeSelectorTerms": [TERM]}),
        (TERMS, [TERM]),
        (f"{TERMS}/-", TERM),
        ("/spec/affinity", {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": [TERM]}}}),
    ],
)
def test_a_new_affinity_is_told_by_its_requirement(path: str, value: Any) -> None:
    assert told(("add", path, value)) == f"added {WORDS}"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/metadata/annotations/x.io~1a", "b"),
        ("/metadata/annotations", {"x.io/a": "b"}),
        ("/spec/template/metadata/annotations", {"x.io/a": "b"}),
        ("/spec/jobTemplate/spec/template/metadata", {"annotations": {"x.io/a": "b"}}),
    ],
)
def test_an_annotation_is_told_wherever_it_begins(path: str, value: Any) -> None:
    assert told(("add", path, value)) == 'added annotation x.io/a="b"'


@pytest.mark.parametrize(
    ("suffix", "value"),
    [("/matchExpressions/-", EXPRESSION), ("/matchExpressions", [EXPRESSION]), ("", TERM)],
)
def test_a_requirement_in_a_term_names_the_term_from_one(suffix: str, value: Any) -> None:
    assert told(("add", f"{TERMS}/1{suffix}", value)) == f"added {WORDS} in term 2"


def test_several_terms_are_told_together() -> None:
    operations = [("add", f"{TERMS}/{index}/matchExpressions/-", EXPRESSION) for index in (0, 1, 4)]
    assert told(*operations) == f"added {WORDS} in terms 1, 2 and 5"


def test_templates_in_unusual_places_are_named() -> None:
    paths = [f"/spec/tasks/{index}/template/spec/affinity" for index in (0, 1)]
    assert told(*[("add", path, {"x": [TERM]}) for path in paths]) == (
        f"added {WORDS} of spec.tasks[0].template; added {WORDS} of spec.tasks[1].template"
    )


def test_terms_of_several_templates_are_kept_apart() -> None:
    operations = [
        ("add", path.replace("/spec/template", f"/spec/tasks/{task}/template", 1), EXPRESSION)
        for task in (0, 1)
        for path in (f"{TERMS}/0/matchExpressions/-", f"{TERMS}/1/matchExpressions/-")
    ]
    assert told(*operations) == (
        f"added {WORDS} in terms 1 and 2 of spec.tasks[0].template;"
        f" added {WORDS} in terms 1 and 2 of spec.tasks[1].template"
    )


def test_labels_and_annotations_are_told_with_their_values() -> None:
    assert told(("add", "/metadata/labels/a~1b~0c", "true")) == 'added label a/b~c="true"'
    assert told(("replace", "/metadata/annotations/a", "x")) == 'set annotation a="x"'
    assert told(
        ("add", "/metadata/labels", {"a": "1", "b": "2"}),
        ("add", "/metadata/annotations", {"c": "3"}),
    ) == ('added label a="1", label b="2" and annotation c="3"')


def test_a_long_value_is_left_out() -> None:
    assert told(("add", "/metadata/annotations/a", "x" * 100)) == "added annotation a"


def test_taints_are_told_as_kubectl_writes_them() -> None:
    taints = [
        {"key": "a", "value": "b", "effect": "NoSchedule"},
        {"key": "c", "effect": "NoExecute"},
    ]
    expected = "added taint a=b:NoSchedule and taint c:NoExecute"
    assert told(("add", "/spec/taints", taints)) == expected
    assert told(*[("add", "/spec/taints/-", taint) for taint in taints]) == expected
    assert told(("add", "/spec", {"taints": taints})) == expected


def test_a_field_of_the_pod_is_told_with_its_value() -> None:
    path = "/spec/template/spec/hostNetwork"
    assert told(("add", path, True)) == "added hostNetwork: true"
    assert told(("replace", path, True)) == "set hostNetwork: true"


def test_what_has_no_words_is_told_by_its_pointer() -> None:
    assert told(("add", "/data/x", {"a": 1})) == "added /data/x"
