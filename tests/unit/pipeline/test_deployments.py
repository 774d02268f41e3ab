"""What objects of Flux and Argo CD say that they deploy."""

from typing import Any

import pytest

from transformer.kubernetes.objects import manifests
from transformer.pipeline.deployments import Copy, Part, copied, deployed, kustomized, lineage

FLUX = {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization"}
ARGO = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application"}


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        (
            {**FLUX, "spec": {"path": "./a/b/", "sourceRef": {"kind": "Bucket", "name": "x"}}},
            (Part("./a/b/", "Bucket x", "a/b"),),
        ),
        ({**FLUX, "spec": {"path": "/"}}, (Part("/", "", "."),)),
        ({**FLUX, "spec": {}}, ()),
        (
            {**FLUX, "spec": {"path": "./apps/${CLUSTER}"}},
            (Part("./apps/${CLUSTER}", "", "apps/${CLUSTER}"),),
        ),
        (
            {**ARGO, "spec": {"source": {"path": "a", "repoURL": "https://host/x.git/"}}},
            (Part("a", "https://host/x", "a"),),
        ),
        (
            {**ARGO, "spec": {"sources": [{"path": "a"}, {"chart": "b"}, 1, {"path": "c"}]}},
            (Part("a", "", "a"), Part("c", "", "c")),
        ),
        ({**ARGO, "kind": "AppProject"}, ()),
    ],
)
def test_flux_and_argo_say_what_they_deploy(value: dict[str, Any], parts: tuple[Part, ...]) -> None:
    (manifest,) = manifests(value)
    found = deployed(manifest, "c/all.yaml")
    assert found is not None
    assert (found.file, found.folder, found.parts) == ("c/all.yaml", "c", parts)


@pytest.mark.parametrize(
    "value",
    [
        {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"},
        {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout"},
    ],
)
def test_other_objects_deploy_nothing(value: dict[str, Any]) -> None:
    (manifest,) = manifests(value)
    assert deployed(manifest, "a.yaml") is None


@pytest.mark.parametrize(
    ("value", "destination"),
    [
        ({**ARGO, "spec": {"destination": {"name": "prod"}}}, "prod"),
        ({**ARGO, "spec": {"destination": {"server": "https://10.0.0.1"}}}, "https://10.0.0.1"),
        (
            {**ARGO, "spec": {"destination": {"server": "https://kubernetes.default.svc"}}},
            "in-cluster",
        ),
        ({**ARGO, "spec": {}}, ""),
        ({**FLUX, "spec": {"kubeConfig": {"secretRef": {"name": "prod"}}}}, "prod"),
        (
            {
                **FLUX,
                "metadata": {"namespace": "eu"},
                "spec": {"kubeConfig": {"configMapRef": {"name": "prod"}}},
            },
            "eu/prod",
        ),
        ({**FLUX, "spec": {}}, ""),
    ],
)
def test_objects_name_the_cluster_that_they_deploy_to(
    value: dict[str, Any], destination: str
) -> None:
    (manifest,) = manifests(value)
    found = deployed(manifest, "a.yaml")
    assert found is not None
    assert found.destination == destination


def test_paths_are_relative_to_the_folder_of_the_configuration() -> None:
    for written, paths in (("./k8s/apps", ("apps",)), ("k8s", (".",)), ("other", ())):
        (manifest,) = manifests({**FLUX, "spec": {"path": written}})
        found = deployed(manifest, "a.yaml", "k8s")
        assert found is not None
        assert found.paths == paths


def test_an_artifact_generator_says_what_it_copies() -> None:
    copies = [
        {"from": "@repo/apps/base/**", "to": "@artifact/base/"},
        {"from": "@repo/**", "to": "@artifact/"},
        {"from": "@repo/apps/one.yaml", "to": "@artifact/"},
        "odd",
    ]
    (manifest,) = manifests(
        {
            "apiVersion": "source.extensions.fluxcd.io/v1beta1",
            "kind": "ArtifactGenerator",
            "spec": {"artifacts": [{"name": "apps", "copy": copies}, "odd"]},
        }
    )
    assert list(copied(manifest, "c")) == [
        Copy("c", "ExternalArtifact apps", "base", "apps/base"),
        Copy("c", "ExternalArtifact apps", ".", "."),
    ]


def test_a_kustomization_lists_what_is_beside_and_above_it() -> None:
    value = {
        "resources": ["../base", "./a.yaml", "../../../x", "https://host/x", 1, "..", "../.."],
        "patches": [{"path": "p.yaml"}, {"patch": "a: 1"}],
    }
    assert list(kustomized("apps/prod", value, ("resources", "patches", "bases"))) == [
        "apps/base",
        "apps/prod/a.yaml",
        "apps",
        "apps/prod/p.yaml",
    ]


@pytest.mark.parametrize(
    ("path", "above"), [("a/b", ["a/b", "a", "."]), (".", ["."]), ("../a", ["../a", "..", "."])]
)
def test_the_folders_above_a_path_end_at_the_top(path: str, above: list[str]) -> None:
    assert list(lineage(path)) == above
