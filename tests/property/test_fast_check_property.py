"""The quick answer whether a value fits a schema never says yes where the validator says no."""

import json
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from transformer.config.package_data import schemas
from transformer.kubernetes.schema.explain import problems
from transformer.kubernetes.schema.fast_check import fits

NAMES = (
    *("nodepool-v1alpha1", "nodepool-v1beta1", "nodepool-v1beta2", "node", "pod-template"),
    "config",
)
LABELS = {"example.com/zone": "a", "b": ""}
POOL = {
    "apiVersion": "apps.openyurt.io/v1beta2",
    "kind": "NodePool",
    "metadata": {"name": "hangzhou", "labels": LABELS, "annotations": {"Example.com/a": "b c"}},
    "spec": {
        "type": "Edge",
        "hostNetwork": True,
        "labels": LABELS,
        "annotations": None,
        "taints": [{"key": "edge", "effect": "NoSchedule", "value": "x"}],
        "leaderElectionStrategy": "mark",
        "leaderReplicas": 2,
        "leaderNodeLabelSelector": LABELS,
        "poolScopeMetadata": [{"group": "", "version": "v1", "resource": "services"}],
    },
    "status": {"nodes": ["a"], "readyNodeNum": 1},
}
OLD_SPEC: dict[str, Any] = {"type": "Cloud", "taints": [], "hostNetwork": None}
SELECTOR = {
    "matchLabels": LABELS,
    "matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}],
}
TERMS = [
    None,
    {"matchExpressions": [{"key": "a.io/b", "operator": "NotIn", "values": ["true"]}]},
    {
        "matchExpressions": [
            {"key": "a", "operator": "Exists"},
            {"key": "b", "operator": "Gt", "values": ["1"]},
        ]
    },
    {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["node-1"]}]},
]
PODS = {
    "metadata": {"labels": LABELS, "annotations": {"a": "b"}},
    "spec": {
        "nodeSelector": LABELS,
        "hostNetwork": False,
        "dnsPolicy": "ClusterFirst",
        "nodeName": None,
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": TERMS}
            }
        },
        "tolerations": [{"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}],
        "containers": [
            {"image": "x", "ports": [{"containerPort": 80, "hostPort": 0, "protocol": "UDP"}]}
        ],
        "initContainers": None,
    },
}
EXAMPLES: dict[str, Any] = {
    "nodepool-v1beta2": POOL,
    "nodepool-v1beta1": {**POOL, "apiVersion": "apps.openyurt.io/v1beta1", "spec": OLD_SPEC},
    "nodepool-v1alpha1": {
        **POOL,
        "apiVersion": "apps.openyurt.io/v1alpha1",
        "spec": {**OLD_SPEC, "selector": SELECTOR},
    },
    "node": {"kind": "Node", "metadata": POOL["metadata"], "spec": {"taints": []}},
    "pod-template": PODS,
    "config": {
        "apiVersion": "transform.hostnet.io/v1alpha1",
        "kind": "HostnetTransform",
        "spec": {
            "rules": {"HN405": "off", "pod-guard": True},
            "pools": ["pools.yaml", POOL],
            "podTemplates": [{"group": "", "kinds": ["Thing"], "pointer": "/spec/*/template"}],
            "ignore": [{"rules": ["HN405"], "object": "Pod/*", "reason": "known"}],
            "strict": True,
        },
    },
}
STRANGE: st.SearchStrategy[Any] = st.sampled_from(
    (
        *(None, True, False, 0, 1, -1, 80, 65536, 1.0, 1.5, "", "true", "80", "a b", "a\n", "In"),
        *("Exists", "DoesNotExist", "Lt", "Edge", "Cloud", "x" * 64, [], {}, ["a"], ["a", "b"]),
        *([None], [{}], {"a": "b"}, {"a b": "c"}, {"a\n": "c"}, {"A/b": ""}, {"a": True}),
    )
)


@cache
def schema_of(name: str) -> Any:
    return schemas()[name]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return each mapping or list in `value` with each of its keys or indices."""
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    found = [(value, key) for key in keys]
    for key in keys:
        if isinstance(value[key], dict | list):
            found += places(value[key])
    return found


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, Any]:
    """Draw an example with up to three of its parts replaced, taken away or added to."""
    name = draw(st.sampled_from(NAMES))
    value = deepcopy(EXAMPLES[name])
    for _ in range(draw(st.integers(0, 3))):
        found = places(value)
        if not found:
            break
        owner, key = found[draw(st.integers(0, len(found) - 1))]
        match draw(st.sampled_from(("replace", "replace", "take away", "add"))):
            case "replace":
                owner[key] = deepcopy(draw(STRANGE))
            case "take away":
                del owner[key]
            case _ if isinstance(owner, dict):
                owner[draw(st.sampled_from(("hostnetwork", "x y", "values", "nodeSelector")))] = (
                    deepcopy(draw(STRANGE))
                )
            case _:
                owner.append(deepcopy(draw(STRANGE)))
    return name, value


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_fit_without_the_validator(name: str) -> None:
    assert fits(EXAMPLES[name], schema_of(name))


@given(damaged())
def test_a_value_is_said_to_fit_only_if_the_validator_agrees(case: tuple[str, Any]) -> None:
    name, value = case
    schema = schema_of(name)
    is_valid = Draft202012Validator(schema).is_valid(value)
    if fits(value, schema):
        assert is_valid, json.dumps(value)
    assert (problems(value, schema, "it") == []) == is_valid
