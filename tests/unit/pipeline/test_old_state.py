"""What is remembered of an old state: enough to compare, and no more."""

from typing import Any

import pytest

from transformer.kubernetes.objects import Manifest, manifests
from transformer.kubernetes.pod_template import ROWS, pod_templates, table
from transformer.kubernetes.pools import pool_of
from transformer.pipeline.old_state import compared_part

BULK = {"x": "y" * 10_000}
AFFINITY: dict[str, Any] = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {}}}
POD_SPEC = {"affinity": AFFINITY, "containers": [BULK], "nodeSelector": BULK}


def read(
    api_version: str, kind: str, metadata: dict[str, Any] | None = None, **rest: Any
) -> Manifest:
    value = {"apiVersion": api_version, "kind": kind, "metadata": metadata or {"name": "a"}, **rest}
    as_list = {"apiVersion": "v1", "kind": "List", "items": [value]}
    (manifest,) = manifests(as_list)
    return manifest


NODE = read(
    "v1",
    "Node",
    {"name": "a", "labels": {"l": "m"}, "annotations": BULK, "managedFields": [BULK]},
    spec=BULK,
    status=BULK,
)
POOL = read(
    "apps.openyurt.io/v1beta1",
    "NodePool",
    {
        "name": "a",
        "labels": {"l": "m"},
        "annotations": {"nodepool.openyurt.io/hostnetwork": "true"},
        "managedFields": [BULK],
    },
    spec={"type": "Cloud", "labels": {"n": "o"}},
    status={"nodes": ["n"], "conditions": [BULK]},
)
POD = read("v1", "Pod", spec=POD_SPEC, status=BULK)
JOB = read("batch/v1", "Job", spec={"template": {"spec": POD_SPEC}, "selector": BULK})


def kept(manifest: Manifest) -> Manifest:
    result = compared_part(manifest)
    assert result is not None
    return result


@pytest.mark.parametrize("manifest", [NODE, POOL, POD, JOB], ids=lambda it: it.ref.kind)
def test_what_is_compared_stays_small_and_knows_what_it_was(manifest: Manifest) -> None:
    small = kept(manifest)
    assert len(repr(small.value)) < 500
    assert (small.ref, small.base) == (manifest.ref, "/items/0")


def test_a_node_keeps_its_labels() -> None:
    assert kept(NODE).labels == {"l": "m"}


def test_a_pool_keeps_what_it_means_and_the_names_of_its_nodes() -> None:
    small = kept(POOL)
    assert pool_of(small) == pool_of(POOL)
    assert pool_of(small).own_labels == pool_of(POOL).own_labels
    assert small.value["status"] == {"nodes": ["n"]}


@pytest.mark.parametrize("manifest", [POD, JOB], ids=lambda it: it.ref.kind)
def test_pods_and_jobs_keep_the_affinity_at_its_place(manifest: Manifest) -> None:
    (template,) = pod_templates(kept(manifest), table(ROWS))
    assert template.spec == {"affinity": AFFINITY}


@pytest.mark.parametrize(
    "manifest",
    [
        read("apps/v1", "Deployment"),
        read("batch/v1", "CronJob"),
        read("batch.volcano.sh/v1alpha1", "Job"),
        read("example.com/v1", "Node"),
        read("example.com/v1", "NodePool"),
        read("metrics.k8s.io/v1", "Pod"),
        read("v1", "Pod", {"generateName": "a-"}),
        read("v1", "Node", {"labels": {}}),
        read("v1", "Node", {"name": ""}),
    ],
)
def test_what_is_never_compared_is_not_kept(manifest: Manifest) -> None:
    assert compared_part(manifest) is None


@pytest.mark.parametrize("rest", [{}, {"spec": None}, {"spec": ["a"]}, {"status": "b"}])
@pytest.mark.parametrize(
    ("api_version", "kind"),
    [("v1", "Node"), ("v1", "Pod"), ("batch/v1", "Job"), ("apps.openyurt.io/v1beta2", "NodePool")],
)
def test_what_is_malformed_is_kept_as_empty(api_version: str, kind: str, rest: Any) -> None:
    small = kept(read(api_version, kind, {"name": "a", "labels": ["l"]}, **rest))
    assert small.labels == {}
