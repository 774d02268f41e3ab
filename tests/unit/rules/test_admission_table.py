"""OpenYurt's own admission as a table: an old and a new state, and what is said of the change.

One row for each refusal of `validateNodePoolSpec`, `validateNodePoolSpecUpdate`,
`validateNodePoolDeletion` and `validateNodeUpdate`, and for what comes close and is allowed.
"""

from typing import Any

import pytest

from tests.builders import HOST_NETWORK, POOL, annotated, node, pool, stream
from transformer import validate

Object = dict[str, Any]
State = tuple[Object, ...]

LABELS = {
    "pool": POOL,
    "desired": "apps.openyurt.io/desired-nodepool",
    "host": HOST_NETWORK,
    "edge_worker": "openyurt.io/is-edge-worker",
}


def worker(name: str = "n", **labels: str) -> Object:
    """A Node with `labels`, by their short names."""
    return node({LABELS[key]: value for key, value in labels.items()}, name)


STANDARD = pool("standard")
OTHER = pool("other")
HOST = pool("host", hostNetwork=True)
POOLS = (STANDARD, OTHER, HOST)


def verdict(old: State, new: State) -> list[str]:
    """Return the ids of the rules that find something in the change, as often as they do."""
    return [found.rule for found in validate(stream(*new).encode(), old=stream(*old).encode())]


CREATED = [
    ("a pool of nothing but defaults", pool(), []),
    ("an Edge pool", pool(type="Edge"), []),
    ("a Cloud pool", pool(type="Cloud", hostNetwork=False), []),
    ("a host-network Edge pool", pool(type="Edge", hostNetwork=True), []),
    ("a host-network pool of the default type", pool(hostNetwork=True), []),
    ("a host-network Cloud pool", pool(type="Cloud", hostNetwork=True), ["HN103"]),
    (
        "a host-network Cloud pool, by the annotation",
        pool(version="v1beta1", metadata=annotated("true"), type="Cloud"),
        ["HN103"],
    ),
    ("a pool of another type", pool(type="Fog"), ["HN102"]),
    ("a strategy that there is", pool(leaderElectionStrategy="mark"), []),
    ("another strategy", pool(leaderElectionStrategy="raft"), ["HN104"]),
    ("annotations for its nodes", pool(annotations={"example.com/zone": "a"}), []),
    ("an annotation without a qualified name", pool(annotations={"not ok": "a"}), ["HN105"]),
    ("annotations beyond 256 KiB", pool(annotations={"a": "x" * (256 * 1024)}), ["HN105"]),
    (
        "hostNetwork where its version loses it",
        pool(version="v1beta1", hostNetwork=True),
        ["HN106"],
    ),
]

POOL_UPDATED = [
    # hostNetwork
    ("hostNetwork false to true", pool(hostNetwork=False), pool(hostNetwork=True), ["HN201"]),
    ("hostNetwork true to false", pool(hostNetwork=True), pool(hostNetwork=False), ["HN201"]),
    ("hostNetwork absent to true", pool(), pool(hostNetwork=True), ["HN201"]),
    ("hostNetwork true to absent", pool(hostNetwork=True), pool(), ["HN201"]),
    ("hostNetwork absent to false", pool(), pool(hostNetwork=False), []),
    ("hostNetwork false to absent", pool(hostNetwork=False), pool(), []),
    ("hostNetwork true as before", pool(hostNetwork=True), pool(hostNetwork=True), []),
    (
        "the annotation of v1beta1 to the field of v1beta2",
        pool(version="v1beta1", metadata=annotated("True")),
        pool(hostNetwork=True),
        [],
    ),
    (
        "the field of v1beta2 to the annotation of v1alpha1",
        pool(hostNetwork=True),
        pool(version="v1alpha1", metadata=annotated("true")),
        [],
    ),
    (
        "the annotation of v1beta1 kept in v1beta2, where it means nothing",
        pool(version="v1beta1", metadata=annotated("true")),
        pool(metadata=annotated("true")),
        ["HN201"],
    ),
    (
        "no annotation in v1beta1 to the field of v1beta2",
        pool(version="v1beta1"),
        pool(hostNetwork=True),
        ["HN201"],
    ),
    (
        "the annotation added",
        pool(version="v1beta1"),
        pool(version="v1beta1", metadata=annotated("true")),
        ["HN201"],
    ),
    (
        "the annotation removed",
        pool(version="v1beta1", metadata=annotated("true")),
        pool(version="v1beta1"),
        ["HN201"],
    ),
    (
        "the annotation in other letters",
        pool(version="v1beta1", metadata=annotated("true")),
        pool(version="v1beta1", metadata=annotated("TRUE")),
        [],
    ),
    (
        "the annotation to a field that is lost",
        pool(version="v1beta1", metadata=annotated("true")),
        pool(version="v1beta1", hostNetwork=True),
        ["HN106", "HN201"],
    ),
    (
        "a field that was lost to one that counts",
        pool(version="v1beta1", hostNetwork=True),
        pool(hostNetwork=True),
        ["HN201"],
    ),
    (
        "a field that was lost, and is again",
        pool(version="v1beta1", hostNetwork=True),
        pool(version="v1alpha1", hostNetwork=True),
        ["HN106"],
    ),
    # type
    ("type Edge to Cloud", pool(type="Edge"), pool(type="Cloud"), ["HN202"]),
    ("type Cloud to Edge", pool(type="Cloud"), pool(type="Edge"), ["HN202"]),
    ("type absent to Edge", pool(), pool(type="Edge"), []),
    ("type Edge to absent", pool(type="Edge"), pool(), ["HN102"]),
    ("type Edge to empty", pool(type="Edge"), pool(type=""), ["HN102"]),
    ("type absent to empty", pool(), pool(type=""), ["HN102"]),
    ("type absent to Cloud", pool(), pool(type="Cloud"), ["HN202"]),
    ("type Cloud to absent", pool(type="Cloud"), pool(), ["HN102"]),
    ("type Edge, another version", pool(version="v1alpha1", type="Edge"), pool(type="Edge"), []),
    ("type Cloud, an older version", pool(), pool(version="v1alpha1", type="Cloud"), ["HN202"]),
    # leaderElectionStrategy
    (
        "strategy mark to absent",
        pool(leaderElectionStrategy="mark"),
        pool(),
        ["HN104"],
    ),
    (
        "strategy empty as before",
        pool(leaderElectionStrategy=""),
        pool(leaderElectionStrategy=""),
        ["HN104"],
    ),
    ("strategy absent as before", pool(), pool(), []),
    (
        "strategy mark, an older version",
        pool(leaderElectionStrategy="mark"),
        pool(version="v1beta1"),
        [],
    ),
    # interConnectivity
    (
        "interConnectivity false to true",
        pool(interConnectivity=False),
        pool(interConnectivity=True),
        ["HN203"],
    ),
    (
        "interConnectivity true to absent",
        pool(interConnectivity=True),
        pool(),
        ["HN203"],
    ),
    ("interConnectivity absent to false", pool(), pool(interConnectivity=False), []),
    (
        "interConnectivity true to v1beta1, whose conversion forces it to false",
        pool(interConnectivity=True),
        pool(version="v1beta1"),
        ["HN203"],
    ),
    (
        "v1beta1 to interConnectivity true",
        pool(version="v1beta1"),
        pool(interConnectivity=True),
        ["HN203"],
    ),
    (
        "v1beta1 to interConnectivity false",
        pool(version="v1beta1"),
        pool(interConnectivity=False),
        [],
    ),
    # all else
    (
        "what may be changed",
        pool(leaderElectionStrategy="random", leaderReplicas=1, labels={"a": "b"}),
        pool(leaderElectionStrategy="mark", leaderReplicas=3, labels={"a": "c"}),
        [],
    ),
    (
        "everything at once",
        pool(type="Edge", hostNetwork=True),
        pool(type="Cloud", hostNetwork=False, interConnectivity=True),
        ["HN201", "HN203", "HN202"],
    ),
    ("another pool", pool("p", type="Edge"), pool("q", type="Cloud"), []),
]

POOL_DELETED = [
    ("no nodes anywhere", (pool(), OTHER), (OTHER,), []),
    ("with a member", (pool(), worker(pool="p")), (worker(pool="p"),), ["HN313", "HN204"]),
    (
        "with a member by the older label",
        (pool(), worker(desired="p")),
        (worker(desired="p"),),
        ["HN313", "HN204"],
    ),
    ("with its nodes", (pool(), worker(pool="p")), (), []),
    (
        "with one of its two nodes",
        (pool(), worker("n", pool="p"), worker("m", pool="p")),
        (worker("m", pool="p"),),
        ["HN313", "HN204"],
    ),
    ("with nodes in the old status", (pool(members=("n", "m")),), (), ["HN204"]),
    ("with nodes in the status that go too", (pool(members=("n",)), worker(pool="p")), (), []),
    (
        "with one node in the status that goes, and one that was never a manifest",
        (pool(members=("n", "m")), worker(pool="p")),
        (),
        ["HN204"],
    ),
    (
        "with a node in the status that is in another pool since",
        (pool(members=("n",)), OTHER),
        (OTHER, worker(pool="other", edge_worker="true")),
        [],
    ),
    (
        "with a node in the status whose manifest names no pool",
        (pool(members=("n",)), OTHER, worker()),
        (OTHER, worker()),
        ["HN204"],
    ),
    (
        "while its node is moved, which is refused in itself",
        (pool(), OTHER, worker(pool="p")),
        (OTHER, worker(pool="other")),
        ["HN301"],
    ),
    ("and made again in another version", (pool(),), (pool(version="v1alpha1"),), []),
]

NODE_UPDATED = [
    # the pool
    ("joins a pool", worker(), worker(pool="standard"), ["HN306"]),
    ("joins a pool, empty before", worker(pool=""), worker(pool="standard"), ["HN306"]),
    ("stays", worker(pool="standard"), worker(pool="standard"), []),
    ("is re-labelled", worker(pool="standard"), worker(pool="other"), ["HN301"]),
    (
        "is re-labelled from a pool that is unknown",
        worker(pool="gone"),
        worker(pool="standard"),
        ["HN301"],
    ),
    (
        "is re-labelled to a pool that is unknown",
        worker(pool="standard"),
        worker(pool="missing"),
        ["HN301", "HN313"],
    ),
    (
        "moves into a host-network pool",
        worker(pool="standard"),
        worker(pool="host", host="true"),
        ["HN304"],
    ),
    (
        "moves out of a host-network pool with its label",
        worker(pool="host", host="true"),
        worker(pool="standard", host="true"),
        ["HN304", "HN312"],
    ),
    (
        "moves out of a host-network pool without its label",
        worker(pool="host", host="true"),
        worker(pool="standard"),
        ["HN303", "HN304"],
    ),
    ("loses its pool", worker(pool="standard"), worker(), ["HN302"]),
    ("loses its pool by an empty label", worker(pool="standard"), worker(pool=""), ["HN302"]),
    (
        "loses its pool, that the older label named",
        worker(desired="standard"),
        worker(),
        ["HN302"],
    ),
    (
        "says its pool by the other label",
        worker(pool="standard"),
        worker(desired="standard"),
        [],
    ),
    ("has the label that was copied", worker(desired="standard"), worker(pool="standard"), []),
    ("moves by the older label", worker(pool="standard"), worker(desired="other"), ["HN301"]),
    ("moves from the older label", worker(desired="standard"), worker(pool="other"), ["HN301"]),
    # the hostnetwork label
    (
        "gets the hostnetwork label",
        worker(pool="host"),
        worker(pool="host", host="true"),
        [],
    ),
    (
        "loses the hostnetwork label",
        worker(pool="host", host="true"),
        worker(pool="host"),
        ["HN303"],
    ),
    (
        "has another hostnetwork label",
        worker(pool="host", host="true"),
        worker(pool="host", host="false"),
        ["HN303"],
    ),
    (
        "has the right hostnetwork label, after a wrong one",
        worker(pool="host", host="false"),
        worker(pool="host", host="true"),
        ["HN303"],
    ),
    (
        "keeps a wrong hostnetwork label, which transform would replace",
        worker(pool="host", host="false"),
        worker(pool="host", host="false"),
        ["HN303"],
    ),
    (
        "loses a hostnetwork label in a standard pool",
        worker(pool="standard", host="false"),
        worker(pool="standard"),
        ["HN303"],
    ),
    (
        "gets a wrong hostnetwork label, which transform would replace",
        worker(pool="host"),
        worker(pool="host", host="false"),
        ["HN311"],
    ),
    (
        "stays without the hostnetwork label",
        worker(pool="host"),
        worker(pool="host"),
        ["HN311"],
    ),
    # the edge worker label
    ("gets the edge worker label", worker(), worker(edge_worker="true"), ["HN305"]),
    ("loses the edge worker label", worker(edge_worker="true"), worker(), ["HN305"]),
    (
        "has another edge worker label",
        worker(edge_worker="false"),
        worker(edge_worker="true"),
        ["HN305"],
    ),
    ("keeps the edge worker label", worker(edge_worker="true"), worker(edge_worker="true"), []),
    (
        "changes all of them",
        worker(pool="standard", host="false", edge_worker="false"),
        worker(pool="other", host="", edge_worker="true"),
        ["HN301", "HN303", "HN305"],
    ),
    ("another node", worker("n", pool="standard"), worker("m", pool="other"), ["HN306"]),
]


@pytest.mark.parametrize(
    ("created", "rules"), [pytest.param(*row[1:], id=row[0]) for row in CREATED]
)
def test_a_pool_is_created(created: Object, rules: list[str]) -> None:
    assert verdict((), (created,)) == rules


@pytest.mark.parametrize(
    ("old", "new", "rules"), [pytest.param(*row[1:], id=row[0]) for row in POOL_UPDATED]
)
def test_a_pool_is_updated(old: Object, new: Object, rules: list[str]) -> None:
    assert sorted(verdict((old,), (new,))) == sorted(rules)


@pytest.mark.parametrize(
    ("old", "new", "rules"), [pytest.param(*row[1:], id=row[0]) for row in POOL_DELETED]
)
def test_a_pool_is_deleted(old: State, new: State, rules: list[str]) -> None:
    assert sorted(verdict(old, new)) == sorted(rules)


@pytest.mark.parametrize(
    ("old", "new", "rules"), [pytest.param(*row[1:], id=row[0]) for row in NODE_UPDATED]
)
def test_a_node_is_updated(old: Object, new: Object, rules: list[str]) -> None:
    assert sorted(verdict((*POOLS, old), (*POOLS, new))) == sorted(rules)


def test_where_the_objects_stand_makes_no_difference() -> None:
    old = {"apiVersion": "v1", "kind": "List", "items": [pool(hostNetwork=False), *POOLS]}
    new = {"apiVersion": "v1", "kind": "List", "items": [*POOLS, pool(hostNetwork=True)]}
    assert verdict((old,), (new,)) == ["HN201"]
    assert verdict((old,), (*POOLS, pool(hostNetwork=True))) == ["HN201"]
    assert verdict((pool(hostNetwork=False), *POOLS), (new,)) == ["HN201"]


def test_without_an_old_state_no_change_is_judged() -> None:
    for _, _, new, rules in [*POOL_UPDATED, *NODE_UPDATED]:
        found = {finding.rule for finding in validate(stream(*POOLS, new).encode())}
        assert found <= {"HN106", "HN303", "HN306", "HN311", "HN312", "HN313"}
        assert found - {"HN303", "HN306", "HN311"} <= set(rules)
