"""The table of `placement`: it fits, it folds, and it puts trouble first."""

from typing import Any

from tests.builders import CONTAINER, POOL, host_pool, pool
from tests.placement_runs import report_of
from transformer.report.placement_table import render, wide


def deployment(name: str, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"template": {"spec": {"containers": [CONTAINER], **spec}}},
    }


def table(*objects: Any, width: int = 80) -> list[str]:
    text = "".join(render(report_of(*objects), width=width))
    return text.split("\n\n")[1].splitlines()


def test_rows_that_are_alike_are_folded_and_trouble_comes_first() -> None:
    calm = [deployment(f"calm-{number}", hostNetwork=True) for number in range(3)]
    broken = [deployment(f"web-{number}") for number in range(12)]
    pinned = deployment("pinned", nodeSelector={POOL: "hz"})
    assert table(host_pool("hz"), *calm, *broken, pinned) == [
        "WORKLOAD                           hz       no pool  WHY",
        "Deployment/shop/pinned             breaks!  cannot   HN401",
        "Deployment/shop/web-0 and 11 more  breaks   runs     HN420",
        "Deployment/shop/calm-0 and 2 more  runs     runs",
    ]


def test_pools_that_are_alike_share_a_column_if_they_do_not_fit() -> None:
    pools = [host_pool(f"region-{number:02}") for number in range(20)]
    lines = table(*pools, pool("offices"), deployment("web"))
    assert lines[0].split() == ["WORKLOAD", "region-00", "+19", "offices", "no", "pool", "WHY"]
    assert any(line.startswith("region-00 +19: region-00, region-01") for line in lines)


def test_pools_that_fit_in_no_way_are_listed_for_each_row() -> None:
    pools = [host_pool(f"region-{number:02}-of-the-north") for number in range(20)]
    pinned = [
        deployment(f"w{number}", nodeSelector={POOL: f"region-{number:02}-of-the-north"})
        for number in range(20)
    ]
    lines = table(*pools, *pinned)
    assert lines[:2] == ["Deployment/shop/w0", "  breaks!  region-00-of-the-north (HN401)"]


def test_no_line_is_longer_than_the_terminal_unless_a_word_is() -> None:
    pools = [host_pool(f"{'p' * 60}-{number}") for number in range(9)]
    for objects in (pools, [*pools, deployment("w" * 57), deployment("ワ" * 20)]):
        for width in (80, 133):
            text = "".join(render(report_of(*objects), width=width))
            assert max(map(wide, text.splitlines())) <= width


def test_what_no_node_takes_is_trouble_and_counted() -> None:
    tainted = host_pool("hz", taints=[{"key": "site", "effect": "NoSchedule"}])
    pinned = deployment("gateway", nodeSelector={POOL: "hz"}, hostNetwork=True)
    objects = (tainted, *(deployment(f"web-{number}") for number in range(2)), pinned)
    report = report_of(*objects)
    assert "1 workload can be scheduled nowhere" in report.worlds[0].summary
    assert table(*objects) == [
        "WORKLOAD                          hz        no pool  WHY",
        "Deployment/shop/gateway           kept off  cannot   nowhere, taint",
        "Deployment/shop/web-0 and 1 more  kept off  runs     taint",
    ]


def test_a_cordon_does_not_last_and_a_pool_alone_says_nothing_of_others() -> None:
    cordoned = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": "n", "labels": {POOL: "hz"}},
        "spec": {"unschedulable": True},
    }
    pinned = deployment("gateway", nodeSelector={POOL: "hz"}, hostNetwork=True)
    whole = {**host_pool("hz"), "status": {"nodes": ["n"]}}
    assert "nowhere" not in "".join(render(report_of(whole, cordoned, pinned)))
    tainted = host_pool("hz", taints=[{"key": "site", "effect": "NoSchedule"}])
    assert "nowhere" not in "".join(render(report_of(tainted, pinned, only=["hz"])))


def test_a_reason_names_the_places_of_some_and_joins_only_what_the_same_help_is_for() -> None:
    pinned = [deployment(f"p{number}", nodeSelector={POOL: "hz"}) for number in range(7)]
    ports = [{"containerPort": 80, "hostPort": 81}]
    containers = [{**CONTAINER, "ports": ports}]
    other = deployment("other", nodeSelector={POOL: "hz"}, containers=containers)
    text = "".join(render(report_of(host_pool("hz"), *pinned, other)))
    (of_seven, of_other) = (part for part in text.split("\n\n") if part.startswith("error"))
    assert [line.split()[-1] for line in of_seven.splitlines()[1:6]] == [
        f"Deployment/shop/p{number}" for number in range(5)
    ]
    assert of_seven.splitlines()[6] == "  and 2 other workloads"
    assert "Deployment/shop/other" in of_other
    assert "make hostPort 81 equal to containerPort 80" in of_other


def test_what_is_only_noted_is_cut_before_warnings_are() -> None:
    config = {"rules": {"HN409": "info"}}
    noted = [
        deployment(
            f"w{number}", hostNetwork=True, containers=[{**CONTAINER, "args": [f"a{number}.b.svc"]}]
        )
        for number in range(12)
    ]
    dns = deployment("dns", hostNetwork=True, dnsPolicy="ClusterFirstWithHostNet")
    text = "".join(render(report_of(host_pool("hz"), *noted, dns, config=config)))
    first = next(part for part in text.split("\n\n") if "[HN4" in part)
    assert first.startswith("warning[HN405]")
    assert "1 further reason" in text
    assert "(warnings or less)" in text


def test_the_lines_of_a_reason_are_in_line() -> None:
    container = {**CONTAINER, "ports": [{"containerPort": 80}]}
    pinned = {"hostNetwork": True, "containers": [container], "nodeSelector": {POOL: "hz"}}
    both = (deployment("web-of-the-north-and-of-the-south", **pinned), deployment("b", **pinned))
    lines = "".join(render(report_of(host_pool("hz"), *both))).splitlines()
    at = lines.index("warning[HN408] on hz: Deployment/shop/web-of-the-north-and-of-the-south")
    assert lines[at + 1].startswith("  (<stdin>")
