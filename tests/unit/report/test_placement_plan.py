"""The plan of a roll-out: what a rule can do, what a person has to do, and in which order."""

from typing import Any

import pytest

from tests.builders import CONTAINER, POOL, host_pool, pool
from tests.placement_runs import report_of
from transformer.findings import Unseen
from transformer.report.placement_plan import PlanStep, render, steps

SERVICE = "http://ledger.shop.svc:8080"


def workload(name: str, address: str = "", **spec: Any) -> dict[str, Any]:
    container = {**CONTAINER, "env": [{"name": "LEDGER", "value": address}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"template": {"spec": {"containers": [container], **spec}}},
    }


def plan(*objects: Any) -> dict[str, PlanStep]:
    (world,) = report_of(*objects).worlds
    return {step.title: step for step in steps(world)}


def names(found: dict[str, PlanStep], title: str) -> list[str]:
    return [name.split(" (")[0] + name.split(")")[1] for name in found[title].objects]


BY_RULE = "Keep off, or adapt, the workloads that break"
BY_HAND = "Change by hand what no rule can fix"
NOWHERE = "Give the workloads a place that can be scheduled nowhere"
UNKNOWN = "Decide about the workloads of which it is unknown"


def test_what_a_rule_settles_is_not_for_a_person() -> None:
    found = plan(host_pool("hz"), workload("web"))
    assert names(found, BY_RULE) == ["Deployment/shop/web"]
    assert BY_HAND not in found


def test_what_the_edit_of_a_rule_leaves_is_for_a_person_too() -> None:
    pinned = {POOL: "hz"}
    found = plan(
        host_pool("hz"),
        workload("kiosk", SERVICE, nodeSelector=pinned),
        workload("pay", nodeSelector=pinned, hostNetwork=True, dnsPolicy="ClusterFirstWithHostNet"),
    )
    assert names(found, BY_RULE) == ["Deployment/shop/kiosk"]
    assert names(found, BY_HAND) == ["Deployment/shop/kiosk: HN409", "Deployment/shop/pay: HN405"]


def test_rules_are_in_the_order_of_the_table() -> None:
    containers = [{**CONTAINER, "ports": [{"containerPort": 80}], "args": ["a.b.svc"]}]
    pinned: dict[str, Any] = {
        "nodeSelector": {POOL: "hz"},
        "hostNetwork": True,
        "containers": containers,
    }
    found = plan(host_pool("hz"), workload("a", **pinned), workload("b", **pinned))
    assert names(found, BY_HAND) == [
        "Deployment/shop/a: HN408, HN409",
        "Deployment/shop/b: HN408, HN409",
    ]


def test_what_is_unknown_is_to_be_decided_about_before_nodes_are_added() -> None:
    found = plan(host_pool("hz"), workload("search", nodeSelector={"disk": "ssd"}))
    assert names(found, UNKNOWN) == ["Deployment/shop/search: the node label disk"]
    assert list(found).index(UNKNOWN) < list(found).index(
        "Create NodePool/hz, if new, and add its nodes"
    )


def test_what_no_node_takes_gets_a_step_that_says_what_keeps_it_off() -> None:
    taints = [{"key": "site", "effect": "NoSchedule"}]
    pinned = workload("gateway", nodeSelector={POOL: "hz"}, hostNetwork=True)
    kept_off = workload("web")
    found = plan(host_pool("hz", taints=taints), pinned, kept_off)
    assert names(found, NOWHERE) == ["Deployment/shop/gateway: a taint"]


def test_guards_come_first_and_workloads_for_the_pool_last() -> None:
    kiosk = workload("kiosk", nodeSelector={POOL: "hz"}, hostNetwork=True)
    titles = list(plan(host_pool("hz"), pool("offices"), kiosk))
    assert titles[0] == "Guard the network components, none of which is in the input"
    assert titles[1] == "Check that nothing breaks any more"
    assert titles[-1] == "Roll out the workloads for hz"


ROLL_OUT = "Roll out the workloads for hz"
ALSO = "Decide whether these belong on hz, too"


@pytest.mark.parametrize("only", [(), ("hz",)])
def test_workloads_for_the_pool_are_told_from_those_that_can_merely_land_there(only: Any) -> None:
    pools = host_pool("hz"), pool("offices")
    kiosk = workload("kiosk", nodeSelector={POOL: "hz"}, hostNetwork=True)
    exporter = workload("exporter", hostNetwork=True)
    (world,) = report_of(*pools, kiosk, exporter, only=only).worlds
    found = {step.title: step for step in steps(world)}
    assert names(found, ROLL_OUT) == ["Deployment/shop/kiosk"]
    assert names(found, ALSO) == ["Deployment/shop/exporter"]


def test_for_pods_that_name_a_node_its_manifest_is_missing() -> None:
    found = plan(host_pool("hz"), workload("probe", nodeName="box-1"))
    assert names(found, "Add the manifests of the Nodes that pods name") == [
        "Deployment/shop/probe: the Node that the pods name"
    ]
    assert UNKNOWN not in found


def test_what_is_in_the_cluster_only_gets_the_command_that_patches_it() -> None:
    elsewhere = next(iter(plan(host_pool("hz")).values()))
    assert elsewhere.commands[0].endswith("| hostnet-transform --output kubectl")


def test_a_plan_for_several_pools_says_how_to_plan_for_one() -> None:
    head = "for all 2 host-network pools; --pool NAME plans for one of them\n"
    assert "".join(render(report_of(host_pool("a"), host_pool("b")))).startswith(head)
    assert "--pool" not in "".join(render(report_of(host_pool("a"), pool("b"))))


def test_no_line_of_words_is_longer_than_the_terminal() -> None:
    text = "".join(render(report_of(host_pool("h" * 40), workload("w" * 20))))
    lines = [line for line in text.splitlines() if not line.startswith(("   $", "     "))]
    assert max(map(len, lines)) <= 80


def test_a_step_names_all_of_its_workloads() -> None:
    found = plan(host_pool("hz"), *(workload(f"web-{number}") for number in range(9)))
    assert names(found, BY_RULE) == [f"Deployment/shop/web-{number}" for number in range(9)]
    taints = next(step for title, step in found.items() if title.startswith("Give hz a taint"))
    assert [name.split(" (")[0] for name in taints.objects] == ["NodePool/hz"]


KUSTOMIZATION = Unseen("kustomization", "a", 1, "a", "it is not built")
CHART = Unseen("chart", "c", 1, "c", "it is not rendered")


@pytest.mark.parametrize(
    ("unseen", "options"),
    [
        ((), "--fail-on breaks --fail-on unseen PATH"),
        ((KUSTOMIZATION,), "--fail-on breaks --fail-on unseen --build PATH"),
        ((KUSTOMIZATION._replace(group="failed"),), "--fail-on breaks PATH"),
        ((KUSTOMIZATION, CHART), "--fail-on breaks PATH"),
    ],
)
def test_the_check_fails_on_what_is_not_looked_into_if_all_can_be(
    unseen: tuple[Unseen, ...], options: str
) -> None:
    report = report_of(host_pool("hz"), workload("web"))._replace(unseen=unseen)
    text = "".join(render(report))
    assert f"$ hostnet-transform placement {options}\n" in text
    assert ("use --build" in text) == (KUSTOMIZATION in unseen)
