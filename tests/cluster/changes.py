"""Pools and nodes that come, change and go by `kubectl apply`: taken or refused.

A change has an `old` and a `new` object, of which one may be missing. All old ones are applied,
then all new ones, pools before nodes.
"""

import random
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from tests.cluster import kubectl
from tests.cluster.client import Client
from tests.cluster.control_plane import ControlPlane
from tests.cluster.waiting import until, until_quiet
from tests.oracle.drawing import ABSENT
from tests.oracle.generated import (
    DESIRED,
    EDGE_WORKER,
    HOST,
    POOL,
    WORLD,
    node,
    pool,
)
from tests.oracle.generated import questions as of_the_oracle

Value = dict[str, Any]

SEED = 71_003
_NODE_PATH = "/api/v1/nodes"
_OLD_FIELDS = ("type", "labels", "annotations", "taints")
_KEPT = (POOL, DESIRED, HOST, EDGE_WORKER)


def questions() -> Iterator[Value]:
    """Yield the changes."""
    draw = random.Random(SEED)
    for asked in of_the_oracle("pool-create", seed=SEED, count=80):
        yield {"name": asked["name"], "new": _of_its_version(draw, asked["pool"])}
    for asked in of_the_oracle("pool-update", seed=SEED, count=80):
        old, new = (_of_its_version(draw, asked[state]) for state in ("old", "new"))
        yield {"name": asked["name"], "old": old, "new": new}
    yield from _changed_pools()
    yield from _gone()
    for asked in of_the_oracle("node-update", seed=SEED, count=160):
        yield {key: asked[key] for key in ("name", "old", "new")}


def _of_its_version(draw: random.Random, value: Value) -> Value:
    """Return a pool, mostly without fields that its version does not have."""
    if value["apiVersion"].endswith("/v1beta2") or not value["spec"] or draw.random() < 0.15:
        return value
    return {
        **value,
        "spec": {key: value["spec"][key] for key in value["spec"] if key in _OLD_FIELDS},
    }


def _changed_pools() -> Iterator[Value]:
    """Yield changes of what cannot change, each from everything to everything."""
    specs: tuple[Value, ...] = (
        {},
        {"type": "Cloud"},
        {"hostNetwork": True},
        {"hostNetwork": False},
        {"interConnectivity": True},
    )
    for (old_number, old), (new_number, new) in product(enumerate(specs), repeat=2):
        name = f"pool-change-{old_number}-{new_number}"
        yield {"name": name, "old": pool(name, **old), "new": pool(name, **new)}
    for number, (before, after) in enumerate(product(("true", "TRUE", "false", ABSENT), repeat=2)):
        name = f"pool-annotation-{number}"
        old, new = (pool(name, "v1beta1", value, type="Edge") for value in (before, after))
        yield {"name": name, "old": old, "new": new}


def _gone() -> Iterator[Value]:
    """Yield pools that are deleted, some of them while nodes are in them."""
    draw = random.Random(SEED)
    for number in range(30):
        name = f"pool-delete-{number}"
        key = draw.choice((POOL, POOL, DESIRED))
        members = [node(f"{name}-{count}", {key: name}) for count in range(draw.choice((0, 1, 2)))]
        made = pool(name, **draw.choice(({}, {"hostNetwork": True}, {"type": "Cloud"})))
        yield {"name": name, "old": made, "nodes": members}


def answers(plane: ControlPlane, asked: Iterable[Value]) -> Iterator[Value]:
    """Yield whether the old and the new state of each change are refused, and why, and of a node
    the labels at last, and whether it was cordoned in each state.
    """
    changes = list(asked)
    make_pools(plane.client, WORLD)
    pools, nodes = (
        [change for change in changes if _is_pool(change) is wanted] for wanted in (True, False)
    )
    old = kubectl.applied(plane, [change["old"] for change in pools if "old" in change])
    await_pools(plane.client, [name for name, refused in old.items() if not refused])
    members = [member for change in pools for member in change.get("nodes", ())]
    old |= kubectl.applied(plane, [*(change["old"] for change in nodes), *members])
    before = _seen_nodes(plane.client)
    new = kubectl.applied(plane, [change["new"] for change in pools if "new" in change])
    new |= kubectl.applied(plane, [change["new"] for change in nodes])
    gone = [change["name"] for change in pools if "new" not in change]
    new |= kubectl.deleted(plane, "nodepools", gone)
    after = _seen_nodes(plane.client)
    for change in changes:
        name = change["name"]
        answer: Value = {"old": old.get(name), "new": new[name]}
        if name in after:
            cordoned = {"old": before.get(name, {}).get("cordoned"), "new": after[name]["cordoned"]}
            answer |= {"labels": after[name]["labels"], "cordoned": cordoned}
        yield answer


def _seen_nodes(client: Client) -> dict[str, Value]:
    """Return labels and cordons of all nodes, as soon as the manager leaves them as they are."""

    def look() -> dict[str, Value]:
        return {one["metadata"]["name"]: _seen(one) for one in client.items(_NODE_PATH)}

    found: dict[str, Value] = until_quiet(look)
    return found


def _seen(value: Value) -> Value:
    labels = value["metadata"].get("labels", {})
    return {
        "labels": {key: labels[key] for key in _KEPT if key in labels},
        "cordoned": bool(value["spec"].get("unschedulable")),
    }


def _is_pool(change: Value) -> bool:
    return bool((change.get("old") or change["new"])["kind"] == "NodePool")


def make_pools(client: Client, pools: Iterable[Value]) -> None:
    """Create pools, and wait until the manager's own copy has them."""
    names = []
    for one in pools:
        names.append(one["metadata"]["name"])
        client.create(f"/apis/{one['apiVersion']}/nodepools?fieldValidation=Ignore", one)
    await_pools(client, names)


def await_pools(client: Client, names: Iterable[str]) -> None:
    """Wait until the webhook lets a node into each of the pools."""
    for name in names:
        value = node(f"asks-for-{name}", {POOL: name})

        def is_known(value: Value = value) -> bool:
            return client.ask("POST", f"{_NODE_PATH}?dryRun=All", value).is_taken

        until(is_known, f"the webhook does not know the pool {name}")
