"""What objects of Flux and Argo CD deploy."""

from typing import Any

import pytest

from transformer.kubernetes.deployments import deployed_by
from transformer.kubernetes.objects import Manifest, manifests


def flux(path: Any, kind: str = "GitRepository", name: str = "shop") -> Manifest:
    spec = {"path": path, "sourceRef": {"kind": kind, "name": name}}
    (one,) = manifests(
        {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "spec": spec}
    )
    return one


def argo(**spec: Any) -> Manifest:
    (one,) = manifests({"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "spec": spec})
    return one


def folders(manifest: Manifest) -> list[str]:
    return [one.folder for one in deployed_by(manifest)]


def reasons(manifest: Manifest) -> list[str]:
    return [one.why for one in deployed_by(manifest)]


@pytest.mark.parametrize("path", ["apps/web", "./apps/web", "/apps/web/", "apps//x/../web"])
def test_a_path_begins_at_the_top_however_it_is_written(path: str) -> None:
    assert folders(flux(path)) == folders(argo(source={"path": path})) == ["apps/web"]


@pytest.mark.parametrize("path", [".", "./", "/", "", None])
def test_the_top_of_a_repository_is_only_known_of_the_one_of_flux(path: Any) -> None:
    assert folders(flux(path)) == folders(argo(source={"path": path})) == [""]
    assert folders(flux(path, name="flux-system")) == ["."]


def test_the_reason_names_a_source_that_may_be_another_repository() -> None:
    assert reasons(flux("a", name="flux-system")) == ["path a is not in the input"]
    assert reasons(flux("a", "Bucket", "b")) == ["path a of the Bucket b is not in the input"]
    (why,) = reasons(argo(source={"path": "a", "repoURL": "https://example.com"}))
    assert why == "path a of https://example.com is not in the input"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ({"chart": "b"}, "the chart is not rendered: b"),
        ({"repoURL": "oci://example.com/b"}, "the chart is not rendered: oci://example.com/b"),
        ({"path": "a", "helm": {}}, "the chart is not rendered: a"),
        ({"path": "a", "plugin": {}}, "its plugin is not run"),
        ({"path": "a", "kustomize": {"images": []}}, "its settings for kustomize are not applied"),
        ({"path": "a", "directory": {"jsonnet": {"tlas": []}}}, "Jsonnet is not evaluated"),
    ],
)
def test_what_has_to_be_rendered_is_in_no_folder(source: Any, why: str) -> None:
    (found,) = deployed_by(argo(source=source))
    assert (found.folder, found.why) == ("", why)


def test_settings_that_change_nothing_do_not_matter() -> None:
    source = {"path": "a", "kustomize": {}, "directory": {"recurse": True, "jsonnet": {}}}
    assert folders(argo(source=source)) == ["a"]


def test_of_several_sources_those_that_only_hold_values_deploy_nothing() -> None:
    sources = [{"ref": "values"}, {"path": "a"}, {"ref": "x", "path": "b"}, None]
    assert folders(argo(sources=sources)) == ["a", "b"]
    assert folders(argo()) == []
