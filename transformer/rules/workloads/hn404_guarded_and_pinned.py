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

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.objects import mapping_at
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.well_known import EXCLUDE_ANNOTATION, HOST_NETWORK_LABEL
from transformer.placement.node_match import is_guarded
from transformer.placement.placed import Placed, can_run_only, selection_at
from transformer.rules.base import RuleContext, ValidationRule


def check(context: RuleContext) -> Iterator[Violation]:
    found: dict[tuple[str, str], list[Placed]] = {}
    for placed in context.placed:
        if placed.schedule.kept_off:
            what, at = _what_keeps_off(context, placed)
            found.setdefault((what, placed.copy.place(at)), []).append(placed)
    for (what, at), copies in found.items():
        yield Violation(
            at,
            f"{can_run_only(copies)}, and {what} keeps them off: they can never be scheduled",
            hint=_HINTS[what],
        )


_HINTS = {
    "a guard": "remove the guard and the annotation, or select other nodes",
    "the annotation": "remove the guard and the annotation, or select other nodes",
    "a taint": "tolerate the taint of the pool, or select other nodes",
    "a cordon": "uncordon the node, or select other nodes",
}


def _what_keeps_off(context: RuleContext, placed: Placed) -> tuple[str, str]:
    """Return in words what keeps the pods off, and the pointer of it or of what is missing."""
    template = placed.template
    filters = {one.filter for one in placed.schedule.kept_off}
    if "guard" not in filters:
        what = "a taint" if "TaintToleration" in filters else "a cordon"
        has_any = bool(template.spec.get("tolerations"))
        tolerations = f"{template.pointer}/spec/tolerations"
        return what, tolerations if has_any else selection_at(context.source(placed))
    if is_guarded(template):
        return "a guard", _guard_at(template)
    return "the annotation", pointer.join(
        f"{template.pointer}/metadata/annotations", EXCLUDE_ANNOTATION
    )


def _guard_at(template: PodTemplate) -> str:
    """Return the pointer of what keeps the pods off: a nodeSelector, or an affinity."""
    at = f"{template.pointer}/spec"
    if mapping_at(template.spec, "nodeSelector").get(HOST_NETWORK_LABEL, "true") != "true":
        return pointer.join(at, "nodeSelector", HOST_NETWORK_LABEL)
    return f"{at}/affinity"


RULE = ValidationRule(
    "HN404", "pods kept off the only nodes they may run on", "error", check, ("workloads", "pools")
)
