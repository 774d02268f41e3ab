"""Nodes that are new: the labels that they get, and whether they are cordoned (converted)."""

from collections.abc import Iterable, Iterator
from typing import Any

from tests.cluster.changes import make_pools
from tests.cluster.client import all_at_once
from tests.cluster.control_plane import ControlPlane
from tests.cluster.waiting import until_quiet
from tests.oracle.generated import WORLD
from tests.oracle.generated import questions as of_the_oracle

Value = dict[str, Any]

SEED = 71_004
COUNT = 300
_PATH = "/api/v1/nodes"


def questions() -> Iterator[Value]:
    """Yield the nodes."""
    for asked in of_the_oracle("node-default", seed=SEED, count=COUNT):
        yield {key: asked[key] for key in ("name", "node")}


def answers(plane: ControlPlane, asked: Iterable[Value]) -> Iterator[Value]:
    """Yield the labels of each node and whether it is cordoned, or why it is refused."""
    client, nodes = plane.client, [one["node"] for one in asked]
    make_pools(client, WORLD)
    made = list(all_at_once(lambda node: client.ask("POST", _PATH, node), nodes))
    seen = until_quiet(lambda: {_name(one): _seen(one) for one in client.items(_PATH)})
    for node, answer in zip(nodes, made, strict=True):
        yield seen[_name(node)] if answer.is_taken else {"refused": answer.message}


def _name(node: Value) -> str:
    return str(node["metadata"]["name"])


def _seen(node: Value) -> Value:
    labels = node["metadata"].get("labels", {})
    return {"labels": labels, "cordoned": bool(node["spec"].get("unschedulable"))}
