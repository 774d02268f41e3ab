"""The generator reaches its features, its texts load back, the reference is the algorithm."""

import json
from copy import deepcopy
from random import Random
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from tests.effort import only_in_ci
from tests.property import manifests
from tests.property.loading import is_same, load, load_all, resolve
from tests.property.manifests import Rendered, Stream, is_component, render
from tests.property.reference import (
    DESIRED_POOL,
    EXCLUDE,
    HOST_NETWORK,
    POOL,
    REQUIRED,
    REQUIREMENT,
    guard,
    host_network_pools,
    label,
    require_in_every_term,
)

YAML_OPTIONS = frozenset().union(
    *(manifests.FLOW, manifests.BLOCK, manifests.SCALARS, manifests.SHARING),
    manifests.SURROUNDINGS,
)
TEXT_FEATURES = {
    *(*YAML_OPTIONS, *manifests.JSON, "merge-overrides", "dash-dash", "literal-"),
    *("literal+", "folded-", "folded+", "alias-dict", "alias-list", "alias-str", "alias-bool"),
    *("layout:block", "layout:flow", "layout:json", "comment-line-separator"),
    *(f"line-end:{line_end}" for line_end in (r"'\n'", r"'\r\n'", r"'\r'", "'mixed'")),
    *(f"indent:{step}" for step in range(1, 9)),
}
VALUE_FEATURES = {
    *(f"kind:{kind}" for _, kind, _ in manifests.KINDS),
    *("kind:Node", "kind:NodePool", "kind:ConfigMap", "component", "list-flat", "list-nested"),
    *(f"annotation:{value!r}" for value in ("true", "false", "True", "", True, None)),
    *(f"{name}:{state}" for name in ("affinity", "nodeAffinity", REQUIRED, "nodeSelectorTerms")
      for state in ("absent", "None", "{}") if name != "nodeSelectorTerms"),
    *("nodeSelectorTerms:None", "nodeSelectorTerms:[]"),
    *("term:{}", "term:None", "term:fields", "term:{'matchExpressions': None} None"),
    *("term:{'matchExpressions': []} []", "terms:several", "exact:first", "exact:-2", "exact:-1"),
    *("near:DoesNotExist None", "near:In ['false']", "near:NotIn ['True']"),
    *("near:NotIn ['true', 'x']", "near:NotIn [True]", "near:NotIn []", "metadata-missing"),
    *("partial", "owned", "owner-not-controller", "mirror-pod", "sops"),
}  # fmt: skip


@only_in_ci
@pytest.mark.slow
def test_every_feature_is_reached() -> None:
    missing = TEXT_FEATURES | VALUE_FEATURES

    @settings(max_examples=1000, database=None, deadline=None)
    @given(manifests.documents())
    def look(document: Rendered) -> None:
        missing.difference_update(document.features)

    for start in range(8):
        if missing:
            seed(start)(look)()
    assert missing == set()


@given(manifests.documents())
def test_a_text_loads_back_to_its_value(document: Rendered) -> None:
    assert is_same(load(document.text), document.value)
    if "layout:json" in document.features:
        assert is_same(json.loads(document.text), document.value)


@settings(deadline=None)
@given(manifests.values(), st.integers(0, 2**32 - 1))
def test_all_features_at_once_still_load_back(value: dict[str, Any], seed: int) -> None:
    random = Random(seed)
    options = YAML_OPTIONS - {random.choice(sorted(YAML_OPTIONS)) for _ in range(5)}
    line_end = random.choice(("\n", "\r\n", "\r", "mixed"))
    step = random.randint(1, 8)
    render(value, seed, options, random.choice(("block", "flow")), line_end, step)
    render(value, seed, frozenset(manifests.JSON), "json", line_end, step)


@pytest.mark.slow
@given(manifests.streams())
def test_a_stream_loads_as_its_documents(stream: Stream) -> None:
    if any(document.features & manifests.JSON_ONLY for document in stream.documents):
        return
    expected = [document.value for document in stream.documents]
    assert is_same(load_all(stream.text), expected)


def test_a_text_without_features_is_ordinary_yaml() -> None:
    value = {"kind": "Pod", "spec": {"containers": [{"name": "a", "args": ["-x", "yes"]}]}}
    text = render(value).text
    assert text in (
        'kind: Pod\nspec:\n  containers:\n    - name: a\n      args:\n        - -x\n'
        f"        - {quote}yes{quote}\n"
        for quote in "'\""
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("y", True), ("Off", False), ("tRue", "tRue"), ("", None), ("~", None), ("Null", None)),
        *(("017", 15), ("0o17", 15), ("08", 8), ("0x1F", 31), ("-0b11", -3), ("1_000", 1000)),
        *(("1e3", 1000), (".5", 0.5), ("1.", 1), ("+5", 5), ("-", "-"), (".", "."), ("_1", "_1")),
        *(("1:30", "1:30"), ("2020-01-01", "2020-01-01"), ("1.2.3", "1.2.3"), ("<<", "<<")),
        ("12345678901234567890123", 1.2345678901234568e22),
    ],
)
def test_plain_scalars_mean_what_kubectl_says(text: str, value: Any) -> None:
    assert is_same(resolve(text), value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("y: on\n017: a\n'n': b", {"true": True, "15": "a", "n": "b"}),
        ("a: ! 12\nb: !!str true\nc: !!int '017'", {"a": "12", "b": "true", "c": 15}),
        ("a: &x {k: 1}\nb: {k: 2, <<: *x}", {"a": {"k": 1}, "b": {"k": 1}}),
        ("a: &x {k: 1}\nb: {<<: *x, k: 2}", {"a": {"k": 1}, "b": {"k": 2}}),
        ("<<: [{k: 1}, {k: 2, m: 3}]", {"k": 1, "m": 3}),
        ("a: &n 1\nb: *n\nc: &n 2\nd: *n", {"a": 1, "b": 1, "c": 2, "d": 2}),
        ('"<<": {a: 1}\na: 1\na: 2', {"<<": {"a": 1}, "a": 2}),
        ('{"a"\n: "\\ud83d\\ude00"}', {"a": "😀"}),
    ],
)
def test_documents_mean_what_kubectl_says(text: str, value: Any) -> None:
    assert is_same(load(text), value)


def test_one_is_not_true() -> None:
    assert not is_same({"a": [1]}, {"a": [True]})
    assert is_same({"a": [1]}, {"a": [1.0]})


@given(manifests.values())
def test_the_guard_is_idempotent_and_leaves_its_input(value: dict[str, Any]) -> None:
    before = deepcopy(value)
    once = guard(value, is_component)
    assert is_same(value, before)
    assert is_same(guard(once, is_component), once)


@given(manifests.values())
def test_the_label_is_idempotent_and_leaves_its_input(value: dict[str, Any]) -> None:
    before = deepcopy(value)
    once = label(value, {"hangzhou": True, "shanghai": False})
    assert is_same(value, before)
    assert is_same(label(once, {"hangzhou": True, "shanghai": False}), once)


OS = {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]}
NEAR = {"key": HOST_NETWORK, "operator": "NotIn", "values": ["true", "x"]}
GUARDED = {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": [{"matchExpressions": [REQUIREMENT]}]}}}


def terms(*items: Any) -> dict[str, Any]:
    return {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": list(items)}}}


@pytest.mark.parametrize(
    ("affinity", "expected"),
    [
        (None, GUARDED),
        ({}, GUARDED),
        ({"nodeAffinity": None}, GUARDED),
        ({"nodeAffinity": {REQUIRED: {}}}, GUARDED),
        ({"podAffinity": {}}, {"podAffinity": {}} | GUARDED),
        (terms(), GUARDED),
        (terms({}), GUARDED),
        (terms({"matchExpressions": None}), GUARDED),
        (terms({"matchFields": [OS]}),
         terms({"matchFields": [OS], "matchExpressions": [REQUIREMENT]})),
        (terms({"matchExpressions": [OS]}, {"matchExpressions": [REQUIREMENT, OS]}),
         terms({"matchExpressions": [OS, REQUIREMENT]}, {"matchExpressions": [REQUIREMENT, OS]})),
        (terms({"matchExpressions": [NEAR]}), terms({"matchExpressions": [NEAR, REQUIREMENT]})),
    ],
)  # fmt: skip
def test_every_term_gets_the_requirement(affinity: Any, expected: Any) -> None:
    template = {"spec": {"containers": [], "affinity": affinity}}
    assert require_in_every_term(template)["spec"] == {"containers": [], "affinity": expected}


def deployment(annotation: Any, containers: Any = ("c",), **metadata: Any) -> dict[str, Any]:
    template = {
        "metadata": {"annotations": {EXCLUDE: annotation}},
        "spec": {"containers": containers and list(containers)},
    }
    spec = {"template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


def nested(item: Any) -> dict[str, Any]:
    inner = {"apiVersion": "apps/v1", "kind": "DeploymentList", "items": [item]}
    return {"apiVersion": "v1", "kind": "List", "items": [deployment("false"), inner]}


def test_the_guard_opens_nested_lists() -> None:
    guarded = deployment("true")
    guarded["spec"]["template"]["spec"]["affinity"] = GUARDED
    assert guard(nested(deployment("true"))) == nested(guarded)


@pytest.mark.parametrize(
    "value",
    [
        *(deployment(annotation) for annotation in ("false", "True", "", True, None)),
        deployment("no", annotations={EXCLUDE: "true"}),
        deployment("true", ownerReferences=[{"controller": True}]),
        deployment("true") | {"sops": {"mac": "x"}},
        deployment("true") | {"apiVersion": "example.com/v1"},
        deployment("true") | {"kind": "YurtStaticSet", "apiVersion": "apps.openyurt.io/v1alpha1"},
        deployment("true")
        | {"spec": {"template": {"metadata": {"annotations": {EXCLUDE: "true"}}}}},
    ],
)
def test_the_guard_leaves_alone(value: dict[str, Any]) -> None:
    assert guard(value) == value


def test_the_guard_takes_components_by_the_predicate() -> None:
    guarded = guard(deployment(None), lambda manifest, template: True)
    assert guarded["spec"]["template"]["spec"]["affinity"] == GUARDED


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({POOL: "edge"}, {POOL: "edge", HOST_NETWORK: "true"}),
        ({POOL: "cloud"}, {POOL: "cloud"}),
        ({POOL: "unknown"}, {POOL: "unknown"}),
        ({"a": "b"}, {"a": "b"}),
        (None, None),
        ({DESIRED_POOL: "cloud", POOL: ""}, {DESIRED_POOL: "cloud", POOL: "cloud"}),
        ({POOL: "cloud", HOST_NETWORK: "true"}, {POOL: "cloud", HOST_NETWORK: "true"}),
    ],
)
def test_a_node_is_labelled_as_its_pool_says(labels: Any, expected: Any) -> None:
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n", "labels": labels}}
    assert label(node, {"edge": True, "cloud": False})["metadata"]["labels"] == expected


def test_pools_are_host_network_by_field_or_by_annotation() -> None:
    def pool(name: str, version: str, spec: Any, annotation: str) -> dict[str, Any]:
        metadata = {"name": name, "annotations": {HOST_NETWORK: annotation}}
        kind = {"apiVersion": f"apps.openyurt.io/{version}", "kind": "NodePool"}
        return kind | {"metadata": metadata, "spec": spec}

    pools = [
        pool("field", "v1beta2", {"hostNetwork": True}, ""),
        pool("none", "v1beta2", None, "true"),
        pool("annotation", "v1beta1", {}, "TRUE"),
        pool("dropped", "v1beta1", {"hostNetwork": True}, "yes"),
    ]
    expected = {"field": True, "none": False, "annotation": True, "dropped": False}
    assert host_network_pools([{"kind": "List", "items": pools}]) == expected
