"""Patches that fail, and patches that change nothing."""

from typing import Any

import pytest

from tests.oracle.generated_sets import WORLD
from tests.unit.placement.test_tweak_quirks import POD, app_set
from transformer.kubernetes.objects import manifests
from transformer.kubernetes.pod_template import ROWS, pod_templates, table
from transformer.kubernetes.pools import PoolIndex, pool_of
from transformer.placement.effects import problems_of
from transformer.placement.yurt_app_set import yurt_app_set

PATCH = "/spec/workload/workloadTweaks/0/tweaks/patches/0"


def told(value: Any) -> list[tuple[str, str, str, list[str]]]:
    """Return place, effect, hint and pools of each problem."""
    (manifest,) = manifests(value)
    source = yurt_app_set(manifest, pod_templates(manifest, table(ROWS)))
    assert source is not None
    pools = (pool_of(one) for value in WORLD for one in manifests(value))
    found = problems_of(source, manifest.ref, PoolIndex(pools, complete=True))
    return [
        (problem.pointer, problem.effect, problem.hint, names) for problem, names in found.items()
    ]


@pytest.mark.parametrize(
    ("patch", "at", "hint"),
    [
        (("remove", f"{POD}/dnsPolicy"), "", 'replace it with an empty text ("")'),
        (("remove", f"{POD}/containers/1/tty"), "", "replace it with false"),
        (("remove", f"{POD}/securityContext"), "", "to remove it, replace it with the value null"),
        (("remove", f"{POD}/tolerations"), "", "to remove it, replace it with the value null"),
        (("remove", f"{POD}/containers/1/resources"), "", "replace its fields one by one"),
        (("remove", f"{POD}/nodeSelector/disk"), "", "a key cannot be taken away"),
        (("replace", f"{POD}/dnsPolicy"), "", "give it a value"),
        (("replace", f"{POD}/dnsPolicy", None), "", "give it a value"),
        (("add", f"{POD}/volumes"), "", "give it a value"),
        (("add", f"{POD}/hostNetwrok", True), "/path", "correct the path"),
        (("add", "x", 1), "/path", "correct the patch"),
        (("add", "x/y", 1), "/path", "correct the path"),
        (("replace", f"{POD}/nodeSelector", {}), "/value", "a key cannot be taken away"),
        (("replace", f"{POD}/securityContext", {"fsGroup": 8}), "/value", "give what is to go"),
    ],
)
def test_a_patch_that_changes_nothing_is_told_with_what_to_write(
    patch: Any, at: str, hint: str
) -> None:
    ((pointer, effect, advice, names),) = told(app_set(patch))
    assert pointer == PATCH + at
    assert effect == ("refused" if patch[1] == "x" else "idle")
    assert advice.startswith(hint)
    assert names == ["hangzhou"]


@pytest.mark.parametrize(
    "patch",
    [
        ("replace", f"{POD}/dnsPolicy", "Default"),
        ("replace", f"{POD}/dnsPolicy", "ClusterFirst"),
        ("add", f"{POD}/hostNetwork", False),
        ("add", f"{POD}/volumes", None),
        ("remove", "/spec/strategy"),
        ("remove", f"{POD}/tolerations/0"),
        ("replace", f"{POD}/securityContext", None),
        ("add", f"{POD}/nodeSelector/disk", "ssd"),
        ("add", f"{POD}/HOSTNETWORK", True),
        ("add", "${PATH}", True),
    ],
)
def test_a_patch_that_does_what_it_says_or_says_what_is_so_is_not_told(patch: Any) -> None:
    assert told(app_set(patch)) == []


def test_only_the_first_patch_that_fails_is_told() -> None:
    patches = [("remove", f"{POD}/dnsPolicy"), ("remove", f"{POD}/a"), ("remove", f"{POD}/b")]
    assert [(at[-9:], effect) for at, effect, _, _ in told(app_set(*patches))] == [
        ("es/1/path", "refused"),
        ("patches/0", "idle"),
    ]


def test_what_fails_together_only_concerns_the_pools_that_get_both() -> None:
    value = app_set(("replace", f"{POD}/securityContext", None))
    value["spec"]["pools"] = ["shanghai", "hangzhou"]
    tweaks = value["spec"]["workload"]["workloadTweaks"]
    patch = {"operation": "replace", "path": f"{POD}/securityContext/fsGroup", "value": 1}
    tweaks.append({"pools": ["shanghai", "hangzhou"], "tweaks": {"patches": [patch]}})
    place = "/spec/workload/workloadTweaks/1/tweaks/patches/0/path"
    assert [(at, effect, names) for at, effect, _, names in told(value)] == [
        (place, "fails", ["hangzhou"])
    ]


def test_pools_with_the_same_tweaks_are_told_together() -> None:
    value = app_set(("remove", f"{POD}/dnsPolicy"))
    names = ["shanghai", "hangzhou", "nowhere"]
    value["spec"]["pools"] = names
    value["spec"]["workload"]["workloadTweaks"][0]["pools"] = names
    assert [found for _, _, _, found in told(value)] == [names]
