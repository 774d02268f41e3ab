"""Where pod templates live: every row of the table, and rows of the user's own."""

from typing import Any

import pytest

from transformer import pointer
from transformer.kubernetes.objects import Manifest, manifests
from transformer.kubernetes.pod_template import (
    ROWS,
    PodTemplate,
    PodTemplateRow,
    pod_templates,
    resolve,
    row_from_plain,
    table,
)

TABLE = table(ROWS)
TEMPLATE = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c"}]}}
YURT = ("deploymentTemplate", "statefulSetTemplate")
KRUISE = (*YURT, "advancedStatefulSetTemplate", "cloneSetTemplate")

# apiVersion, kind -> pointers at which a template is found
KINDS: list[tuple[str, str, list[str]]] = [
    ("v1", "PodTemplate", ["/template"]),
    ("v1", "ReplicationController", ["/spec/template"]),
    *(
        (f"{group}/{version}", kind, ["/spec/template"])
        for group, version in (("apps", "v1"), ("apps", "v1beta2"), ("extensions", "v1beta1"))
        for kind in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
    ),
    ("batch/v1", "Job", ["/spec/template"]),
    ("batch/v1", "CronJob", ["/spec/jobTemplate/spec/template"]),
    ("batch/v1beta1", "CronJob", ["/spec/jobTemplate/spec/template"]),
    *(
        (
            "apps.openyurt.io/v1beta1",
            "YurtAppSet",
            [f"/spec/workload/workloadTemplate/{name}/spec/template"],
        )
        for name in YURT
    ),
    *(
        ("apps.openyurt.io/v1alpha1", kind, [f"/spec/workloadTemplate/{name}/spec/template"])
        for name in YURT
        for kind in ("YurtAppSet", "YurtAppDaemon")
    ),
    ("apps.openyurt.io/v1alpha1", "YurtStaticSet", ["/spec/template"]),
    *(
        ("apps.kruise.io/v1alpha1", kind, ["/spec/template"])
        for kind in ("CloneSet", "StatefulSet", "DaemonSet", "BroadcastJob")
    ),
    ("apps.kruise.io/v1beta1", "StatefulSet", ["/spec/template"]),
    *(
        ("apps.kruise.io/v1alpha1", "AdvancedCronJob", [f"/spec/template/{name}/spec/template"])
        for name in ("jobTemplate", "broadcastJobTemplate")
    ),
    *(
        ("apps.kruise.io/v1alpha1", "UnitedDeployment", [f"/spec/template/{name}/spec/template"])
        for name in KRUISE
    ),
    ("argoproj.io/v1alpha1", "Rollout", ["/spec/template"]),
    ("batch.volcano.sh/v1alpha1", "Job", ["/spec/tasks/0/template", "/spec/tasks/1/template"]),
    *(
        ("kubeflow.org/v1", kind, [f"/spec/{specs}/{role}/template" for role in ("Master", "W")])
        for kind, specs in (
            ("PyTorchJob", "pytorchReplicaSpecs"),
            ("TFJob", "tfReplicaSpecs"),
            ("MPIJob", "mpiReplicaSpecs"),
            ("XGBoostJob", "xgbReplicaSpecs"),
        )
    ),
]


def nested(at: str, value: Any, into: Any = None) -> Any:
    """Return a value that holds `value` at the pointer `at`, put into `into` where given."""
    tokens = pointer.split(at)
    if not tokens:
        return value
    token, rest = tokens[0], pointer.join("", *tokens[1:])
    if token.isdecimal():
        items = list(into or [])
        while len(items) <= int(token):
            items.append({})
        items[int(token)] = nested(rest, value, items[int(token)])
        return items
    return {**(into or {}), token: nested(rest, value, (into or {}).get(token))}


def manifest_of(api_version: str, kind: str, *pointers: str) -> Manifest:
    value: Any = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}}
    for at in pointers:
        value = nested(at, TEMPLATE, value)
    (found,) = manifests(value)
    return found


@pytest.mark.parametrize(("api_version", "kind", "pointers"), KINDS)
def test_each_kind_has_its_templates_where_the_table_says(
    api_version: str, kind: str, pointers: list[str]
) -> None:
    found = pod_templates(manifest_of(api_version, kind, *pointers), TABLE)
    assert [template.pointer for template in found] == pointers
    assert [template.value for template in found] == [TEMPLATE] * len(pointers)


def test_the_table_is_covered() -> None:
    kinds = {(api_version.rpartition("/")[0], kind) for api_version, kind, _ in KINDS}
    assert kinds | {("", "Pod")} == set(TABLE)


def test_a_pod_is_its_own_template() -> None:
    (manifest,) = manifests({"apiVersion": "v1", "kind": "Pod", **TEMPLATE})
    (template,) = pod_templates(manifest, TABLE)
    assert template.pointer == ""
    assert template.labels == {"app": "web"}


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("example.com/v1", "Deployment"),
        ("v1", "Deployment"),
        ("apps/v1", "Pod"),
        ("apps/v1", "deployment"),
        ("apps.openyurt.io.example.com/v1alpha1", "YurtAppSet"),
    ],
)
def test_group_and_kind_both_count(api_version: str, kind: str) -> None:
    assert pod_templates(manifest_of(api_version, kind, "/spec/template"), TABLE) == ()


@pytest.mark.parametrize("version", ["v1alpha1", "v1beta1", "v1"])
def test_a_yurt_app_set_is_found_in_either_shape_whatever_its_version(version: str) -> None:
    old, new = (f"/spec/{at}workloadTemplate/{YURT[0]}/spec/template" for at in ("", "workload/"))
    for at in (old, new):
        manifest = manifest_of(f"apps.openyurt.io/{version}", "YurtAppSet", at)
        assert [template.pointer for template in pod_templates(manifest, TABLE)] == [at]


def test_only_a_yurt_static_set_bypasses_the_scheduler() -> None:
    static = [kind for (_, kind), rows in TABLE.items() if any(row.is_static for row in rows)]
    assert static == ["YurtStaticSet"]


def test_a_kind_that_selects_pools_itself_says_where() -> None:
    selecting = {
        (*row.kinds, row.pointer.partition("/{")[0]): (row.pool_names, row.pool_selector)
        for row in ROWS
        if row.pool_names or row.pool_selector
    }
    assert selecting == {
        ("YurtAppSet", "/spec/workload/workloadTemplate"): (
            "/spec/pools/*",
            "/spec/nodepoolSelector",
        ),
        ("YurtAppSet", "/spec/workloadTemplate"): ("/spec/topology/pools/*/name", ""),
        ("YurtAppDaemon", "/spec/workloadTemplate"): ("", "/spec/nodepoolSelector"),
    }


@pytest.mark.parametrize("value", [None, "text", [], 1])
def test_what_is_no_mapping_is_no_template(value: Any) -> None:
    (manifest,) = manifests(
        {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": value}}
    )
    assert pod_templates(manifest, TABLE) == ()


VALUE = {
    "a": {"b/c": 1, "b~d": 2, "bad": 3, "{x}": 4},
    "list": [{"n": 10}, {"n": 11}, "text"],
    "aReplicaSpecs": {"n": 20},
    "bReplicaSpecs": {"n": 21},
    "ReplicaSpecs": {"n": 22},
}


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("", {"": VALUE}),
        ("/a/bad", {"/a/bad": 3}),
        ("/a/b~1c", {"/a/b~1c": 1}),
        ("/a/b~0d", {"/a/b~0d": 2}),
        ("/a/*", {"/a/b~1c": 1, "/a/b~0d": 2, "/a/bad": 3, "/a/{x}": 4}),
        ("/a/b*", {"/a/b~1c": 1, "/a/b~0d": 2, "/a/bad": 3}),
        ("/a/{bad,none}", {"/a/bad": 3}),
        ("/list/*/n", {"/list/0/n": 10, "/list/1/n": 11}),
        ("/list/1/n", {"/list/1/n": 11}),
        ("/list/{n,m}", {}),
        (
            "/*ReplicaSpecs/n",
            {"/aReplicaSpecs/n": 20, "/bReplicaSpecs/n": 21, "/ReplicaSpecs/n": 22},
        ),
        ("/*/n", {"/aReplicaSpecs/n": 20, "/bReplicaSpecs/n": 21, "/ReplicaSpecs/n": 22}),
        ("/replicaspecs/n", {}),
        ("/*replicaSpecs/n", {}),
        ("/none/*", {}),
        ("/a/bad/deeper", {}),
    ],
)
def test_a_pointer_may_hold_globs_and_alternatives(pattern: str, found: dict[str, Any]) -> None:
    assert dict(resolve(VALUE, pattern)) == found


def test_a_row_of_the_configuration_adds_to_the_table() -> None:
    row = row_from_plain(
        {
            "group": "apps",
            "kinds": ["Deployment", "Widget"],
            "pointer": "/spec/pods/*",
            "versions": ["v1"],
            "poolNames": "/spec/pools/*",
            "poolSelector": "/spec/selector",
        }
    )
    assert row == PodTemplateRow(
        "apps",
        ("Deployment", "Widget"),
        "/spec/pods/*",
        ("v1",),
        "/spec/pools/*",
        "/spec/selector",
    )
    rows = table((*ROWS, row))
    widget = manifest_of("apps/v1", "Widget", "/spec/pods/a", "/spec/pods/b")
    assert [found.pointer for found in pod_templates(widget, rows)] == [
        "/spec/pods/a",
        "/spec/pods/b",
    ]
    both = manifest_of("apps/v1", "Deployment", "/spec/template", "/spec/pods/a")
    assert [found.pointer for found in pod_templates(both, rows)] == [
        "/spec/template",
        "/spec/pods/a",
    ]
    other = manifest_of("apps/v2", "Widget", "/spec/pods/a")
    assert pod_templates(other, rows) == ()


def test_a_row_needs_only_kinds_and_a_pointer() -> None:
    assert row_from_plain({"kinds": ["Pod"], "pointer": ""}) == PodTemplateRow("", ("Pod",), "")


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"metadata": None, "spec": None},
        {"metadata": [], "spec": "x"},
        {"metadata": {"labels": 1}},
    ],
)
def test_a_malformed_template_has_nothing(value: dict[str, Any]) -> None:
    template = PodTemplate(value, "")
    assert template.annotations == template.labels == template.spec == {}
