"""Helm charts that an object names: a release of Flux, an application of Argo CD, a HelmChart of
k3s, the `helmCharts` of a kustomization, the dependencies of another chart, and a few others.

A chart can be named by itself (`cilium`), with its repository (`cilium/cilium`), by a URL or an OCI
reference, or by a folder in a Git repository.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from transformer.findings import ObjectRef
from transformer.kubernetes.components import Catalog, Component
from transformer.kubernetes.helm_files import CHART_FILE, HELMFILE
from transformer.kubernetes.objects import Manifest, list_at, mapping_at, text_of
from transformer.kubernetes.pod_template import resolve
from transformer.kubernetes.well_known import HOST_NETWORK_LABEL

_KUSTOMIZE = "kustomize.config.k8s.io"

CHART_REF = "/spec/chartRef/name"
"""Where a HelmRelease of Flux names an object that names the chart."""

_FIELDS: Mapping[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("helm.toolkit.fluxcd.io", "HelmRelease"): (
        ("/spec/chart/spec/chart", "/spec/chart/spec/sourceRef/name"),
        (CHART_REF, ""),
    ),
    ("helm.fluxcd.io", "HelmRelease"): (
        ("/spec/chart/name", "/spec/chart/repository"),
        ("/spec/chart/path", "/spec/chart/git"),
    ),
    ("helm.cattle.io", "HelmChart"): (("/spec/chart", "/spec/repo"),),
    ("helm.k0sproject.io", "Chart"): (("/spec/chartName", ""),),
    ("helm.crossplane.io", "Release"): (
        ("/spec/forProvider/chart/name", "/spec/forProvider/chart/repository"),
    ),
    ("addons.cluster.x-k8s.io", "HelmChartProxy"): (("/spec/chartName", "/spec/repoURL"),),
    ("", "HelmChartInflationGenerator"): (("/name", "/repo"), ("/chartName", "/chartRepo")),
}
"""By group and kind: where the name of the chart is, and where that of its repository."""

_APPLICATIONS: Mapping[tuple[str, str], str] = {
    ("argoproj.io", "Application"): "",
    ("argoproj.io", "ApplicationSet"): "/spec/template",
}
"""Where the Application is, by group and kind."""

_OF_KUSTOMIZATION = (
    ("/helmCharts/*", "name", "repo", "releaseName"),
    ("/helmChartInflationGenerator/*", "chartName", "repo", "releaseName"),
)
_LISTS: Mapping[tuple[str, str], tuple[tuple[str, str, str, str], ...]] = {
    (_KUSTOMIZE, "Kustomization"): _OF_KUSTOMIZATION,
    (_KUSTOMIZE, "Component"): _OF_KUSTOMIZATION,
    CHART_FILE: (("/dependencies/*", "name", "repository", ""),),
    HELMFILE: (("/releases/*", "chart", "", "name"),),
}
"""By group and kind: lists of charts, with the keys for name, repository and release."""

_PATCHES = "/{patches,patchesStrategicMerge,patchesJson6902}"

_MORE_VALUES = ("valuesFrom", "valueFiles", "valuesFile", "additionalValuesFiles")
"""Keys of the names of objects and files that contain further values."""


class Chart(NamedTuple):
    """A chart that an object names at `pointer`.

    `name` is as written. `origin` is what is written about where it comes from, and the name.
    `is_guarded`: the values, or patches of what is rendered, mention the label of host-network
    nodes. `release` is the name of its release, if the object has several. `unread` are the keys
    with the names of objects and files that contain further values.
    """

    pointer: str
    name: str
    origin: str
    is_guarded: bool
    release: str = ""
    unread: tuple[str, ...] = ()


def is_release(ref: ObjectRef) -> bool:
    """Whether an object of this kind stands for what one chart, or an application, consists of."""
    kind = (ref.group, ref.kind)
    return kind in _FIELDS or kind in _APPLICATIONS


def lists_charts(ref: ObjectRef) -> bool:
    """Whether an object of this kind has a list of charts."""
    return (ref.group, ref.kind) in _LISTS


def charts_of(manifest: Manifest) -> Iterator[Chart]:
    """Yield the charts that an object names."""
    kind, value = (manifest.ref.group, manifest.ref.kind), manifest.value
    if kind in _FIELDS:
        for at, repository in _FIELDS[kind]:
            if name := _text(value, at):
                yield _chart(at, name, _text(value, repository), value, manifest.spec)
                return
    elif kind in _APPLICATIONS:
        yield from _of_application(value, _APPLICATIONS[kind])
    elif kind in _LISTS:
        patches = [patch for _, patch in resolve(value, _PATCHES)]
        for pattern, of_name, of_repository, of_release in _LISTS[kind]:
            for at, entry in resolve(value, pattern):
                if name := _text(entry, f"/{of_name}"):
                    repository = _text(entry, f"/{of_repository}")
                    one = _chart(f"{at}/{of_name}", name, repository, (entry, patches), entry)
                    release = _text(entry, f"/{of_release}") if of_release else ""
                    unread = (*one.unread, *_more_values(kind, entry))
                    yield one._replace(release=release, unread=unread)


def _more_values(kind: tuple[str, str], entry: Any) -> tuple[str, ...]:
    """Return what has values for an entry of a list in a file of Helm: other files."""
    if kind == CHART_FILE:
        return ("values.yaml",)
    has_files = any(isinstance(values, str) for values in list_at(entry, "values"))
    return ("values",) if kind == HELMFILE and has_files else ()


def chart_name(written: str) -> str:
    """Return the name of a chart without repository, URL, version and ending."""
    last = re.split(r"[?#@]", written)[0].rstrip("/").rpartition("/")[2].partition(":")[0]
    packed = re.fullmatch(r"(.+?)(?:-v?\d+(?:\.\d+)*[^/]*)?\.(?:tgz|tar\.gz)", last)
    return (packed[1] if packed else last).lower()


def _of_application(value: Any, base: str) -> Iterator[Chart]:
    """Yield the charts of the sources of an Application of Argo CD.

    A folder in a Git repository is a chart if the source has settings for Helm. It is also taken to
    be one if it is in a folder `charts`, and the source has no settings for anything else.
    """
    for pattern in ("/spec/source", "/spec/sources/*"):
        for at, source in resolve(value, base + pattern):
            repository, path = _text(source, "/repoURL"), _text(source, "/path")
            helm = mapping_at(source, "helm")
            if name := _text(source, "/chart"):
                yield _chart(f"{at}/chart", name, repository, value, helm)
            elif _is_chart_folder(source, path):
                yield _chart(f"{at}/path", path, repository, value, helm)
            elif repository.startswith("oci://"):
                yield _chart(f"{at}/repoURL", repository, repository, value, helm)


def _is_chart_folder(source: Any, path: str) -> bool:
    if not isinstance(source, dict) or chart_name(path) in ("", "."):
        return False
    folder = PurePosixPath(path).parent.name
    return "helm" in source or (folder == "charts" and not is_set_up(source))


def is_set_up(source: Mapping[str, Any]) -> bool:
    """Whether a source of Argo CD has settings for one of the programs that render."""
    return any(source.get(key) for key in ("kustomize", "plugin", "directory")) or "helm" in source


def _chart(at: str, name: str, repository: str, values: Any, keys: Mapping[str, Any]) -> Chart:
    """Return a chart; `values` holds what may be its values, `keys` may name more of them."""
    unread = tuple(key for key in _MORE_VALUES if keys.get(key))
    return Chart(at, name, f"{repository}/{name}", HOST_NETWORK_LABEL in str(values), unread=unread)


def _text(value: Any, at: str) -> str:
    return next((text_of(found) for _, found in resolve(value, at)), "") if at else ""


def component_of(catalog: Catalog, chart: Chart) -> Component | None:
    """Return the component that a chart renders, or None if it renders none of the catalog."""
    known = catalog.by_chart.get(chart_name(chart.name), ())
    origin = chart.origin.lower()
    return next((component for word, component in known if word in origin), None)
