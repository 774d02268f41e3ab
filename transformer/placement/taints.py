"""Taints and tolerations, as the scheduler matches them.

Source: Kubernetes API, `Toleration.ToleratesTaint` (k8s.io/api/core/v1/toleration.go); for
DaemonSets, `AddOrUpdateDaemonPodTolerations`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from transformer.kubernetes.placeholders import is_placeholder
from transformer.kubernetes.pod_template import PodTemplate
from transformer.placement.truth import Truth, truth

_KEEPING_OFF = ("NoSchedule", "NoExecute")
CORDONED = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
"""The taint of a cordoned node."""

_OF_DAEMON_SETS = frozenset(
    (f"node.kubernetes.io/{key}", effect)
    for key, effect in (
        ("not-ready", "NoExecute"),
        ("unreachable", "NoExecute"),
        ("disk-pressure", "NoSchedule"),
        ("memory-pressure", "NoSchedule"),
        ("pid-pressure", "NoSchedule"),
        ("unschedulable", "NoSchedule"),
    )
)
"""Taints for which the DaemonSet controller adds tolerations to its pods."""

_NETWORK_UNAVAILABLE = ("node.kubernetes.io/network-unavailable", "NoSchedule")
"""The same, but only for pods on the host's network."""


_CONDITIONS = ("node.kubernetes.io/", "node.cloudprovider.kubernetes.io/")


def is_condition(taint: Mapping[str, Any]) -> bool:
    """Whether Kubernetes sets a taint for a condition of the node, and removes it again."""
    return str(taint.get("key")).startswith(_CONDITIONS)


def in_words(taint: Mapping[str, Any]) -> str:
    """Return a taint as kubectl writes it: `key=value:effect`."""
    value = f"={taint['value']}" if taint.get("value") else ""
    return f"{taint.get('key')}{value}:{taint.get('effect')}"


def tolerates(
    template: PodTemplate, taints: Iterable[Mapping[str, Any]], *, is_daemon_set: bool = False
) -> Truth:
    """Whether pods of `template` can be scheduled to a node with `taints`.

    It is unknown if a toleration has an operator that compares numbers (`Gt`, `Lt`), or if a
    placeholder decides.
    """
    found = template.spec.get("tolerations")
    if is_placeholder(found):
        found = [found]
    tolerations = found if isinstance(found, list) else []
    result = Truth.TRUE
    for taint in taints:
        if taint.get("effect") in _KEEPING_OFF and not (
            is_daemon_set and _is_tolerated_for(taint, template)
        ):
            fits = Truth.FALSE
            for toleration in tolerations:
                fits |= _fits(toleration, taint)
            result &= fits
    return result


def _is_tolerated_for(taint: Mapping[str, Any], daemon: PodTemplate) -> bool:
    pair = (str(taint.get("key")), str(taint.get("effect")))
    return pair in _OF_DAEMON_SETS or (
        pair == _NETWORK_UNAVAILABLE and daemon.spec.get("hostNetwork") is True
    )


def _fits(toleration: Any, taint: Mapping[str, Any]) -> Truth:
    if is_placeholder(toleration):
        return Truth.UNKNOWN
    if not isinstance(toleration, dict):
        return Truth.FALSE
    result = _is_in(toleration.get("effect"), taint.get("effect"))
    result &= _is_in(toleration.get("key"), taint.get("key"))
    operator = toleration.get("operator") or "Equal"
    if operator == "Exists":
        return result
    if operator in ("Gt", "Lt") or is_placeholder(operator):
        return result & Truth.UNKNOWN
    value = toleration.get("value") or ""
    if is_placeholder(value):
        return result & Truth.UNKNOWN
    return result & truth(operator == "Equal" and value == (taint.get("value") or ""))


def _is_in(wanted: Any, own: Any) -> Truth:
    """Whether a toleration with this effect or key (empty: any) covers that of a taint."""
    return Truth.UNKNOWN if is_placeholder(wanted) else truth(not wanted or wanted == own)
