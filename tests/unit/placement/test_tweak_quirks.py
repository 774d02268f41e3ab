"""What patches of a YurtAppSet do as OpenYurt applies them, a row a case.

The oracle is asked the same (`tests/oracle/handmade.py`), so each row is what OpenYurt's code says.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from tests import builders
from tests.oracle.generated_sets import WORLD
from transformer.kubernetes.objects import manifests
from transformer.kubernetes.pod_template import ROWS, pod_templates, table
from transformer.kubernetes.pools import PoolIndex, pool_of
from transformer.placement.copies import WorkloadCopy, copies

ABSENT = object()
POD = "/spec/template/spec"

_CONTAINERS = [
    {"name": "a", "image": "a:1", "args": ["-v", "-x"], "env": [{"name": "A", "value": "1"}]},
    {"name": "b", "image": "b:1", "tty": True, "resources": {"limits": {"cpu": "1"}}},
]
_SPEC = {
    "containers": _CONTAINERS,
    "nodeSelector": {"disk": "ssd"},
    "dnsPolicy": "Default",
    "securityContext": {"runAsUser": 7, "fsGroup": 8},
    "tolerations": [{"key": "a", "operator": "Exists"}, {"key": "b", "value": "1"}],
}


def app_set(*patches: Any, kind: str = "Deployment", owner: Any = None, **tweaks: Any) -> Any:
    """Return a YurtAppSet over hangzhou whose tweak has `patches`: operation, path, and a value."""
    fields = ("operation", "path", "value")
    listed = [dict(zip(fields, patch, strict=False)) for patch in patches]
    spec = {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": _SPEC},
        **(owner or {}),
    }
    field = kind[0].lower() + kind[1:] + "Template"
    tweak = {"pools": ["hangzhou"], "tweaks": {"patches": listed, **tweaks}}
    return {
        "apiVersion": "apps.openyurt.io/v1beta1",
        "kind": "YurtAppSet",
        "metadata": {"name": "web"},
        "spec": {
            "pools": ["hangzhou"],
            "workload": {"workloadTemplate": {field: {"spec": spec}}, "workloadTweaks": [tweak]},
        },
    }


def _row(what: str, *patches: Any, gives: Any = None, **more: Any) -> tuple[str, Any, Any]:
    """Return a case; it `gives` values by their pointers in the copy (None: it is not made)."""
    return what, app_set(*patches, **more), gives


ROWS_OF_QUIRKS: tuple[tuple[str, Any, Mapping[str, Any] | None], ...] = (
    _row("add a field", ("add", f"{POD}/hostNetwork", True), gives={f"{POD}/hostNetwork": True}),
    _row(
        "replace a field that is absent",
        ("replace", f"{POD}/hostNetwork", True),
        gives={f"{POD}/hostNetwork": True},
    ),
    _row("remove a field that is absent", ("remove", f"{POD}/hostNetwork")),
    _row("remove text", ("remove", f"{POD}/dnsPolicy"), gives={f"{POD}/dnsPolicy": "Default"}),
    _row(
        "remove a mapping",
        ("remove", f"{POD}/securityContext"),
        gives={f"{POD}/securityContext": {"runAsUser": 7, "fsGroup": 8}},
    ),
    _row(
        "remove a list", ("remove", f"{POD}/tolerations"), gives={f"{POD}/tolerations/1/key": "b"}
    ),
    _row(
        "remove a key of a mapping",
        ("remove", f"{POD}/nodeSelector/disk"),
        gives={f"{POD}/nodeSelector/disk": "ssd"},
    ),
    _row(
        "remove the last item of a list",
        ("remove", f"{POD}/tolerations/1"),
        gives={f"{POD}/tolerations": [{"key": "a", "operator": "Exists"}]},
    ),
    _row(
        "remove the first item of a list: the next one merges with it",
        ("remove", f"{POD}/tolerations/0"),
        gives={f"{POD}/tolerations": [{"key": "b", "operator": "Exists", "value": "1"}]},
    ),
    _row(
        "insert before a container: it gets what the old first one had",
        ("add", f"{POD}/containers/0", {"name": "new"}),
        gives={
            f"{POD}/containers/0/image": "a:1",
            f"{POD}/containers/1/tty": True,
            f"{POD}/containers/1/image": "a:1",
            f"{POD}/containers/2": {
                "name": "b",
                "image": "b:1",
                "tty": True,
                "resources": {"limits": {"cpu": "1"}},
            },
        },
    ),
    _row(
        "append",
        ("add", f"{POD}/tolerations/-", {"operator": "Exists"}),
        gives={f"{POD}/tolerations/2": {"operator": "Exists"}},
    ),
    _row("append to a list that is absent", ("add", f"{POD}/volumes/-", {"name": "v"})),
    _row(
        "index -1 counts from the end",
        ("replace", f"{POD}/containers/-1/image", "b:2"),
        gives={f"{POD}/containers/1/image": "b:2"},
    ),
    _row(
        "add at index -1 appends",
        ("add", f"{POD}/tolerations/-1", {"key": "c"}),
        gives={f"{POD}/tolerations/2/key": "c"},
    ),
    _row(
        "an index with a zero or a sign",
        ("replace", f"{POD}/containers/+01/image", "b:2"),
        gives={f"{POD}/containers/1/image": "b:2"},
    ),
    _row("an index beyond the end", ("replace", f"{POD}/containers/2/image", "c:1")),
    _row("no index", ("add", f"{POD}/containers/a/image", "c:1")),
    _row("below text", ("add", f"{POD}/dnsPolicy/x", 1)),
    _row("below what is absent", ("add", f"{POD}/affinity/nodeAffinity", {})),
    _row(
        "below a null of an earlier patch",
        ("add", f"{POD}/affinity", None),
        ("add", f"{POD}/affinity/nodeAffinity", {}),
    ),
    _row(
        "below an earlier patch",
        ("add", f"{POD}/affinity", {}),
        ("add", f"{POD}/affinity/nodeAffinity", {}),
        gives={f"{POD}/affinity": {"nodeAffinity": {}}},
    ),
    _row(
        "null leaves text as it is",
        ("replace", f"{POD}/dnsPolicy", None),
        gives={f"{POD}/dnsPolicy": "Default"},
    ),
    _row(
        "no value is null",
        ("replace", f"{POD}/dnsPolicy"),
        gives={f"{POD}/dnsPolicy": "Default"},
    ),
    _row(
        "null empties a pointer, a list and a mapping",
        ("replace", f"{POD}/securityContext", None),
        ("replace", f"{POD}/tolerations", None),
        ("replace", f"{POD}/nodeSelector", None),
        gives={
            f"{POD}/securityContext": ABSENT,
            f"{POD}/tolerations": ABSENT,
            f"{POD}/nodeSelector": ABSENT,
        },
    ),
    _row(
        "null for a number that is a pointer",
        ("add", f"{POD}/securityContext/runAsUser", None),
        gives={f"{POD}/securityContext": {"fsGroup": 8}},
    ),
    _row(
        "an empty list",
        ("replace", f"{POD}/tolerations", []),
        gives={f"{POD}/tolerations": ABSENT},
    ),
    _row(
        "a mapping of strings merges",
        ("replace", f"{POD}/nodeSelector", {"zone": "z"}),
        gives={
            f"{POD}/nodeSelector/disk": "ssd",
            f"{POD}/nodeSelector/zone": "z",
            f"{POD}/nodeSelector/apps.openyurt.io~1nodepool": "hangzhou",
        },
    ),
    _row(
        "a mapping of fields merges",
        ("replace", f"{POD}/securityContext", {"fsGroup": 9}),
        gives={f"{POD}/securityContext": {"runAsUser": 7, "fsGroup": 9}},
    ),
    _row(
        "a list merges item by item",
        ("replace", f"{POD}/containers", [{"name": "only"}]),
        gives={f"{POD}/containers/0/image": "a:1", f"{POD}/containers/1": ABSENT},
    ),
    _row(
        "keys match without regard to case",
        ("add", f"{POD}/HOSTNETWORK", True),
        gives={f"{POD}/hostNetwork": True, f"{POD}/HOSTNETWORK": ABSENT},
    ),
    _row(
        "but not on the way",
        ("add", "/spec/Template/spec/hostNetwork", True),
    ),
    _row(
        "a long s is an s",
        ("add", f"{POD}/ho\u017ftNetwork", True),
        gives={f"{POD}/hostNetwork": True},
    ),
    _row(
        "an unknown field is dropped",
        ("add", f"{POD}/hostNetwrok", True),
        gives={f"{POD}/hostNetwrok": ABSENT, f"{POD}/hostNetwork": ABSENT},
    ),
    _row(
        "without a slash at the beginning, the first part is ignored",
        ("add", "x/spec/replicas", 7),
        ("add", "spec/template/spec/hostNetwork", True),
    ),
    _row("the first part is ignored", ("add", "x/spec/replicas", 7), gives={"/spec/replicas": 7}),
    _row("the whole object", ("replace", "", {})),
    _row("an empty key", ("add", "/", {"a": 1}), gives={"/spec/replicas": ABSENT}),
    _row("text for a truth value", ("add", f"{POD}/hostNetwork", "true")),
    _row("a number for text", ("add", f"{POD}/dnsPolicy", 1)),
    _row("a fraction for an integer", ("add", "/spec/replicas", 1.5)),
    _row("an integer that is too large", ("add", "/spec/replicas", 2**31)),
    _row("a list for a mapping", ("add", f"{POD}/affinity", [])),
    _row("no quantity", ("add", f"{POD}/containers/1/resources/limits/cpu", "much")),
    _row(
        "a quantity",
        ("add", f"{POD}/containers/1/resources/limits/cpu", "1500m"),
        gives={f"{POD}/containers/1/resources/limits/cpu": "1500m"},
    ),
    _row(
        "a number or a share",
        ("add", "/spec/strategy/rollingUpdate", {"maxUnavailable": "50%", "maxSurge": 0}),
        gives={"/spec/strategy/rollingUpdate": {"maxUnavailable": "50%", "maxSurge": 0}},
    ),
    _row("a truth value for a number", ("add", f"{POD}/containers/0/ports", [{"hostPort": True}])),
    _row(
        "what is always there",
        ("remove", "/spec/strategy"),
        ("remove", "/status"),
        ("remove", f"{POD}/containers/0/resources"),
        gives={f"{POD}/containers/0/image": "a:1"},
    ),
    _row("what is not there any more", ("remove", "/spec/template/metadata/creationTimestamp")),
    _row(
        "the name of the pool, in keys and values",
        ("add", f"{POD}/nodeSelector", {"{{nodepool-name}}": "{{nodepool-name}}-x"}),
        gives={f"{POD}/nodeSelector/hangzhou": "hangzhou-x"},
    ),
    _row("an unknown operation", ("merge", f"{POD}/hostNetwork", True)),
    _row(
        "replicas and images come before all patches",
        ("add", f"{POD}/containers/0/image", "a:3"),
        replicas=3,
        containerImages=[{"name": "a", "targetImage": "a:2"}, {"name": "b", "targetImage": "b:2"}],
        gives={
            "/spec/replicas": 3,
            f"{POD}/containers/0/image": "a:3",
            f"{POD}/containers/1/image": "b:2",
        },
    ),
    _row("no replicas", replicas=0, gives={"/spec/replicas": 0}),
    _row(
        "the webhook has no nodeSelector of the pool to patch",
        ("add", f"{POD}/nodeSelector/zone", "z"),
        owner={"template": {"spec": {"containers": _CONTAINERS}}},
    ),
    _row(
        "a selector without matchLabels makes the controller panic",
        owner={"selector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]}},
    ),
    _row(
        "no selector at all",
        owner={"selector": None},
        gives={"/spec/selector/matchLabels": {"apps.openyurt.io/pool-name": "hangzhou"}},
    ),
    _row(
        "a StatefulSet",
        ("add", "/spec/updateStrategy/type", "OnDelete"),
        kind="StatefulSet",
        gives={"/spec/updateStrategy/type": "OnDelete"},
    ),
    _row(
        "what is an integer for some and null for none",
        ("add", f"{POD}/terminationGracePeriodSeconds", 0),
        gives={f"{POD}/terminationGracePeriodSeconds": 0},
    ),
)


def copies_of(value: Any, *pools: Any) -> tuple[WorkloadCopy, ...]:
    """Return the copies of a YurtAppSet among `pools`, else those of the world of the oracle."""
    (manifest,) = manifests(value)
    found = (pool_of(one) for pool in pools or WORLD for one in manifests(pool))
    index = PoolIndex(found, complete=True)
    return copies(manifest, pod_templates(manifest, table(ROWS)), index)


def at(copy: WorkloadCopy, path: str) -> Any:
    """Return what is at a pointer of the workload of a copy."""
    value: Any = {"spec": copy.workload}
    for token in path[1:].split("/"):
        key = token.replace("~1", "/")
        if isinstance(value, list):
            value = value[int(key)] if int(key) < len(value) else ABSENT
        else:
            value = value.get(key, ABSENT) if isinstance(value, dict) else ABSENT
    return value


def _without_empty(value: Any) -> Any:
    """Return `value` without what Go leaves out; what is empty itself is absent."""
    if value in ({}, [], None):
        return ABSENT
    if isinstance(value, dict):
        return {
            key: _without_empty(item) for key, item in value.items() if item not in ({}, [], None)
        }
    return [_without_empty(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("value", "gives"), [pytest.param(*row[1:], id=row[0]) for row in ROWS_OF_QUIRKS]
)
def test_a_copy_is_what_openyurt_makes_of_it(value: Any, gives: Mapping[str, Any] | None) -> None:
    (copy,) = copies_of(value)
    if gives is None:
        assert copy.failure is not None
        return
    assert copy.failure is None
    for path, wanted in gives.items():
        found = at(copy, path)
        found, wanted = _without_empty(found), _without_empty(wanted)
        assert found == wanted, path


def test_the_name_of_a_pool_in_the_path_is_not_filled_in() -> None:
    (copy,) = copies_of(app_set(("add", f"{POD}/nodeSelector/{{{{nodepool-name}}}}", "x")))
    assert at(copy, f"{POD}/nodeSelector/{{{{nodepool-name}}}}") == "x"


def test_a_source_value_is_never_changed() -> None:
    for what, value, _ in ROWS_OF_QUIRKS:
        before = repr(value)
        copies_of(value, builders.host_pool("hangzhou"), builders.pool("shanghai"))
        assert repr(value) == before, what
