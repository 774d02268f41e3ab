"""HN424: the chart of a network component, which nobody has looked into.

A chart is rendered later, by Flux, Argo CD, k3s, kustomize or Helm. Its workloads are not in the
input, and no rule sees whether they have the guard. Without it, they are scheduled on host-network
nodes. This rule reports the charts of network components (docs/cni-catalog.md) in

- a HelmRelease of Flux. The chart of a `chartRef` is the one that the OCIRepository or HelmChart in
  the input names; if there is none, it is taken to have the same name.
- an Application of Argo CD (with one source or several), and the template of an ApplicationSet. A
  `path` is a chart if the source has settings for Helm, if it is in a folder `charts`, or if the
  input has a `Chart.yaml` there with the name of the folder.
- a HelmChart of k3s, and `helmCharts` of a kustomization.
- the `dependencies` of a `Chart.yaml`, and the releases of a helmfile (`helmfile*.yaml`, or a file
  in `helmfile.d`).

It is silent where the values, or patches of what is rendered, mention the label
`nodepool.openyurt.io/hostnetwork`. Values in another file or object are not read; the message
names the field if there are any.

Bad:

    apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata: {name: cilium, namespace: kube-system}
    spec:
      chart:
        spec: {chart: cilium, sourceRef: {kind: HelmRepository, name: cilium}}

Fix: render the chart and transform the result, as in `helm template ... | hostnet-transform`. Or
set the chart's affinity value (of Cilium, `affinity`) to the guard:

    apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata: {name: cilium, namespace: kube-system}
    spec:
      chart:
        spec: {chart: cilium, sourceRef: {kind: HelmRepository, name: cilium}}
      values:
        affinity:
          nodeAffinity:
            requiredDuringSchedulingIgnoredDuringExecution:
              nodeSelectorTerms:
              - matchExpressions:
                - {key: nodepool.openyurt.io/hostnetwork, operator: NotIn, values: ["true"]}

If it is guarded in another way, suppress the finding on this object (that of a `Chart.yaml` or a
helmfile with `ignore` in the configuration).

Source: OpenYurt, documentation of host-network pools, prerequisites; this tool,
transformer/kubernetes/components.json.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from transformer.findings import Violation
from transformer.kubernetes.chart_sources import Linked, deployed_charts, source_chart
from transformer.kubernetes.charts import CHART_REF, chart_name, charts_of, component_of
from transformer.rules.base import Conclusion, LocatedObservation, Observation, ValidationRule
from transformer.rules.context import RuleContext

_HINT = "pipe `helm template` into `hostnet-transform`, or set the chart's affinity to the guard"


def check(context: RuleContext) -> Iterator[Violation]:
    for chart in charts_of(context.manifest):
        component = component_of(context.cluster.catalog, chart)
        if component is not None and not chart.is_guarded and chart.pointer != CHART_REF:
            name = chart_name(chart.name)
            if chart.release not in ("", name):
                name += f" (release {chart.release})"
            yield Violation(chart.pointer, _message(name, component.id, chart.unread), _HINT)


def collect(context: RuleContext) -> Iterator[Observation]:
    source = source_chart(context.manifest)
    if source is not None:
        yield _noted(context, source, is_source=True)
    for used in deployed_charts(context.manifest):
        if not used.chart.is_guarded:
            yield _noted(context, used, is_source=False)


def _noted(context: RuleContext, linked: Linked, *, is_source: bool) -> Observation:
    """Return what `finalize` needs; the name of a folder alone shows no component."""
    chart, is_known = linked.chart, is_source or not linked.is_folder
    component = component_of(context.cluster.catalog, chart) if is_known else None
    found = (chart_name(chart.name), component.id if component else "")
    return Observation(linked.key, chart.pointer, (is_source, linked.place, found, chart.unread))


def finalize(group: Iterable[LocatedObservation]) -> Iterator[Conclusion]:
    every = list(group)
    sources: dict[str, tuple[str, str]] = {}
    for located in every:
        is_source, place, found, _ = located.value
        for one in (place,) if place is not None else _endings(located.place.file):
            if is_source:
                sources.setdefault(one, found)
    for located in every:
        is_source, place, own, unread = located.value
        if not is_source:
            # A namespace may not be written.
            elsewhere = sources.get("") if place else next(iter(sources.values()), None)
            name, component = sources.get(place) or elsewhere or own
            if component:
                yield located, Violation("", _message(name, component, unread), _HINT)


def _endings(file: str) -> Iterator[str]:
    """Yield the folder of a file, as it is written from each folder above it."""
    parts = PurePosixPath(file).parent.parts
    return ("/".join(parts[first:]) for first in range(len(parts)))


def _message(chart: str, component: str, unread: Sequence[str]) -> str:
    keys = ", ".join(f"`{key}`" for key in unread)
    without = f" ({keys} {'are' if unread[1:] else 'is'} not read)" if keys else ""
    return (
        f"the chart {chart} was not looked into{without}, so nothing is known of the guard of the"
        f" network component {component}"
    )


RULE = ValidationRule(
    "HN424",
    "a chart of a network component, not looked into",
    "warning",
    check,
    collect=collect,
    finalize=finalize,
    alone=True,
)
