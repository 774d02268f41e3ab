"""What Flux and Argo CD deploy: from which folder, how, and with which changes."""

from collections.abc import Mapping
from typing import Any

import pytest

from transformer.kubernetes.objects import manifests
from transformer.pipeline.deployed_layers import DeployedLayer, Way, deployed_layers, entries

FILES = [
    "/r/a/Chart.yaml",
    "/r/b/k/kustomization.yaml",
    "/r/b/k/sub/deep.yaml",
    "/r/b/sub/x.json",
    "/r/b/sub/x.yml",
    "/r/b/x.json",
    "/r/b/x.yaml",
    "/r/k/kustomization.yaml",
]
KUSTOMIZED = {"/r/b/k", "/r/k"}


def deployed(group: str, kind: str, spec: Mapping[str, Any]) -> list[DeployedLayer]:
    value = {"apiVersion": f"{group}/v1", "kind": kind, "metadata": {"name": "a"}, "spec": spec}
    return list(deployed_layers(next(manifests(value))))


def by_flux(**spec: Any) -> list[DeployedLayer]:
    return deployed("kustomize.toolkit.fluxcd.io", "Kustomization", spec)


def by_argo(**source: Any) -> list[DeployedLayer]:
    spec = {"source": source, "destination": {"namespace": "shop"}}
    return deployed("argoproj.io", "Application", spec)


def test_flux_sets_fields_of_a_kustomization() -> None:
    patches = [{"patch": "- op: remove", "target": {"name": "web"}}]
    merge, steps = {"kind": "Deployment"}, [{"op": "remove", "path": "/spec"}]
    (one,) = by_flux(
        path="./apps/web/",
        targetNamespace="shop",
        namePrefix="a-",
        components=["../c"],
        patches=patches,
        patchesStrategicMerge=[merge],
        patchesJson6902=[{"target": {"name": "web"}, "patch": steps}, 5],
    )
    assert (one.path, one.way, one.namespace) == ("apps/web", "generated", "")
    assert {name: value for name, value in one.fields.items() if value} == {
        "namespace": "shop",
        "namePrefix": "a-",
        "components": ["../c"],
        "patches": patches,
        "patchesStrategicMerge": ['{"kind": "Deployment"}'],
        "patchesJson6902": [
            {"target": {"name": "web"}, "patch": '[{"op": "remove", "path": "/spec"}]'},
            {"patch": "null"},
        ],
    }


@pytest.mark.parametrize("path", [None, "", ".", "./", "/", "../x", "a/${cluster}", 5, "a\0b"])
def test_a_path_that_says_too_little_is_left_out(path: Any) -> None:
    assert by_flux(path=path, sourceRef={"name": "podinfo"}) == []


def test_the_top_folder_is_that_of_this_repository_if_flux_began_with_it() -> None:
    (one,) = by_flux(path="./", sourceRef={"kind": "GitRepository", "name": "flux-system"})
    assert one.path == "."


def test_argo_cd_fills_in_a_namespace_and_may_set_fields() -> None:
    (one,) = by_argo(path="apps/web", kustomize={"namePrefix": "a-", "images": ["x"]})
    assert (one.path, one.way, one.namespace) == ("apps/web", "kustomization", "shop")
    assert {name: value for name, value in one.fields.items() if value} == {"namePrefix": "a-"}


def test_an_application_has_one_source_or_several_and_may_be_a_template() -> None:
    sources = [{"path": "a"}, {"chart": "x"}, {"path": "b", "helm": {}}, {"ref": "values"}, 5]
    spec = {"sources": [*sources, {"path": "c"}, {"path": "d", "plugin": {"name": "x"}}]}
    assert [one.path for one in deployed("argoproj.io", "Application", spec)] == ["a", "c"]
    of_set = {"template": {"spec": {"source": {"path": "a"}}}}
    assert [one.path for one in deployed("argoproj.io", "ApplicationSet", of_set)] == ["a"]
    of_set = {"template": {"spec": {"source": {"path": "{{path}}"}}}}
    assert deployed("argoproj.io", "ApplicationSet", of_set) == []


def test_other_kinds_deploy_nothing() -> None:
    assert deployed("kustomize.config.k8s.io", "Kustomization", {"path": "a"}) == []
    assert by_argo(path="a", directory={"exclude": "*.json"}) == []


@pytest.mark.parametrize(
    ("way", "folder", "taken"),
    [
        ("generated", "/r/k", ["/r/k"]),
        ("plain", "/r/k", ["/r/k"]),
        ("kustomization", "/r/k", ["/r/k"]),
        ("folder", "/r/k", ["/r/k/kustomization.yaml"]),
        ("generated", "/r/b", ["/r/b/k", "/r/b/sub/x.yml", "/r/b/x.yaml"]),
        ("plain", "/r/b", ["/r/b/x.json", "/r/b/x.yaml"]),
        ("tree", "/r/b", FILES[1:7]),
        ("kustomization", "/r/b", []),
        ("plain", "/r/a", []),
    ],
)
def test_what_is_taken_from_a_folder(way: Way, folder: str, taken: list[str]) -> None:
    (one,) = by_flux(path="x")
    below = [file for file in FILES if file.startswith(f"{folder}/")]
    found = entries(DeployedLayer(one.path, one.ref, way, {}), folder, below, KUSTOMIZED)
    assert list(found) == taken


def test_a_directory_is_taken_with_or_without_what_is_below() -> None:
    ways = [by_argo(path="a", directory=one)[0].way for one in ({}, {"recurse": True})]
    assert ways == ["folder", "tree"]
    assert by_argo(path="a")[0].way == "plain"
