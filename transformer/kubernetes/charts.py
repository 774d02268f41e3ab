"""Helm charts that an object names: a release of Flux, an application of Argo CD, a HelmChart of
k3s, the `helmCharts` of a kustomization, and a few others.

A chart can be named by itself (`cilium`), with its repository (`cilium/cilium`), by a URL or an OCI
reference, or by a folder in a Git repository.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from transformer.findings import ObjectRef
from transformer.kubernetes.objects import Manifest, text_of
from transformer.kubernetes.pod_template import resolve
from transformer.kubernetes.well_known import HOST_NETWORK_LABEL

_KUSTOMIZE = "kustomize.config.k8s.io"

_FIELDS: Mapping[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("helm.toolkit.fluxcd.io", "HelmRelease"): (
        ("/spec/chart/spec/chart", "/spec/chart/spec/sourceRef/name"),
        ("/spec/chartRef/name", ""),
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

_LISTS = (
    ("/helmCharts/*", "name", "repo"),
    ("/helmChartInflationGenerator/*", "chartName", "repo"),
)
"""Lists of charts in a kustomization, with the keys for name and repository."""

_PATCHES = "/{patches,patchesStrategicMerge,patchesJson6902}"


class Chart(NamedTuple):
    """A chart that an object names at `pointer`.

    `name` is as written. `origin` is what is written about where it comes from, and the name.
    `is_guarded`: the values, or patches of what is rendered, mention the label of host-network
    nodes.
    """

    pointer: str
    name: str
    origin: str
    is_guarded: bool


def is_release(ref: ObjectRef) -> bool:
    """Whether an object of this kind stands for what one chart, or an application, consists of."""
    kind = (ref.group, ref.kind)
    return kind in _FIELDS or kind in _APPLICATIONS


def charts_of(manifest: Manifest) -> Iterator[Chart]:
    """Yield the charts that an object names."""
    kind, value = (manifest.ref.group, manifest.ref.kind), manifest.value
    if kind in _FIELDS:
        for at, repository in _FIELDS[kind]:
            if name := _text(value, at):
                yield _chart(at, name, _text(value, repository), value)
                return
    elif kind in _APPLICATIONS:
        yield from _of_application(value, _APPLICATIONS[kind])
    elif manifest.ref.group == _KUSTOMIZE:
        patches = [patch for _, patch in resolve(value, _PATCHES)]
        for pattern, of_name, of_repository in _LISTS:
            for at, entry in resolve(value, pattern):
                if name := _text(entry, f"/{of_name}"):
                    repository = _text(entry, f"/{of_repository}")
                    yield _chart(f"{at}/{of_name}", name, repository, (entry, patches))


def chart_name(written: str) -> str:
    """Return the name of a chart without repository, URL, version and ending."""
    last = re.split(r"[?#@]", written)[0].rstrip("/").rpartition("/")[2].partition(":")[0]
    packed = re.fullmatch(r"(.+?)(?:-v?\d+(?:\.\d+)*[^/]*)?\.(?:tgz|tar\.gz)", last)
    return (packed[1] if packed else last).lower()


def _of_application(value: Any, base: str) -> Iterator[Chart]:
    """Yield the charts of the sources of an Application of Argo CD.

    A folder in a Git repository is a chart if the source has settings for Helm.
    """
    for pattern in ("/spec/source", "/spec/sources/*"):
        for at, source in resolve(value, base + pattern):
            repository = _text(source, "/repoURL")
            has_helm = isinstance(source, dict) and "helm" in source
            if name := _text(source, "/chart"):
                yield _chart(f"{at}/chart", name, repository, value)
            elif (
                has_helm and (name := _text(source, "/path")) and chart_name(name) not in ("", ".")
            ):
                yield _chart(f"{at}/path", name, repository, value)
            elif repository.startswith("oci://"):
                yield _chart(f"{at}/repoURL", repository, repository, value)


def _chart(at: str, name: str, repository: str, values: Any) -> Chart:
    return Chart(at, name, f"{repository}/{name}", HOST_NETWORK_LABEL in str(values))


def _text(value: Any, at: str) -> str:
    return next((text_of(found) for _, found in resolve(value, at)), "") if at else ""
