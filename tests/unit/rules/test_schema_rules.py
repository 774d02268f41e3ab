"""HN101 to HN105: what the golden cases cannot show."""

import json

import pytest

from tests.builders import found, subjects
from transformer.rules.pools import hn101_schema as hn101
from transformer.rules.pools import hn102_pool_type as hn102
from transformer.rules.pools import hn103_cloud_host_network as hn103
from transformer.rules.pools import hn104_leader_election as hn104
from transformer.rules.pools import hn105_pool_annotations as hn105

POOL_RULES = (hn101.RULE, hn102.RULE, hn103.RULE, hn104.RULE, hn105.RULE)


def hangzhou(spec: str, version: str = "v1beta2") -> str:
    """Return a NodePool whose spec is this text."""
    head = f"apiVersion: apps.openyurt.io/{version}\nkind: NodePool\nmetadata: {{name: hangzhou}}\n"
    return f"{head}spec: {spec}\n"


def hints(text: str) -> list[str]:
    (context,) = subjects(text)
    return [violation.hint for violation in hn101.check(context)]


def test_without_schemas_as_in_transform_nothing_is_compared() -> None:
    text = hangzhou("{type: 1, nonsense: true}")
    assert found(hn101.RULE, text, schemas=False) == []
    assert len(found(hn101.RULE, text)) == 2


def test_a_field_of_another_version_is_told_with_that_version() -> None:
    assert hints(hangzhou("{enableLeaderElection: true}", "v1beta1")) == ["only v1beta2 has it"]
    assert hints(hangzhou("{selector: {}}")) == ["only v1alpha1 has it"]
    assert hints(hangzhou("{taint: []}", "v1beta1")) == ['did you mean "taints"?']


def test_a_place_far_down_is_named_by_its_end() -> None:
    terms = '{nodeSelectorTerms: [{matchExpressions: [{key: a, operator: in, values: ["b"]}]}]}'
    text = (
        "apiVersion: batch/v1\nkind: Job\nmetadata: {name: x}\nspec: {template: {spec: {affinity:"
        f" {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {terms}}}}}}}}}}}\n"
    )
    ((pointer, _, message),) = found(hn101.RULE, text)
    assert pointer.endswith("Execution/nodeSelectorTerms/0/matchExpressions/0/operator")
    assert message.startswith('...nodeSelectorTerms[0].matchExpressions[0].operator is "in", ')


def test_white_space_that_cannot_be_seen_is_told() -> None:
    around = "remove the spaces or line ends around it"
    assert hints(hangzhou('{labels: {zone: "east\\n"}}')) == [around]
    (context,) = subjects(hangzhou('{type: "Edge "}'))
    assert [violation.hint for violation in hn102.check(context)] == [around]


@pytest.mark.parametrize(
    ("key", "is_valid"),
    [
        ("a", True),
        ("x" * 63, True),
        ("x" * 64, False),
        ("a.b/c", True),
        ("a" * 253 + "/c", True),
        ("a" * 254 + "/c", False),
        ("a_b/c", False),
        ("c\n", False),
        ("a\n/c", False),
        ("1.2/3", True),
    ],
)
def test_label_keys_are_those_of_the_api_server(key: str, is_valid: bool) -> None:
    text = hangzhou(
        json.dumps({"labels": {key: ""}, "taints": [{"key": key, "effect": "NoExecute"}]})
    )
    assert len(found(hn101.RULE, text)) == (0 if is_valid else 2)


@pytest.mark.parametrize(
    ("key", "is_valid"),
    [
        ("a", True),
        ("A_b.c-D", True),
        ("x" * 63, True),
        ("x" * 64, False),
        ("A.B/c", True),
        ("A" * 253 + "/c", True),
        ("A" * 254 + "/c", False),
        ("a_b/c", False),
        ("c\n", False),
        ("a\n/c", False),
    ],
)
def test_annotation_keys_are_compared_in_lower_case(key: str, is_valid: bool) -> None:
    text = hangzhou(json.dumps({"annotations": {key: ""}}))
    assert len(found(hn105.RULE, text)) == (0 if is_valid else 1)
    metadata = {"name": "hangzhou", "annotations": {key: ""}}
    text = json.dumps(
        {"apiVersion": "apps.openyurt.io/v1beta2", "kind": "NodePool", "metadata": metadata}
    )
    assert len(found(hn101.RULE, text)) == (0 if is_valid else 1)


@pytest.mark.parametrize(("size", "expected"), [(262_144, []), (262_145, ["/spec/annotations"])])
def test_annotations_have_256_kib_keys_included(size: int, expected: list[str]) -> None:
    key, other = "example.com/a", "b"
    filled = "é" * 1000 + "x" * (size - 2000 - len(key) - len(other))
    text = hangzhou(json.dumps({"annotations": {key: filled, other: ""}}))
    told = found(hn105.RULE, text)
    assert [pointer for pointer, _, _ in told] == expected
    assert all(f"NodePool hangzhou have {size} bytes" in message for _, _, message in told)


def test_only_text_counts_for_the_size_of_annotations() -> None:
    full = {"a": "x" * 262_142, "b": 1, "c": None}
    assert found(hn105.RULE, hangzhou(json.dumps({"annotations": full}))) != []
    del full["c"]
    assert found(hn105.RULE, hangzhou(json.dumps({"annotations": full}))) == []


def test_what_is_no_text_is_left_to_the_schema() -> None:
    text = hangzhou("{type: [Edge], leaderElectionStrategy: 7, annotations: {a: 1, b: [x]}}")
    for rule in (hn102.RULE, hn104.RULE, hn105.RULE):
        assert found(rule, text) == []
    assert len(found(hn101.RULE, text)) == 4


@pytest.mark.parametrize(
    ("rest", "at_fault"),
    [
        ("spec: []", ["", "/spec"]),
        ("metadata: {name: x}, spec: x", ["/spec"]),
        ("metadata: x, spec: 1", ["/metadata", "/spec"]),
        ("metadata: {name: x}, spec: {annotations: [a], taints: {}}", ["annotations", "taints"]),
    ],
)
def test_a_pool_in_shambles_is_for_the_schema_alone(rest: str, at_fault: list[str]) -> None:
    text = f"{{apiVersion: apps.openyurt.io/v1beta2, kind: NodePool, {rest}}}"
    places = [pointer for rule in POOL_RULES for pointer, _, _ in found(rule, text)]
    assert [place.removeprefix("/spec/") for place in places] == at_fault


def test_pools_of_other_groups_are_no_business_of_ours() -> None:
    spec = "{type: Fog, hostNetwork: true, leaderElectionStrategy: x, annotations: {a b: c}}"
    text = hangzhou(spec).replace("apps.openyurt.io", "example.com")
    for rule in POOL_RULES:
        assert found(rule, text) == []
