"""Which patches may decide where pods run."""

from typing import Any

import pytest

from transformer.pipeline.patch_effects import decides, replacement_decides, transformer_decides

EXCLUDE = "apps.openyurt.io/exclude-host-network-pool"


def merge(pod: Any, **template: Any) -> dict[str, Any]:
    return {"kind": "Deployment", "spec": {"template": {"spec": pod, **template}}}


def step(path: str, op: str = "add", value: Any = "x") -> list[Any]:
    return [{"op": op, "path": path, "value": value}]


POD = "/spec/template/spec"


@pytest.mark.parametrize(
    "content",
    [
        merge({"nodeSelector": {"a": "b"}}),
        merge({"affinity": None}),
        merge({"tolerations": []}),
        merge({"hostNetwork": True}),
        merge({"nodeName": "n"}),
        merge({"$patch": "replace", "containers": []}),
        merge({}, metadata={"annotations": {EXCLUDE: "true"}}),
        {"spec": {"template": None}},
        {"spec": {"jobTemplate": merge({"nodeSelector": {}})}},
        step(f"{POD}/nodeSelector/zone", "remove"),
        step(f"{POD}/tolerations/-"),
        step("/spec/jobTemplate/spec/template/spec/affinity"),
        step(f"/spec/template/metadata/annotations/{EXCLUDE.replace('/', '~1')}"),
        step("/spec/template/metadata/annotations", value={EXCLUDE: "true"}),
        step(POD, "replace", {"containers": []}),
        step("/spec/template", "replace", {}),
        step("/spec/tasks/0/template", "replace", {}),
        step("", "replace", {}),
        [{"op": "move", "from": f"{POD}/nodeSelector", "path": "/metadata/annotations/a"}],
    ],
)
def test_a_patch_decides_that_touches_what_selects_nodes(content: Any) -> None:
    assert decides([{"kind": "ConfigMap"}, content])


@pytest.mark.parametrize(
    "content",
    [
        {"spec": {"replicas": 3, "selector": None}},
        merge({"containers": [{"name": "c", "image": "i:2", "env": [{"$patch": "replace"}]}]}),
        merge({"volumes": [{"name": "v", "ephemeral": {"volumeClaimTemplate": {"spec": {}}}}]}),
        merge({}, metadata={"annotations": {"a": "b"}, "labels": None}),
        {"kind": "Deployment", "$patch": "delete"},
        step("/spec/replicas", "replace", 3),
        step(f"{POD}/containers/0/image", "replace"),
        step("/spec/template/metadata/annotations", value={"a": "b"}),
        step("/spec/volumeClaimTemplates/0/spec", "replace", {}),
        step(f"{POD}/nodeSelector", "test", {}),
        [],
    ],
)
def test_a_patch_of_other_fields_does_not(content: Any) -> None:
    assert not decides([content])


@pytest.mark.parametrize("contents", [[], ["text"], [None]])
def test_a_patch_of_which_nothing_is_known_may_decide(contents: list[Any]) -> None:
    assert decides(contents)


def test_a_transformer_that_is_not_known_may_decide() -> None:
    assert transformer_decides("v1", "Mine", {})
    assert transformer_decides("builtin", "ValueAddTransformer", {})
    assert transformer_decides("builtin", "AnnotationsTransformer", {"annotations": {EXCLUDE: "x"}})
    assert not transformer_decides("builtin", "ImageTagTransformer", {"imageTag": {"name": "a"}})


def test_a_replacement_decides_by_the_fields_that_it_replaces() -> None:
    assert replacement_decides({"fieldPaths": ["spec.template.spec.nodeSelector.[pool]"]})
    assert not replacement_decides({"fieldPaths": ["spec.replicas"]})
