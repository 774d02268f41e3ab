"""`placement` in random worlds: every format shows the verdicts of the model."""

import json
from collections import defaultdict
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.builders import CONTAINER, POOL, host_pool, node, stream, subjects
from tests.integration.cli_runs import invoke
from tests.placement_pages import in_page
from tests.placement_runs import in_json, in_markdown, in_table, report_of
from tests.property.test_scheduling_property import SPECS, TAINTS
from transformer.config.package_data import schemas
from transformer.placement.verdicts import verdicts
from transformer.placements import OTHER_HOSTS, OTHER_POOLS
from transformer.report import placement_json, placement_markdown, placement_table

SCHEMA = Draft202012Validator(schemas()["placement"])
NAMES = ("p", "q", "r")
BY_OTHERS = {"HN408", "HN409"}
"""Rules that find something in several objects, which the verdict on one does not have."""

_pools = st.lists(
    st.builds(
        lambda name, host, taints: {
            "apiVersion": "apps.openyurt.io/v1beta2",
            "kind": "NodePool",
            "metadata": {"name": name},
            "spec": {"type": "Edge", "hostNetwork": host, "taints": taints},
        },
        st.sampled_from(NAMES),
        st.booleans(),
        st.lists(st.sampled_from(TAINTS), max_size=1),
    ),
    max_size=3,
    unique_by=lambda pool: str(cast(Any, pool)["metadata"]["name"]),
)
_nodes = st.lists(
    st.builds(
        lambda name, labels: node(labels, name),
        st.sampled_from(("n1", "n2")),
        st.fixed_dictionaries(
            {},
            optional={
                "apps.openyurt.io/nodepool": st.sampled_from(NAMES),
                "zone": st.sampled_from(("a", "b")),
            },
        ),
    ),
    max_size=2,
    unique_by=lambda one: str(one["metadata"]["name"]),
)
_containers = st.fixed_dictionaries(
    {},
    optional={
        "ports": st.just([{"containerPort": 80}]),
        "args": st.sampled_from((["http://web"], ["--to=db.shop.svc"])),
    },
).map(lambda found: [{**CONTAINER, **found}])
_more = st.fixed_dictionaries(
    {"containers": _containers},
    optional={
        "hostNetwork": st.booleans(),
        "dnsPolicy": st.just("ClusterFirstWithHostNet"),
    },
)
_annotated = st.sampled_from(
    ({}, {}, {"annotations": {"apps.openyurt.io/exclude-host-network-pool": "true"}})
)


def workload(kind: str, spec: Any, more: Any, metadata: Any, ignored: Any) -> dict[str, Any]:
    """Return a workload without a name."""
    pods = {"metadata": metadata, "spec": {**spec, **more}}
    app_set = {
        "pools": ["p", "q"],
        "workload": {"workloadTemplate": {"deploymentTemplate": {"spec": {"template": pods}}}},
    }
    is_set = kind == "YurtAppSet"
    return {
        "apiVersion": "apps.openyurt.io/v1beta1" if is_set else "apps/v1",
        "kind": kind,
        "metadata": {"annotations": ignored} if ignored else {},
        "spec": app_set if is_set else {"template": pods},
    }


_kinds = st.sampled_from(("Deployment", "Deployment", "DaemonSet", "YurtAppSet"))
_ignored = st.sampled_from(({}, {"transform.hostnet.io/ignore": "HN401,HN405,HN408,HN420"}))
_workloads = st.lists(st.builds(workload, _kinds, SPECS, _more, _annotated, _ignored), max_size=4)
SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {}}


@settings(max_examples=60)
@given(_pools, _nodes, _workloads)
def test_every_format_shows_the_verdicts_of_the_model(
    pools: list[Any], nodes: list[Any], workloads: list[Any]
) -> None:
    for number, one in enumerate(workloads):
        one["metadata"]["name"] = f"w{number}"
    objects = [*pools, *nodes, SERVICE, *workloads]
    report = report_of(*objects, shows_after=True)
    found = json.loads("".join(placement_json.render(report)))
    SCHEMA.validate(found)
    assert_as_in_the_model(objects, found)

    plain = report._replace(shows_after=False)
    names = [pool["name"] for pool in found["pools"]]
    if not found["workloads"]:
        return
    wanted = in_json(found["workloads"], names)
    shown, counts = in_table("".join(placement_table.render(plain, width=900)))
    order = [names.index("" if name == "no pool" else name) for name in shown]
    assert counts == {tuple(cells[at] for at in order): n for cells, n in wanted.items()}
    assert in_markdown("".join(placement_markdown.render(plain))) == (shown, counts)
    on_page, counts = in_page(found)
    order = [names.index(name) for name in on_page]
    assert counts == {tuple(cells[at] for at in order): n for cells, n in wanted.items()}
    assert plain.worlds[0].summary[0].startswith(f"{sum(wanted.values())} workload")


_WITH_PORT = [{**CONTAINER, "ports": [{"containerPort": 80}]}]
_crowded = st.lists(
    st.builds(
        workload,
        st.sampled_from(("Deployment", "DaemonSet")),
        st.just({"nodeSelector": {POOL: "p"}}),
        _more.map(lambda more: {**more, "containers": _WITH_PORT}),
        _annotated,
        st.just({}),
    ),
    min_size=2,
    max_size=4,
)


@settings(max_examples=60)
@given(st.one_of(_pools, st.just([host_pool("p")])), st.one_of(_workloads, _crowded))
def test_verdicts_after_the_edits_are_those_of_a_run_on_what_was_edited(
    pools: list[Any], workloads: list[Any]
) -> None:
    for number, one in enumerate(workloads):
        one["metadata"]["name"] = f"w{number}"
    data = stream(*pools, SERVICE, *workloads).encode()
    enabled = ("--enable", "host-network-pods", "--enable", "keep-off")
    edited = invoke(*enabled, "-", stdin=data)
    shown, again = (
        json.loads(invoke("placement", "--format", "json", *more, *enabled, stdin=given).out)
        for given, more in ((data, ("--before-after",)), (edited.out, ()))
    )
    for one, other in zip(shown["workloads"], again["workloads"], strict=True):
        after = {**outcomes(one["verdicts"]), **outcomes(one["after"])}
        found = outcomes(other["verdicts"])
        for name in (OTHER_POOLS, OTHER_HOSTS):  # they are listed only where they matter
            if name not in after or name not in found:
                after.pop(name, None)
                found.pop(name, None)
        assert after == found, one["name"]


def outcomes(verdicts: Any) -> dict[str, tuple[str, list[str]]]:
    """Return the verdict in each pool, and the rules of its reasons."""
    return {
        pool: (one["verdict"], sorted({reason["rule"] for reason in one["reasons"]}))
        for one in verdicts
        for pool in one["pools"]
    }


def assert_as_in_the_model(objects: list[Any], found: Any) -> None:
    """Compare the JSON report with what the model says of each copy and pool."""
    shown: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    for one in found["workloads"]:
        for verdict in one["verdicts"]:
            for pool in verdict["pools"]:
                shown[(one["name"], one["pool"])][pool] = verdict
    pools = [one["name"] for one in found["pools"] if one["known"] and one["name"]]
    count = 0
    for context in subjects(stream(*objects)):
        for placed in context.placed:
            count += 1
            cells = shown[(context.manifest.ref.name, placed.copy.pool)]
            source = context.source(placed)
            of_model = list(verdicts(placed, source, pools, node_count=context.cluster.node_count))
            for one in of_model:
                if sum(other.pool == one.pool for other in of_model) > 1:
                    continue  # nodes of both types in no pool
                cell = cells[one.pool]
                added = {reason["rule"] for reason in cell["reasons"]} & BY_OTHERS
                if not (one.word == "runs" and added):
                    assert cell["verdict"] == one.word
                rules = {each.rule for each in one.breaks}
                assert rules - BY_OTHERS == {r["rule"] for r in cell["reasons"]} - BY_OTHERS
                assert cell["decidedBy"] == (one.filter if one.word != "runs" else "")
    assert count == len(found["workloads"])
