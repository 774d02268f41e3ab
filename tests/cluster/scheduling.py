"""Where the pods of a world land on the real scheduler, each node they can land on included.

One pod of a workload would only show where it happened to land. So each workload gets one pod more
than there are nodes, and no two of them fit on one node (a required anti-affinity, which decides
nothing else): they land on every node that takes them, and one is left, whose condition says what
the filters had against the others. A DaemonSet has a pod for each node that takes it anyway. Two
workloads with the same host port are created one after the other.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from typing import Any

from tests.cluster.client import Answer, Client, all_at_once
from tests.cluster.control_plane import ControlPlane
from tests.cluster.spreading import WORKLOAD_LABEL, ready, spread, without_shared_ports
from tests.cluster.waiting import until

Value = dict[str, Any]

_POOLS = "/apis/apps.openyurt.io/v1beta2/nodepools"
_NODES = "/api/v1/nodes"
_LISTS = {
    "YurtAppSet": "/apis/apps.openyurt.io/v1beta1/namespaces/{}/yurtappsets",
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments",
    "StatefulSet": "/apis/apps/v1/namespaces/{}/statefulsets",
    "DaemonSet": "/apis/apps/v1/namespaces/{}/daemonsets",
    "Job": "/apis/batch/v1/namespaces/{}/jobs",
    "ReplicaSet": "/apis/apps/v1/namespaces/{}/replicasets",
    "Pod": "/api/v1/namespaces/{}/pods",
}
_CANARY = "canaries"
_TRIES = 3
_REASON = re.compile(r"(\d+) (node\(s\) .+?)(?=, \d+ node|\.$)")


def answers(plane: ControlPlane, asked: Iterable[Value]) -> Iterator[Value]:
    """Yield, for each world, where its pods landed and what the scheduler said of the others.

    A world that does not come to rest is made again: when its cache lags, the controller of
    YurtAppSets makes a Deployment twice.
    """
    client = plane.client
    _make_canary(client)
    for number, world in enumerate(asked):
        if number % 50 == 0:
            print(f"  {number} worlds", flush=True)
        yield _answer(client, world)


def _answer(client: Client, world: Value) -> Value:
    for _ in range(_TRIES - 1):
        try:
            return _World(client, world).answer()
        except TimeoutError as error:
            print(f"  again: {error}", flush=True)
    return _World(client, world).answer()


class WorldError(Exception):
    """A world that does not come to rest, or that the server does not take."""


class _World:
    def __init__(self, client: Client, world: Value) -> None:
        self.client = client
        self.world = world
        self.name = world["name"]
        self.nodes = [node["metadata"]["name"] for node in world["nodes"]]
        self.refused: dict[str, str] = {}

    def answer(self) -> Value:
        client = self.client
        client.create("/api/v1/namespaces", {"metadata": {"name": self.name}})
        for pool in self.world["pools"]:
            version = pool["apiVersion"]
            client.create(f"/apis/{version}/nodepools?fieldManager=test", pool)
        for _ in all_at_once(self._create_node, self.world["nodes"]):
            pass
        self._await_nodes()
        expected: Counter[str] = Counter()
        try:
            for batch in without_shared_ports(self.world["workloads"]):
                made = zip(batch, all_at_once(self._create, batch), strict=True)
                expected.update(
                    {_name(one): 0 if refused else self._pods_of(one) for one, refused in made}
                )
                found = self._at_rest(expected)
            self._check_nodes()
        finally:
            self._clean()
        return {
            key: {"refused": self.refused[key]}
            if key in self.refused
            else _told(found.get(key, []))
            for key in expected
        }

    def _create_node(self, node: Value) -> None:
        """Create a node as soon as the webhook knows its pool."""
        answers: list[Answer] = []

        def is_taken() -> bool:
            answers.append(self.client.ask("POST", _NODES, ready(node)))
            return answers[-1].is_taken

        until(is_taken, lambda: f"{self.name}: {answers[-1].message}")

    def _await_nodes(self) -> None:
        """Wait until scheduler and controllers know the nodes, and have forgotten those before."""

        def are_known() -> bool:
            pods = self.client.items(f"/api/v1/namespaces/{_CANARY}/pods")
            return {pod["spec"].get("nodeName") for pod in pods} >= set(self.nodes)

        until(are_known, f"{self.name}: no canary on each node")

    def _create(self, workload: Value) -> str:
        """Create a workload; return why it is refused, if it is."""
        path = _LISTS[workload["kind"]].format(self.name)
        for one in spread(workload, len(self.nodes) + 1):
            answer = self.client.ask("POST", path, one)
            if not answer.is_taken:
                self.refused[_name(workload)] = answer.message
        return self.refused.get(_name(workload), "")

    def _pods_of(self, workload: Value) -> int:
        """Return how many pods there will be; -1 where that is not known before."""
        many = len(self.nodes) + 1
        if workload["kind"] == "YurtAppSet":
            spec = workload["spec"]
            wanted = spec.get("nodepoolSelector", {}).get("matchLabels", {}).items()
            pools = [
                pool["metadata"]
                for pool in self.world["pools"]
                if pool["metadata"]["name"] in spec.get("pools", ())
                or (wanted and wanted <= pool["metadata"]["labels"].items())
            ]
            return many * len(pools)
        return -1 if workload["kind"] == "DaemonSet" else many

    def _at_rest(self, expected: Counter[str]) -> dict[str, list[Value]]:
        """Return the pods by their workload, as soon as all are there and decided."""
        found: dict[str, list[Value]] = {}

        def is_quiet() -> bool:
            found.clear()
            sets = self.client.items(_LISTS["DaemonSet"].format(self.name))
            counts = expected | Counter()
            for one in sets:
                status = one["status"]
                if status.get("observedGeneration") != one["metadata"]["generation"]:
                    return False
                counts[_name(one)] = status["desiredNumberScheduled"]
            for pod in self.client.items(_LISTS["Pod"].format(self.name)):
                found.setdefault(pod["metadata"]["labels"][WORKLOAD_LABEL], []).append(pod)
            return all(
                len(found.get(key, ())) == counts[key] and all(map(_is_decided, found.get(key, ())))
                for key in expected
            )

        def told() -> str:
            there = {key: len(pods) for key, pods in found.items()}
            return f"{self.name} does not come to rest: {dict(expected)}, there are {there}"

        until(is_quiet, told)
        return found

    def _check_nodes(self) -> None:
        """Make sure that the nodes are still what the world says: nothing else changes them."""
        for wanted in self.world["nodes"]:
            node = self.client.get(f"{_NODES}/{wanted['metadata']['name']}")
            spec, asked = node["spec"], wanted.get("spec", {})
            labels = node["metadata"]["labels"]
            if (
                labels != wanted["metadata"]["labels"]
                or spec.get("taints", []) != asked.get("taints", [])
                or bool(spec.get("unschedulable")) != bool(asked.get("unschedulable"))
            ):
                raise WorldError(f"{self.name}: {wanted} has become {labels} {spec}")

    def _clean(self) -> None:
        for node in self.nodes:
            self.client.delete(f"{_NODES}/{node}")
        paths = [path.format(self.name) for path in _LISTS.values()]

        def is_empty() -> bool:
            for path in paths:
                self.client.delete(path)
            return not any(self.client.items(path) for path in paths)

        until(is_empty, f"{self.name} does not go")
        for pod in self.client.items(f"/api/v1/namespaces/{_CANARY}/pods"):
            if pod["spec"].get("nodeName") in self.nodes:
                self.client.delete(f"/api/v1/namespaces/{_CANARY}/pods/{_name(pod)}")

        def are_gone() -> bool:
            answers = [self.client.delete(f"{_POOLS}/{_name(one)}") for one in self.world["pools"]]
            return all(answer.status in (200, 404) for answer in answers)

        until(are_gone, f"the pools of {self.name} do not go")


def _name(workload: Value) -> str:
    return str(workload["metadata"]["name"])


def _is_decided(pod: Value) -> bool:
    return bool(pod["spec"].get("nodeName") or _reason_pending(pod))


def _reason_pending(pod: Value) -> str:
    for condition in pod["status"].get("conditions", ()):
        if condition["type"] == "PodScheduled" and condition.get("reason") == "Unschedulable":
            return str(condition["message"])
    return ""


def _told(pods: Iterable[Value]) -> Value:
    """Return on which nodes pods landed, by the pool's name in their workload where copies have
    one, and what the scheduler says of those that are pending.
    """
    landed: dict[str, Counter[str]] = {}
    pending: dict[str, set[str]] = {}
    for pod in pods:
        copy = pod["metadata"]["labels"].get("apps.openyurt.io/pool-name", "")
        node = pod["spec"].get("nodeName")
        if node:
            landed.setdefault(copy, Counter())[node] += 1
        else:
            pending.setdefault(copy, set()).add(_reason_pending(pod))
    return {
        copy: {
            "landed": dict(sorted(landed.get(copy, {}).items())),
            "pending": _filtered(pending.get(copy, set())),
        }
        for copy in sorted({*landed, *pending})
    }


def _filtered(messages: Set[str]) -> dict[str, int]:
    """Return what the filters had against how many nodes.

    Raises:
        WorldError: not all pending pods of a workload were told the same.
    """
    told = {tuple(_REASON.findall(message.partition(" no new claims")[0])) for message in messages}
    if len(told) > 1:
        raise WorldError(f"pods of one workload are pending for other reasons: {messages}")
    return {reason: int(count) for one in told for count, reason in sorted(one)}


def _make_canary(client: Client) -> None:
    """Create a DaemonSet that is on every node as soon as scheduler and controllers know it."""
    client.create("/api/v1/namespaces", {"metadata": {"name": _CANARY}})
    template = {
        "metadata": {"labels": {"app": _CANARY}},
        "spec": {
            "containers": [{"name": "main", "image": "registry.example.com/canary:1"}],
            "tolerations": [{"operator": "Exists"}],
            "terminationGracePeriodSeconds": 0,
        },
    }
    value = {"selector": {"matchLabels": {"app": _CANARY}}, "template": template}
    client.create(
        _LISTS["DaemonSet"].format(_CANARY), {"metadata": {"name": _CANARY}, "spec": value}
    )
