"""Taints and tolerations, as the scheduler matches them."""

from typing import Any

import pytest

from transformer.kubernetes.pod_template import PodTemplate
from transformer.placement.taints import tolerates
from transformer.placement.truth import Truth

TAINT = {"key": "edge", "value": "metered", "effect": "NoSchedule"}


def tolerated(tolerations: Any, *taints: dict[str, Any]) -> bool:
    found = tolerates(PodTemplate({"spec": {"tolerations": tolerations}}, ""), taints)
    assert found is not Truth.UNKNOWN
    return found is Truth.TRUE


@pytest.mark.parametrize(
    ("toleration", "is_enough"),
    [
        ({"operator": "Exists"}, True),
        ({"key": "edge", "operator": "Exists"}, True),
        ({"key": "edge", "operator": "Exists", "effect": "NoSchedule"}, True),
        ({"key": "edge", "operator": "Exists", "effect": "NoExecute"}, False),
        ({"key": "other", "operator": "Exists"}, False),
        ({"key": "edge", "operator": "Equal", "value": "metered"}, True),
        ({"key": "edge", "value": "metered"}, True),
        ({"key": "edge", "value": "metered", "effect": ""}, True),
        ({"key": "edge", "value": "flat"}, False),
        ({"key": "edge"}, False),
        ({"key": "", "operator": "Exists", "effect": "NoExecute"}, False),
        ({"operator": "Equal", "value": "metered"}, True),  # the API server refuses it
        ({"key": "edge", "operator": "exists"}, False),
    ],
)
def test_a_toleration_fits_a_taint_by_operator_key_value_and_effect(
    toleration: dict[str, Any], is_enough: bool
) -> None:
    assert tolerated([toleration], TAINT) is is_enough


def test_a_taint_without_a_value_is_that_of_an_empty_one() -> None:
    assert tolerated([{"key": "edge", "value": ""}], {"key": "edge", "effect": "NoExecute"})
    assert tolerated([{"key": "edge"}], {"key": "edge", "value": "", "effect": "NoExecute"})


def test_each_taint_takes_a_toleration() -> None:
    other = {"key": "gpu", "effect": "NoExecute"}
    one = {"key": "edge", "operator": "Exists"}
    assert not tolerated([one], TAINT, other)
    assert tolerated([one, {"key": "gpu", "operator": "Exists"}], TAINT, other)


def test_a_taint_that_asks_only_to_avoid_the_node_keeps_nobody_off() -> None:
    assert tolerated([], {"key": "edge", "effect": "PreferNoSchedule"})


@pytest.mark.parametrize("tolerations", [None, "Exists", {"operator": "Exists"}, [None, "Exists"]])
def test_what_is_no_toleration_tolerates_nothing(tolerations: Any) -> None:
    assert not tolerated(tolerations, TAINT)
    assert tolerated(tolerations)


@pytest.mark.parametrize(
    ("toleration", "answer"),
    [
        ({"key": "edge", "operator": "Gt", "value": "3"}, Truth.UNKNOWN),
        ({"key": "other", "operator": "Gt", "value": "3"}, Truth.FALSE),
        ({"key": "edge", "value": "${SITE}"}, Truth.UNKNOWN),
        ({"key": "${KEY}", "operator": "Exists"}, Truth.UNKNOWN),
        ({"key": "edge", "operator": "Exists", "effect": "${EFFECT}"}, Truth.UNKNOWN),
        ({"key": "edge", "operator": "${OPERATOR}"}, Truth.UNKNOWN),
        ("${TOLERATION}", Truth.UNKNOWN),
    ],
)
def test_what_compares_numbers_or_is_yet_to_be_substituted_is_unknown(
    toleration: Any, answer: Truth
) -> None:
    template = PodTemplate({"spec": {"tolerations": [toleration]}}, "")
    assert tolerates(template, [TAINT]) is answer


def test_one_toleration_that_fits_outweighs_one_that_is_unknown() -> None:
    open_one, fitting = {"operator": "Gt", "value": "3"}, {"key": "edge", "operator": "Exists"}
    template = PodTemplate({"spec": {"tolerations": [open_one, fitting]}}, "")
    assert tolerates(template, [TAINT]) is Truth.TRUE


@pytest.mark.parametrize(
    ("key", "effect", "host_network", "is_tolerated"),
    [
        ("not-ready", "NoExecute", False, True),
        ("not-ready", "NoSchedule", False, False),
        ("unschedulable", "NoSchedule", False, True),
        ("memory-pressure", "NoSchedule", False, True),
        ("network-unavailable", "NoSchedule", False, False),
        ("network-unavailable", "NoSchedule", True, True),
    ],
)
def test_a_daemon_set_tolerates_what_its_controller_adds(
    key: str, effect: str, host_network: bool, is_tolerated: bool
) -> None:
    template = PodTemplate({"spec": {"hostNetwork": host_network}}, "")
    taint = {"key": f"node.kubernetes.io/{key}", "effect": effect}
    assert tolerates(template, [taint], is_daemon_set=True) is Truth(2 * is_tolerated)
    assert tolerates(template, [taint]) is Truth.FALSE
