"""Taints and tolerations, as the scheduler matches them."""

from typing import Any

import pytest

from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.tolerations import tolerates

TAINT = {"key": "edge", "value": "metered", "effect": "NoSchedule"}


def tolerated(tolerations: Any, *taints: dict[str, Any]) -> bool:
    return tolerates(PodTemplate({"spec": {"tolerations": tolerations}}, ""), taints)


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
