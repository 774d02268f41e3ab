"""Workloads with one pod more than there are nodes, no two of which fit on one node."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

from tests.cluster.worlds import HOSTNAME

Value = dict[str, Any]

WORKLOAD_LABEL = "world.test/workload"
"""On each pod, the name of its workload."""


def ready(node: Value) -> Value:
    """Return a Node with the status of one that a kubelet keeps ready."""
    room = {"cpu": "64", "memory": "256Gi", "pods": "1000"}
    condition = {"type": "Ready", "status": "True", "reason": "KubeletReady"}
    status = {"capacity": room, "allocatable": room, "conditions": [condition]}
    return {**node, "status": status}


def spread(workload: Value, many: int) -> Iterator[Value]:
    """Yield a workload as objects of which there are `many` pods, no two of them on one node."""
    key = workload["metadata"]["name"]
    value = deepcopy(workload)
    if value["kind"] == "Pod":
        for number in range(many):
            one = deepcopy(value)
            one["metadata"]["name"] += f"-{number}"
            _keep_apart(one, key)
            yield one
        return
    spec = value["spec"]
    if value["kind"] == "YurtAppSet":
        templates = spec["workload"]["workloadTemplate"]
        for name, one in templates.items():
            _replicate(name.removesuffix("Template"), one["spec"], many)
        (inner,) = templates.values()
        template = inner["spec"]["template"]
    else:
        _replicate(value["kind"].lower(), spec, many)
        template = spec["template"]
    _keep_apart(template, key, is_needed=value["kind"] != "DaemonSet")
    yield value


def _replicate(kind: str, spec: Value, many: int) -> None:
    if kind == "job":
        spec |= {"parallelism": many, "completions": many}
    elif kind != "daemonset":
        spec["replicas"] = many
    if kind in ("statefulset", "statefulSet"):
        spec["podManagementPolicy"] = "Parallel"


def _keep_apart(template: Value, key: str, *, is_needed: bool = True) -> None:
    template["metadata"].setdefault("labels", {})[WORKLOAD_LABEL] = key
    template["spec"]["terminationGracePeriodSeconds"] = 0  # no kubelet ends a pod
    if is_needed:
        term = {"labelSelector": {"matchLabels": {WORKLOAD_LABEL: key}}}
        required = [{**term, "topologyKey": HOSTNAME}]
        template["spec"].setdefault("affinity", {})["podAntiAffinity"] = {
            "requiredDuringSchedulingIgnoredDuringExecution": required
        }


def without_shared_ports(workloads: Iterable[Value]) -> Iterator[list[Value]]:
    """Yield the workloads in batches; in none of them do two have the same host port."""
    batches: list[tuple[set[int], list[Value]]] = []
    for workload in workloads:
        ports = set(host_ports(workload))
        free = [one for one in batches if not ports & one[0]]
        if not free:
            free = [(set(), [])]
            batches += free
        free[0][0].update(ports)
        free[0][1].append(workload)
    yield from (batch for _, batch in batches)


def host_ports(workload: Value) -> Iterator[int]:
    """Yield the container ports of a workload of a world: each one is a host port, or may be."""
    containers = [workload]
    while containers:
        value = containers.pop()
        if isinstance(value, dict):
            yield from [value["containerPort"]] if "containerPort" in value else []
            containers += value.values()
        elif isinstance(value, list):
            containers += value
