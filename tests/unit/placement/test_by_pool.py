"""The answers for all pools of a cluster: each pool has one, and equal ones are together."""

from typing import Any

from tests.builders import HOST_NETWORK, POOL, host_pool, node, pod, pool, stream, subjects
from transformer.placement.by_pool import Columns, PoolAnswer, Sort, answers, columns_of
from transformer.placements import OTHER_HOSTS

HZ, SH = host_pool("hz"), pool("sh")


def judged(*objects: Any) -> tuple[Columns, tuple[PoolAnswer, ...]]:
    """Return the columns, and the answers for the last of `objects`."""
    *_, context = subjects(stream(*objects))
    columns = columns_of(context.cluster.pools, context.cluster.nodes)
    (placed,) = context.placed
    return columns, answers(placed.schedule, columns)


def by_column(*objects: Any) -> dict[str, str]:
    """Return the answer for each pool, for no pool (``), for others (`*`), and for those of them
    that are host-network pools (`h`).
    """
    columns, found = judged(*objects)
    names = (*columns.names, "", "*", "h")
    masks = [one.columns for one in found]
    assert sum(masks) == columns.every  # each column once
    named = {name: one.answer for one in found for name in one.names}
    numbered = enumerate(names)
    return {
        **{name: one.answer for at, name in numbered for one in found if one.columns >> at & 1},
        **named,
    }


def test_each_pool_has_one_answer() -> None:
    anywhere = by_column(HZ, SH, pod())
    assert anywhere == {"hz": "can", "sh": "can", "": "can", "*": "unknown", "h": "unknown"}
    pinned = by_column(HZ, SH, pod(nodeSelector={POOL: "hz"}))
    assert pinned == {"hz": "can", "sh": "cannot", "": "cannot", "*": "cannot", "h": "cannot"}


def test_pools_that_are_not_in_the_input_are_named_if_the_pods_name_them() -> None:
    found = by_column(HZ, pod(nodeSelector={POOL: "abroad"}))
    others = {"*": "cannot", "h": "cannot"}
    assert found == {"hz": "cannot", "": "cannot", **others, "abroad": "unknown"}


def test_a_pool_that_only_a_node_names_has_a_column() -> None:
    found = by_column(HZ, node({POOL: "abroad"}), pod())
    others = {"*": "unknown", "h": "unknown"}
    assert found == {"hz": "can", "": "can", **others, "abroad": "unknown"}


def test_pods_that_ask_for_the_label_land_on_host_network_pools_that_are_not_in_the_input() -> None:
    found = by_column(SH, pod(nodeSelector={HOST_NETWORK: "true"}))
    assert found == {"sh": "cannot", "": "cannot", "*": "unknown", "h": "can", OTHER_HOSTS: "can"}


def test_guarded_pods_are_kept_off_host_network_pools_that_are_not_in_the_input() -> None:
    guarded = pod(annotations={"apps.openyurt.io/exclude-host-network-pool": "true"})
    assert by_column(SH, guarded) == {"sh": "can", "": "can", "*": "unknown", "h": "kept off"}


def test_definitions_that_differ_leave_open_which_sort_a_pool_is() -> None:
    _, found = judged(HZ, pool("hz"), pod())
    assert [one.sort for one in found if one.columns & 1] == [Sort.EITHER]
    tainted = host_pool("hz", taints=[{"key": "net", "effect": "NoSchedule"}])
    assert by_column(tainted, pool("hz"), pod())["hz"] == "unknown"


def test_labeled_nodes_in_no_pool_count_as_host_network() -> None:
    columns, found = judged(HZ, node({HOST_NETWORK: "true"}), pod())
    (one,) = (one for one in found if one.columns & columns.no_pool)
    assert (one.sort, one.fitting, one.nodes) == (Sort.HOST_NETWORK, 1, 1)
