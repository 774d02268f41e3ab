"""HN404: pods are kept off host-network nodes, but cannot run anywhere else.

The selection pins them to host-network pools, and something keeps them off these same nodes: the
guard, the annotation `apps.openyurt.io/exclude-host-network-pool: "true"` (for which the webhook
adds it), or a taint of the pool that they do not tolerate. They can never be scheduled.

Bad, where `hangzhou` is a host-network pool:

    apiVersion: v1
    kind: Pod
    metadata:
      name: collector
      annotations: {apps.openyurt.io/exclude-host-network-pool: "true"}
    spec:
      hostNetwork: true
      nodeSelector: {apps.openyurt.io/nodepool: hangzhou}
      containers: [{name: collector, image: "collector:1"}]

Fix: remove the guard and the annotation or tolerate the taint, or select other nodes.

Source: OpenYurt `PodHandler.Default`, pkg/yurtmanager/webhook/pod/v1alpha1/pod_default.go;
Kubernetes scheduler, node affinity.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.placement.filters import Filter
from transformer.placement.node_match import is_guarded
from transformer.placement.placed import Placed, can_run_only
from transformer.placement.taints import in_words, tolerates
from transformer.placement.truth import Truth
from transformer.placement.verdicts import filter_at
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    found: dict[tuple[str, str, Filter], list[Placed]] = {}
    for placed in context.checked:
        if placed.schedule.kept_off:
            name = _filter(placed)
            at = filter_at(placed, context.source(placed), name)
            found.setdefault((at, _words(context, placed, name), name), []).append(placed)
    for (at, what, name), copies in found.items():
        yield Violation(
            at,
            f"{can_run_only(copies)}, and {what} keeps them off: they can never be scheduled",
            hint=_HINTS[name],
        )


_HINTS: dict[Filter, str] = {
    "guard": "remove the guard and the annotation, or select other nodes",
    "TaintToleration": "add a toleration for the taint, or select other nodes",
}


def _filter(placed: Placed) -> Filter:
    """Return the filter that keeps the pods off for good: a cordon that hides a taint does not."""
    filters = {one.filter for one in placed.schedule.kept_off}
    return "guard" if "guard" in filters else "TaintToleration"


def _words(context: RuleContext, placed: Placed, name: Filter) -> str:
    if name == "guard":
        return "a guard" if is_guarded(placed.template) else "the annotation"
    pools = [context.cluster.pools.find(one.pool) for one in placed.schedule.kept_off]
    taints = [taint for pool in pools if pool is not None for taint in pool.taints]
    for taint in taints:
        if tolerates(placed.template, (taint,), is_daemon_set=placed.is_daemon_set) is Truth.FALSE:
            return f"the taint {in_words(taint)}"
    return "a taint"


RULE = ValidationRule(
    "HN404",
    "pods kept off the only nodes they may run on",
    "error",
    check,
    ("workloads", "pools"),
    on=("workloads",),
)
