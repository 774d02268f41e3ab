"""Kinds of which other objects are made."""

from typing import Any

import pytest

from transformer.findings import ObjectRef
from transformer.kubernetes.generators import (
    as_kustomization,
    asking_patches,
    asking_places,
    generator_of,
)
from transformer.kubernetes.objects import manifests

KEY = "apps.openyurt.io/exclude-host-network-pool"
PATH = "/spec/template/metadata/annotations/apps.openyurt.io~1exclude-host-network-pool"
MERGED = f"spec: {{template: {{metadata: {{annotations: {{{KEY}: %s}}}}}}}}"
KUSTOMIZATION = ("kustomize.config.k8s.io", "Kustomization")


def asking(kind: tuple[str, str], value: Any) -> tuple[list[str], list[str]]:
    """Return the pointers of the patches and of the other places that ask for the annotation."""
    group, name = kind
    generator = generator_of(ObjectRef(group, "v1", name, "", "x"))
    assert generator is not None
    return list(asking_patches(value, generator)), list(asking_places(value, generator))


@pytest.mark.parametrize(
    ("patch", "asks"),
    [
        (MERGED % '"true"', True),
        (MERGED % "true", True),
        (MERGED % '"false"', False),
        (MERGED % "null", False),
        (f"- {{op: add, path: {PATH}, value: 'true'}}", True),
        (f"- {{op: replace, path: {PATH}, value: 'true'}}", True),
        (f"- {{op: replace, path: {PATH}, value: 'false'}}", False),
        (f"- {{op: remove, path: {PATH}}}", False),
        (f"- {{op: test, path: {PATH}, value: 'true'}}", False),
        (f"- {{op: add, path: /a/metadata, value: {{annotations: {{{KEY}: 'true'}}}}}}", True),
        (f"- {{op: add, path: /a, value: b}}\n- {{op: add, path: {PATH}, value: 'true'}}", True),
        (f"- {{op: add, path: {PATH}, value: 'true'}}\n- nodepool.openyurt.io/hostnetwork", False),
        (f"{MERGED % 'true'}\n---\n{MERGED % 'true'}", True),
        (f"- [\n# {KEY}", True),
        ([{"op": "add", "path": PATH, "value": "true"}], True),
        ({"spec": {KEY: "true"}}, True),
        ("- a\n- 1", False),
        ("spec: {}", False),
        (1, False),
    ],
)
def test_a_patch_asks_for_the_annotation(patch: Any, asks: bool) -> None:
    found, places = asking(KUSTOMIZATION, {"patches": [{"path": "a.yaml"}, {"patch": patch}]})
    assert found == (["/patches/1/patch"] if asks else [])
    assert places == []


def test_the_name_of_a_patch_file_asks_for_nothing() -> None:
    files = {"patchesStrategicMerge": ["exclude-host-network-pool.yaml"]}
    assert asking(KUSTOMIZATION, files) == ([], [])


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        (f"podAnnotations: {{{KEY}: 'true'}}", True),
        (f"podAnnotations: {{{KEY}: 'false'}}", False),
        (f"a: 1 # {KEY}", False),
        (f"podAnnotations: {{{KEY}: 'true'", True),
        ("podAnnotations.apps\\.openyurt\\.io/exclude-host-network-pool", True),
        ("exclude-host-network-pool", False),
    ],
)
def test_values_in_a_text_ask_for_the_annotation(text: str, asks: bool) -> None:
    value = {"spec": {"set": [{"name": text}]}}
    assert asking(("helm.cattle.io", "HelmChart"), value) == (
        [],
        ["/spec/set/0/name"] if asks else [],
    )


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"resources": []}, "Kustomization/v1beta1"),
        ({"kind": "Component"}, "Component/v1alpha1"),
        ({"apiVersion": "kustomize.config.k8s.io/v1alpha1"}, "Kustomization/v1alpha1"),
        ({"apiVersion": "example.com/v1"}, None),
        ({"kind": "Deployment"}, None),
    ],
)
def test_a_kustomization_may_leave_out_what_it_is(value: Any, kind: str | None) -> None:
    (manifest,) = manifests(value)
    found = as_kustomization(manifest)
    assert (found and f"{found.ref.kind}/{found.ref.version}") == kind
    assert found is None or found.ref.group == "kustomize.config.k8s.io"
