"""Where pods can be scheduled: examples; `tests/property` compares with a plain reference."""

from typing import Any

import pytest

from tests.builders import HOST_NETWORK, POOL, node, required_affinity
from transformer.kubernetes.objects import manifests
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.pools import Pool, PoolIndex, PoolsNeeded
from transformer.placement.node_groups import HOST_NAME_LABEL, KnownNodes
from transformer.placement.scheduling import ANY_POOL, Schedule, scheduled
from transformer.placement.truth import Truth

TRUE, UNKNOWN, FALSE = Truth.TRUE, Truth.UNKNOWN, Truth.FALSE
EXCLUDED = "apps.openyurt.io/exclude-host-network-pool"
GUARD = {"key": HOST_NETWORK, "operator": "NotIn", "values": ["true"]}
TAINT = {"key": "net", "value": "host", "effect": "NoSchedule"}

HOST, STANDARD = Pool("hangzhou", True), Pool("shanghai", False)
LOST = Pool("lost", False, loses_host_network=True)
ZONED = Pool("hangzhou", True, labels={"zone": "a"})
TAINTED = Pool("hangzhou", True, taints=(TAINT,))


def schedule(
    spec: dict[str, Any],
    *pools: Pool,
    nodes: tuple[dict[str, Any], ...] = (),
    annotation: Any = None,
    is_daemon_set: bool = False,
) -> Schedule:
    known = KnownNodes()
    for one in nodes:
        known.add(next(manifests(one)))
    metadata = {} if annotation is None else {"annotations": {EXCLUDED: annotation}}
    template = PodTemplate({"metadata": metadata, "spec": spec}, "")
    index = PoolIndex(pools, complete=True)
    return scheduled(template, index, known, is_daemon_set=is_daemon_set)


def said(found: Schedule) -> list[str]:
    """Return the answers in short: pool, answer, filter."""
    return [f"{one.pool or '-'} {one.answer} {one.filter}".rstrip() for one in found.pools]


def requiring(*expressions: Any) -> dict[str, Any]:
    return {"affinity": required_affinity({"matchExpressions": [*expressions]})}


def selecting(**labels: str) -> dict[str, Any]:
    keys = {"pool": POOL, "host_network": HOST_NETWORK, "host": HOST_NAME_LABEL}
    return {"nodeSelector": {keys.get(key, key): value for key, value in labels.items()}}


IN_HANGZHOU = {"key": POOL, "operator": "In", "values": ["hangzhou"]}


@pytest.mark.parametrize(
    ("spec", "pools", "expected"),
    [
        ({}, [HOST, STANDARD], ["hangzhou can", "shanghai can", "- can"]),
        ({}, [LOST], ["lost can", "- can"]),
        (
            requiring(GUARD),
            [HOST, STANDARD],
            ["hangzhou kept off guard", "shanghai can", "- can"],
        ),
        ({}, [TAINTED], ["hangzhou kept off TaintToleration", "- can"]),
        (
            selecting(zone="a"),
            [ZONED, STANDARD],
            ["hangzhou can", "shanghai unknown NodeAffinity", "- cannot NodeAffinity"],
        ),
        (
            selecting(pool="hangzhou"),
            [HOST, STANDARD],
            ["hangzhou can", "- cannot NodeAffinity"],
        ),
        (requiring(IN_HANGZHOU), [HOST, STANDARD], ["hangzhou can", "- cannot NodeAffinity"]),
        (
            {"nodeName": "n1"},
            [HOST],
            ["hangzhou unknown NodeName", "- unknown NodeName"],
        ),
        (
            selecting(pool="nowhere"),
            [HOST],
            ["nowhere can", "nowhere can", "- cannot NodeAffinity"],
        ),
        (
            requiring({**IN_HANGZHOU, "values": "${POOLS}"}),
            [HOST],
            ["hangzhou unknown NodeAffinity", "- unknown NodeAffinity"],
        ),
    ],
)
def test_each_pool_that_is_not_excluded_by_name_has_an_answer(
    spec: dict[str, Any], pools: list[Pool], expected: list[str]
) -> None:
    assert said(schedule(spec, *pools)) == expected


@pytest.mark.parametrize(
    ("spec", "pools", "pinned", "names"),
    [
        ({}, [HOST], FALSE, ["hangzhou"]),
        (selecting(pool="hangzhou"), [HOST, STANDARD], TRUE, ["hangzhou"]),
        (selecting(pool="lost"), [LOST], TRUE, ["lost"]),
        (selecting(pool="shanghai"), [HOST, STANDARD], FALSE, []),
        (selecting(zone="a"), [ZONED], TRUE, ["hangzhou"]),
        (selecting(zone="a"), [ZONED, STANDARD], UNKNOWN, ["hangzhou"]),
        (selecting(zone="b"), [ZONED], FALSE, []),
        (selecting(pool="hangzhou", arch="arm64"), [HOST], TRUE, ["hangzhou"]),
        # The label says it, whatever the pools are.
        (selecting(host_network="true"), [], TRUE, [ANY_POOL]),
        (selecting(host_network="true"), [STANDARD], TRUE, [ANY_POOL]),
        (selecting(host_network="true"), [HOST], TRUE, ["hangzhou"]),
        (selecting(host_network="true", **{"kubernetes.io/os": "windows"}), [], FALSE, []),
        (selecting(host_network="false"), [], FALSE, []),
        (requiring({"key": POOL, "operator": "Exists"}), [], FALSE, []),
        (requiring({"key": POOL, "operator": "Exists"}), [HOST], TRUE, ["hangzhou"]),
        # A pool that is not there may be of either type.
        (selecting(pool="nowhere"), [HOST], UNKNOWN, ["nowhere"]),
        (selecting(pool="nowhere", host_network="true"), [HOST], TRUE, ["nowhere"]),
        (selecting(pool="hangzhou"), [HOST, Pool("hangzhou", False)], UNKNOWN, ["hangzhou"]),
        (requiring(IN_HANGZHOU, GUARD), [HOST], FALSE, []),
        (selecting(pool="hangzhou"), [TAINTED], FALSE, []),
        ({**selecting(pool="hangzhou"), "tolerations": [TAINT]}, [TAINTED], TRUE, ["hangzhou"]),
    ],
)
def test_pods_are_pinned_if_only_nodes_of_host_network_pools_can_match(
    spec: dict[str, Any], pools: list[Pool], pinned: Truth, names: list[str]
) -> None:
    found = schedule(spec, *pools)
    assert (found.pinned, [*found.on_host_network]) == (pinned, names)


@pytest.mark.parametrize(
    ("spec", "pools", "missing", "deciding"),
    [
        (selecting(pool="nowhere"), [HOST], ["nowhere"], ["nowhere"]),
        (
            requiring({**IN_HANGZHOU, "values": ["hangzhou", "nowhere"]}),
            [HOST],
            ["nowhere"],
            ["nowhere"],
        ),
        # Other nodes match, whatever that pool is.
        (
            requiring({**IN_HANGZHOU, "values": ["shanghai", "nowhere"]}),
            [STANDARD],
            ["nowhere"],
            [],
        ),
        (selecting(pool="hangzhou"), [HOST, Pool("hangzhou", False)], [], ["hangzhou"]),
        (requiring({**IN_HANGZHOU, "values": ["${POOL}"]}), [HOST], [], []),
        (requiring({**IN_HANGZHOU, "values": "${POOLS}"}), [HOST], [], []),
    ],
)
def test_the_pools_that_decide_are_missing_or_have_two_definitions(
    spec: dict[str, Any], pools: list[Pool], missing: list[str], deciding: list[str]
) -> None:
    found = schedule(spec, *pools)
    assert ([*found.missing], [*found.deciding]) == (missing, deciding)


@pytest.mark.parametrize(
    ("spec", "pools", "kept_off"),
    [
        (requiring(IN_HANGZHOU, GUARD), [HOST], ["hangzhou guard"]),
        ({**selecting(pool="hangzhou"), **requiring(GUARD)}, [HOST, STANDARD], ["hangzhou guard"]),
        (selecting(pool="hangzhou"), [TAINTED], ["hangzhou TaintToleration"]),
        ({**selecting(host_network="true"), **requiring(GUARD)}, [], [f"{ANY_POOL} guard"]),
        # They run elsewhere.
        (requiring(GUARD), [HOST], []),
        ({}, [TAINTED], []),
        # They are for standard nodes that say so.
        (selecting(host_network="false"), [], []),
        (selecting(host_network="false"), [HOST, STANDARD], []),
        # No definition is certain.
        (requiring(IN_HANGZHOU, GUARD), [HOST, Pool("hangzhou", False)], []),
    ],
)
def test_pods_are_kept_off_the_only_pools_that_they_select(
    spec: dict[str, Any], pools: list[Pool], kept_off: list[str]
) -> None:
    found = schedule(spec, *pools)
    assert [f"{one.pool} {one.filter}" for one in found.kept_off] == kept_off


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("true", "hangzhou kept off guard"),
        ("false", "hangzhou can"),
        ("True", "hangzhou can"),
        (True, "hangzhou can"),
        ("${EXCLUDED}", "hangzhou unknown NodeAffinity"),
    ],
)
def test_the_annotation_keeps_pods_off(annotation: Any, expected: str) -> None:
    assert said(schedule({}, HOST, annotation=annotation))[0] == expected


MEMBER = node({POOL: "hangzhou", HOST_NAME_LABEL: "hz-1", "disk": "ssd"}, "hz-1")
OTHER = node({POOL: "hangzhou", HOST_NAME_LABEL: "hz-2"}, "hz-2")
STRANGER = node({POOL: "nowhere", HOST_NAME_LABEL: "x-1"}, "x-1")


@pytest.mark.parametrize("spec", [{"nodeName": "hz-1"}, selecting(host="hz-1")])
def test_pods_for_a_node_of_the_input_are_for_its_pool(spec: dict[str, Any]) -> None:
    found = schedule(spec, HOST, STANDARD, nodes=(MEMBER, OTHER))
    assert (found.pinned, found.on_host_network) == (TRUE, ("hangzhou",))
    (one,) = (one for one in found.pools if one.is_host_network)
    assert (one.answer, one.fitting, one.nodes) == ("can", 1, 2)


def test_a_verdict_holds_if_one_node_fits() -> None:
    found = schedule(selecting(disk="ssd", pool="hangzhou"), HOST, nodes=(MEMBER, OTHER)).pools[0]
    assert (found.answer, found.fitting, found.nodes) == ("can", 1, 2)


def test_nodes_add_what_can_match_and_take_nothing_away() -> None:
    found = schedule(selecting(disk="hdd", pool="hangzhou"), HOST, nodes=(MEMBER,)).pools[0]
    assert (found.answer, found.undecided) == ("unknown", ("disk",))
    complete = Pool("hangzhou", True, node_count=1)
    found = schedule(selecting(disk="hdd", pool="hangzhou"), complete, nodes=(MEMBER,)).pools[0]
    assert (found.answer, found.filter) == ("cannot", "NodeAffinity")


def test_a_node_of_a_pool_that_is_missing_may_be_of_either_type() -> None:
    found = schedule(selecting(host="x-1"), HOST, nodes=(STRANGER,))
    assert (found.pinned, found.missing, found.deciding) == (UNKNOWN, ("nowhere",), ("nowhere",))
    assert [one.is_known for one in found.pools] == [True, False, False, True]


def test_a_label_of_a_pool_does_not_pin_pods_if_a_node_of_a_missing_pool_has_it() -> None:
    stranger = node({POOL: "nowhere", "zone": "a"}, "x-1")
    assert schedule(selecting(zone="a"), ZONED).pinned is TRUE
    found = schedule(selecting(zone="a"), ZONED, nodes=(stranger,))
    assert (found.pinned, found.deciding) == (UNKNOWN, ("nowhere",))


def test_a_node_in_no_pool_lacks_the_labels_of_pools() -> None:
    plain = node({}, "n1")
    assert schedule(selecting(zone="a"), ZONED, nodes=(plain,)).pinned is TRUE


def test_what_is_wanting_is_named() -> None:
    spec = requiring(
        {"key": "arch", "operator": "In", "values": ["arm64"]},
        {"key": POOL, "operator": "Exists"},
        {"key": "${KEY}", "operator": "Exists"},
    )
    assert schedule(spec, HOST).pools[0].undecided == ("arch", "${KEY}")


def test_a_daemon_set_tolerates_cordons() -> None:
    pool, cordoned = (
        Pool("hangzhou", True, node_count=1),
        {**MEMBER, "spec": {"unschedulable": True}},
    )
    by_name = selecting(pool="hangzhou")
    found = schedule(by_name, pool, nodes=(cordoned,)).pools[0]
    assert (found.answer, found.filter) == ("kept off", "NodeUnschedulable")
    assert schedule(by_name, pool, nodes=(cordoned,), is_daemon_set=True).pools[0].answer == "can"


def test_pools_that_are_not_read_yet_are_asked_for() -> None:
    with pytest.raises(PoolsNeeded):
        scheduled(PodTemplate({"spec": {}}, ""), PoolIndex([HOST]), KnownNodes())


def test_pools_and_nodes_that_come_later_count() -> None:
    template = PodTemplate({"spec": selecting(zone="a")}, "")
    index, nodes = PoolIndex([ZONED], complete=True), KnownNodes()
    assert scheduled(template, index, nodes).pinned is TRUE
    nodes.add(next(manifests(node({"zone": "a"}, "n1"))))
    assert scheduled(template, index, nodes).pinned is FALSE
    index.add(Pool("beijing", True, labels={"zone": "a"}))
    assert scheduled(template, index, nodes).on_host_network == ("hangzhou", "beijing")
