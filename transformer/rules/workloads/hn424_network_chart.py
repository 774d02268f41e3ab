"""HN424: the chart of a network component, which nobody has looked into.

A chart is rendered later, by Flux, Argo CD, k3s or kustomize. Its workloads are not in the input,
and no rule sees whether they have the guard. Without it, they are scheduled on host-network nodes.
This rule reports the charts of network components (docs/cni-catalog.md) in a HelmRelease of Flux,
an Application of Argo CD (with one source or several), the template of an ApplicationSet, a
HelmChart of k3s, and `helmCharts` of a kustomization. It is silent where the values, or patches of
what is rendered, mention the label `nodepool.openyurt.io/hostnetwork`. Values in another file or
object are not read.

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

If it is guarded in another way, suppress the finding on this object.

Source: OpenYurt, documentation of host-network pools, prerequisites; this tool,
transformer/kubernetes/components.json.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.kubernetes.charts import chart_name, charts_of
from transformer.kubernetes.components import component_of
from transformer.rules.base import RuleContext, ValidationRule

_HINT = (
    "render it and transform the result, as in `helm template ... | hostnet-transform`, or set the"
    " chart's affinity value to the guard"
)


def check(context: RuleContext) -> Iterator[Violation]:
    for chart in charts_of(context.manifest):
        component = component_of(context.cluster.catalog, chart)
        if component is not None and not chart.is_guarded:
            name = chart_name(chart.name)
            yield Violation(
                chart.pointer,
                f"the chart {name} renders the network component {component.id}, and was not looked"
                " into, so nothing is known of its guard",
                _HINT,
            )


RULE = ValidationRule("HN424", "a chart of a network component, not looked into", "warning", check)
