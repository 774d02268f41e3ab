"""Pods in namespaces with a Pod Security level: which the server refuses, in a dry run.

Each pod has, besides a host port or the host's network, nothing that a level forbids.
"""

import random
from collections.abc import Iterable, Iterator
from typing import Any

from tests.cluster.client import all_at_once
from tests.cluster.control_plane import ControlPlane

Value = dict[str, Any]

SEED = 71_006
COUNT = 120
ENFORCE = "pod-security.kubernetes.io/enforce"
LEVELS = {"none": None, "open": "privileged", "base": "baseline", "strict": "restricted"}
"""By the name of the namespace; one whose value is no level cannot be created."""


def questions() -> Iterator[Value]:
    """Yield the pods, each with the level of its namespace."""
    draw = random.Random(SEED)
    for number in range(COUNT):
        namespace = draw.choice(tuple(LEVELS))
        containers = [_container(draw, "main")]
        spec: Value = {
            "containers": containers,
            "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        }
        if draw.random() < 0.3:
            spec["initContainers"] = [_container(draw, "first")]
        if draw.random() < 0.3:
            spec["hostNetwork"] = draw.random() < 0.8
        metadata = {"name": f"pod-{number}", "namespace": namespace}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
        yield {"name": f"pod-{number}", "level": LEVELS[namespace], "pod": pod}


def _container(draw: random.Random, name: str) -> Value:
    security = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    made: Value = {"name": name, "image": "registry.example.com/app:1", "securityContext": security}
    if draw.random() < 0.5:
        port = draw.randint(1_000, 60_000)
        made["ports"] = [{"containerPort": port}]
        if draw.random() < 0.6:
            made["ports"][0]["hostPort"] = draw.choice((port, port, 0))
    return made


def answers(plane: ControlPlane, asked: Iterable[Value]) -> Iterator[Value]:
    """Yield why each pod is refused, or nothing."""
    client = plane.client
    for name, level in LEVELS.items():
        labels = {ENFORCE: level} if level is not None else {}
        client.create("/api/v1/namespaces", {"metadata": {"name": name, "labels": labels}})

    def ask(one: Value) -> Value:
        path = f"/api/v1/namespaces/{one['pod']['metadata']['namespace']}/pods?dryRun=All"
        return {"refused": client.ask("POST", path, one["pod"]).message}

    yield from all_at_once(ask, asked)
