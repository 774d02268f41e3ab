"""What OpenYurt 1.7 does to nodes, and kinds that it no longer runs: HN108, HN302, HN305-315."""

from typing import Any

import pytest

from tests.builders import POOL, host_pool, node, pool, stream
from transformer import transform, validate
from transformer.findings import Finding

DESIRED = "apps.openyurt.io/desired-nodepool"
EDGE_WORKER = "openyurt.io/is-edge-worker"
DURATION = "node.openyurt.io/autonomy-duration"

EDGE = pool("edge", type="Edge")
HOST = host_pool("host")
CLOUD = pool("cloud", type="Cloud")
POOLS = (EDGE, HOST, CLOUD)


def changed(old: Any, new: Any) -> dict[str, Finding]:
    """The findings by rule, when the labels of a node change from `old` (None: it is new)."""
    before = POOLS if old is None else (*POOLS, node(old))
    state = stream(*POOLS, node(new)).encode()
    return {found.rule: found for found in validate(state, old=stream(*before).encode())}


def alone(labels: Any, *pools: Any) -> list[str]:
    """The rules that report a node in one state."""
    return [found.rule for found in validate(stream(*pools, node(labels)).encode())]


# --- HN306 --------------------------------------------------------------------------------------


@pytest.mark.parametrize("old", [None, {}, {"a": "b"}, {POOL: ""}])
def test_a_node_that_comes_into_an_edge_pool_is_converted(old: Any) -> None:
    message = changed(old, {POOL: "edge"})["HN306"].message
    assert "1 node of edge in this change" in message
    assert "unless it is an edge worker already" in message
    for what in ("cordoned", "privileged Job", "every container is restarted", "stays cordoned"):
        assert what in message


def test_what_is_known_to_be_no_edge_worker_is_not_said_to_depend_on_it() -> None:
    plain = {EDGE_WORKER: "false"}
    message = changed(plain, {POOL: "edge", **plain})["HN306"].message
    assert "unless" not in message
    assert "is no edge worker" in message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({}, {POOL: "cloud"}),
        ({}, {POOL: "edge", EDGE_WORKER: "true"}),
        ({POOL: "edge"}, {POOL: "edge", "a": "b"}),
        ({DESIRED: "edge"}, {POOL: "edge"}),
        ({POOL: "edge"}, {POOL: "host"}),
        ({}, {"a": "b"}),
        ({POOL: "edge", EDGE_WORKER: "true"}, {POOL: "edge"}),
        ({}, {POOL: "${POOL}"}),
    ],
)
def test_a_node_that_is_not_converted_is_not_reported(old: Any, new: Any) -> None:
    assert "HN306" not in changed(old, new)


def test_a_manifest_that_once_called_a_node_in_no_pool_a_worker_proves_nothing() -> None:
    found = changed({EDGE_WORKER: "true"}, {POOL: "edge"})
    assert "unless it is an edge worker already" in found["HN306"].message


def test_each_node_says_how_many_of_its_pool_come_in() -> None:
    old = stream(*POOLS, node({}, "a"), node({POOL: "edge"}, "b"))
    new = stream(
        *POOLS,
        *(node({POOL: "edge"}, name) for name in "abcd"),
        node({POOL: "edge", EDGE_WORKER: "true"}, "e"),
        node({POOL: "host", "nodepool.openyurt.io/hostnetwork": "true"}, "f"),
    )
    told = {
        found.object.name: found.message
        for found in validate(new.encode(), old=old.encode())
        if found.rule == "HN306" and found.object is not None
    }
    assert told.keys() == set("acdf")
    assert all("3 nodes of edge in this change" in told[name] for name in "acd")
    assert "1 node of host in this change" in told["f"]


def test_of_a_pool_that_is_not_in_the_input_only_that_is_reported() -> None:
    assert changed({}, {POOL: "elsewhere"}).keys() == {"HN313"}


@pytest.mark.parametrize(
    ("labels", "rules"),
    [
        ({POOL: "edge", EDGE_WORKER: "false"}, ["HN306"]),
        ({POOL: "edge", EDGE_WORKER: ""}, ["HN306"]),
        ({POOL: "edge", EDGE_WORKER: "true"}, []),
        ({POOL: "edge"}, []),
        ({POOL: "cloud", EDGE_WORKER: "false"}, []),
        ({POOL: "elsewhere", EDGE_WORKER: "false"}, ["HN313"]),
        ({EDGE_WORKER: "false"}, []),
        ({POOL: "edge", EDGE_WORKER: "${WORKER}"}, []),
        ({}, []),
    ],
)
def test_in_one_state_only_a_node_that_says_it_is_no_worker_is_reported(
    labels: Any, rules: list[str]
) -> None:
    assert alone(labels, *POOLS) == rules


@pytest.mark.parametrize(
    ("labels", "rules"),
    [
        ({DESIRED: "edge"}, ["HN306"]),
        ({DESIRED: "edge", EDGE_WORKER: "true"}, []),
        ({DESIRED: "cloud"}, []),
        ({POOL: "edge"}, []),
        ({POOL: "host"}, []),
        ({POOL: "edge", EDGE_WORKER: "false"}, []),
    ],
)
def test_transform_reports_a_node_that_it_brings_into_an_edge_pool(
    labels: Any, rules: list[str]
) -> None:
    result = transform(stream(node(labels)).encode(), pools=stream(*POOLS).encode())
    assert [found.rule for found in result.findings] == rules
    if rules:
        assert "unless it is an edge worker already" in result.findings[0].message


# --- HN302 --------------------------------------------------------------------------------------


def test_a_worker_that_loses_its_pool_is_reverted() -> None:
    found = changed({POOL: "edge", EDGE_WORKER: "true"}, {EDGE_WORKER: "true"})["HN302"]
    for what in ("cordoned", "Job", "YurtHub", "every container is restarted", "stays cordoned"):
        assert what in found.message
    assert "if it is an edge worker" not in found.message
    assert "hostnetwork" not in found.message


def test_whether_a_node_is_a_worker_may_be_unknown() -> None:
    assert "if it is an edge worker" in changed({POOL: "edge"}, {})["HN302"].message
    assert "if it is an edge worker" in changed({POOL: "elsewhere"}, {})["HN302"].message


def test_a_node_of_a_host_network_pool_has_to_be_reset() -> None:
    for worker in ({}, {EDGE_WORKER: "true"}, {EDGE_WORKER: "false"}):
        found = changed({POOL: "host", **worker}, worker)["HN302"]
        assert "hostnetwork label stays" in found.message
        assert "reset" in found.hint
        assert ("cordoned" in found.message) == (worker != {EDGE_WORKER: "false"})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({POOL: "cloud"}, {}),
        ({POOL: "cloud", EDGE_WORKER: "false"}, {EDGE_WORKER: "false"}),
        ({POOL: "edge", EDGE_WORKER: "false"}, {EDGE_WORKER: "false"}),
        ({POOL: "edge"}, {DESIRED: "edge"}),
    ],
)
def test_a_node_that_is_not_reverted_is_not_reported(old: Any, new: Any) -> None:
    assert changed(old, new) == {}


def test_the_older_label_alone_takes_no_node_out_of_its_pool() -> None:
    found = changed({DESIRED: "edge"}, {})["HN302"]
    assert "stays in the pool" in found.message
    assert "cordoned" not in found.message


# --- HN305 --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "severity"),
    [
        (None, "true", "error"),
        ("true", "false", "error"),
        ("true", "", "error"),
        ("false", "true", "error"),
        ("true", None, "warning"),
        ("false", None, "warning"),
    ],
)
def test_a_label_that_is_gone_is_a_warning_and_any_other_change_an_error(
    old: str | None, new: str | None, severity: str
) -> None:
    labels = [{} if value is None else {EDGE_WORKER: value} for value in (old, new)]
    found = changed(*labels)["HN305"]
    assert found.severity == severity
    assert ("last-applied" in found.hint) == (new is None)


def test_the_label_of_a_node_that_is_new_is_no_change() -> None:
    assert "HN305" not in changed(None, {EDGE_WORKER: "true"})


# --- HN315 --------------------------------------------------------------------------------------


def autonomy(**annotations: Any) -> list[tuple[str, str]]:
    """Pointer and severity of what is reported on a node with annotations."""
    keys = {"duration": DURATION, "beta": "node.beta.openyurt.io/autonomy"}
    keys["binding"] = "apps.openyurt.io/binding"
    value = node({}, "n")
    value["metadata"]["annotations"] = {keys[key]: item for key, item in annotations.items()}
    found = validate(stream(value).encode())
    assert {finding.rule for finding in found} <= {"HN315"}
    return [
        (finding.pointer.rpartition("/")[2].rpartition("~1")[2], finding.severity)
        for finding in found
    ]


def test_a_deprecated_key_that_works_is_an_info() -> None:
    assert autonomy(beta="true") == [("autonomy", "info")]
    assert autonomy(binding="true", duration="2h") == [("binding", "info")]


def test_what_has_no_effect_is_a_warning() -> None:
    assert autonomy(duration="2d") == [("autonomy-duration", "warning")]
    assert autonomy(beta="True") == [("autonomy", "warning")]


@pytest.mark.parametrize(
    "annotations",
    [
        {"duration": "2h"},
        {"duration": "-1s"},
        {"duration": "${D}"},
        {"beta": "false"},
        {"beta": ""},
    ],
)
def test_what_openyurt_reads_is_not_reported(annotations: dict[str, str]) -> None:
    assert autonomy(**annotations) == []


def test_a_key_of_autonomy_that_is_a_label_is_reported_at_the_key() -> None:
    (found,) = validate(stream(node({DURATION: "2h"})).encode())
    assert (found.rule, found.severity) == ("HN315", "warning")
    assert "annotation" in found.hint


# --- HN108 --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "kind", "is_reported"),
    [
        ("apps.openyurt.io/v1alpha1", "YurtAppDaemon", True),
        ("apps.openyurt.io/v1alpha1", "YurtAppOverrider", True),
        ("apps.openyurt.io/v1alpha1", "YurtAppSet", False),
        ("example.com/v1", "YurtAppOverrider", False),
    ],
)
def test_kinds_that_openyurt_no_longer_runs_are_errors(
    version: str, kind: str, is_reported: bool
) -> None:
    value = {"apiVersion": version, "kind": kind, "metadata": {"name": "a"}}
    found = [(one.rule, one.severity) for one in validate(stream(value).encode())]
    assert (("HN108", "error") in found) == is_reported
