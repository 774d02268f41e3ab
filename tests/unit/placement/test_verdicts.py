"""The verdict on each workload copy and pool, what decides it, and where that is."""

from typing import Any

import pytest

from tests.builders import (
    CONTAINER,
    HOST_NETWORK,
    POOL,
    host_pool,
    node,
    pod,
    pool,
    stream,
    subjects,
)
from transformer.placement.verdicts import Verdict, verdicts

TAINT = {"key": "net", "value": "host", "effect": "NoSchedule"}
EXCLUDED = {"apps.openyurt.io/exclude-host-network-pool": "true"}
HZ, SH = host_pool("hz"), pool("sh")
IN_HZ: dict[str, Any] = {"nodeSelector": {POOL: "hz"}}
IN_SH: dict[str, Any] = {"nodeSelector": {POOL: "sh"}}
SELECTED = "/spec/nodeSelector/apps.openyurt.io~1nodepool"
ON_HOST: dict[str, Any] = {"hostNetwork": True}


def judged(*objects: Any, level: str = "") -> list[Verdict]:
    """Return the verdicts on the last of `objects`, for the pools `hz` and `sh` and for no pool."""
    *_, context = subjects(stream(*objects))
    return [
        verdict
        for placed in context.placed
        for verdict in verdicts(placed, context.source(placed), ("hz", "sh"), level)
    ]


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({}, ["breaks", "runs", "runs"]),
        (ON_HOST, ["runs", "runs", "runs"]),
        (IN_HZ, ["breaks", "cannot", "cannot"]),
        ({**IN_HZ, **ON_HOST}, ["runs", "cannot", "cannot"]),
        (IN_SH, ["cannot", "runs", "cannot"]),
        ({"annotations": EXCLUDED}, ["kept off", "runs", "runs"]),
        ({"nodeSelector": {"disk": "ssd"}}, ["unknown", "unknown", "unknown"]),
        ({"nodeSelector": {HOST_NETWORK: "true"}}, ["breaks", "cannot", "cannot"]),
    ],
    ids=str,
)
def test_there_is_a_verdict_for_each_pool_and_for_nodes_in_none(
    spec: dict[str, Any], words: list[str]
) -> None:
    found = judged(HZ, SH, pod(**spec))
    assert [one.pool for one in found] == ["hz", "sh", ""]
    assert [one.word for one in found] == words


@pytest.mark.parametrize(
    ("spec", "name", "at"),
    [
        (IN_SH, "NodeAffinity", SELECTED),
        ({"nodeSelector": {"disk": "ssd"}}, "TaintToleration", "/spec/nodeSelector"),
        ({"nodeName": "elsewhere"}, "NodeName", "/spec/nodeName"),
        (
            {"annotations": EXCLUDED},
            "guard",
            "/metadata/annotations/apps.openyurt.io~1exclude-host-network-pool",
        ),
        (
            {"nodeSelector": {HOST_NETWORK: "false"}},
            "guard",
            "/spec/nodeSelector/nodepool.openyurt.io~1hostnetwork",
        ),
        ({}, "TaintToleration", "/spec"),
        ({"tolerations": [{"key": "x"}]}, "TaintToleration", "/spec/tolerations"),
    ],
    ids=str,
)
def test_what_decides_is_named_and_where_it_is(spec: dict[str, Any], name: str, at: str) -> None:
    tainted = host_pool("hz", taints=[TAINT])
    found = judged(tainted, SH, pod(**spec))[0]
    assert (found.filter, found.pointer, found.breaks) == (name, at, ())


@pytest.mark.parametrize(
    ("spec", "level", "found"),
    [
        ({}, "", [("HN420", "")]),
        (IN_HZ, "", [("HN401", SELECTED)]),
        ({**IN_HZ, "hostNetwork": False}, "", [("HN401", "/spec/hostNetwork")]),
        ({**ON_HOST, **IN_HZ}, "privileged", []),
        ({**ON_HOST, **IN_HZ}, "baseline", [("HN421", "/spec/hostNetwork")]),
        (
            {**ON_HOST, **IN_HZ, "dnsPolicy": "ClusterFirstWithHostNet"},
            "",
            [("HN405", "/spec/dnsPolicy")],
        ),
        (
            {
                "containers": [{**CONTAINER, "ports": [{"containerPort": 1, "hostPort": 2}]}],
                **ON_HOST,
            },
            "",
            [("HN410", "/spec/containers/0/ports/0/hostPort")],
        ),
        (
            {"containers": [{**CONTAINER, "ports": [{"containerPort": 1}] * 2}], **ON_HOST},
            "",
            [("HN408", "/spec/containers/0/ports/1")],
        ),
        (
            {"containers": [{**CONTAINER, "ports": [{"containerPort": 1, "hostPort": 1}]}]},
            "restricted",
            [("HN420", ""), ("HN421", "/spec/containers/0/ports/0/hostPort")],
        ),
    ],
    ids=str,
)
def test_what_breaks_pods_is_the_rule_that_reports_it(
    spec: dict[str, Any], level: str, found: list[tuple[str, str]]
) -> None:
    broken = judged(HZ, SH, pod(**spec), level=level)[0].breaks
    assert [(one.rule, one.pointer) for one in broken] == found
    assert all(one.message and one.hint for one in broken)


NO_USERS: dict[str, Any] = {"hostUsers": False}
PORTS = [{"containerPort": 443, "hostPort": 8443}, {"containerPort": 1, "hostPort": 2}]
DIFFERING: dict[str, Any] = {"containers": [{**CONTAINER, "ports": PORTS}]}
BY_NAME: dict[str, Any] = {"containers": [{**CONTAINER, "args": ["http://a.b.svc"]}]}
DNS: dict[str, Any] = {**ON_HOST, "dnsPolicy": "ClusterFirstWithHostNet"}


@pytest.mark.parametrize(
    ("spec", "end"),
    [
        ({}, "run hostnet-transform on it, or set hostNetwork: true"),
        (BY_NAME, "run hostnet-transform on it"),
        (NO_USERS, "or set hostNetwork: true and remove hostUsers"),
        (
            {**DIFFERING, **IN_HZ},
            "set hostNetwork: true and make hostPort 8443 equal to containerPort 443, hostPort 2"
            " equal to containerPort 1, or let them run elsewhere",
        ),
        ({**DNS, **IN_HZ}, "remove dnsPolicy, or set it to Default"),
        (DNS, "without dnsPolicy, the pods on other nodes lose the cluster DNS"),
    ],
    ids=str,
)
def test_the_help_does_no_harm_and_works(spec: dict[str, Any], end: str) -> None:
    (broken,) = judged(HZ, SH, pod(**spec))[0].breaks
    assert broken.hint.endswith(end)


def test_pods_that_the_api_server_refuses_run_nowhere() -> None:
    ports = [{"containerPort": 1, "hostPort": 2}]
    refused = pod(containers=[{**CONTAINER, "ports": ports}], **ON_HOST)
    assert [one.word for one in judged(HZ, SH, refused)] == ["breaks", "breaks", "breaks"]


def test_a_daemon_set_lands_on_every_node_that_fits() -> None:
    daemon_set = {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "d"},
        "spec": {"template": {"spec": {"containers": [CONTAINER]}}},
    }
    (on_host, *others) = judged(HZ, SH, daemon_set)
    assert [one[:2] for one in on_host.breaks] == [("HN411", "/spec/template/spec")]
    assert [one.word for one in others] == ["runs", "runs"]


def test_a_pool_of_unknown_type_has_a_verdict_for_each() -> None:
    words = [one.word for one in judged(HZ, pool("hz"), SH, pod(**IN_HZ))]
    assert words == ["breaks", "runs", "cannot", "cannot"]


def test_a_service_by_name_and_a_stuck_roll_out_break_pods_as_their_rules_say() -> None:
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "d"},
        "spec": {
            "replicas": 2,
            "template": {
                "spec": {
                    **IN_HZ,
                    **ON_HOST,
                    "containers": [
                        {**CONTAINER, "args": ["http://a.b.svc"], "ports": [{"containerPort": 1}]}
                    ],
                }
            },
        },
    }
    *_, context = subjects(stream(HZ, node({POOL: "hz", HOST_NETWORK: "true"}), deployment))
    (placed,) = context.placed
    found = verdicts(placed, context.source(placed), ("hz",), node_count=context.cluster.node_count)
    assert [one.rule for one in next(found).breaks] == ["HN409", "HN422"]
