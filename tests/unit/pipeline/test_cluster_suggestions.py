"""Which clusters follow from what Flux and Argo CD deploy."""

from typing import Any

import pytest

from transformer.kubernetes.objects import manifests
from transformer.pipeline.cluster_suggestions import Deployment, deployed, kustomized, suggested

FLUX = {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization"}
ARGO = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application"}


@pytest.mark.parametrize(
    ("value", "paths"),
    [
        ({**FLUX, "spec": {"path": "./apps/prod"}}, ("./apps/prod",)),
        ({**FLUX, "spec": {}}, ()),
        ({**FLUX, "spec": {"path": "./apps/${CLUSTER}"}}, ()),
        ({**ARGO, "spec": {"source": {"path": "a", "repoURL": "x"}}}, ("a",)),
        (
            {**ARGO, "spec": {"sources": [{"path": "a"}, {"chart": "b"}, 1, {"path": "c"}]}},
            ("a", "c"),
        ),
        ({**ARGO, "spec": {"source": {"path": "{{path}}"}}}, ()),
        ({**ARGO, "kind": "AppProject"}, None),
        ({"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}, None),
    ],
)
def test_flux_and_argo_say_what_they_deploy(
    value: dict[str, Any], paths: tuple[str, ...] | None
) -> None:
    (manifest,) = manifests(value)
    assert deployed(manifest) == paths


def known(*files: str) -> set[str]:
    """Return files, and the folders above them."""
    every = set(files)
    for file in files:
        while "/" in file:
            file = file.rpartition("/")[0]
            every.add(file)
    return every


def of(
    *deployments: tuple[str, tuple[str, ...]], files: tuple[str, ...], **built: Any
) -> dict[str, tuple[str, ...]]:
    found = suggested(
        [Deployment(*one) for one in deployments], built.get("built", {}), known(*files)
    )
    return {one.name: one.paths for one in found}


FILES = ("c/prod/a.yaml", "c/test/a.yaml", "apps/prod/a.yaml", "apps/base/a.yaml", "infra/a.yaml")


def test_each_folder_of_objects_is_a_cluster_with_what_it_deploys() -> None:
    assert of(
        ("c/prod", ("apps/prod", "infra")),
        ("c/prod/flux-system", ("c/prod",)),
        ("c/test", ("infra", "gone")),
        files=FILES,
        built={"apps/prod": ["apps/base", "apps/prod/a.yaml", "other"]},
    ) == {
        "prod": ("/c/prod", "/apps/base", "/apps/prod", "/infra"),
        "test": ("/c/test", "/infra"),
    }


def test_folders_of_the_same_name_are_told_apart_by_those_above() -> None:
    found = of(("c/eu/prod", ()), ("c/us/prod", ()), files=("c/eu/prod/a.yaml", "c/us/prod/a.yaml"))
    assert found == {"eu/prod": ("/c/eu/prod",), "us/prod": ("/c/us/prod",)}


def test_what_one_cluster_deploys_is_no_cluster_of_its_own() -> None:
    found = of(
        ("c/prod", ("apps/prod",)), ("apps/prod", ("apps/base",)), ("c/test", ()), files=FILES
    )
    assert found == {
        "prod": ("/c/prod", "/apps/base", "/apps/prod"),
        "test": ("/c/test",),
    }


def test_objects_at_the_top_belong_to_all() -> None:
    found = of(("", ("c",)), ("c/prod", ()), ("c/test", ()), files=FILES)
    assert list(found) == ["prod", "test"]


@pytest.mark.parametrize(
    "deployments",
    [
        (),
        (("c/prod", ("apps/prod",)),),
        (("c", ("c/prod",)), ("c/prod", ()), ("c/test", ())),
        (("c/prod", ("c/test",)), ("c/test", ())),
        (("", ("c/prod",)),),
    ],
)
def test_fewer_than_two_folders_that_do_not_deploy_each_other_suggest_nothing(
    deployments: tuple[tuple[str, tuple[str, ...]], ...],
) -> None:
    assert of(*deployments, files=FILES) == {}


def test_a_cycle_ends() -> None:
    found = of(("c/prod", ("c/test",)), ("c/test", ("c/prod",)), files=FILES)
    assert found == {"prod": ("/c/prod", "/c/test"), "test": ("/c/test", "/c/prod")}


def test_characters_of_patterns_in_paths_are_escaped() -> None:
    found = of(("c/[a]*", ()), ("c/b?", ()), files=("c/[a]*/x.yaml", "c/b?/x.yaml"))
    assert sorted(found.values()) == [("/c/\\[a]\\*",), ("/c/b\\?",)]


def test_a_kustomization_lists_what_is_beside_and_above_it() -> None:
    value = {
        "resources": ["../base", "./a.yaml", "../../../x", "https://host/x", 1, ".."],
        "patches": [{"path": "p.yaml"}, {"patch": "a: 1"}],
    }
    assert list(kustomized("apps/prod", value, ("resources", "patches", "bases"))) == [
        "apps/base",
        "apps/prod/a.yaml",
        "apps",
        "apps/prod/p.yaml",
    ]
