"""Node selectors in three-valued logic: what labels that are unknown, and placeholders, leave open.

Where everything is known, `tests/oracle` compares the answer with that of the scheduler.
"""

from typing import Any

import pytest

from tests.builders import HOST_NETWORK, POOL, required_affinity
from transformer.kubernetes.pod_template import PodTemplate
from transformer.placement.node_match import (
    NAME_FIELD,
    NodeLabels,
    is_guarded,
    match,
    mentioned_names,
    named_values,
    undecided_keys,
    values_in,
)
from transformer.placement.truth import Truth

HOST_NAME = "kubernetes.io/hostname"
TRUE, UNKNOWN, FALSE = Truth.TRUE, Truth.UNKNOWN, Truth.FALSE
LABELS = NodeLabels(
    {"zone": "a", "cpus": "8"},
    absent=("gpu",),
    unlike={"disk": ("ssd", "nvme"), NAME_FIELD: ("n1",)},
    present=("rack", NAME_FIELD),
)
"""Of `disk` it is known which values it does not have, of `rack` that it exists."""


def template(**spec: Any) -> PodTemplate:
    return PodTemplate({"spec": spec}, "")


def one(key: Any, operator: Any, *values: Any) -> dict[str, Any]:
    return {"key": key, "operator": operator, **({"values": [*values]} if values else {})}


def requiring(*expressions: Any) -> PodTemplate:
    return template(affinity=required_affinity({"matchExpressions": [*expressions]}))


def by_fields(*fields: Any) -> PodTemplate:
    return template(affinity=required_affinity({"matchFields": [*fields]}))


@pytest.mark.parametrize(
    ("requirement", "answer"),
    [
        (one("zone", "In", "a", "b"), TRUE),
        (one("zone", "In", "b"), FALSE),
        (one("zone", "NotIn", "b"), TRUE),
        (one("zone", "Exists"), TRUE),
        (one("zone", "DoesNotExist"), FALSE),
        (one("cpus", "Gt", "4"), TRUE),
        (one("cpus", "Lt", "4"), FALSE),
        (one("zone", "Gt", "4"), FALSE),
        (one("gpu", "In", "a"), FALSE),
        (one("gpu", "NotIn", "a"), TRUE),
        (one("gpu", "Exists"), FALSE),
        (one("gpu", "DoesNotExist"), TRUE),
        (one("gpu", "Gt", "1"), FALSE),
        (one("disk", "In", "ssd"), FALSE),
        (one("disk", "In", "ssd", "nvme"), FALSE),
        (one("disk", "In", "ssd", "hdd"), UNKNOWN),
        (one("disk", "NotIn", "ssd"), TRUE),
        (one("disk", "NotIn", "hdd"), UNKNOWN),
        (one("disk", "Exists"), UNKNOWN),
        (one("rack", "Exists"), TRUE),
        (one("rack", "DoesNotExist"), FALSE),
        (one("rack", "In", "r1"), UNKNOWN),
        (one("rack", "Gt", "1"), UNKNOWN),
        (one("os", "In", "linux"), UNKNOWN),
        (one("os", "NotIn", "linux"), UNKNOWN),
        (one("os", "Exists"), UNKNOWN),
        (one("os", "DoesNotExist"), UNKNOWN),
        (one("os", "Lt", "1"), UNKNOWN),
        (one("${KEY}", "In", "a"), UNKNOWN),
        (one("zone", "${OPERATOR}", "a"), UNKNOWN),
        (one("zone", "In", "${ZONE}"), UNKNOWN),
        (one("zone", "In", "b", "${ZONE}"), UNKNOWN),
        ({"key": "zone", "operator": "In", "values": "${ZONES}"}, UNKNOWN),
        ("${REQUIREMENT}", UNKNOWN),
        # The scheduler cannot read these, so no node meets them.
        (one("os", "In"), FALSE),
        (one("os", "Exists", "linux"), FALSE),
        (one("os", "Gt", "many"), FALSE),
        (one("os", "Gt", "1", "2"), FALSE),
        (one("os", "in", "linux"), FALSE),
        (one("no key", "Exists"), FALSE),
        ({"key": "os", "operator": "In", "values": 5}, FALSE),
        (None, FALSE),
    ],
)
def test_a_requirement_is_met_as_far_as_the_label_is_known(requirement: Any, answer: Truth) -> None:
    assert match(requiring(requirement), LABELS) is answer


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        (one("metadata.name", "In", "n1"), FALSE),
        (one("metadata.name", "NotIn", "n1"), TRUE),
        (one("metadata.name", "In", "n2"), UNKNOWN),
        (one("metadata.name", "In", "${NODE}"), UNKNOWN),
        (one("metadata.name", "In"), FALSE),
        (one("metadata.name", "In", "n1", "n2"), FALSE),
        (one("metadata.name", "Exists"), FALSE),
        (one("metadata.uid", "In", "n2"), FALSE),
        (one("metadata.uid", "In", ""), TRUE),
        (one("metadata.uid", "NotIn", "n2"), TRUE),
        ("${FIELD}", UNKNOWN),
        (None, FALSE),
    ],
)
def test_the_name_is_the_only_field_of_a_node(field: Any, answer: Truth) -> None:
    assert match(by_fields(field), LABELS) is answer


YES, OPEN, NO = one("zone", "In", "a"), one("os", "In", "linux"), one("zone", "In", "b")


@pytest.mark.parametrize(
    ("terms", "answer"),
    [
        ([], FALSE),
        ([{}], FALSE),
        ([None], FALSE),
        ([{"matchExpressions": []}], FALSE),
        ([{"matchExpressions": [YES, OPEN]}], UNKNOWN),
        ([{"matchExpressions": [NO, OPEN]}], FALSE),
        ([{"matchExpressions": [NO]}, {"matchExpressions": [YES]}], TRUE),
        ([{"matchExpressions": [NO]}, {"matchExpressions": [OPEN]}], UNKNOWN),
        ([{"matchExpressions": [YES]}, {"matchExpressions": [OPEN]}], TRUE),
        ([{"matchExpressions": [YES], "matchFields": [one("metadata.name", "In", "n1")]}], FALSE),
        ([{"matchExpressions": [YES]}, "${TERM}"], TRUE),
        ([{"matchExpressions": [NO]}, "${TERM}"], UNKNOWN),
        ("${TERMS}", UNKNOWN),
        ("terms", FALSE),
    ],
)
def test_terms_are_alternatives_and_all_of_a_term_is_required(terms: Any, answer: Truth) -> None:
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    assert match(template(affinity={"nodeAffinity": required}), LABELS) is answer


@pytest.mark.parametrize(
    ("selector", "answer"),
    [
        (None, TRUE),
        ({}, TRUE),
        ({"zone": "a"}, TRUE),
        ({"zone": "b"}, FALSE),
        ({"zone": "a", "os": "linux"}, UNKNOWN),
        ({"zone": "b", "os": "linux"}, FALSE),
        ({"zone": "${ZONE}"}, UNKNOWN),
        ({"${KEY}": "a"}, UNKNOWN),
        ("${SELECTOR}", UNKNOWN),
        ({"zone": None}, FALSE),
        (["zone"], FALSE),
    ],
)
def test_a_node_selector_takes_all_its_labels(selector: Any, answer: Truth) -> None:
    assert match(template(nodeSelector=selector), LABELS) is answer


def test_node_selector_and_affinity_are_both_required() -> None:
    affinity = required_affinity({"matchExpressions": [YES]})
    assert match(template(nodeSelector={"zone": "b"}, affinity=affinity), LABELS) is FALSE
    assert match(template(nodeSelector={"zone": "a"}, affinity=affinity), LABELS) is TRUE


ON_HOST = NodeLabels({HOST_NETWORK: "true"})


@pytest.mark.parametrize(
    ("guard", "is_guard"),
    [
        (one(HOST_NETWORK, "NotIn", "true"), True),
        (one(HOST_NETWORK, "NotIn", "true", "1"), True),
        (one(HOST_NETWORK, "DoesNotExist"), True),
        (one(HOST_NETWORK, "In", "false"), True),
        (one(HOST_NETWORK, "NotIn", "false"), False),
        (one(HOST_NETWORK, "Exists"), False),
        (one(HOST_NETWORK, "NotIn"), False),
        (one(HOST_NETWORK, "NotIn", "${VALUE}"), False),
        (one("zone", "NotIn", "true"), False),
    ],
)
def test_a_guard_is_any_requirement_that_host_network_nodes_do_not_meet(
    guard: Any, is_guard: bool
) -> None:
    found = requiring(guard)
    assert is_guarded(found) is is_guard
    assert (match(found, ON_HOST) is FALSE and match(found, ON_HOST, past_guard=True) is TRUE) is (
        is_guard
    )


def test_each_term_takes_a_guard_of_its_own() -> None:
    guarded = {"matchExpressions": [one(HOST_NETWORK, "DoesNotExist")]}
    open_one: dict[str, Any] = {}
    assert is_guarded(template(affinity=required_affinity(guarded, guarded)))
    assert not is_guarded(template(affinity=required_affinity(guarded, open_one)))
    assert not is_guarded(template(affinity=required_affinity()))
    assert is_guarded(template(nodeSelector={HOST_NETWORK: "false"}))


@pytest.mark.parametrize(
    ("found", "names", "first"),
    [
        (requiring(one(POOL, "In", "p", "q")), ["p", "q"], ["p", "q"]),
        (requiring(one(POOL, "NotIn", "p")), [], None),
        (requiring(one("zone", "In", "a"), one(POOL, "In", "p")), ["p"], ["p"]),
        (requiring(one(POOL, "In")), [], None),
        (
            requiring({"key": POOL, "operator": "In", "values": "${POOLS}"}),
            ["${POOLS}"],
            ["${POOLS}"],
        ),
        (requiring({"operator": "In", "values": "${POOLS}"}), [], None),
    ],
)
def test_which_pools_a_term_names(
    found: PodTemplate, names: list[str], first: list[str] | None
) -> None:
    assert [*named_values(found, POOL)] == names
    terms = found.spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert values_in(terms["nodeSelectorTerms"][0], POOL) == first


def test_which_names_of_nodes_are_compared() -> None:
    found = template(
        nodeName="n1",
        nodeSelector={HOST_NAME: "n2"},
        affinity=required_affinity(
            {"matchExpressions": [one(HOST_NAME, "NotIn", "n3"), one("zone", "In", "n4")]},
            {"matchFields": [one("metadata.name", "In", "n5"), one("metadata.uid", "In", "n6")]},
            {"matchExpressions": [{"key": HOST_NAME, "operator": "${OPERATOR}", "values": [{}]}]},
        ),
    )
    assert [*mentioned_names(found, HOST_NAME)] == ["n1", "n2", "n3", "n5"]


def test_which_labels_leave_the_answer_open() -> None:
    found = template(
        nodeSelector={"os": "linux", "zone": "a"},
        affinity=required_affinity(
            {
                "matchExpressions": [one("rack", "In", "r1"), one("${KEY}", "Exists")],
                "matchFields": [one("metadata.name", "In", "n2")],
            }
        ),
    )
    assert [*undecided_keys(found, LABELS)] == [
        "os",
        "rack",
        "${KEY}",
        "the name of the node",
    ]


@pytest.mark.parametrize("key", ["", "a b", "/disk"])
def test_no_node_has_a_label_with_a_key_that_none_can_have(key: str) -> None:
    pods = template(nodeSelector={key: "ssd"})
    assert match(pods, LABELS) is FALSE
    assert list(undecided_keys(pods, LABELS)) == []
