"""Taints and tolerations, as the scheduler matches them.

Source: Kubernetes API, `Toleration.ToleratesTaint` (k8s.io/api/core/v1/toleration.go).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from transformer.kubernetes.objects import list_at
from transformer.kubernetes.pod_template import PodTemplate

_KEEPING_OFF = ("NoSchedule", "NoExecute")

_OF_DAEMON_SETS = frozenset(
    f"node.kubernetes.io/{what}"
    for what in (
        *("not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure"),
        "unschedulable",
    )
)
"""Taints for which the DaemonSet controller adds tolerations to its pods."""


def tolerates(
    template: PodTemplate, taints: Iterable[Mapping[str, Any]], *, is_daemon_set: bool = False
) -> bool:
    """Whether pods of `template` can be scheduled to a node with `taints`."""
    tolerations = [one for one in list_at(template.spec, "tolerations") if isinstance(one, dict)]
    return all(
        any(_fits(toleration, taint) for toleration in tolerations)
        for taint in taints
        if taint.get("effect") in _KEEPING_OFF
        and not (is_daemon_set and taint.get("key") in _OF_DAEMON_SETS)
    )


def _fits(toleration: Mapping[str, Any], taint: Mapping[str, Any]) -> bool:
    effect, key = toleration.get("effect"), toleration.get("key")
    if effect and effect != taint.get("effect"):
        return False
    if key and key != taint.get("key"):
        return False
    operator = toleration.get("operator") or "Equal"
    if operator == "Exists":
        return True
    is_same = (toleration.get("value") or "") == (taint.get("value") or "")
    return operator == "Equal" and is_same
