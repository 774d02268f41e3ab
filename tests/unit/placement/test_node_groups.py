"""What is known of the nodes of pools, and of those in none."""

from typing import Any

import pytest

from tests.builders import HOST_NETWORK, POOL, node
from transformer.kubernetes.objects import manifests
from transformer.kubernetes.pools import Pool
from transformer.placement.node_groups import HOST_NAME_LABEL, KnownNodes, NodeGroup
from transformer.placement.node_match import NAME_FIELD
from transformer.placement.truth import Truth

OS = "kubernetes.io/os"
TRUE, UNKNOWN, FALSE = Truth.TRUE, Truth.UNKNOWN, Truth.FALSE
TAINT = {"key": "net", "value": "host", "effect": "NoSchedule"}


def known(*nodes: dict[str, Any], is_complete: bool = False) -> KnownNodes:
    found = KnownNodes(is_complete)
    for one in nodes:
        found.add(next(manifests(one)))
    return found


def member(name: str, pool: str = "p", labels: Any = None, **spec: Any) -> dict[str, Any]:
    """Return a Node of a pool, with its name as its host name."""
    return node({POOL: pool, HOST_NAME_LABEL: name, **(labels or {})}, name, spec=spec)


def of(
    nodes: KnownNodes, pool: Pool, *mentioned: str, is_host_network: bool = True
) -> list[NodeGroup]:
    return [*nodes.of(pool, mentioned, is_host_network=is_host_network)]


@pytest.mark.parametrize(
    ("is_host_network", "label", "values", "answer"),
    [
        (True, POOL, ("p",), TRUE),
        (True, POOL, ("q",), FALSE),
        (True, HOST_NETWORK, ("true",), TRUE),
        (False, HOST_NETWORK, ("true",), FALSE),
        (True, OS, ("linux",), TRUE),
        (True, "beta.kubernetes.io/os", ("linux",), TRUE),
        (True, "zone", ("a",), TRUE),
        (True, "zone", ("b",), FALSE),
        (True, "kubernetes.io/arch", ("arm64",), UNKNOWN),
        (True, NAME_FIELD, ("n1",), UNKNOWN),
        (True, HOST_NAME_LABEL, ("n1",), UNKNOWN),
    ],
)
def test_nodes_that_are_not_in_the_input_have_what_their_pool_sets(
    is_host_network: bool, label: str, values: tuple[str, ...], answer: Truth
) -> None:
    pool = Pool("p", is_host_network, labels={"zone": "a"}, taints=(TAINT,))
    (group,) = of(known(), pool, "n1", is_host_network=is_host_network)
    assert group.labels.is_one_of(label, values) is answer
    assert (group.taints, group.is_cordoned, group.number) == ((TAINT,), False, 0)


def test_a_pool_or_a_node_may_say_that_the_system_is_another() -> None:
    windows = {OS: "windows"}
    (by_pool,) = of(known(), Pool("p", True, labels=windows))
    by_node, others = of(known(member("n1", labels=windows)), Pool("p", True))
    answers = [one.labels.is_one_of(OS, ["windows"]) for one in (by_pool, by_node, others)]
    assert answers == [TRUE, TRUE, FALSE]


@pytest.mark.parametrize(("count", "groups"), [(None, 2), (0, 2), (1, 2), (2, 1), (3, 2)], ids=str)
def test_the_nodes_of_the_input_are_all_if_the_status_counts_as_many(
    count: int | None, groups: int
) -> None:
    nodes = known(member("n1"), member("n2"), member("n3", "q"))
    found = of(nodes, Pool("p", True, node_count=count))
    assert [one.number for one in found] == [2, 0][:groups]
    assert nodes.count("p") == 2


@pytest.mark.parametrize("count", [None, 0, 5])
def test_nodes_are_all_nodes_of_their_pools_where_the_configuration_says_so(
    count: int | None,
) -> None:
    nodes = known(member("n1"), is_complete=True)
    (group,) = of(nodes, Pool("p", True, node_count=count))
    assert group.number == 1


def test_a_pool_without_a_node_in_the_input_always_has_others() -> None:
    nodes = known(member("n1"), is_complete=True)
    (other,) = of(nodes, Pool("q", True))
    assert other.number == 0


def test_nodes_in_no_pool_are_all_of_these_where_the_configuration_says_so() -> None:
    assert list(known(member("n1"), is_complete=True).in_no_pool({}, ())) == []
    assert [one.number for one in known(is_complete=True).in_no_pool({}, ())] == [0]
    controller = node({}, "c1")
    assert [one.number for one in known(controller).in_no_pool({}, ())] == [1, 0]
    assert [one.number for one in known(controller, is_complete=True).in_no_pool({}, ())] == [1]


def test_nodes_that_are_alike_are_a_group_and_those_that_pods_name_are_apart() -> None:
    nodes = known(*(member(f"n{number}") for number in range(5)), member("n9", labels={"a": "1"}))
    pool = Pool("p", True, node_count=6)
    assert [one.number for one in of(nodes, pool)] == [5, 1]
    named, rest, other = of(nodes, pool, "n3", "nowhere")
    assert [named.number, rest.number, other.number] == [1, 4, 1]
    for key in (NAME_FIELD, HOST_NAME_LABEL):
        answers = [one.labels.is_one_of(key, ["n3"]) for one in (named, rest, other)]
        assert answers == [TRUE, FALSE, FALSE]
        assert rest.labels.has(key) is TRUE
        assert rest.labels.is_one_of(key, ["n3", "n4"]) is UNKNOWN


def test_a_host_name_that_is_not_the_name_counts_as_it_is() -> None:
    nodes = known(node({POOL: "p", HOST_NAME_LABEL: "h"}, "n1"), node({POOL: "p"}, "n2"))
    found = of(nodes, Pool("p", True, node_count=2), "n1", "n2", "h")
    assert [one.labels.is_one_of(NAME_FIELD, ["n1"]) for one in found] == [TRUE, FALSE]
    assert [one.labels.is_one_of(HOST_NAME_LABEL, ["h"]) for one in found] == [TRUE, UNKNOWN]


def test_other_nodes_have_other_names() -> None:
    nodes = known(member("n1"))
    for group in (
        of(nodes, Pool("q", True), "n1", "n2")[0],
        next(iter(nodes.in_no_pool({}, ["n1", "n2"]))),
        nodes.of_other_pools(["p"], ["n1", "n2"], is_host_network=True),
    ):
        for key in (NAME_FIELD, HOST_NAME_LABEL):
            assert group.labels.is_one_of(key, ["n1"]) is FALSE
            assert group.labels.is_one_of(key, ["n2"]) is UNKNOWN


def test_what_the_pool_sets_wins_over_what_the_node_says() -> None:
    (group,) = of(
        known(member("n1", labels={"zone": "b", HOST_NETWORK: "false"})),
        Pool("p", True, labels={"zone": "a"}, node_count=1),
    )
    assert group.labels.is_one_of("zone", ["a"]) is TRUE
    assert group.labels.is_one_of(HOST_NETWORK, ["true"]) is TRUE


def test_the_label_of_a_node_in_a_standard_pool_stays() -> None:
    nodes = known(member("n1", labels={HOST_NETWORK: "true"}))
    labelled, others = of(nodes, Pool("p", False), is_host_network=False)
    assert labelled.labels.is_one_of(HOST_NETWORK, ["true"]) is TRUE
    assert others.labels.is_one_of(HOST_NETWORK, ["true"]) is FALSE
    assert nodes.has_host_network


@pytest.mark.parametrize(
    ("own", "taints"),
    [
        ([], [TAINT]),
        ([{"key": "gpu", "effect": "NoExecute"}], [{"key": "gpu", "effect": "NoExecute"}, TAINT]),
        ([{**TAINT, "value": "other"}], [{**TAINT, "value": "other"}]),
        ([{**TAINT, "effect": "NoExecute"}], [{**TAINT, "effect": "NoExecute"}, TAINT]),
        (None, [TAINT]),
        (["net"], [TAINT]),
    ],
)
def test_a_taint_of_the_pool_is_added_if_the_node_has_none_with_its_key_and_effect(
    own: Any, taints: list[dict[str, str]]
) -> None:
    (group,) = of(known(member("n1", taints=own)), Pool("p", True, taints=(TAINT,), node_count=1))
    assert [*group.taints] == taints


def test_a_node_is_cordoned_if_it_says_so() -> None:
    nodes = known(member("n1", unschedulable=True), member("n2", unschedulable="true"))
    found = of(nodes, Pool("p", True, node_count=2))
    assert [one.is_cordoned for one in found] == [True, False]


def test_nodes_in_no_pool_lack_what_pools_set() -> None:
    nodes = known(node({}, "n1"), node({"zone": "a"}, "n2"), member("n3"))
    plain, zoned, others = nodes.in_no_pool({"zone": ["a", "b"]}, [])
    for group in (plain, zoned, others):
        assert group.labels.has(POOL) is FALSE
        assert group.labels.has(HOST_NETWORK) is FALSE
        assert group.labels.is_one_of(OS, ["linux"]) is TRUE
    answers = [one.labels.is_one_of("zone", ["a"]) for one in (plain, zoned, others)]
    assert answers == [FALSE, TRUE, FALSE]
    assert plain.labels.is_one_of("zone", ["a", "c"]) is UNKNOWN


def test_other_pools_have_other_names() -> None:
    on_host = known().of_other_pools(["p"], [], is_host_network=True)
    standard = known().of_other_pools(["p"], [], is_host_network=False)
    for group in (on_host, standard):
        assert group.labels.is_one_of(POOL, ["p"]) is FALSE
        assert group.labels.is_one_of(POOL, [""]) is FALSE
        assert group.labels.is_one_of(POOL, ["q"]) is UNKNOWN
        assert group.labels.has(POOL) is TRUE
        assert group.labels.is_one_of(OS, ["windows"]) is FALSE
    assert on_host.labels.is_one_of(HOST_NETWORK, ["true"]) is TRUE
    assert standard.labels.has(HOST_NETWORK) is FALSE


def test_of_two_nodes_with_one_name_the_first_counts() -> None:
    nodes = known(member("n1"), member("n1", "q"))
    assert dict(nodes.pools) == {"n1": "p"}
    assert (nodes.count("p"), nodes.count("q")) == (1, 0)


def test_the_older_label_names_the_pool_as_well() -> None:
    nodes = known(node({"apps.openyurt.io/desired-nodepool": "p"}, "n1"), node({}, "n2"))
    assert nodes.pools == {"n1": "p", "n2": ""}
    assert [*nodes.pools_of_nodes] == ["p"]
    group, _ = of(nodes, Pool("p", True))
    assert group.labels.is_one_of(POOL, ["p"]) is TRUE


def test_each_change_has_a_revision() -> None:
    nodes = known(member("n1"))
    before = nodes.revision
    nodes.add(next(manifests(member("n2"))))
    assert nodes.revision > before
