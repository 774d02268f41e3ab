"""Random pods for the oracle: what they select and tolerate, and what they use of their host."""

import random
from typing import Any

from tests.builders import HOST_NETWORK, POOL, required_affinity
from tests.oracle.drawing import ABSENT, maybe, present

Value = dict[str, Any]

GUARD = {"key": HOST_NETWORK, "operator": "NotIn", "values": ["true"]}
CORDON = "node.kubernetes.io/unschedulable"

SEED = 15
NODES = 60
NODES_A_POD = 6


# where a pod may run

_KEYS = ("a", "a", "b", "c", "x.io/d", POOL, "no key", "a/b/c", "", "-a")
_VALUES = ("1", "2", "10", "-3", "+2", "007", "x", "", "no value", "9223372036854775808", "-x")


def _taint(draw: random.Random) -> Value:
    return {
        "key": draw.choice(("a", "a", "b", "gpu")),
        **present(value=maybe(draw, "x", "y", "")),
        "effect": draw.choice(("NoSchedule", "NoExecute", "PreferNoSchedule")),
    }


def _node(draw: random.Random, number: int) -> Value:
    labels = {key: maybe(draw, *_VALUES[:8]) for key in ("a", "b", "c", "x.io/d")}
    pool = maybe(draw, "host", "host", "standard")
    labels |= {POOL: pool, HOST_NETWORK: "true" if pool == "host" else ABSENT}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": f"node-{number}", "labels": present(**labels)},
        "spec": {"taints": [_taint(draw) for _ in range(draw.choice((0, 0, 0, 1, 1, 2)))]},
    }


def _nodes(draw: random.Random) -> list[Value]:
    return [_node(draw, number) for number in range(NODES)]


_NODES = _nodes(random.Random(SEED))
"""The same ones for all pods, since what is alike is small when it is compressed."""


def _requirement(draw: random.Random) -> Value:
    operator = draw.choice(("In", "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "in", ""))
    count = draw.choice((1, 1, 1, 0, 2, 3))
    if operator in ("Exists", "DoesNotExist") and draw.random() < 0.8:
        count = 0
    key = draw.choice(_KEYS[: 6 if draw.random() < 0.9 else None])
    some = ("host", "standard", "other") if key == POOL else _VALUES
    values = [draw.choice(some) for _ in range(count)]
    return {
        "key": key,
        "operator": operator,
        **present(values=values or draw.choice((ABSENT, []))),
    }


def _field(draw: random.Random, names: list[str]) -> Value:
    return {
        "key": draw.choice(("metadata.name",) * 8 + ("metadata.uid", "")),
        "operator": draw.choice(("In", "In", "In", "NotIn", "NotIn", "Exists")),
        "values": draw.sample([*names, ""], draw.choice((1, 1, 1, 1, 1, 1, 0, 2))),
    }


def _term(draw: random.Random, names: list[str]) -> Any:
    if draw.random() < 0.07:
        return {}
    fields = [_field(draw, names) for _ in range(draw.choice((0, 0, 0, 1, 1, 2)))]
    expressions = [_requirement(draw) for _ in range(draw.choice((0, 1, 1, 2, 2, 3)))]
    expressions += [GUARD] if draw.random() < 0.2 else []
    return present(
        matchExpressions=expressions or draw.choice((ABSENT, None, [])),
        matchFields=fields or ABSENT,
    )


def _toleration(draw: random.Random) -> Value:
    return present(
        key=maybe(draw, "a", "b", "", CORDON),
        operator=maybe(draw, "Exists", "Exists", "Equal", "", "equal"),
        value=maybe(draw, "x", "y", ""),
        effect=maybe(draw, "NoSchedule", "NoExecute", ""),
    )


def match(draw: random.Random, name: str) -> Value:
    """Return a question about whether a pod may run on some nodes."""
    nodes = draw.sample(_NODES, NODES_A_POD)
    names = [one["metadata"]["name"] for one in nodes]
    terms = [_term(draw, names) for _ in range(draw.choice((0, 1, 1, 2, 2, 3)))]
    required = required_affinity(*terms)
    selectors = ({"a": "1"}, {POOL: "host"}, {POOL: "standard", "b": "x"}, {"no key": "1"})
    spec = present(
        nodeSelector=maybe(draw, *selectors, {"b": ""}, {}, {}),
        affinity=draw.choice((required, required, required, required, {}, ABSENT)),
        tolerations=[_toleration(draw) for _ in range(draw.randint(0, 3))] or ABSENT,
    )
    return {"pod": _pod(name, spec), "nodes": nodes}


def _pod(name: str, spec: Value) -> Value:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


# what Pod Security Admission refuses

_ENFORCE = "pod-security.kubernetes.io/enforce"
_LEVELS = ("privileged", "baseline", "baseline", "restricted", "restricted", "Baseline", "none", "")


def _port(draw: random.Random) -> Value:
    return {
        "containerPort": draw.choice((53, 80, 8080)),
        **present(
            hostPort=draw.choice((ABSENT, ABSENT, ABSENT, 0, 53, 8080)),
            protocol=maybe(draw, "TCP", "UDP"),
            hostIP=draw.choice((ABSENT, ABSENT, "127.0.0.1")),
        ),
    }


def _container(draw: random.Random, name: str, *, is_initial: bool = False) -> Value:
    ports = [_port(draw) for _ in range(draw.choice((0, 0, 1, 1, 2)))]
    return {
        "name": name,
        "image": "busybox",
        **present(
            ports=ports or draw.choice((ABSENT, None, [])),
            restartPolicy=draw.choice((ABSENT, "Always")) if is_initial else ABSENT,
        ),
    }


def security(draw: random.Random, name: str) -> Value:
    """Return a question about whether a namespace refuses a pod."""
    initial = [
        _container(draw, f"init-{number}", is_initial=True)
        for number in range(draw.choice((0, 0, 1, 1, 2)))
    ]
    spec = {
        "containers": [_container(draw, f"c-{number}") for number in range(draw.randint(1, 2))],
        **present(
            initContainers=initial or ABSENT,
            hostNetwork=draw.choice((ABSENT, ABSENT, False, True)),
            hostPID=draw.choice((ABSENT, ABSENT, ABSENT, True)),
        ),
    }
    labels = present(
        **{
            _ENFORCE: draw.choice((*_LEVELS, ABSENT)),
            "pod-security.kubernetes.io/warn": maybe(draw, "restricted", "privileged"),
            f"{_ENFORCE}-version": maybe(draw, "latest", "v1.20"),
        }
    )
    metadata = {"name": name, **present(labels=draw.choice((labels,) * 9 + (ABSENT,)))}
    return {
        "pod": _pod(name, spec),
        "namespace": {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata},
    }
