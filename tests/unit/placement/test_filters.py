"""The filters of the scheduler, one by one: what each answers, and what it leaves open."""

from typing import Any

import pytest

from tests.builders import HOST_NETWORK, POOL, required_affinity
from transformer.kubernetes.pod_template import PodTemplate
from transformer.placement.filters import Scheduled, schedule
from transformer.placement.node_groups import NodeGroup
from transformer.placement.node_match import NAME_FIELD, NodeLabels
from transformer.placement.truth import Truth

CAN = Scheduled("can")
GUARD = {"key": HOST_NETWORK, "operator": "NotIn", "values": ["true"]}
TAINT = {"key": "net", "value": "host", "effect": "NoSchedule"}
EVICTING = {"key": "net", "effect": "NoExecute"}
NET = {"key": "net", "operator": "Exists"}
COMPARES = {"key": "net", "operator": "Gt", "value": "3"}
CORDON = {"key": "node.kubernetes.io/unschedulable", "operator": "Exists"}

ON_HOST = NodeLabels({POOL: "hangzhou", HOST_NETWORK: "true", NAME_FIELD: "n1", "zone": "a"})
STANDARD = NodeLabels({POOL: "shanghai", NAME_FIELD: "n1"}, absent=(HOST_NETWORK,))
OTHERS = NodeLabels({}, unlike={NAME_FIELD: ("n1",)}, present=(NAME_FIELD,))


def answer(
    spec: dict[str, Any],
    labels: NodeLabels = ON_HOST,
    *taints: dict[str, str],
    is_cordoned: bool = False,
    annotated: Truth = Truth.FALSE,
    is_daemon_set: bool = False,
) -> Scheduled:
    nodes = NodeGroup(labels, taints, is_cordoned)
    template = PodTemplate({"spec": spec}, "")
    return schedule(template, nodes, annotated=annotated, is_daemon_set=is_daemon_set)


def requiring(*expressions: Any) -> dict[str, Any]:
    return {"affinity": required_affinity({"matchExpressions": [*expressions]})}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, CAN),
        ({"nodeSelector": {"zone": "a"}}, CAN),
        ({"nodeSelector": {"zone": "b"}}, Scheduled("cannot", "NodeAffinity")),
        ({"nodeSelector": {"rack": "r1"}}, Scheduled("unknown", "NodeAffinity")),
        (requiring({"key": POOL, "operator": "In", "values": ["hangzhou"]}), CAN),
        (
            requiring({"key": POOL, "operator": "NotIn", "values": ["hangzhou"]}),
            Scheduled("cannot", "NodeAffinity"),
        ),
        ({"affinity": required_affinity()}, Scheduled("cannot", "NodeAffinity")),
        ({"affinity": required_affinity("${TERM}")}, Scheduled("unknown", "NodeAffinity")),
    ],
)
def test_node_affinity_is_what_the_pods_select(spec: dict[str, Any], expected: Scheduled) -> None:
    assert answer(spec) == expected


@pytest.mark.parametrize(
    ("spec", "labels", "expected"),
    [
        (requiring(GUARD), ON_HOST, Scheduled("kept off", "guard")),
        (requiring(GUARD), STANDARD, CAN),
        (requiring(GUARD), OTHERS, Scheduled("unknown", "NodeAffinity")),
        (requiring({**GUARD, "operator": "DoesNotExist", "values": []}), ON_HOST, None),
        (requiring({**GUARD, "values": ["true", "yes"]}), ON_HOST, None),
        ({"nodeSelector": {HOST_NETWORK: "false"}}, ON_HOST, None),
        # What the pods select comes first: without the guard they could not run there either.
        (
            {**requiring(GUARD), "nodeSelector": {"zone": "b"}},
            ON_HOST,
            Scheduled("cannot", "NodeAffinity"),
        ),
        # Whatever the label is, the guard is in the way.
        ({**requiring(GUARD), "nodeSelector": {"rack": "r1"}}, ON_HOST, None),
        # An alternative without a guard lets them in.
        (
            {
                "affinity": required_affinity(
                    {"matchExpressions": [GUARD]},
                    {"matchExpressions": [{"key": "zone", "operator": "Exists"}]},
                )
            },
            ON_HOST,
            CAN,
        ),
    ],
)
def test_a_guard_keeps_pods_off_host_network_nodes(
    spec: dict[str, Any], labels: NodeLabels, expected: Scheduled | None
) -> None:
    assert answer(spec, labels) == (expected or Scheduled("kept off", "guard"))


@pytest.mark.parametrize(
    ("annotated", "labels", "expected"),
    [
        (Truth.TRUE, ON_HOST, Scheduled("kept off", "guard")),
        (Truth.TRUE, STANDARD, CAN),
        (Truth.TRUE, OTHERS, Scheduled("unknown", "NodeAffinity")),
        (Truth.FALSE, ON_HOST, CAN),
        (Truth.UNKNOWN, ON_HOST, Scheduled("unknown", "NodeAffinity")),
        (Truth.UNKNOWN, STANDARD, CAN),
    ],
)
def test_the_annotation_is_a_guard(
    annotated: Truth, labels: NodeLabels, expected: Scheduled
) -> None:
    assert answer({}, labels, annotated=annotated) == expected


@pytest.mark.parametrize(
    ("tolerations", "taints", "expected"),
    [
        ([], [TAINT], Scheduled("kept off", "TaintToleration")),
        ([], [EVICTING], Scheduled("kept off", "TaintToleration")),
        ([], [{**TAINT, "effect": "PreferNoSchedule"}], CAN),
        ([NET], [TAINT, EVICTING], CAN),
        ([{"key": "net", "value": "host"}], [TAINT], CAN),
        ([{"key": "net", "value": "host"}], [TAINT, EVICTING], None),
        ([COMPARES], [TAINT], Scheduled("unknown", "TaintToleration")),
        ([COMPARES], [{**TAINT, "key": "gpu"}], None),
        ("${TOLERATIONS}", [TAINT], Scheduled("unknown", "TaintToleration")),
    ],
)
def test_taints_keep_off_pods_that_do_not_tolerate_them(
    tolerations: Any, taints: list[dict[str, str]], expected: Scheduled | None
) -> None:
    found = answer({"tolerations": tolerations}, ON_HOST, *taints)
    assert found == (expected or Scheduled("kept off", "TaintToleration"))


@pytest.mark.parametrize(
    ("tolerations", "is_daemon_set", "expected"),
    [
        ([], False, Scheduled("kept off", "NodeUnschedulable", later="can")),
        ([], True, CAN),
        ([CORDON], False, CAN),
        ([{"operator": "Exists"}], False, CAN),
        (
            [{**CORDON, "effect": "NoExecute"}],
            False,
            Scheduled("kept off", "NodeUnschedulable", later="can"),
        ),
        (["${TOLERATION}"], False, Scheduled("unknown", "NodeUnschedulable")),
    ],
)
def test_a_cordon_keeps_off_all_but_daemon_sets_and_what_tolerates_it(
    tolerations: Any, is_daemon_set: bool, expected: Scheduled
) -> None:
    spec = {"tolerations": tolerations}
    assert answer(spec, is_cordoned=True, is_daemon_set=is_daemon_set) == expected


@pytest.mark.parametrize(
    ("key", "later"),
    [
        ("node.kubernetes.io/not-ready", "can"),
        ("node.cloudprovider.kubernetes.io/uninitialized", "can"),
        ("example.com/node.kubernetes.io", ""),
    ],
)
@pytest.mark.parametrize("spec", [{}, {"nodeName": "n1"}], ids=str)
def test_a_taint_for_a_condition_keeps_off_for_now_only(
    spec: dict[str, Any], key: str, later: Any
) -> None:
    found = answer(spec, ON_HOST, {"key": key, "effect": "NoExecute"})
    assert found == Scheduled("kept off", "TaintToleration", later)


@pytest.mark.parametrize(
    ("spec", "labels", "taints", "expected"),
    [
        ({"nodeName": "n1"}, ON_HOST, [], CAN),
        ({"nodeName": "n2"}, ON_HOST, [], Scheduled("cannot", "NodeName")),
        ({"nodeName": "n1"}, OTHERS, [], Scheduled("cannot", "NodeName")),
        ({"nodeName": "n2"}, OTHERS, [], Scheduled("unknown", "NodeName")),
        ({"nodeName": "${NODE}"}, ON_HOST, [], Scheduled("unknown", "NodeName")),
        ({"nodeName": "n1"}, ON_HOST, [TAINT], CAN),
        ({"nodeName": "n1"}, ON_HOST, [EVICTING], Scheduled("kept off", "TaintToleration")),
        ({"nodeName": "n1", "tolerations": [NET]}, ON_HOST, [EVICTING], CAN),
        ({"nodeName": "n2"}, ON_HOST, [EVICTING], Scheduled("cannot", "NodeName")),
        ({"nodeName": "n2"}, OTHERS, [EVICTING], Scheduled("kept off", "TaintToleration")),
        (
            {"nodeName": "n1", "tolerations": [COMPARES]},
            ON_HOST,
            [EVICTING],
            Scheduled("unknown", "TaintToleration"),
        ),
        ({"nodeName": ""}, ON_HOST, [TAINT], Scheduled("kept off", "TaintToleration")),
    ],
)
def test_pods_that_name_their_node_bypass_the_scheduler(
    spec: dict[str, Any],
    labels: NodeLabels,
    taints: list[dict[str, str]],
    expected: Scheduled,
) -> None:
    found = answer({**requiring(GUARD), **spec}, labels, *taints, is_cordoned=True)
    if not spec["nodeName"]:
        found = answer(spec, labels, *taints)
    assert found == expected


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"nodeSelector": {"zone": "b"}}, Scheduled("cannot", "NodeAffinity")),
        (requiring(GUARD), Scheduled("kept off", "guard")),
        ({}, Scheduled("kept off", "NodeUnschedulable")),
        ({"tolerations": [NET]}, Scheduled("kept off", "NodeUnschedulable", later="can")),
        ({"tolerations": [CORDON]}, Scheduled("kept off", "TaintToleration")),
        ({"tolerations": [NET, CORDON]}, CAN),
        # What is certain outweighs what is not.
        ({"nodeSelector": {"rack": "r1"}}, Scheduled("kept off", "NodeUnschedulable")),
        (
            {"nodeSelector": {"rack": "r1"}, "tolerations": [COMPARES]},
            Scheduled("kept off", "NodeUnschedulable", later="unknown"),
        ),
        (
            {"nodeSelector": {"rack": "r1"}, "tolerations": [COMPARES, CORDON]},
            Scheduled("unknown", "NodeAffinity"),
        ),
    ],
)
def test_the_first_filter_that_is_certain_decides(
    spec: dict[str, Any], expected: Scheduled
) -> None:
    assert answer(spec, ON_HOST, TAINT, is_cordoned=True) == expected
