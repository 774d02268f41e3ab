"""Random worlds for the scheduler: the same ones for the same seed.

A world is a few pools, their nodes and some in no pool, and workloads, as manifests that people
write. Nodes have what their pool gives them (its name, labels and taints, and the hostnetwork
label); they are edge workers already, so that OpenYurt does not convert them. Nodes in no pool have
no label whose key a pool sets.
"""

import random
from collections.abc import Iterator
from typing import Any

from tests.oracle.generated import (
    DESIRED,
    EDGE_WORKER,
    GUARD,
    GUARDED,
    HOST,
    POOL,
    REQUIRED,
    pool,
)

Value = dict[str, Any]

SEED = 34_117
COUNT = 320
HOSTNAME = "kubernetes.io/hostname"

_OWN = {
    "kubernetes.io/arch": ("amd64", "amd64", "arm64"),
    "disk": ("ssd", "hdd", None, None),
    "rank": ("1", "7", "20", "high", None, None),
}
_POOL_LABELS: tuple[dict[str, str], ...] = (
    {},
    {},
    {"site": "north"},
    {"site": "south"},
    {"site": "north", "lane": "a"},
)
_TAINTS = (
    {"key": "dedicated", "value": "edge", "effect": "NoSchedule"},
    {"key": "host-network", "effect": "NoSchedule"},
    {"key": "host-network", "value": "true", "effect": "NoExecute"},
    {"key": "rather-not", "effect": "PreferNoSchedule"},
)


def worlds() -> Iterator[Value]:
    """Yield the worlds, `COUNT` of them."""
    draw = random.Random(SEED)
    for number in range(COUNT):
        yield _world(draw, f"w{number}")


def _world(draw: random.Random, name: str) -> Value:
    pools = [_pool(draw, f"{name}-{letter}") for letter in "abcd"[: draw.randint(1, 4)]]
    nodes: list[Value] = []
    for one in pools:
        for _ in range(draw.choice((0, 1, 1, 1, 2, 2))):
            nodes.append(_node(draw, f"{name}-n{len(nodes)}", one))
    for _ in range(draw.choice((0, 1, 1, 2)) or not nodes):
        nodes.append(_node(draw, f"{name}-n{len(nodes)}", None))
    build = _Workloads(draw, name, pools, nodes)
    workloads = [build.one(number) for number in range(draw.randint(4, 6))]
    return {"name": name, "pools": pools, "nodes": nodes, "workloads": workloads}


def _pool(draw: random.Random, name: str) -> Value:
    spec: Value = {"type": "Edge"}
    labels = draw.choice(_POOL_LABELS)
    taints = draw.sample(_TAINTS, draw.choice((0, 0, 0, 1, 1, 2)))
    spec |= ({"labels": labels} if labels else {}) | ({"taints": taints} if taints else {})
    if draw.random() < 0.5:
        made = pool(name, **spec)
    elif draw.random() < 0.2:
        made = pool(name, "v1beta1", "true", **spec)
    else:
        made = pool(name, hostNetwork=True, **spec)
    made["metadata"]["labels"] = {"tier": draw.choice(("gold", "silver"))}
    return made


def is_host_network(value: Value) -> bool:
    """Whether a pool of a world is a host-network pool."""
    return bool(value["spec"].get("hostNetwork") or value["metadata"].get("annotations"))


def _node(draw: random.Random, name: str, its: Value | None) -> Value:
    labels = {HOSTNAME: name, "kubernetes.io/os": "linux"}
    for key, values in _OWN.items():
        value = draw.choice(values)
        labels |= {key: value} if value is not None else {}
    taints = [dict(_TAINTS[0])] if draw.random() < 0.1 else []
    if its is not None:
        labels |= its["spec"].get("labels", {})
        labels |= {POOL: its["metadata"]["name"], EDGE_WORKER: "true"}
        labels |= {HOST: "true"} if is_host_network(its) else {}
        given = its["spec"].get("taints", [])
        alike = {(taint["key"], taint["effect"]) for taint in taints}
        taints += [taint for taint in given if (taint["key"], taint["effect"]) not in alike]
    elif draw.random() < 0.2:
        taints.append({"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"})
    spec: Value = {"taints": taints} if taints else {}
    spec |= {"unschedulable": True} if draw.random() < 0.1 else {}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        **({"spec": spec} if spec else {}),
    }


class _Workloads:
    """Makes the workloads of a world."""

    def __init__(
        self, draw: random.Random, world: str, pools: list[Value], nodes: list[Value]
    ) -> None:
        self.draw = draw
        self.world = world
        self.pools = [one["metadata"]["name"] for one in pools]
        self.nodes = [one["metadata"]["name"] for one in nodes]
        self.ports: list[int] = []

    def one(self, number: int) -> Value:
        kind = self.draw.choice(tuple(_KINDS))
        name = f"{kind.lower()}-{number}"
        template = self._template(name)
        version, around = _KINDS[kind]
        if kind == "YurtAppSet":
            value = self._yurt_app_set(name, template)
        elif kind == "Pod":
            value = {"metadata": {**template["metadata"], "name": name}, "spec": template["spec"]}
        else:
            value = {"metadata": {"name": name}, "spec": around(name, template)}
        value["metadata"]["namespace"] = self.world
        return {"apiVersion": version, "kind": kind, **value}

    def _template(self, name: str) -> Value:
        draw = self.draw
        container: Value = {"name": "main", "image": "registry.example.com/app:1"}
        spec: Value = {"containers": [container]}
        if draw.random() < 0.3:
            spec |= self._ports(container)
        if draw.random() < 0.4:
            spec["nodeSelector"] = dict(self._label() for _ in range(draw.choice((1, 1, 1, 2))))
        terms = [self._term() for _ in range(draw.choice((0, 0, 0, 1, 1, 2)))]
        if draw.random() < 0.15:
            terms = [
                {**term, "matchExpressions": [*term.get("matchExpressions", ()), dict(GUARD)]}
                for term in terms or [{}]
            ]
        if terms:
            spec["affinity"] = {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": terms}}}
        if draw.random() < 0.4:
            spec["tolerations"] = [self._toleration() for _ in range(draw.choice((1, 1, 2)))]
        if draw.random() < 0.06:
            spec["nodeName"] = draw.choice(self.nodes)
        metadata: Value = {"labels": {"app": name}}
        if draw.random() < 0.15:
            metadata["annotations"] = {GUARDED: "true"}
        return {"metadata": metadata, "spec": spec}

    def _ports(self, container: Value) -> Value:
        """Give a container a host port, of its own or the one of an earlier workload."""
        draw = self.draw
        port = 8_000 + len(self.ports)
        if self.ports and draw.random() < 0.3:
            port = draw.choice(self.ports)
        self.ports.append(port)
        is_host_network = draw.random() < 0.5
        container["ports"] = [{"containerPort": port}]
        if not is_host_network:
            container["ports"][0]["hostPort"] = port
        return {"hostNetwork": True} if is_host_network else {}

    def _label(self) -> tuple[str, str]:
        draw = self.draw
        return draw.choice(
            (
                (POOL, draw.choice(self.pools)),
                (POOL, draw.choice(self.pools)),
                (POOL, draw.choice((*self.pools, f"{self.world}-none"))),
                (HOST, "true"),
                ("site", draw.choice(("north", "south"))),
                ("disk", "ssd"),
                ("kubernetes.io/os", draw.choice(("linux", "linux", "windows"))),
                ("kubernetes.io/arch", "amd64"),
                (HOSTNAME, draw.choice(self.nodes)),
            )
        )

    def _term(self) -> Value:
        draw = self.draw
        expressions = [self._requirement() for _ in range(draw.choice((1, 1, 2)))]
        field = {
            "key": "metadata.name",
            "operator": draw.choice(("In", "In", "NotIn")),
            "values": [draw.choice(self.nodes)],
        }
        chance = draw.random()
        if chance < 0.07:
            return {"matchFields": [field]}
        if chance < 0.12:
            return {"matchExpressions": expressions, "matchFields": [field]}
        return {"matchExpressions": expressions}

    def _requirement(self) -> Value:
        draw = self.draw
        if draw.random() < 0.12:
            bound = draw.choice(("5", "10"))
            return {"key": "rank", "operator": draw.choice(("Gt", "Lt")), "values": [bound]}
        key, value = self._label()
        operator = draw.choice(("In", "In", "NotIn", "Exists", "DoesNotExist"))
        if operator in ("Exists", "DoesNotExist"):
            return {"key": draw.choice((key, key, DESIRED)), "operator": operator}
        values = [value]
        if draw.random() < 0.3:
            values.append(draw.choice((*self.pools, "other")))
        return {"key": key, "operator": operator, "values": values}

    def _toleration(self) -> Value:
        draw = self.draw
        taint = draw.choice(_TAINTS)
        return draw.choice(
            (
                {"operator": "Exists"},
                {"operator": "Exists", "effect": "NoSchedule"},
                {"key": taint["key"], "operator": "Exists"},
                {"key": taint["key"], "operator": "Exists", "effect": taint["effect"]},
                {"key": "dedicated", "value": draw.choice(("edge", "other"))},
                {"key": "dedicated", "operator": "Equal", "value": "edge", "effect": "NoSchedule"},
                {"key": "node.kubernetes.io/unschedulable", "operator": "Exists"},
            )
        )

    def _yurt_app_set(self, name: str, template: Value) -> Value:
        draw = self.draw
        inner: Value = {
            "metadata": {"labels": {"app": name}},
            "spec": {"selector": {"matchLabels": {"app": name}}, "template": template},
        }
        selected: Value = {"pools": draw.sample(self.pools, draw.randint(1, len(self.pools)))}
        if draw.random() < 0.3:
            selected = {"nodepoolSelector": {"matchLabels": {"tier": "gold"}}}
        tweaks = [self._tweak() for _ in range(draw.choice((0, 1)))]
        kind = draw.choice(("deploymentTemplate", "deploymentTemplate", "statefulSetTemplate"))
        if kind == "statefulSetTemplate":
            inner["spec"]["serviceName"] = name
        spec: Value = {**selected, "workload": {"workloadTemplate": {kind: inner}}}
        if tweaks:
            spec["workload"]["workloadTweaks"] = tweaks
        return {"metadata": {"name": name}, "spec": spec}

    def _tweak(self) -> Value:
        path = "/spec/template/spec"
        patch = self.draw.choice(
            (
                {"path": f"{path}/hostNetwork", "operation": "add", "value": True},
                {
                    "path": f"{path}/tolerations",
                    "operation": "add",
                    "value": [{"operator": "Exists"}],
                },
                {
                    "path": f"{path}/nodeSelector",
                    "operation": "add",
                    "value": {"disk": "ssd"},
                },
            )
        )
        return {"pools": [self.draw.choice(self.pools)], "tweaks": {"patches": [patch]}}


def _selecting(name: str, template: Value) -> Value:
    return {"selector": {"matchLabels": {"app": name}}, "template": template}


_KINDS: dict[str, tuple[str, Any]] = {
    "Deployment": ("apps/v1", _selecting),
    "DaemonSet": ("apps/v1", _selecting),
    "StatefulSet": (
        "apps/v1",
        lambda name, template: {"serviceName": name, **_selecting(name, template)},
    ),
    "ReplicaSet": ("apps/v1", _selecting),
    "Job": (
        "batch/v1",
        lambda _, template: {
            "template": {**template, "spec": {"restartPolicy": "Never", **template["spec"]}}
        },
    ),
    "Pod": ("v1", None),
    "YurtAppSet": ("apps.openyurt.io/v1beta1", None),
}
