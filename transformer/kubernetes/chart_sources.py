"""Charts whose names are in another document than the object that deploys them.

A HelmRelease of Flux names an OCIRepository or HelmChart, and these the chart. A source of an
Application of Argo CD names a folder, and the `Chart.yaml` there the chart. What belongs together
has the same key.
"""

import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from transformer.kubernetes.charts import CHART_REF, Chart, chart_name, charts_of, is_set_up
from transformer.kubernetes.deployments import ARGO
from transformer.kubernetes.helm_files import CHART_FILE
from transformer.kubernetes.objects import Manifest, mapping_at, text_of
from transformer.kubernetes.pod_template import resolve

_FLUX = "source.toolkit.fluxcd.io"
_NAMED_IN = {(_FLUX, "OCIRepository"): "url", (_FLUX, "HelmChart"): "chart"}
"""Where objects that a HelmRelease names have the name of the chart."""

_FOLDER = "folder"
"""How keys of charts in folders begin."""


class Linked(NamedTuple):
    """A chart that an object deploys, or that a source is.

    `place` is the namespace of the source, or the folder; None is that of the file.
    """

    key: str
    chart: Chart
    place: str | None

    @property
    def is_folder(self) -> bool:
        return self.key.startswith(_FOLDER)


def deployed_charts(manifest: Manifest) -> Iterator[Linked]:
    """Yield the charts that an object deploys, whose names are in other documents."""
    kind = (manifest.ref.group, manifest.ref.kind)
    if kind == ("helm.toolkit.fluxcd.io", "HelmRelease"):
        ref = mapping_at(manifest.spec, "chartRef")
        namespace = text_of(ref.get("namespace")) or manifest.ref.namespace
        for chart in charts_of(manifest):
            if chart.pointer == CHART_REF:
                yield Linked(f"{text_of(ref.get('kind'))} {chart.name}", chart, namespace)
    elif kind == ARGO:
        known = {chart.pointer for chart in charts_of(manifest)}
        for pattern in ("/spec/source", "/spec/sources/*"):
            for at, source in resolve(manifest.value, pattern):
                path = text_of(source.get("path")) if isinstance(source, dict) else ""
                if path and f"{at}/path" not in known and not is_set_up(source):
                    folder = posixpath.normpath(path.strip("/"))
                    yield Linked(
                        f"{_FOLDER} {chart_name(path)}", _chart(f"{at}/path", path), folder
                    )


def source_chart(manifest: Manifest) -> Linked | None:
    """Return the chart that an object or a `Chart.yaml` is the source of, or None."""
    ref = manifest.ref
    if (ref.group, ref.kind) == CHART_FILE:
        return Linked(f"{_FOLDER} {chart_name(ref.name)}", _chart("/name", ref.name), None)
    field = _NAMED_IN.get((ref.group, ref.kind))
    name = text_of(manifest.spec.get(field)) if field else ""
    return Linked(f"{ref.kind} {ref.name}", _chart("", name), ref.namespace) if name else None


def _chart(at: str, name: str) -> Chart:
    return Chart(at, name, name, is_guarded=False)
