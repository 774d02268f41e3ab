"""Which copies a manifest has, what is in them, and where the user reads it."""

import copy as copying
import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import builders
from tests.oracle import generated_sets
from tests.unit.placement.test_tweak_quirks import POD, app_set, copies_of
from transformer.kubernetes.objects import manifests
from transformer.kubernetes.pod_template import ROWS, pod_templates, table
from transformer.kubernetes.pools import PoolIndex, PoolsNeeded
from transformer.placement.copies import copies
from transformer.placement.go_types import written

BASE = "/spec/workload/workloadTemplate/deploymentTemplate"
TWEAK = "/spec/workload/workloadTweaks/0/tweaks"
TEMPLATE: Any = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [builders.CONTAINER]}}


def workload(kind: str, api_version: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}, "spec": spec}


# other kinds


@pytest.mark.parametrize(
    ("value", "kind", "own"),
    [
        (workload("Deployment", "apps/v1", replicas=2, template=TEMPLATE), "Deployment", 2),
        (workload("DaemonSet", "apps/v1", template=TEMPLATE), "DaemonSet", None),
        (
            workload("CronJob", "batch/v1", jobTemplate={"spec": {"template": TEMPLATE}}),
            "Job",
            None,
        ),
        (workload("Pod", "v1", containers=[builders.CONTAINER]), "Pod", None),
        (
            workload(
                "UnitedDeployment",
                "apps.kruise.io/v1alpha1",
                template={
                    "advancedStatefulSetTemplate": {"spec": {"replicas": 4, "template": TEMPLATE}}
                },
            ),
            "StatefulSet",
            4,
        ),
        ({"apiVersion": "v1", "kind": "PodTemplate", "template": TEMPLATE}, "PodTemplate", None),
    ],
)
def test_a_workload_that_selects_no_pools_is_its_only_copy(
    value: Any, kind: str, own: int | None
) -> None:
    (manifest,) = manifests(value)
    templates = pod_templates(manifest, table(ROWS))
    (copy,) = copies(manifest, templates, PoolIndex())
    assert (copy.template, copy.kind, copy.pool, copy.patched) == (templates[0], kind, "", ())
    assert copy.workload.get("replicas") == own
    assert copy.place(copy.template.pointer) == copy.template.pointer


def test_a_yurt_app_daemon_has_a_copy_for_each_pool_that_its_selector_takes() -> None:
    value = workload(
        "YurtAppDaemon",
        "apps.openyurt.io/v1alpha1",
        nodepoolSelector={"matchLabels": {"a": "1"}},
        workloadTemplate={"deploymentTemplate": {"spec": {"replicas": 1, "template": TEMPLATE}}},
    )
    pools = [
        builders.pool("p", metadata={"labels": {"a": "1"}}),
        builders.pool("q", metadata={"labels": {"a": "2"}}),
        builders.pool("r", metadata={"labels": {"a": "1"}}),
    ]
    found = copies_of(value, *pools)
    assert [(copy.pool, copy.kind, copy.workload["replicas"]) for copy in found] == [
        ("p", "Deployment", 1),
        ("r", "Deployment", 1),
    ]
    assert [copy.template.spec["nodeSelector"][builders.POOL] for copy in found] == ["p", "r"]


# pools


def test_a_set_waits_for_its_pools() -> None:
    (manifest,) = manifests(app_set())
    with pytest.raises(PoolsNeeded):
        copies(manifest, pod_templates(manifest, table(ROWS)), PoolIndex())


def test_a_pool_that_is_not_in_the_input_gets_its_copy_with_the_tweaks_that_name_it() -> None:
    value = app_set(("add", f"{POD}/hostNetwork", True))
    value["spec"]["pools"] = ["hangzhou", "${POOL}", ""]
    tweaks = value["spec"]["workload"]["workloadTweaks"]
    (copy,) = copies_of(value, builders.pool("other"))
    assert copy.pool == "hangzhou"
    assert copy.template.spec["hostNetwork"] is True
    assert copy.is_certain
    tweaks.append({"nodepoolSelector": {"matchLabels": {"a": "1"}}, "tweaks": {"replicas": 9}})
    (copy,) = copies_of(value, builders.pool("other"))
    assert not copy.is_certain
    assert "replicas" not in copy.workload
    tweaks[-1]["nodepoolSelector"] = {}
    (copy,) = copies_of(value, builders.pool("other"))
    assert copy.is_certain
    assert copy.workload["replicas"] == 9


def test_what_a_selector_says_of_a_pool_with_two_definitions_is_not_certain() -> None:
    value = app_set()
    value["spec"]["workload"]["workloadTweaks"] = [
        {"nodepoolSelector": {"matchLabels": {"a": "1"}}, "tweaks": {"replicas": 9}}
    ]
    labels = {"labels": {"a": "1"}}
    twice = [builders.host_pool("hangzhou", metadata=labels), builders.pool("hangzhou")]
    assert [copy.is_certain for copy in copies_of(value, *twice)] == [False]
    assert [copy.workload["replicas"] for copy in copies_of(value, twice[0])] == [9]


@pytest.mark.parametrize(
    ("where", "selector"),
    [("set", {"matchLabels": {"no key": "1"}}), ("tweak", {"matchExpressions": [{"key": "a"}]})],
)
def test_a_selector_that_cannot_be_parsed_lets_no_copy_be_made(where: str, selector: Any) -> None:
    value = app_set()
    if where == "set":
        value["spec"]["nodepoolSelector"] = selector
    else:
        value["spec"]["workload"]["workloadTweaks"] = [{"nodepoolSelector": selector, "tweaks": {}}]
    (copy,) = copies_of(value)
    assert copy.failure is not None
    assert copy.failure.pointer.endswith("/nodepoolSelector")


def test_a_set_of_v1alpha1_is_converted() -> None:
    def pool(name: str, **more: Any) -> Any:
        requirement = {"key": builders.POOL, "operator": "In", "values": [name]}
        return {"name": "x", "nodeSelectorTerm": {"matchExpressions": [requirement]}, **more}

    value = workload(
        "YurtAppSet",
        "apps.openyurt.io/v1alpha1",
        topology={"pools": [pool("hangzhou", replicas=3, patch={"spec": 1}), pool("shanghai")]},
        workloadTemplate={"deploymentTemplate": {"spec": {"replicas": 1, "template": TEMPLATE}}},
    )
    found = copies_of(value)
    assert [(copy.pool, copy.workload["replicas"]) for copy in found] == [
        ("hangzhou", 3),
        ("shanghai", 1),
    ]
    assert found[0].place("/spec/workloadTemplate/deploymentTemplate/spec/replicas") == (
        "/spec/topology/pools/0/replicas"
    )
    value["spec"]["topology"]["pools"][1].pop("nodeSelectorTerm")
    assert all(copy.failure for copy in copies_of(value))


# placeholders


@pytest.mark.parametrize(
    "patch",
    [("add", "${PATH}", 1), ("${OPERATION}", f"{POD}/hostNetwork", True)],
)
def test_what_a_placeholder_makes_unknown_is_left_out(patch: Any) -> None:
    (copy,) = copies_of(app_set(patch, ("add", f"{POD}/hostPID", True)))
    assert copy.failure is None
    assert not copy.is_certain
    assert copy.template.spec["hostPID"] is True
    assert "hostNetwork" not in copy.template.spec


def test_a_patch_below_a_placeholder_is_not_known() -> None:
    spec = {**TEMPLATE["spec"], "affinity": "${AFFINITY}", "hostNetwork": "${HOST}"}
    owner = {"template": {**TEMPLATE, "spec": spec}}
    (copy,) = copies_of(app_set(("add", f"{POD}/affinity/nodeAffinity", {}), owner=owner))
    assert copy.failure is None
    assert not copy.is_certain
    assert copy.template.spec["affinity"] == "${AFFINITY}"
    assert copy.template.spec["hostNetwork"] == "${HOST}"


def test_a_placeholder_as_the_value_of_a_patch_stays_one() -> None:
    (copy,) = copies_of(app_set(("add", f"{POD}/hostNetwork", "${HOST_NETWORK}")))
    assert copy.failure is None
    assert copy.template.spec["hostNetwork"] == "${HOST_NETWORK}"


# places


@pytest.mark.parametrize(
    ("at", "place"),
    [
        (f"{BASE}{POD}/hostNetwork", f"{TWEAK}/patches/0/value"),
        (f"{BASE}{POD}/dnsPolicy", f"{BASE}{POD}/dnsPolicy"),
        (f"{BASE}{POD}/hostPID", f"{BASE}{POD}"),
        (f"{BASE}{POD}/tolerations/0", f"{TWEAK}/patches/1/value"),
        (f"{BASE}{POD}/tolerations/0/key", f"{TWEAK}/patches/1/value/key"),
        (f"{BASE}{POD}/tolerations/0/effect", f"{TWEAK}/patches/1/value"),
        (f"{BASE}{POD}/tolerations/0/operator", f"{BASE}{POD}/tolerations/0/operator"),
        (f"{BASE}{POD}/tolerations/1/key", f"{BASE}{POD}/tolerations/0/key"),
        (f"{BASE}{POD}/tolerations/1/value", f"{BASE}{POD}/tolerations/1/value"),
        (f"{BASE}{POD}/tolerations/2/key", f"{BASE}{POD}/tolerations/1/key"),
        (f"{BASE}{POD}/containers/0/image", f"{TWEAK}/containerImages/0/targetImage"),
        (f"{BASE}{POD}/containers/1/image", f"{BASE}{POD}/containers/1/image"),
        (f"{BASE}/spec/replicas", f"{TWEAK}/replicas"),
        (f"{BASE}{POD}/nodeSelector/zone", f"{TWEAK}/patches/2/value/zone"),
        (f"{BASE}{POD}/nodeSelector/disk", f"{BASE}{POD}/nodeSelector/disk"),
        (f"{BASE}{POD}/nodeSelector/apps.openyurt.io~1nodepool", f"{BASE}{POD}/nodeSelector"),
    ],
)
def test_the_place_of_a_value_is_where_it_is_written(at: str, place: str) -> None:
    value = app_set(
        ("add", f"{POD}/HostNetwork", True),
        ("add", f"{POD}/tolerations/0", {"key": "new"}),
        ("replace", f"{POD}/nodeSelector", {"zone": "z"}),
        replicas=3,
        containerImages=[{"name": "a", "targetImage": "a:2"}],
    )
    (copy,) = copies_of(value)
    assert copy.place(at) == place


def test_without_patches_replicas_and_images_have_their_places_too() -> None:
    images = [{"name": "a", "targetImage": "a:2"}]
    (copy,) = copies_of(app_set(replicas=0, containerImages=images))
    assert copy.workload["replicas"] == 0
    assert copy.place(f"{BASE}/spec/replicas") == f"{TWEAK}/replicas"
    assert copy.place(f"{BASE}{POD}/containers/0/image") == (
        f"{TWEAK}/containerImages/0/targetImage"
    )


# what holds for any set


def random_set(seed: int) -> Any:
    return generated_sets.copies(random.Random(seed), "any")["set"]


@given(st.integers(0, 10**9))
def test_making_copies_changes_nothing(seed: int) -> None:
    value = random_set(seed)
    before = copying.deepcopy(value)
    copies_of(value)
    assert value == before


@given(st.integers(0, 10**9))
def test_a_copy_without_tweaks_shares_what_is_in_the_template(seed: int) -> None:
    value = random_set(seed)
    value["spec"].get("workload", {}).pop("workloadTweaks", None)
    for copy in copies_of(value):
        (field,) = {"Deployment": ["deploymentTemplate"], "StatefulSet": ["statefulSetTemplate"]}[
            copy.kind
        ]
        templates = value["spec"].get("workload", value["spec"])["workloadTemplate"]
        spec = templates[field]["spec"]["template"]["spec"]
        assert all(copy.template.spec[key] is spec[key] for key in spec if key != "nodeSelector")


@given(st.integers(0, 10**9))
def test_every_place_exists(seed: int) -> None:
    value = random_set(seed)
    for copy in copies_of(value):
        for at, _ in copy.patched:
            place, found = copy.place(at), value
            for token in place.split("/")[1:]:
                key = token.replace("~1", "/").replace("~0", "~")
                found = found[int(key)] if isinstance(found, list) else found[key]


@given(st.integers(0, 10**9))
def test_what_is_written_once_is_written_the_same_again(seed: int) -> None:
    for copy in copies_of(random_set(seed)):
        once = written(f"{copy.kind}Spec", copy.workload)
        assert written(f"{copy.kind}Spec", json.loads(json.dumps(once))) == once


_ODD = st.recursive(
    st.sampled_from([None, True, 1, 1.5, "x", "${X}", "/spec", f"{POD}/hostNetwork", "add"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["pools", "tweaks", "patches", "path", "value", "operation", "name"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(_ODD, st.sampled_from(["pools", "nodepoolSelector", "tweaks", "patches", "patch"]))
def test_nothing_in_a_tweak_is_too_odd_to_be_looked_at(odd: Any, where: str) -> None:
    value = app_set(("add", f"{POD}/hostNetwork", True))
    (tweak,) = value["spec"]["workload"]["workloadTweaks"]
    if where == "patches":
        tweak["tweaks"][where] = odd
    elif where == "patch":
        tweak["tweaks"]["patches"][0] = odd
    else:
        tweak[where] = odd
    assert [copy.pool for copy in copies_of(value)] == ["hangzhou"]


@pytest.mark.parametrize("at", ["/spec", "/spec/template", POD, "/spec/selector", "/metadata"])
def test_a_placeholder_for_what_holds_the_template_leaves_it_as_it_was(at: str) -> None:
    (copy,) = copies_of(app_set(("replace", at, "${ALL}")))
    assert copy.failure is None
    assert copy.workload["template"]


@pytest.mark.parametrize("selector", ["${ALL}", {"matchLabels": {"region": "${REGION}"}}])
def test_a_selector_with_a_placeholder_is_not_known(selector: Any) -> None:
    value = app_set()
    tweak = {"nodepoolSelector": selector, "tweaks": {"replicas": 7}}
    value["spec"]["workload"]["workloadTweaks"] = [tweak]
    value["spec"]["nodepoolSelector"] = selector
    (copy,) = copies_of(value)
    assert copy.failure is None
    assert not copy.is_certain
    assert "replicas" not in copy.workload
