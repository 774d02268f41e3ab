"""What decides where pods can be scheduled, filter by filter: in agreement with the filters."""

from typing import Any

import pytest

from tests.builders import (
    HOST_NETWORK,
    POOL,
    host_pool,
    node,
    pod,
    pool,
    required_affinity,
    stream,
    subjects,
)
from transformer.placement.explained import asked, steps
from transformer.placements import PoolSteps

TAINT = {"key": "net", "value": "host", "effect": "NoSchedule"}
EXCLUDED = {"apps.openyurt.io/exclude-host-network-pool": "true"}
HZ, SH = host_pool("hz", taints=[TAINT]), pool("sh")
TOLERATES: dict[str, Any] = {"tolerations": [{"key": "net", "operator": "Exists"}]}


def explained(*objects: Any, of: str = "hz") -> PoolSteps:
    """Return the filters for the last of `objects` and a pool."""
    *_, context = subjects(stream(*objects))
    (placed,) = context.placed
    return steps(placed, of, context.cluster.pools, context.cluster.nodes)


@pytest.mark.parametrize(
    ("spec", "failing"),
    [
        ({}, ["TaintToleration"]),
        (TOLERATES, []),
        ({"nodeSelector": {POOL: "sh"}}, ["NodeAffinity", "TaintToleration"]),
        ({**TOLERATES, "annotations": EXCLUDED}, ["guard"]),
        (
            {
                **TOLERATES,
                "affinity": required_affinity(
                    {"matchExpressions": [{"key": HOST_NETWORK, "operator": "DoesNotExist"}]}
                ),
            },
            ["guard"],
        ),
        ({"nodeName": "elsewhere"}, []),
    ],
    ids=str,
)
def test_the_filters_that_fail_are_those_that_keep_pods_off(
    spec: dict[str, Any], failing: list[str]
) -> None:
    found = explained(HZ, SH, pod(**spec))
    assert [step.filter for step in found.steps if step.answer == "fails"] == failing


def test_a_label_is_told_that_the_nodes_lack_or_that_nothing_sets() -> None:
    selector = {POOL: "sh", "disk": "ssd"}
    (first, *_) = explained(HZ, SH, pod(nodeSelector=selector)).steps
    assert first.text == f"{POOL} In [sh], but the nodes have {POOL}=hz"
    (first, *_) = explained(HZ, SH, pod(nodeSelector=selector), of="sh").steps
    assert (first.answer, first.text) == (
        "unknown",
        "disk In [ssd], and the nodes may have it: nothing sets it",
    )


def test_nodes_in_no_pool_lack_what_pools_set() -> None:
    stores = [pool(name, labels={"site": "store"}) for name in ("north", "south")]
    spec = pod(nodeSelector={"site": "store"})
    (first, *_) = explained(stores[0], spec, of="").steps
    assert (first.answer, first.text) == (
        "fails",
        "site In [store], which NodePool/north sets: nodes in no pool are taken to lack it",
    )
    (first, *_) = explained(*stores, spec, of="").steps
    assert "which NodePool/north and 1 more set: nodes" in first.text
    named = pod(nodeSelector={"kubernetes.io/hostname": "edge"})
    (first, *_) = explained(HZ, node({POOL: "hz"}, "edge"), named, of="").steps
    assert "nothing sets it" not in first.text


def test_of_nodes_that_differ_those_that_fit_best_count() -> None:
    nodes = [node({POOL: "hz", "disk": disk}, disk) for disk in ("hdd", "ssd")]
    found = explained(HZ, *nodes, pod(nodeSelector={"disk": "ssd"}, **TOLERATES))
    assert "disk=ssd" in found.labels
    assert {step.answer for step in found.steps} == {"passes"}


def test_what_pods_ask_for_is_in_words_with_its_place() -> None:
    spec: dict[str, Any] = {
        "nodeSelector": {"disk": "ssd"},
        "tolerations": [{"key": "net"}],
        "hostNetwork": True,
        "annotations": EXCLUDED,
    }
    *_, context = subjects(stream(HZ, pod(**spec)))
    (placed,) = context.placed
    assert [(name, text) for name, text, _ in asked(placed)] == [
        ("nodeSelector", "disk=ssd"),
        ("toleration", "net:any effect"),
        ("annotation", 'apps.openyurt.io/exclude-host-network-pool: "true"'),
        ("hostNetwork", "true"),
    ]
