"""Which pools are host-network, and the index of them."""

from typing import Any

import pytest

from transformer.kubernetes.objects import manifests
from transformer.kubernetes.pools import Pool, PoolIndex, PoolsNeeded, is_pool, pool_of

ANNOTATION = "nodepool.openyurt.io/hostnetwork"


def read(version: str, spec: Any = None, annotation: Any = None) -> Pool:
    metadata: dict[str, Any] = {"name": "hangzhou"}
    if annotation is not None:
        metadata["annotations"] = {ANNOTATION: annotation}
    value = {"apiVersion": version, "kind": "NodePool", "metadata": metadata, "spec": spec}
    (manifest,) = manifests(value)
    assert is_pool(manifest)
    return pool_of(manifest)


@pytest.mark.parametrize(
    ("version", "spec", "annotation", "is_host_network", "is_lost"),
    [
        ("v1beta2", {"hostNetwork": True}, None, True, False),
        ("v1beta2", {"hostNetwork": False}, None, False, False),
        ("v1beta2", {}, None, False, False),
        ("v1beta2", None, None, False, False),
        ("v1beta2", {"hostNetwork": "true"}, None, False, False),
        ("v1beta2", {}, "true", False, False),
        ("v1beta2", {"hostNetwork": False}, "true", False, False),
        ("v1beta1", {}, "true", True, False),
        ("v1beta1", None, "True", True, False),
        ("v1beta1", {"hostNetwork": False}, "TRUE", True, False),
        ("v1beta1", {"hostNetwork": True}, "tRuE", True, False),
        ("v1beta1", {"hostNetwork": True}, None, False, True),
        ("v1beta1", {"hostNetwork": True}, "false", False, True),
        ("v1beta1", {"hostNetwork": True}, "yes", False, True),
        ("v1beta1", {}, True, False, False),
        ("v1beta1", {}, " true", False, False),
        ("v1beta1", {}, None, False, False),
        ("v1alpha1", {}, "true", True, False),
        ("v1alpha1", {"hostNetwork": True}, None, False, True),
    ],
)
def test_what_the_cluster_will_make_of_a_pool(
    version: str, spec: Any, annotation: Any, is_host_network: bool, is_lost: bool
) -> None:
    pool = read(f"apps.openyurt.io/{version}", spec, annotation)
    assert (pool.host_network, pool.loses_host_network) == (is_host_network, is_lost)


def test_a_pool_has_what_it_puts_on_its_nodes() -> None:
    taints = [{"key": "a", "effect": "NoSchedule"}, "text"]
    spec = {"labels": {"a": "b"}, "annotations": {"c": "d"}, "taints": taints}
    pool = read("apps.openyurt.io/v1beta2", spec)
    assert pool.for_nodes == Pool(
        "hangzhou",
        False,
        labels={"a": "b"},
        annotations={"c": "d"},
        taints=({"key": "a", "effect": "NoSchedule"},),
    )


@pytest.mark.parametrize("spec", [None, {"labels": None, "annotations": [], "taints": {}}])
def test_a_pool_may_put_nothing_on_its_nodes(spec: Any) -> None:
    assert read("apps.openyurt.io/v1beta2", spec).for_nodes == Pool("hangzhou", False)


@pytest.mark.parametrize("version", ["karpenter.sh/v1", "v1", "apps.openyurt.io.example.com/v1"])
def test_the_node_pools_of_others_are_none(version: str) -> None:
    (manifest,) = manifests({"apiVersion": version, "kind": "NodePool"})
    assert not is_pool(manifest)


def test_the_index_finds_a_pool_by_name() -> None:
    pool = Pool("a", True)
    index = PoolIndex([pool], complete=True)
    assert index.find("a") == pool
    assert index.find("b") is None


def test_an_unknown_pool_is_asked_for_while_more_may_come() -> None:
    index = PoolIndex([Pool("a", True)])
    assert index.find("a") == Pool("a", True)
    with pytest.raises(PoolsNeeded):
        index.find("b")
    index.complete = True
    assert index.find("b") is None


def test_the_same_pool_may_come_again() -> None:
    index = PoolIndex([Pool("a", True), Pool("a", True)], complete=True)
    assert index.find("a") == Pool("a", True)
    assert not index.is_ambiguous("a")


@pytest.mark.parametrize("other", [Pool("a", False), Pool("a", True, True)])
def test_pools_of_one_name_that_differ_in_host_network_decide_nothing(other: Pool) -> None:
    index = PoolIndex([Pool("a", True)], complete=True)
    assert index.add(other), "the contradiction is told once"
    assert not index.add(Pool("a", True))
    assert index.is_ambiguous("a")
    assert index.find("a") is None


def test_pools_of_one_name_that_differ_in_labels_still_say_host_network() -> None:
    index = PoolIndex([Pool("a", True), Pool("a", True, labels={"b": "c"})], complete=True)
    assert index.find("a") == Pool("a", True)
    assert not index.is_ambiguous("a")
    assert index.differs("a")
