"""The few lines on top of a placement: each workload is counted once."""

from typing import Any

from tests.builders import CONTAINER, host_pool, pool
from tests.placement_runs import report_of
from transformer.kubernetes.well_known import POOL_LABEL as POOL
from transformer.placements import PoolColumn, PoolVerdict, Spot, Workload, WorldPlacement
from transformer.report.placement_summary import changes


def deployment(name: str, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"template": {"spec": {"containers": [CONTAINER], **spec}}},
    }


def summary(*objects: Any) -> list[str]:
    return list(report_of(*objects).worlds[0].summary)


def test_it_says_what_is_missing() -> None:
    assert summary()[0] == "0 workloads, 0 pools"
    assert summary(deployment("web"))[1].startswith("no NodePool in the input")
    assert summary(pool("hz"), deployment("web"))[1].startswith("no host-network pool in the input")


def test_it_does_not_deny_host_network_pools_that_are_not_shown() -> None:
    report = report_of(host_pool("a"), host_pool("b"), pool("c"), deployment("web"), only=["c"])
    assert report.worlds[0].summary == (
        "1 workload, 1 pool",
        "--pool leaves out the host-network pools: a, b",
    )


def test_pools_that_are_alike_share_a_line() -> None:
    lines = summary(host_pool("a"), host_pool("b"), deployment("web"))
    assert lines[0] == "1 workload, 2 pools, 2 of them host-network"
    assert lines[1] == "a, b: 1 workload breaks"


def test_copies_of_one_object_are_one_workload() -> None:
    template = {"spec": {"template": {"spec": {"containers": [CONTAINER]}}}}
    app_set = {
        "apiVersion": "apps.openyurt.io/v1beta1",
        "kind": "YurtAppSet",
        "metadata": {"name": "cameras"},
        "spec": {
            "pools": ["a", "b"],
            "workload": {"workloadTemplate": {"deploymentTemplate": template}},
        },
    }
    lines = summary(host_pool("a"), host_pool("b"), app_set)
    assert lines[0] == "1 workload, 2 pools, 2 of them host-network"
    assert lines[1] == "a, b: 1 workload breaks (by an error)"


def test_pools_with_as_many_but_other_workloads_have_lines_of_their_own() -> None:
    on = [deployment(name, nodeSelector={POOL: name}) for name in ("a", "b")]
    lines = summary(host_pool("a"), host_pool("b"), *on)
    assert lines[1:3] == [
        "a: 1 workload breaks (by an error)",
        "b: 1 workload breaks (by an error)",
    ]


def changed(workloads: dict[str, tuple[str, ...]]) -> list[str]:
    """Return the lines on new workloads, each of which lands on some pools."""
    pools = tuple(dict.fromkeys(pool for names in workloads.values() for pool in names))
    spot = Spot("", "a.yaml", 1, 1)
    new = [
        Workload(
            "Deployment", "apps/v1", "shop", name, "", "/spec/template", spot, "",
            (PoolVerdict(names, "runs"),), is_new=True,
        )
        for name, names in workloads.items()
    ]  # fmt: skip
    return list(changes(WorldPlacement("", tuple(map(PoolColumn, pools)), new)))


def test_a_change_counts_workloads_once_only_where_the_very_same_ones_land() -> None:
    assert changed({"web": ("a",), "api": ("",)}) == [
        "new: 2 workloads",
        "1 workload newly lands on a",
        "1 workload newly lands on nodes in no pool",
    ]
    assert changed({"web": ("a", "b"), "api": ("a", "b")}) == [
        "new: 2 workloads",
        "2 workloads newly land on a, b",
    ]


def test_a_change_of_very_many_pools_takes_few_lines() -> None:
    lines = changed({f"w{n}": (f"p{n}",) for n in range(20)})
    assert lines[-1] == "workloads newly land on 14 further pools, too"
    assert len(lines) == 8
