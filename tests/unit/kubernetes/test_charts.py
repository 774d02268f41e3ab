"""Helm charts that objects name, and what their names mean."""

from typing import Any

import pytest

from transformer.kubernetes.charts import chart_name, charts_of, is_release
from transformer.kubernetes.objects import Manifest, manifests

GUARD = {"key": "nodepool.openyurt.io/hostnetwork", "operator": "NotIn", "values": ["true"]}


def manifest(api_version: str, kind: str, **more: Any) -> Manifest:
    (one,) = manifests({"apiVersion": api_version, "kind": kind, **more})
    return one


def charts(api_version: str, kind: str, **more: Any) -> list[tuple[str, str, str]]:
    found = charts_of(manifest(api_version, kind, **more))
    return [(chart.pointer, chart.name, chart.origin) for chart in found]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("cilium", "cilium"),
        ("cilium/Cilium", "cilium"),
        ("oci://quay.io/cilium/charts/cilium", "cilium"),
        ("oci://localhost:5000/cilium:1.16.0", "cilium"),
        ("oci://example.com/cilium@sha256:0123", "cilium"),
        ("https://example.com/cilium-1.16.0.tgz", "cilium"),
        ("https://example.com/aws-vpc-cni-v1.2.3-rc.1.tar.gz?raw=true", "aws-vpc-cni"),
        ("https://example.com/k8s-2048.tgz", "k8s"),
        ("cilium.tgz", "cilium"),
        ("./charts/linkerd2-cni/", "linkerd2-cni"),
        ("", ""),
        (".", "."),
    ],
)
def test_the_name_of_a_chart(written: str, name: str) -> None:
    assert chart_name(written) == name


@pytest.mark.parametrize(
    ("api_version", "kind", "spec", "at", "origin"),
    [
        (
            "helm.toolkit.fluxcd.io/v2",
            "HelmRelease",
            {"chart": {"spec": {"chart": "a", "sourceRef": {"name": "b"}}}},
            "/spec/chart/spec/chart",
            "b/a",
        ),
        (
            "helm.toolkit.fluxcd.io/v2",
            "HelmRelease",
            {"chartRef": {"name": "a"}},
            "/spec/chartRef/name",
            "/a",
        ),
        (
            "helm.fluxcd.io/v1",
            "HelmRelease",
            {"chart": {"name": "a", "repository": "b"}},
            "/spec/chart/name",
            "b/a",
        ),
        (
            "helm.fluxcd.io/v1",
            "HelmRelease",
            {"chart": {"path": "a", "git": "b"}},
            "/spec/chart/path",
            "b/a",
        ),
        ("helm.cattle.io/v1", "HelmChart", {"chart": "a", "repo": "b"}, "/spec/chart", "b/a"),
        ("helm.k0sproject.io/v1beta1", "Chart", {"chartName": "a"}, "/spec/chartName", "/a"),
        (
            "addons.cluster.x-k8s.io/v1alpha1",
            "HelmChartProxy",
            {"chartName": "a", "repoURL": "b"},
            "/spec/chartName",
            "b/a",
        ),
        (
            "helm.crossplane.io/v1beta1",
            "Release",
            {"forProvider": {"chart": {"name": "a", "repository": "b"}}},
            "/spec/forProvider/chart/name",
            "b/a",
        ),
        (
            "argoproj.io/v1alpha1",
            "Application",
            {"source": {"chart": "a", "repoURL": "b"}},
            "/spec/source/chart",
            "b/a",
        ),
        (
            "argoproj.io/v1alpha1",
            "ApplicationSet",
            {"template": {"spec": {"sources": [{"ref": "x"}, {"chart": "a", "repoURL": "b"}]}}},
            "/spec/template/spec/sources/1/chart",
            "b/a",
        ),
        (
            "argoproj.io/v1alpha1",
            "Application",
            {"source": {"path": "x/a", "repoURL": "b", "helm": {}}},
            "/spec/source/path",
            "b/x/a",
        ),
    ],
)
def test_each_kind_names_its_chart_in_its_own_way(
    api_version: str, kind: str, spec: Any, at: str, origin: str
) -> None:
    one = manifest(api_version, kind, spec=spec)
    (chart,) = charts_of(one)
    assert (chart.pointer, chart.origin) == (at, origin)
    assert is_release(one.ref)


def test_a_kustomization_names_charts_in_two_lists_of_which_one_is_old() -> None:
    entry = {"name": "a", "repo": "b"}
    old = {"chartName": "c"}
    found = charts(
        "kustomize.config.k8s.io/v1beta1",
        "Kustomization",
        helmCharts=[entry, {"repo": "b"}, "x", None],
        helmChartInflationGenerator=[old],
    )
    assert found == [
        ("/helmCharts/0/name", "a", "b/a"),
        ("/helmChartInflationGenerator/0/chartName", "c", "/c"),
    ]


@pytest.mark.parametrize("spec", [None, "x", [], {}, {"chart": None}, {"chart": ["a"]}])
def test_what_names_no_chart_has_none(spec: Any) -> None:
    for api_version, kind in (
        ("helm.cattle.io/v1", "HelmChart"),
        ("helm.toolkit.fluxcd.io/v2", "HelmRelease"),
        ("argoproj.io/v1alpha1", "Application"),
        ("v1", "ConfigMap"),
    ):
        assert charts(api_version, kind, spec=spec) == []


def test_a_folder_without_settings_for_helm_is_no_chart() -> None:
    for source in ({"path": "x/cilium"}, {"path": ".", "helm": {}}, {"ref": "x"}):
        assert charts("argoproj.io/v1alpha1", "Application", spec={"source": source}) == []


def test_a_chart_is_guarded_by_its_own_values_or_by_patches_of_all() -> None:
    plain, guarded = {"name": "a"}, {"name": "b", "valuesInline": {"terms": [GUARD]}}
    of = "kustomize.config.k8s.io/v1beta1", "Kustomization"
    found = charts_of(manifest(*of, helmCharts=[plain, guarded]))
    assert [chart.is_guarded for chart in found] == [False, True]
    found = charts_of(manifest(*of, helmCharts=[plain], patches=[{"patch": str(GUARD)}]))
    assert [chart.is_guarded for chart in found] == [True]
