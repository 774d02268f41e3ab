"""Files of Helm and helmfile, which the names of files show."""

from typing import Any

import pytest

from transformer.kubernetes.charts import charts_of
from transformer.kubernetes.helm_files import as_helm_file
from transformer.kubernetes.objects import manifests

DEPENDENCIES = {"dependencies": [{"name": "a", "repository": "b"}, {"name": "c"}, "x", {}]}
RELEASES = {"releases": [{"name": "one", "chart": "b/a"}, {"name": "two"}]}


def charts(value: Any, path: str) -> list[tuple[str, str, str]] | None:
    """Return pointer, origin and release of the charts in a file; None if it is no such file."""
    (plain,) = manifests(value)
    found = as_helm_file(plain, path)
    if found is None:
        return None
    return [(chart.pointer, chart.origin, chart.release) for chart in charts_of(found)]


def test_a_chart_names_the_charts_that_it_depends_on() -> None:
    value = {"apiVersion": "v2", "name": "net", **DEPENDENCIES}
    found = [("/dependencies/0/name", "b/a", ""), ("/dependencies/1/name", "/c", "")]
    assert charts(value, "x/Chart.yaml") == found
    assert charts(DEPENDENCIES, "requirements.yaml") == found
    assert charts({"apiVersion": "v2", "name": "net"}, "Chart.yaml") == []


def unread(value: Any, path: str) -> list[tuple[str, ...]]:
    (plain,) = manifests(value)
    found = as_helm_file(plain, path)
    assert found is not None
    return [chart.unread for chart in charts_of(found)]


def test_the_values_of_charts_may_be_in_other_files() -> None:
    chart = {"apiVersion": "v2", "name": "net", "dependencies": [{"name": "a"}]}
    assert unread(chart, "Chart.yaml") == [("values.yaml",)]
    releases = [{"chart": "a", "values": ["a.yaml"]}, {"chart": "a", "values": [{"b": 1}]}]
    assert unread({"releases": releases}, "helmfile.yaml") == [("values",), ()]


@pytest.mark.parametrize(
    "path", ["helmfile.yaml", "a/helmfile.yml", "helmfile-prod.yaml", "a/helmfile.d/10-net.yaml"]
)
def test_a_helmfile_names_the_charts_of_its_releases(path: str) -> None:
    assert charts(RELEASES, path) == [("/releases/0/chart", "/b/a", "one")]


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (DEPENDENCIES, "Chart.yaml"),
        (DEPENDENCIES, "a.yaml"),
        ({"dependencies": "x"}, "requirements.yaml"),
        ({"roles": [{"name": "a"}]}, "requirements.yaml"),
        (RELEASES, "releases.yaml"),
        (RELEASES, "helmfile.d/a/b.yaml"),
        (RELEASES, "helmfile/a.yaml"),
        ({"releases": ["x"]}, "helmfile.yaml"),
        ({"bases": ["a.yaml"]}, "helmfile.yaml"),
    ],
)
def test_other_files_are_left_alone(value: Any, path: str) -> None:
    assert charts(value, path) is None
