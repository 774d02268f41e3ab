"""The filters of the scheduler that manifests decide, under the scheduler's own names.

Not judged: resources, topology spread, pod (anti-)affinity, volumes and preemption.
"""

from typing import Literal, NamedTuple, TypeAlias

from transformer.kubernetes.node_affinity import guard_requirement
from transformer.kubernetes.placeholders import is_placeholder
from transformer.kubernetes.pod_template import PodTemplate
from transformer.placement.node_groups import NodeGroup
from transformer.placement.node_match import NAME_FIELD, match, match_requirement
from transformer.placement.taints import CORDONED, is_condition, tolerates
from transformer.placement.truth import Truth

Filter: TypeAlias = Literal[
    "NodeName", "NodeUnschedulable", "TaintToleration", "NodeAffinity", "guard", ""
]
"""`guard` is the part of NodeAffinity that keeps pods off host-network pools."""

Answer: TypeAlias = Literal["can", "unknown", "kept off", "cannot"]
"""Whether pods can be scheduled: `kept off` means that only a guard or a taint prevents it."""


class Scheduled(NamedTuple):
    """The answer for some nodes, and the filter that decides it (none if it is `can`).

    If only a cordon, or a taint for a condition of the node, keeps the pods off, `later` is the
    answer once it is gone.
    """

    answer: Answer
    filter: Filter = ""
    later: Answer | Literal[""] = ""


def schedule(
    template: PodTemplate, nodes: NodeGroup, *, annotated: Truth, is_daemon_set: bool
) -> Scheduled:
    """Return whether pods of `template` can be scheduled to `nodes`.

    `annotated`: the webhook adds the guard to the pods, whether the template has it or not.
    """
    now = _now(template, nodes, annotated, is_daemon_set)
    lasting = tuple(taint for taint in nodes.taints if not is_condition(taint))
    passes = nodes.is_cordoned or len(lasting) < len(nodes.taints)
    if now.answer != "kept off" or not passes:
        return now
    nodes = nodes._replace(taints=lasting, is_cordoned=False)
    later = _now(template, nodes, annotated, is_daemon_set).answer
    return now if later == "kept off" else now._replace(later=later)


def _now(
    template: PodTemplate, nodes: NodeGroup, annotated: Truth, is_daemon_set: bool
) -> Scheduled:
    node_name = template.spec.get("nodeName")
    if node_name:
        return _by_name(template, nodes, node_name, is_daemon_set)
    selected = match(template, nodes.labels, past_guard=True)
    if selected is Truth.FALSE:
        return Scheduled("cannot", "NodeAffinity")
    unguarded = match(template, nodes.labels)
    unguarded &= ~annotated | match_requirement(guard_requirement(), nodes.labels)
    if unguarded is Truth.FALSE:
        return Scheduled("kept off", "guard")
    uncordoned = Truth.TRUE
    if nodes.is_cordoned:
        uncordoned = tolerates(template, (CORDONED,), is_daemon_set=is_daemon_set)
    if uncordoned is Truth.FALSE:
        return Scheduled("kept off", "NodeUnschedulable")
    tolerated = tolerates(template, nodes.taints, is_daemon_set=is_daemon_set)
    if tolerated is Truth.FALSE:
        return Scheduled("kept off", "TaintToleration")
    if unguarded is Truth.UNKNOWN:
        return Scheduled("unknown", "NodeAffinity")
    if tolerated is Truth.UNKNOWN:
        return Scheduled("unknown", "TaintToleration")
    if uncordoned is Truth.UNKNOWN:
        return Scheduled("unknown", "NodeUnschedulable")
    return Scheduled("can")


def _by_name(
    template: PodTemplate, nodes: NodeGroup, node_name: object, is_daemon_set: bool
) -> Scheduled:
    """Return the answer for pods that name their node: the scheduler is bypassed.

    Neither node affinity nor taints with the effect NoSchedule matter; NoExecute evicts the pods.
    """
    is_it = Truth.UNKNOWN
    if not is_placeholder(node_name):
        is_it = nodes.labels.is_one_of(NAME_FIELD, (str(node_name),))
    if is_it is Truth.FALSE:
        return Scheduled("cannot", "NodeName")
    evicting = [taint for taint in nodes.taints if taint.get("effect") == "NoExecute"]
    stays = tolerates(template, evicting, is_daemon_set=is_daemon_set)
    if stays is Truth.FALSE:
        return Scheduled("kept off", "TaintToleration")
    if is_it is Truth.UNKNOWN:
        return Scheduled("unknown", "NodeName")
    return Scheduled("can") if stays is Truth.TRUE else Scheduled("unknown", "TaintToleration")
