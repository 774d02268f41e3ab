"""The rules on NodePools, Nodes and identities: places, words, and what is malformed.

Which change is refused at all is in the table of `test_admission_table.py`.
"""

import json
from dataclasses import replace
from typing import Any

import jsonpatch
import pytest

from tests.builders import (
    CONTAINER,
    POOL,
    annotated,
    found,
    node,
    pod,
    pool,
    required_affinity,
    stream,
    subjects,
)
from transformer import Finding, ObjectRef, validate
from transformer.findings import Place, Related
from transformer.rules.base import LocatedObservation, ValidationRule
from transformer.rules.context import KustomizationUsage
from transformer.rules.nodes.hn301_pool_label_changed import RULE as HN301
from transformer.rules.nodes.hn302_pool_label_removed import RULE as HN302
from transformer.rules.nodes.hn303_host_network_label_changed import RULE as HN303
from transformer.rules.nodes.hn304_network_mode_changed import RULE as HN304
from transformer.rules.nodes.hn305_edge_worker_changed import RULE as HN305
from transformer.rules.nodes.hn311_label_missing import RULE as HN311
from transformer.rules.nodes.hn312_label_in_standard_pool import RULE as HN312
from transformer.rules.nodes.hn314_two_pools import RULE as HN314
from transformer.rules.pools.hn106_lost_host_network import RULE as HN106
from transformer.rules.pools.hn107_duplicate import RULE as HN107
from transformer.rules.pools.hn107_duplicate import collect, finalize, fold
from transformer.rules.pools.hn201_host_network_changed import RULE as HN201
from transformer.rules.pools.hn202_pool_type_changed import RULE as HN202
from transformer.rules.pools.hn203_inter_connectivity_changed import RULE as HN203
from transformer.rules.registry import validation_rules
from transformer.rules.workloads.hn416_immutable_template import RULE as HN416

DESIRED = "apps.openyurt.io/desired-nodepool"
LABEL = "nodepool.openyurt.io/hostnetwork"
EDGE_WORKER = "openyurt.io/is-edge-worker"
LABELS = "/metadata/labels"
LABEL_AT = f"{LABELS}/nodepool.openyurt.io~1hostnetwork"
POOL_AT = f"{LABELS}/apps.openyurt.io~1nodepool"
DESIRED_AT = f"{LABELS}/apps.openyurt.io~1desired-nodepool"
ANNOTATION_AT = "/metadata/annotations/nodepool.openyurt.io~1hostnetwork"

NO_TEXT = [True, False, 1, 0, [], ["a"], {}, {"a": "b"}]
"""Where a label's value ought to be."""


HOST = pool("host", hostNetwork=True)
STANDARD = pool("standard")


def places(rule: ValidationRule, *objects: Any, old: Any = (), **state: Any) -> list[str]:
    return [at for at, _, _ in found(rule, stream(*objects), old=stream(*old), **state)]


def message(rule: ValidationRule, *objects: Any, old: Any = ()) -> str:
    ((_, _, text),) = found(rule, stream(*objects), old=stream(*old))
    return text


def immutable(*objects: Any, old: Any = ()) -> list[str]:
    """Return where HN416 finds something, in a cluster that has a host-network pool."""
    return places(HN416, HOST, *objects, old=[HOST, *old])


def validated(*objects: Any, old: Any = (), **state: Any) -> list[Finding]:
    return list(validate(stream(*objects).encode(), old=stream(*old).encode(), **state))


def ids(*objects: Any, old: Any = (), **state: Any) -> list[str]:
    return [finding.rule for finding in validated(*objects, old=old, **state)]


# --- NodePools ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "at"),
    [
        (pool(hostNetwork=False), "/spec/hostNetwork"),
        (pool(), "/spec/hostNetwork"),
        (pool(metadata=annotated("true")), "/spec/hostNetwork"),
        (pool(version="v1beta1", metadata=annotated("no")), ANNOTATION_AT),
        (pool(version="v1beta1", metadata=annotated("no"), hostNetwork=True), ANNOTATION_AT),
        (pool(version="v1beta1"), ANNOTATION_AT),
        (pool(version="v1beta1", hostNetwork=True), "/spec/hostNetwork"),
    ],
)
def test_a_changed_host_network_is_told_where_it_is_decided(new: Any, at: str) -> None:
    assert places(HN201, new, old=[pool(hostNetwork=True)]) == [at]


def test_a_changed_host_network_says_both_values_and_why_they_differ_between_versions() -> None:
    within = message(HN201, pool(hostNetwork=True), old=[pool()])
    assert "was false and becomes true" in within
    assert "v1beta1" not in within
    across = message(HN201, pool(), old=[pool(version="v1beta1", metadata=annotated("true"))])
    assert "was true and becomes false" in across
    assert f"the annotation {LABEL} only" in across


def test_a_host_network_that_gets_lost_is_fixed_by_the_annotation_not_by_a_new_pool() -> None:
    old = pool(version="v1beta1", metadata=annotated("true"), hostNetwork=True)
    changed = validated(pool(version="v1beta1", hostNetwork=True), old=[old])
    assert [finding.rule for finding in changed] == ["HN106", "HN201"]
    assert "annotation" in changed[1].hint
    assert "new pool" not in changed[1].hint


def test_a_changed_type_names_both_with_the_default() -> None:
    assert places(HN202, pool(type="Cloud"), old=[pool()]) == ["/spec/type"]
    assert "was Edge and becomes Cloud" in message(HN202, pool(type="Cloud"), old=[pool()])


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (pool(version="v1alpha1"), pool(interConnectivity=True)),
        (pool(interConnectivity=True), pool(version="v1alpha1")),
    ],
)
def test_what_a_conversion_does_to_inter_connectivity_is_said(new: Any, old: Any) -> None:
    assert "the conversion from v1alpha1 sets it to false" in message(HN203, new, old=[old])


def test_a_pool_of_another_group_is_none() -> None:
    old, new = pool(type="Edge"), pool(type="Cloud", hostNetwork=True, interConnectivity=True)
    for value in (old, new):
        value["apiVersion"] = "example.com/v1"
    assert ids(new, old=[old]) == []


# --- a pool that is removed ---------------------------------------------------------------------


def removed(old: Any, *new: Any) -> list[Finding]:
    return [found for found in validated(*new, old=old) if found.rule == "HN204"]


def test_a_removed_pool_is_told_at_its_old_place_with_three_of_its_nodes() -> None:
    nodes = [node({POOL: "p"}, f"n{number}") for number in range(5)]
    (finding,) = removed([STANDARD, pool()], STANDARD, *nodes)
    assert (finding.document, finding.line, finding.object) == (
        1,
        3,
        ObjectRef("apps.openyurt.io", "v1beta2", "NodePool", "", "p"),
    )
    assert "5 nodes" in finding.message
    assert "(n0, n1, n2, ...)" in finding.message
    (three,) = removed([pool()], *nodes[:3])
    assert "(n0, n1, n2)" in three.message


def test_a_single_node_of_a_removed_pool_is_one_node() -> None:
    (finding,) = removed([pool()], node({POOL: "p"}))
    assert "1 node still belongs to it (n)" in finding.message


def test_a_node_counts_once_whether_manifest_status_or_both() -> None:
    old = {**pool(), "status": {"nodes": ["n", "n", "m", "m"]}}
    (finding,) = removed([old], node({POOL: "p"}))
    assert "2 nodes still belong to it (n, m)" in finding.message


@pytest.mark.parametrize("status", [None, [], "n", {"nodes": None}, {"nodes": {"n": 1}}])
def test_a_status_that_lists_no_nodes_has_none(status: Any) -> None:
    assert removed([{**pool(), "status": status}]) == []


def test_what_is_no_name_in_a_status_is_no_node() -> None:
    (finding,) = removed([{**pool(), "status": {"nodes": [1, None, ["a"], "n"]}}])
    assert "(n)" in finding.message


def test_a_pool_that_only_moved_or_comes_from_elsewhere_is_not_removed() -> None:
    as_list = {"apiVersion": "v1", "kind": "List", "items": [pool(version="v1beta1")]}
    assert removed([pool()], node({POOL: "p"}), as_list) == []
    new = stream(node({POOL: "p", EDGE_WORKER: "true"})).encode()
    elsewhere = stream(pool()).encode()
    assert validate(new, old=elsewhere, pools=elsewhere) == ()


# --- Nodes --------------------------------------------------------------------------------------


def test_a_moved_node_is_told_at_the_label_that_moves_it() -> None:
    other = pool("other")
    old = [STANDARD, other, node({POOL: "standard"})]
    assert places(HN301, STANDARD, other, node({POOL: "other"}), old=old) == [POOL_AT]
    assert places(HN301, STANDARD, other, node({DESIRED: "other"}), old=old) == [DESIRED_AT]
    assert places(HN304, HOST, STANDARD, node({DESIRED: "host"}), old=old) == [DESIRED_AT]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("standard", "host", "from the standard pool standard to the host-network pool host"),
        ("host", "standard", "from the host-network pool host to the standard pool standard"),
    ],
)
def test_a_move_between_kinds_of_pools_is_one_finding_that_says_which_is_which(
    old: str, new: str, words: str
) -> None:
    state = [HOST, STANDARD, node({POOL: new})]
    before = [HOST, STANDARD, node({POOL: old})]
    assert words in message(HN304, *state, old=before)
    assert places(HN301, *state, old=before) == []


def test_a_pool_that_is_meant_to_be_host_network_counts_as_one() -> None:
    lost = pool(version="v1beta1", hostNetwork=True)
    before = [lost, STANDARD, node({POOL: "standard"})]
    assert places(HN304, lost, STANDARD, node({POOL: "p"}), old=before) == [POOL_AT]


def test_a_move_to_a_pool_of_which_there_are_different_ones_is_just_a_move() -> None:
    state = [pool(), pool(hostNetwork=True), STANDARD, node({POOL: "p"})]
    before = [STANDARD, node({POOL: "standard"})]
    assert places(HN304, *state, old=before) == []
    assert places(HN301, *state, old=before) == [POOL_AT]


@pytest.mark.parametrize(
    ("labels", "at"),
    [({}, LABELS), ({"a": "b"}, LABELS), (None, LABELS), ({POOL: ""}, POOL_AT)],
)
def test_a_pool_label_that_is_gone_is_told_where_it_was(labels: Any, at: str) -> None:
    assert places(HN302, node(labels), old=[node({POOL: "p"})]) == [at]


@pytest.mark.parametrize(
    ("rule", "label", "at"),
    [(HN303, LABEL, LABEL_AT), (HN305, EDGE_WORKER, f"{LABELS}/openyurt.io~1is-edge-worker")],
)
def test_a_label_that_may_not_change_is_told_where_it_is_or_was(
    rule: ValidationRule, label: str, at: str
) -> None:
    old = [node({label: "true"})]
    assert places(rule, node({label: "false"}), old=old) == [at]
    assert places(rule, node({label: ""}), old=old) == [at]
    assert places(rule, node({"a": "b"}), old=old) == [LABELS]
    assert places(rule, node(None), old=old) == [LABELS]
    assert places(rule, node({label: "true"}), old=old) == []


def test_a_changed_label_is_told_once_though_transform_would_replace_it_too() -> None:
    before = [HOST, node({POOL: "host", LABEL: "true"})]
    state = [HOST, node({POOL: "host", LABEL: "false"})]
    assert "was 'true' and becomes 'false'" in message(HN303, *state, old=before)
    assert ids(*state, old=before) == ["HN303"]
    assert ids(*state, old=before, config=without("node-label")) == ["HN303"]


def without(rule: str) -> dict[str, Any]:
    return {
        "apiVersion": "transform.hostnet.io/v1alpha1",
        "kind": "HostnetTransform",
        "spec": {"rules": {rule: False}},
    }


@pytest.mark.parametrize(
    ("label", "with_rule", "without_rule"),
    [
        (None, "HN311", "HN311"),
        ("", "HN311", "HN311"),
        ("false", "HN303", "HN311"),
        ("True", "HN303", "HN311"),
        (True, "HN101", "HN101"),
    ],
)
def test_a_node_without_the_right_label_is_told_of_once(
    label: Any, with_rule: str, without_rule: str
) -> None:
    labels = {POOL: "host"} if label is None else {POOL: "host", LABEL: label}
    assert ids(HOST, node(labels)) == [with_rule]
    assert ids(HOST, node(labels), config=without("node-label")) == [without_rule]


def test_only_what_transform_would_do_is_said_to_be_done_by_it() -> None:
    (finding,) = validated(HOST, node({POOL: "host"}))
    assert "--fix" in finding.hint
    (finding,) = validated(HOST, node({POOL: "host"}), config=without("node-label"))
    assert "--fix" not in finding.hint
    was_standard = [{**HOST, "spec": {"hostNetwork": False}}, node({POOL: "host"})]
    told = validated(HOST, node({POOL: "host"}), old=was_standard)
    assert [found.rule for found in told] == ["HN201", "HN311"]
    assert "HN201" in told[1].hint
    was_host = [HOST, STANDARD, node({POOL: "host"})]
    (finding,) = validated(HOST, node({POOL: "host"}), old=was_host)
    assert "--fix" in finding.hint
    lost = validated(pool(version="v1beta1", hostNetwork=True), node({POOL: "p"}))
    assert [found.rule for found in lost] == ["HN106", "HN311"]
    assert "HN106" in lost[1].hint


@pytest.mark.parametrize(
    ("labels", "at"),
    [
        ({POOL: "standard", LABEL: "true"}, [LABEL_AT]),
        ({DESIRED: "standard", LABEL: "true"}, [LABEL_AT]),
        ({POOL: "standard", LABEL: "True"}, []),
        ({POOL: "standard", LABEL: True}, []),
        ({POOL: "standard"}, []),
        ({POOL: "host", LABEL: "true"}, []),
        ({POOL: "missing", LABEL: "true"}, []),
        ({POOL: "p", LABEL: "true"}, []),
        ({LABEL: "true"}, []),
    ],
)
def test_a_label_is_wrong_only_in_a_pool_that_is_known_to_be_standard(
    labels: Any, at: list[str]
) -> None:
    ambiguous = [pool(), pool(hostNetwork=True)]
    assert places(HN312, HOST, STANDARD, *ambiguous, node(labels)) == at


def test_pool_labels_that_differ_are_told_at_the_one_without_effect() -> None:
    assert places(HN314, node({POOL: "a", DESIRED: "b"})) == [DESIRED_AT]
    assert places(HN314, node({POOL: "a", DESIRED: "a"})) == []
    assert places(HN314, node({POOL: "", DESIRED: "b"})) == []


def test_a_node_in_a_pool_of_which_there_are_two_is_pointed_to_scopes() -> None:
    state = [pool(), pool(hostNetwork=True), node({POOL: "p"})]
    assert {finding.rule for finding in validated(*state)} == {"HN107", "HN313"}
    assert all("`clusters`" in finding.hint for finding in validated(*state))


# --- what is malformed --------------------------------------------------------------------------


@pytest.mark.parametrize("value", NO_TEXT)
@pytest.mark.parametrize("key", [POOL, DESIRED, LABEL, EDGE_WORKER])
def test_a_label_of_a_wrong_type_is_left_to_the_rule_on_types(key: str, value: Any) -> None:
    good = {POOL: "standard", DESIRED: "standard", LABEL: "false", EDGE_WORKER: "true"}
    bad = {**good, key: value}
    changed = ids(HOST, STANDARD, node(bad), old=[HOST, STANDARD, node(good)])
    assert changed[0] == "HN101"
    assert not [rule for rule in changed if rule.startswith("HN3")]


def test_a_label_that_is_null_is_absent() -> None:
    good = {POOL: "standard", LABEL: "false", EDGE_WORKER: "true"}
    null = dict.fromkeys(good)
    changed = ids(STANDARD, node(null), old=[STANDARD, node(good)])
    assert [rule for rule in changed if rule != "HN101"] == ["HN302", "HN303", "HN305"]


@pytest.mark.parametrize("value", NO_TEXT)
@pytest.mark.parametrize("where", ["metadata", "labels", "annotations", "spec", "status"])
def test_nothing_that_is_malformed_stops_a_rule(where: str, value: Any) -> None:
    last = node({POOL: "missing"}, "last")
    for good in (
        pool(version="v1beta1", metadata=annotated("true"), members=["n"], type="Edge"),
        node({POOL: "standard", DESIRED: "host", LABEL: "false", EDGE_WORKER: "true"}),
    ):
        bad = json.loads(json.dumps(good))
        if where in ("labels", "annotations"):
            bad["metadata"][where] = value
        else:
            bad[where] = value
        for old, new in ((good, bad), (bad, good), (bad, bad)):
            assert ids(HOST, STANDARD, new, last, old=[HOST, STANDARD, old])[-1] == "HN313"


@pytest.mark.parametrize("value", [5, 0, [], ["Cloud"], {}, {"a": "b"}, None])
@pytest.mark.parametrize("field", ["type", "hostNetwork", "interConnectivity"])
def test_a_field_of_a_wrong_type_is_no_change(field: str, value: Any) -> None:
    changed = ids(pool(**{field: value}), old=[pool()])
    assert [rule for rule in changed if rule.startswith("HN2")] == []


def test_rules_on_changes_say_nothing_without_an_old_state() -> None:
    state = stream(HOST, STANDARD, node({POOL: "standard", LABEL: "", EDGE_WORKER: "true"}))
    for rule in validation_rules():
        if "old" in rule.needs:
            assert found(rule, state) == []


# --- the same object twice ----------------------------------------------------------------------


def service(name: str, namespace: str = "shop", version: str = "v1") -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": version, "kind": "Service", "metadata": metadata}


def test_each_further_object_of_one_name_is_told_with_the_line_of_the_first() -> None:
    again = validated(service("a"), service("b"), service("a"), service("a"))
    assert [(found.rule, found.severity, found.document) for found in again] == [
        ("HN107", "error", 2),
        ("HN107", "error", 3),
    ]
    assert all("in line 1" in found.message for found in again)


def test_the_version_makes_no_other_object_and_all_else_does() -> None:
    assert len(found(HN107, stream(pool(), pool(version="v1alpha1")))) == 1
    assert found(HN107, stream(service("a"), service("a", "depot"))) == []
    assert found(HN107, stream(service("a"), service("a", version="serving.knative.dev/v1"))) == []
    assert found(HN107, stream(service("a"), {**service("a"), "kind": "Endpoints"})) == []


@pytest.mark.parametrize(
    "value",
    [
        {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"generateName": "a-"}},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": ""}},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": 5}},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": None}},
        {"apiVersion": "v1", "kind": "Service", "metadata": ["name"]},
        {"apiVersion": "v1", "kind": "Service"},
        {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "metadata": {"name": "a"},
        },
        {**without("HN107"), "metadata": {"name": "a"}},
    ],
)
def test_what_has_no_name_of_its_own_in_the_cluster_is_never_twice(value: Any) -> None:
    assert found(HN107, stream(value, value)) == []


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        (pool(labels={"a": "1", "b": "2"}), pool(labels={"b": "2", "a": "1"}), False),
        (pool(labels={"a": "1"}), pool(labels={"a": "2"}), True),
        (pool(type="Edge"), pool(type="Cloud"), True),
        (service("a"), {**service("a"), "spec": {"hostNetwork": True}}, False),
    ],
)
def test_of_pools_it_is_told_whether_they_differ(one: Any, other: Any, differs: bool) -> None:
    ((at, severity, text),) = found(HN107, stream(one, other))
    assert (at, severity) == ("/metadata/name", "error")
    assert ("with different values" in text) == differs


@pytest.mark.parametrize(("value", "count"), [("true", 0), (True, 0), ("false", 1)])
def test_local_configuration_is_no_object(value: Any, count: int) -> None:
    local = service("a")
    local["metadata"]["annotations"] = {"config.kubernetes.io/local-config": value}
    assert len(found(HN107, stream(local, local))) == count


def seen(
    file: str, line: int = 1, *, roots: tuple[int, ...] = (), is_apart: bool = False
) -> LocatedObservation:
    ref = ObjectRef("", "v1", "Service", "shop", "a")
    value = (0, is_apart, roots)
    return LocatedObservation(value, Place(file, line, 9, object=ref, pointer="/metadata/name"))


@pytest.mark.parametrize(
    ("sightings", "told"),
    [
        ([seen("a"), seen("b")], [("b", "a")]),
        ([seen("a"), seen("b"), seen("c")], [("b", "a"), ("c", "a")]),
        ([seen("a", roots=(1,)), seen("b", roots=(2,))], []),
        ([seen("a", roots=(1,)), seen("b", roots=(2, 1))], [("b", "a")]),
        ([seen("a", roots=(1,)), seen("b")], [("b", "a")]),
        ([seen("a"), seen("b", roots=(1,))], [("b", "a")]),
        ([seen("a", is_apart=True), seen("b")], []),
        ([seen("a"), seen("b", is_apart=True)], []),
        ([seen("a", roots=(1,)), seen("b", roots=(2,)), seen("c", roots=(2,))], [("c", "b")]),
        ([seen("a", roots=(1,)), seen("b", roots=(2,)), seen("c", roots=(2, 1))], [("c", "a")]),
        ([seen("a", is_apart=True), seen("a", 2, is_apart=True)], [("a", "a")]),
    ],
)
def test_files_meet_unless_kustomizations_keep_them_apart(
    sightings: list[LocatedObservation], told: list[tuple[str, str]]
) -> None:
    found = [(at.place.file, violation.related[0].file) for at, violation in finalize(sightings)]
    assert found == told


def across(file: str, first: str, name: str = "a", says: str = "") -> Finding:
    ref = ObjectRef("", "v1", "Service", "shop", name)
    related = Related(first, 1, 9, "the first one", ref)
    message = f"{ref} is already defined{says}"
    return Finding("HN107", "warning", message, file, 1, 9, 0, related=(related,), related_total=1)


def test_of_two_folders_one_finding_tells() -> None:
    single, several = across("c/x", "a/x"), [across("b/y", "a/y", str(n)) for n in range(3)]
    within = [across("a/x", "a/x"), across("a/x", "a/x", "b")]
    told = list(fold([several[0], *within, single, *several[1:]]))
    assert told[:2] == within
    first, other = told[2:]
    assert other == single
    assert first.message == (f"{several[0].message}; these folders have 2 more objects in common")
    assert [also.file for also in first.related] == ["a/y", "b/y", "b/y"]


def test_of_two_folders_a_contradiction_is_told() -> None:
    differs = across("a/x", "b/x", "pool", ", with different values")
    (told,) = fold([across("b/y", "a/y"), differs])
    assert told.message == f"{differs.message}; these folders have 1 more object in common"


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ({"apiVersion": "v1", "kind": "ConfigMap"}, 0),
        ({"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret"}, 0),
        ({"apiVersion": "v1", "kind": "Node"}, 1),
        ({"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "a"}]}}, 1),
        ({"apiVersion": "v1", "kind": "Pod", "spec": {"hostNetwork": True}}, 0),
    ],
)
def test_pools_nodes_services_and_whole_workloads_are_compared(value: Any, count: int) -> None:
    named = {**value, "metadata": {"name": "a"}}
    assert len(found(HN107, stream(named, named))) == count


@pytest.mark.parametrize(
    ("usage", "service_is_apart", "pool_is_apart"),
    [
        (KustomizationUsage((1,), moves=True), True, False),
        (KustomizationUsage((1,), renames=True), True, True),
        (KustomizationUsage(is_left_out=True), True, True),
        (KustomizationUsage((1,)), False, False),
    ],
)
def test_a_namespace_moves_only_what_has_one(
    usage: KustomizationUsage, service_is_apart: bool, pool_is_apart: bool
) -> None:
    for value, is_apart in ((service("a"), service_is_apart), (pool(), pool_is_apart)):
        (context,) = subjects(json.dumps(value))
        (observation,) = collect(replace(context, usage=usage))
        assert observation.value[1:] == (is_apart, usage.roots)


def test_across_files_it_is_a_warning_and_within_each_an_error() -> None:
    sightings = [seen("a.yaml", 1), seen("b.yaml", 5), seen("b.yaml", 9), seen("a.yaml", 7)]
    told = [
        (at.place.file, at.place.line, violation.severity, violation.message)
        for at, violation in finalize(sightings)
    ]
    last = "; the one applied last wins"
    assert told == [
        ("b.yaml", 5, "warning", f"Service/shop/a is already defined at a.yaml:1{last}"),
        ("b.yaml", 9, "error", f"Service/shop/a is already defined in line 5{last}"),
        ("a.yaml", 7, "error", f"Service/shop/a is already defined in line 1{last}"),
    ]


def test_scopes_are_pointed_to_across_files_and_for_pools_that_differ() -> None:
    hints = [violation.hint for _, violation in finalize([seen("a", 1), seen("b", 1)])]
    assert all("`clusters`" in hint for hint in hints)
    assert hints
    (same,) = validated(pool(), pool(version="v1beta1"))
    assert "clusters" not in same.hint
    differing = validated(pool(), pool(type="Cloud"))
    assert ["`clusters`" in finding.hint for finding in differing] == [True]
    assert "with different values" in differing[0].message


# --- HN106 and its fix --------------------------------------------------------------------------


def after_fix(value: Any) -> Any:
    (context,) = subjects(json.dumps(value))
    assert HN106.fix is not None
    return jsonpatch.apply_patch(value, [step.as_dict() for step in HN106.fix(context)])


@pytest.mark.parametrize(
    ("annotations", "wanted"),
    [
        (None, {LABEL: "true"}),
        ({}, {LABEL: "true"}),
        ({"a": "b"}, {"a": "b", LABEL: "true"}),
        ({LABEL: ""}, {LABEL: "true"}),
        ({LABEL: None}, {LABEL: "true"}),
        ({LABEL: True}, {LABEL: "true"}),
    ],
)
def test_a_lost_host_network_is_kept_by_the_annotation(annotations: Any, wanted: Any) -> None:
    metadata = None if annotations is None else {"annotations": annotations}
    lost = pool(version="v1beta1", metadata=metadata, hostNetwork=True)
    assert places(HN106, lost) == ["/spec/hostNetwork"]
    fixed = after_fix(lost)
    assert fixed["metadata"]["annotations"] == wanted
    assert fixed["spec"] == lost["spec"]
    assert places(HN106, fixed) == []


@pytest.mark.parametrize("value", ["false", "no", "yes", False, 5])
def test_an_annotation_that_contradicts_the_field_is_told_and_left(value: Any) -> None:
    lost = pool(version="v1alpha1", metadata=annotated(value), hostNetwork=True)
    assert places(HN106, lost) == ["/spec/hostNetwork"]
    assert after_fix(lost) == lost


@pytest.mark.parametrize(
    "fine",
    [
        pool(hostNetwork=True),
        pool(version="v1beta1"),
        pool(version="v1beta1", hostNetwork=False),
        pool(version="v1beta1", metadata=annotated("TRUE"), hostNetwork=True),
        node({POOL: "p"}),
    ],
)
def test_where_nothing_is_lost_nothing_is_fixed(fine: Any) -> None:
    assert places(HN106, fine) == []
    assert after_fix(fine) == fine


# --- the guard and what cannot be changed -------------------------------------------------------

GUARD = {"key": LABEL, "operator": "NotIn", "values": ["true"]}
OTHER_TERM = {"matchExpressions": [{"key": "kubernetes.io/arch", "operator": "Exists"}]}
GUARDED = {"matchExpressions": [GUARD]}
EXCLUDED = {"apps.openyurt.io/exclude-host-network-pool": "true"}


def pod_with(*terms: Any, annotations: Any = None) -> dict[str, Any]:
    """Return a Pod for nodes that meet one of the `terms`, or for any if there are none."""
    spec: dict[str, Any] = {"affinity": required_affinity(*terms)} if terms else {}
    return pod(annotations=annotations, **spec)


def job(*terms: Any, annotations: Any = None, **metadata: Any) -> dict[str, Any]:
    template = pod_with(*terms, annotations=annotations)
    spec = {"template": {"metadata": template["metadata"], "spec": template["spec"]}}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata or {"name": "j"},
        "spec": spec,
    }


@pytest.mark.parametrize(
    ("old", "new", "is_told"),
    [
        ([], [GUARDED], True),
        ([GUARDED], [], True),
        ([OTHER_TERM], [{"matchExpressions": [*OTHER_TERM["matchExpressions"], GUARD]}], True),
        ([GUARDED, OTHER_TERM], [GUARDED, GUARDED], True),
        ([GUARDED, GUARDED], [GUARDED], False),
        ([GUARDED], [GUARDED], False),
        ([], [OTHER_TERM], False),
        ([], [GUARDED, OTHER_TERM], False),
        ([], [], False),
    ],
)
def test_only_the_guard_of_every_term_is_compared(
    old: list[Any], new: list[Any], is_told: bool
) -> None:
    at = ["/spec/affinity"] if is_told else []
    assert immutable(pod_with(*new), old=[pod_with(*old)]) == at
    at = ["/spec/template/spec/affinity"] if is_told else []
    assert immutable(job(*new), old=[job(*old)]) == at


def test_a_guard_that_transform_would_add_changes_the_template_as_well() -> None:
    planned = pod(annotations=EXCLUDED)
    assert "`hostnet-transform` would add the guard" in message(
        HN416, HOST, planned, old=[HOST, pod()]
    )
    assert immutable(planned) == []
    assert immutable(pod_with(GUARDED, annotations=EXCLUDED), old=[pod_with(GUARDED)]) == []
    assert immutable(pod(containers=[{**CONTAINER, "image": "busybox:2"}]), old=[pod()]) == []


def test_an_annotated_object_that_nobody_touched_is_found_as_without_an_old_state() -> None:
    """A pull request about something else, and the next push, report the same."""
    for one in (pod_with(annotations=EXCLUDED), job(annotations=EXCLUDED)):
        with_old = [found.rule for found in validated(HOST, one, old=[HOST, one])]
        assert with_old == [found.rule for found in validated(HOST, one)] == ["HN426"]
        before = pod_with() if one["kind"] == "Pod" else job()
        assert [found.rule for found in validated(HOST, one, old=[HOST, before])] == ["HN416"]
        assert [found.rule for found in validated(one, old=[before])] == ["HN426"]
        suspended = {**before, "spec": {**before["spec"], "suspend": True}}
        if one["kind"] == "Job":
            assert [f.rule for f in validated(HOST, one, old=[HOST, suspended])] == ["HN426"]


def off(*rules: str) -> dict[str, Any]:
    kind = {"apiVersion": "transform.hostnet.io/v1alpha1", "kind": "HostnetTransform"}
    return {**kind, "spec": {"rules": dict.fromkeys(rules, "off")}}


def test_what_is_left_to_a_rule_that_is_off_is_reported() -> None:
    asks = pod(annotations=EXCLUDED)
    assert ids(HOST, asks, old=[HOST, pod()], config=off("HN416")) == ["HN426"]
    pinned = pod(annotations=EXCLUDED, nodeSelector={"apps.openyurt.io/nodepool": "host"})
    assert "HN404" in ids(HOST, pinned)
    assert "HN426" not in ids(HOST, pinned)
    assert ids(HOST, pinned, config=off("HN404", "HN401")) == ["HN426"]
    labels = {"apps.openyurt.io/nodepool": "host"}
    wrong = node({**labels, LABEL: "false"})
    assert ids(HOST, wrong) == ["HN303"]
    assert ids(HOST, wrong, config=off("HN303")) == ["HN311"]


def test_a_job_that_has_not_started_may_change() -> None:
    waiting, running = job(), job()
    waiting["spec"]["suspend"], running["spec"]["suspend"] = True, False
    assert immutable(job(GUARDED), old=[waiting]) == []
    assert immutable(job(GUARDED), old=[running]) == ["/spec/template/spec/affinity"]


def test_of_an_encrypted_node_it_is_not_said_that_it_lacks_what_could_be_added() -> None:
    encrypted = {**node({POOL: "host"}), "sops": {"mac": "ENC[x]"}}
    assert places(HN311, HOST, encrypted) == []
    assert places(HN311, HOST, node({POOL: "host"})) == [LABELS]
    off = {"rules": {"node-label": False}}
    assert places(HN311, HOST, encrypted, config=off) == [LABELS]


def test_a_job_with_a_generated_name_was_never_there_before() -> None:
    generated = {"generateName": "j"}
    assert immutable(job(GUARDED, **generated), old=[job(**generated)]) == []
    assert immutable(job(GUARDED, **generated), old=[job(name="j")]) == []
    assert immutable(job(GUARDED, name="j"), old=[job(**generated)]) == []


def test_kinds_whose_template_may_change_are_not_told_of() -> None:
    old, new = job(), job(GUARDED)
    for value in (old, new):
        value.update(apiVersion="apps/v1", kind="Deployment")
    assert ids(new, old=[old]) == []
