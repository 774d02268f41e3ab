"""Roll-outs that cannot end: more pods that need a host port than nodes, or none may be missing.

Source: Kubernetes Deployment controller, `ResolveFenceposts` and `MaxUnavailable`; defaults of
apps/v1.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from transformer.kubernetes.objects import mapping_at
from transformer.kubernetes.ports import Port, host_ports
from transformer.placement.placed import Placed, of_copies, pool_words
from transformer.placement.truth import Truth
from transformer.regexes import regex

_PERCENT = regex(r"([0-9]+)%")
_DEFAULT = "25%"


def unavailable(spec: Mapping[str, Any]) -> int:
    """Return how many pods may be missing during an update of the Deployment with this `spec`.

    All, if pods are removed before new ones are created, or if a value is not valid or not known.
    """
    replicas = 1 if spec.get("replicas") is None else spec["replicas"]
    strategy = mapping_at(spec, "strategy")
    if (strategy.get("type") or "RollingUpdate") != "RollingUpdate" or not _is_number(replicas):
        return _ALL
    rolling = mapping_at(strategy, "rollingUpdate")
    surge = _scaled(rolling.get("maxSurge"), replicas, math.ceil)
    missing = _scaled(rolling.get("maxUnavailable"), replicas, math.floor)
    if surge is None or missing is None:
        return _ALL
    # Both at 0 would never make any progress, so the controller takes 1.
    return min(missing if surge or missing else 1, replicas)


_ALL = 2**31 - 1


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _scaled(value: Any, replicas: int, rounded: Any) -> int | None:
    """Return a number or percentage (None: the default) of the replicas, or None if it is wrong."""
    value = _DEFAULT if value is None else value
    if _is_number(value):
        return int(value)
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    return rounded(int(found[1]) * replicas / 100) if found else None


class Stuck(NamedTuple):
    """Why a roll-out cannot end, at `pointer` of the manifest."""

    pointer: str
    message: str
    hint: str


_ONE_BY_ONE = "set maxSurge: 0 and maxUnavailable: 1"
_WITH_REPLICAS = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController")


def stuck(placed: Placed, node_count: Callable[[str], int]) -> Stuck | None:
    """Return why pods that need a port of the host cannot all run, or cannot be replaced, on the
    host-network pools that they are pinned to; None if nothing is known to be wrong.

    `node_count` returns how many nodes a pool has, or 0 if it is not known.
    """
    if not placed.pinned_to or placed.copy.kind not in _WITH_REPLICAS:
        return None
    port = next(_ports(placed), None)
    nodes = _nodes(placed, node_count) if port else 0
    return _stuck(placed, port, nodes) if port and nodes else None


def _ports(placed: Placed) -> Iterator[Port]:
    return host_ports(placed.template, host_network=placed.is_on_host is Truth.TRUE)


def _nodes(placed: Placed, node_count: Callable[[str], int]) -> int:
    """Return on how many nodes of the input the pods can run, or 0 if that is not known."""
    pinned = placed.pinned_to
    reached = [one for one in placed.schedule.pools if one.pool in pinned]
    is_known = all(node_count(one.pool) and not one.doubtful for one in reached)
    return sum(one.fitting for one in reached) if is_known else 0


def _stuck(placed: Placed, port: Port, nodes: int) -> Stuck | None:
    copy, base = placed.copy, placed.template.pointer.rpartition("/template")[0]
    replicas = copy.workload.get("replicas")
    replicas = 1 if replicas is None else replicas
    if not _is_number(replicas) or replicas < 1:
        return None
    said = f"{base}/replicas" if "replicas" in copy.workload else port.pointer
    pods = f"pods{of_copies([placed])}"
    of_nodes = (
        f"{pool_words(placed.pinned_to)} has only {nodes} {'node' if nodes == 1 else 'nodes'}"
    )
    of_nodes += " in the input that can take them"
    can_update = copy.kind != "Deployment" or unavailable({**copy.workload, "replicas": nodes})
    if replicas > nodes:
        hint = f"lower the replicas to {nodes}" + ("" if can_update else f", and {_ONE_BY_ONE}")
        return Stuck(
            copy.place(said),
            f"{replicas} {pods} need port {port.host} of a node each, but {of_nodes}:"
            f" {replicas - nodes} will stay Pending",
            hint + ("" if copy.pool else "; or use a DaemonSet for one pod on each node"),
        )
    if replicas == nodes and not can_update:
        at = f"{base}/strategy" if mapping_at(copy.workload, "strategy") else port.pointer
        return Stuck(
            copy.place(at),
            f"a rolling update of the {pods} gets stuck: none may be unavailable (maxUnavailable"
            f" rounds to 0), and the new pod waits for port {port.host} of an old one, because"
            f" {of_nodes}",
            f"{_ONE_BY_ONE}, or the strategy Recreate",
        )
    return None
