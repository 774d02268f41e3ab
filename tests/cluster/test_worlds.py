"""Where the tool says that pods can be scheduled, and where the real scheduler put them.

There is no kubelet. It would not run every pod that has a `nodeName`: it looks at node affinity,
host ports and taints with the effect NoExecute itself (`AdmissionCheck`). So of those pods only
that is compared on which nodes they are.
"""

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from tests.cluster.spreading import host_ports
from tests.cluster.vectors import Vector, vectors
from tests.cluster.verdicts import Verdict, verdicts
from tests.cluster.worlds import is_host_network
from tests.oracle.asking import stream
from tests.oracle.generated import POOL
from transformer import Finding, validate

pytestmark = pytest.mark.slow

_OFTEN = 300
_MESSAGES = {
    "TaintToleration": ("untolerated taint", "unschedulable"),
    "NodeUnschedulable": ("unschedulable",),
}
"""What the scheduler says where one of these filters keeps pods off: it asks for cordons first."""


class World:
    """A world, and what became of its workloads."""

    def __init__(self, vector: Vector) -> None:
        self.name = vector["name"]
        self.pools = vector["pools"]
        self.nodes = vector["nodes"]
        self.workloads = vector["workloads"]
        self.answer = vector["answer"]
        self.naming_their_node = {
            one["metadata"]["name"] for one in self.workloads if "nodeName" in json.dumps(one)
        }

    def nodes_of(self, pool: str) -> list[Any]:
        return [node for node in self.nodes if node["metadata"]["labels"].get(POOL, "") == pool]

    def landed(self, workload: str, of_copy: str = "") -> set[str]:
        """Return the nodes on which pods landed."""
        return set(self.answer[workload].get(of_copy, {}).get("landed", ()))

    def landed_in(self, verdict: Verdict) -> set[str]:
        """Return those of them that a verdict is about."""
        names = {node["metadata"]["name"] for node in self.nodes_of(verdict.pool)}
        return names & self.landed(verdict.workload, verdict.copy)

    def is_compared(self, verdict: Verdict) -> bool:
        """Whether there are pods that tell whether a verdict is right."""
        answer = self.answer[verdict.workload]
        has_pods = "refused" not in answer and (
            verdict.copy in answer or not self.is_copied(verdict)
        )
        is_by_name = verdict.workload in self.naming_their_node
        return has_pods and (verdict.filter == "NodeName" or not is_by_name)

    def is_copied(self, verdict: Verdict) -> bool:
        """Whether the workload is a YurtAppSet, of which only the copies have pods."""
        return verdict.workload.startswith("yurtappset")

    def sharing_ports(self) -> set[str]:
        """Return the workloads with a host port that an earlier one may have taken."""
        found, taken = set(), set[int]()
        for workload in self.workloads:
            ports = set(host_ports(workload))
            if ports & taken:
                found.add(workload["metadata"]["name"])
            taken |= ports
        return found

    def with_nodes(self) -> list[Any]:
        """Return all objects; each pool's status tells that it has no other nodes."""
        pools = copy.deepcopy(self.pools)
        for pool in pools:
            members = self.nodes_of(pool["metadata"]["name"])
            pool["status"] = {"nodes": [node["metadata"]["name"] for node in members]}
        return [*pools, *self.nodes, *self.workloads]


@cache
def worlds() -> tuple[World, ...]:
    return tuple(map(World, vectors("worlds")))


@cache
def verdicts_on(world: World, *, with_nodes: bool) -> tuple[Verdict, ...]:
    objects = world.with_nodes() if with_nodes else [*world.pools, *world.workloads]
    return tuple(one for one in verdicts(objects) if world.is_compared(one))


@pytest.mark.parametrize("with_nodes", [False, True], ids=["pools", "pools and nodes"])
def test_no_pod_is_on_a_node_where_it_is_said_not_to_land(with_nodes: bool) -> None:
    different, decided = [], 0
    for world in worlds():
        for verdict in verdicts_on(world, with_nodes=with_nodes):
            if verdict.answer in ("kept off", "cannot"):
                decided += 1
                if world.landed_in(verdict):
                    different.append((verdict, world.landed_in(verdict)))
    assert different == []
    assert decided > _OFTEN


def test_pods_are_on_nodes_of_a_pool_to_which_they_can_be_scheduled() -> None:
    different, decided = [], 0
    for world in worlds():
        pools = {pool["metadata"]["name"]: pool for pool in world.pools}
        sharing = world.sharing_ports()
        for verdict in verdicts_on(world, with_nodes=False):
            usual = [
                node
                for node in world.nodes_of(verdict.pool)
                if verdict.pool and is_usual(node, pools[verdict.pool])
            ]
            if verdict.answer == "can" and usual and verdict.workload not in sharing:
                decided += 1
                if not world.landed_in(verdict):
                    different.append(verdict)
    assert different == []
    assert decided > _OFTEN


def is_usual(node: Any, pool: Any) -> bool:
    """Whether a node keeps no pods off but those that its pool keeps off."""
    spec = node.get("spec", {})
    given = pool["spec"].get("taints", [])
    return not spec.get("unschedulable") and all(one in given for one in spec.get("taints", ()))


def test_pods_are_on_all_nodes_in_the_input_that_are_said_to_fit() -> None:
    different, exact = [], 0
    for world in worlds():
        sharing = world.sharing_ports()
        for verdict in verdicts_on(world, with_nodes=True):
            landed = len(world.landed_in(verdict))
            exact += landed == verdict.fitting > 0
            if landed < verdict.fitting and verdict.workload not in sharing:
                different.append((verdict, landed))
    assert different == []
    assert exact > _OFTEN


def test_the_scheduler_names_the_filter_that_is_said_to_keep_pods_off() -> None:
    different, decided = [], 0
    for world in worlds():
        for verdict in verdicts_on(world, with_nodes=True):
            its = world.answer[verdict.workload].get(verdict.copy, {})
            messages = _MESSAGES.get(verdict.filter, ())
            if verdict.answer != "kept off" or not messages or not its.get("pending"):
                continue
            if verdict.workload.startswith("daemonset"):
                continue  # its controller makes no pod for a node with such a taint
            decided += 1
            said = " ".join(its["pending"])
            if world.nodes_of(verdict.pool) and not any(message in said for message in messages):
                different.append((verdict, its["pending"]))
    assert different == []
    assert decided > _OFTEN


@cache
def findings() -> tuple[tuple[World, Finding], ...]:
    """Return the findings on workloads other than YurtAppSets and those that name their node."""
    return tuple(
        (world, finding)
        for world in worlds()
        for finding in validate(stream([*world.pools, *world.nodes, *plain_workloads(world)]))
    )


def plain_workloads(world: World) -> Iterator[Any]:
    for one in world.workloads:
        is_plain = one["metadata"]["name"] not in world.naming_their_node
        if is_plain and one["kind"] != "YurtAppSet":
            yield one


def found_by(rule: str) -> Iterator[tuple[World, str]]:
    """Yield the workloads on which a rule has a finding."""
    for world, finding in findings():
        if finding.rule == rule and finding.object is not None:
            yield world, finding.object.name


def on_host_network(world: World) -> set[str]:
    names = [pool["metadata"]["name"] for pool in world.pools if is_host_network(pool)]
    return {node["metadata"]["name"] for name in names for node in world.nodes_of(name)}


def test_pods_that_are_said_to_be_pinned_to_host_network_pools_are_nowhere_else() -> None:
    found = list(found_by("HN401"))
    assert [
        (world.name, name) for world, name in found if world.landed(name) - on_host_network(world)
    ] == []
    assert len(found) > 20


def test_pods_that_are_said_never_to_be_scheduled_are_nowhere() -> None:
    found = list(found_by("HN404"))
    assert [(world.name, name) for world, name in found if world.landed(name)] == []
    assert len(found) > 5


def test_a_world_has_pods_that_land_and_pods_that_do_not() -> None:
    told = [one for world in worlds() for one in world.answer.values() if "refused" not in one]
    landed = [bool(copy["landed"]) for one in told for copy in one.values()]
    assert 0.3 < sum(landed) / len(landed) < 0.7
    assert len(worlds()) >= 300
