"""Charts whose names are in another document than what deploys them."""

from typing import Any

import pytest

from transformer.kubernetes.chart_sources import deployed_charts, source_chart
from transformer.kubernetes.objects import Manifest, manifests


def manifest(api_version: str, kind: str, spec: Any) -> Manifest:
    metadata = {"name": "n", "namespace": "ns"}
    value = {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}
    (one,) = manifests(value)
    return one


def release(**spec: Any) -> Manifest:
    return manifest("helm.toolkit.fluxcd.io/v2", "HelmRelease", spec)


@pytest.mark.parametrize(
    ("kind", "field", "written"),
    [("OCIRepository", "url", "oci://example.com/charts/a"), ("HelmChart", "chart", "a")],
)
def test_a_release_and_what_it_names_have_the_same_key(kind: str, field: str, written: str) -> None:
    (used,) = deployed_charts(release(chartRef={"kind": kind, "name": "n"}))
    source = source_chart(manifest("source.toolkit.fluxcd.io/v1", kind, {field: written}))
    assert source is not None
    assert (used.key, used.place) == (source.key, source.place) == (f"{kind} n", "ns")
    assert source.chart.name == written


def test_a_reference_may_be_to_another_namespace() -> None:
    (used,) = deployed_charts(
        release(chartRef={"kind": "HelmChart", "name": "n", "namespace": "b"})
    )
    assert used.place == "b"


def test_a_release_that_names_its_chart_needs_no_other_object() -> None:
    assert list(deployed_charts(release(chart={"spec": {"chart": "a"}}))) == []
    assert source_chart(release()) is None


def application(**source: Any) -> Manifest:
    return manifest("argoproj.io/v1alpha1", "Application", {"source": source})


def test_a_folder_may_be_a_chart() -> None:
    (used,) = deployed_charts(application(path="a/b"))
    assert (used.key, used.chart.pointer, used.place) == ("folder b", "/spec/source/path", "a/b")


@pytest.mark.parametrize(
    "source",
    [
        {"path": "a/b", "helm": {}},
        {"path": "charts/b"},
        {"path": "a/b", "kustomize": {"namePrefix": "x"}},
        {"path": "a/b", "directory": {"recurse": True}},
        {"chart": "b"},
        {},
    ],
)
def test_a_folder_that_is_known_to_be_a_chart_or_none_needs_no_other_document(source: Any) -> None:
    assert list(deployed_charts(application(**source))) == []
