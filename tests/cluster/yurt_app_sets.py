"""YurtAppSets, and the Deployments or StatefulSets that OpenYurt's controller makes of them."""

import random
from collections.abc import Iterable, Iterator
from typing import Any

from tests.cluster.changes import make_pools
from tests.cluster.client import all_at_once
from tests.cluster.control_plane import ControlPlane
from tests.cluster.waiting import until_quiet
from tests.oracle.generated import GUARD, GUARDED, HOST, POOL, REQUIRED, pool

Value = dict[str, Any]

SEED = 71_007
COUNT = 400
_NAMESPACE = "/namespaces/default"
_SETS = f"/apis/apps.openyurt.io/v1beta1{_NAMESPACE}/yurtappsets"
_COPIES = {
    "Deployment": f"/apis/apps/v1{_NAMESPACE}/deployments",
    "StatefulSet": f"/apis/apps/v1{_NAMESPACE}/statefulsets",
}
_OF_POOL = "apps.openyurt.io/pool-name"
_OF_SET = "apps.openyurt.io/ref-yurtappset"
_REVISION = "apps.openyurt.io/controller-revision-hash"
_SPEC = "/spec/template/spec"


def _labelled(value: Value, **labels: str) -> Value:
    value["metadata"]["labels"] = labels
    return value


POOLS = (
    _labelled(pool("beijing"), tier="gold", region="north"),
    _labelled(pool("hangzhou", hostNetwork=True), tier="gold", region="south"),
    _labelled(pool("shanghai", hostNetwork=True), tier="silver", region="south"),
    _labelled(pool("cloud", type="Cloud"), tier="silver"),
    pool("plain"),
)
_NAMES = ("beijing", "hangzhou", "shanghai", "cloud", "plain")


def questions() -> Iterator[Value]:
    """Yield the YurtAppSets."""
    draw = random.Random(SEED)
    for number in range(COUNT):
        name = f"set-{number}"
        yield {"name": name, "set": _app_set(draw, name)}


def _app_set(draw: random.Random, name: str) -> Value:
    kind = draw.choice(("deploymentTemplate", "deploymentTemplate", "statefulSetTemplate"))
    inner: Value = {
        "metadata": {"labels": {"app": name}},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": _pod_metadata(draw, name), "spec": _pod_spec(draw)},
        },
    }
    if draw.random() < 0.6:
        inner["spec"]["replicas"] = draw.randint(0, 3)
    if kind == "statefulSetTemplate":
        inner["spec"]["serviceName"] = name
    workload: Value = {"workloadTemplate": {kind: inner}}
    tweaks = [_tweak(draw) for _ in range(draw.choice((0, 1, 1, 1, 2, 3)))]
    workload |= {"workloadTweaks": tweaks} if tweaks else {}
    return {
        "apiVersion": "apps.openyurt.io/v1beta1",
        "kind": "YurtAppSet",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {**_selection(draw), "workload": workload},
    }


def _selection(draw: random.Random) -> Value:
    """Return a selection of pools, by their names, their labels, or both."""
    names = [*draw.sample(_NAMES, draw.randint(1, 3)), *(["nowhere"] * (draw.random() < 0.1))]
    selector = draw.choice(
        (
            {"matchLabels": {"tier": "gold"}},
            {"matchLabels": {"region": "south", "tier": "silver"}},
            {"matchExpressions": [{"key": "region", "operator": "Exists"}]},
            {"matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["gold"]}]},
            {"matchLabels": {"nodepool.openyurt.io/type": "edge"}},
            {},
        )
    )
    chance = draw.random()
    if chance < 0.6:
        return {"pools": names}
    return {"nodepoolSelector": selector} | ({"pools": names} if chance > 0.9 else {})


def _pod_metadata(draw: random.Random, name: str) -> Value:
    return {
        "labels": {"app": name},
        **({"annotations": {GUARDED: "true"}} if draw.random() < 0.2 else {}),
    }


def _pod_spec(draw: random.Random) -> Value:
    main: Value = {"name": "main", "image": "registry.example.com/main:1"}
    if draw.random() < 0.4:
        main["ports"] = [{"containerPort": 8_080}]
    if draw.random() < 0.4:
        main["env"] = [{"name": "MODE", "value": "a"}, {"name": "SIZE", "value": "1"}]
    spec: Value = {"containers": [main]}
    if draw.random() < 0.3:
        spec["containers"].append({"name": "side", "image": "registry.example.com/side:1"})
    if draw.random() < 0.2:
        spec["initContainers"] = [{"name": "first", "image": "registry.example.com/first:1"}]
    if draw.random() < 0.3:
        spec["nodeSelector"] = draw.choice(({"disk": "ssd"}, {POOL: "plain"}))
    if draw.random() < 0.3:
        spec["tolerations"] = [{"key": "a", "operator": "Equal", "value": "x"}]
    if draw.random() < 0.3:
        terms = [{"matchExpressions": [draw.choice((GUARD, {"key": HOST, "operator": "Exists"}))]}]
        spec["affinity"] = {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": terms}}}
    if draw.random() < 0.2:
        spec["hostNetwork"] = True
        spec["dnsPolicy"] = "ClusterFirstWithHostNet"
    return spec


def _tweak(draw: random.Random) -> Value:
    selection = (
        {"pools": draw.sample(_NAMES, draw.randint(1, 2))}
        if draw.random() < 0.6
        else {"nodepoolSelector": {"matchLabels": {"tier": draw.choice(("gold", "silver"))}}}
    )
    tweaks: Value = {}
    if draw.random() < 0.3:
        tweaks["replicas"] = draw.randint(0, 4)
    if draw.random() < 0.3:
        name = draw.choice(("main", "side", "first", "other"))
        tweaks["containerImages"] = [{"name": name, "targetImage": f"example.com/{name}:2"}]
    if draw.random() < 0.75 or not tweaks:
        tweaks["patches"] = [_patch(draw) for _ in range(draw.choice((1, 1, 2)))]
    return {**selection, "tweaks": tweaks}


def _patch(draw: random.Random) -> Value:
    operation, path, value = draw.choice(_PATCHES)
    return {"operation": operation, "path": path, **({} if value is None else {"value": value})}


_PATCHES: tuple[tuple[str, str, Any], ...] = (
    ("add", f"{_SPEC}/hostNetwork", True),
    ("replace", f"{_SPEC}/hostNetwork", True),
    ("add", f"{_SPEC}/hostNetwork", False),
    ("remove", f"{_SPEC}/hostNetwork", None),
    ("add", f"{_SPEC}/dnsPolicy", "Default"),
    ("replace", f"{_SPEC}/dnsPolicy", "ClusterFirst"),
    ("add", f"{_SPEC}/nodeSelector", {"disk": "hdd"}),
    ("add", f"{_SPEC}/nodeSelector/rack", "{{nodepool-name}}"),
    ("replace", f"{_SPEC}/nodeSelector/disk", "hdd"),
    ("remove", f"{_SPEC}/nodeSelector", None),
    ("remove", f"{_SPEC}/nodeSelector/disk", None),
    ("remove", f"{_SPEC}/nodeSelector/apps.openyurt.io~1nodepool", None),
    ("replace", f"{_SPEC}/nodeSelector/apps.openyurt.io~1nodepool", "plain"),
    ("add", f"{_SPEC}/tolerations", [{"key": "b", "operator": "Exists", "effect": "NoSchedule"}]),
    ("add", f"{_SPEC}/tolerations", [{"key": "b", "operator": "Equal", "value": "y"}] * 2),
    ("add", f"{_SPEC}/tolerations/-", {"key": "c", "operator": "Exists"}),
    ("add", f"{_SPEC}/tolerations/0", {"key": "d", "effect": "NoExecute"}),
    ("remove", f"{_SPEC}/tolerations", None),
    ("remove", f"{_SPEC}/tolerations/0", None),
    ("remove", f"{_SPEC}/tolerations/-1", None),
    ("replace", f"{_SPEC}/containers/0/image", "example.com/{{nodepool-name}}:3"),
    ("replace", f"{_SPEC}/containers/-1/image", "example.com/last:4"),
    ("add", f"{_SPEC}/containers/0/env/-", {"name": "POOL", "value": "{{nodepool-name}}"}),
    ("add", f"{_SPEC}/containers/0/env", [{"name": "ONLY", "value": "b"}]),
    ("remove", f"{_SPEC}/containers/0/env/0", None),
    ("remove", f"{_SPEC}/containers/1", None),
    ("add", f"{_SPEC}/containers/0/ports", [{"containerPort": 9_090}]),
    ("remove", f"{_SPEC}/containers/0/ports", None),
    ("add", f"{_SPEC}/containers/-", {"name": "more", "image": "example.com/more:1"}),
    ("remove", f"{_SPEC}/affinity", None),
    ("add", f"{_SPEC}/affinity", {}),
    (
        "replace",
        f"{_SPEC}/affinity/nodeAffinity/{REQUIRED}/nodeSelectorTerms",
        [{"matchExpressions": [{"key": "zone", "operator": "Exists"}]}],
    ),
    ("add", "/spec/template/metadata/annotations", {GUARDED: "true"}),
    ("add", "/spec/template/metadata/annotations/note", "x"),
    ("remove", "/spec/template/metadata/annotations", None),
    ("add", "/spec/template/metadata/labels/zone", "{{nodepool-name}}"),
    ("replace", "/spec/replicas", 5),
    ("add", "/spec/minReadySeconds", 7),
    ("add", "/metadata/annotations/seen", "yes"),
    ("replace", "/spec/template", {"spec": {"hostNetwork": True}}),
)


def answers(plane: ControlPlane, asked: Iterable[Value]) -> Iterator[Value]:
    """Yield what becomes of each set: the `copies` by their pool, or why it is `refused`."""
    client, sets = plane.client, [one["set"] for one in asked]
    make_pools(client, POOLS)
    made = list(all_at_once(lambda value: client.ask("POST", _SETS, value), sets))

    def look() -> list[tuple[str, Value]]:
        return [(kind, one) for kind, path in _COPIES.items() for one in client.items(path)]

    until_quiet(lambda: [one["metadata"]["name"] for _, one in look()])
    copies: dict[str, dict[str, Value]] = {}
    for kind, one in look():
        labels = one["metadata"]["labels"]
        its = copies.setdefault(labels[_OF_SET], {})
        assert labels[_OF_POOL] not in its
        its[labels[_OF_POOL]] = comparable({"kind": kind, **one})
    for value, answer in zip(sets, made, strict=True):
        its = copies.get(value["metadata"]["name"], {})
        yield (
            {"copies": dict(sorted(its.items()))}
            if answer.is_taken
            else {"refused": answer.message}
        )


_DEFAULTS: Value = {
    "revisionHistoryLimit": 10,
    "progressDeadlineSeconds": 600,
    "strategy": {"type": "RollingUpdate"}
    | {"rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}},
    "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
    "podManagementPolicy": "OrderedReady",
    "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
    "replicas": 1,
    "creationTimestamp": None,
    "restartPolicy": "Always",
    "terminationGracePeriodSeconds": 30,
    "dnsPolicy": "ClusterFirst",
    "securityContext": {},
    "schedulerName": "default-scheduler",
    "resources": {},
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "imagePullPolicy": "IfNotPresent",
    "protocol": "TCP",
    "serviceAccount": "default",
    "hostNetwork": False,
}


def comparable(value: Value) -> Value:
    """Return kind and spec of a Deployment or StatefulSet, without defaults and the revision."""
    spec = value["spec"]
    is_host_network = bool(spec["template"].get("spec", {}).get("hostNetwork"))
    return {"kind": value["kind"], "spec": _without_defaults(spec, is_host_network)}


def _without_defaults(value: Any, is_host_network: bool) -> Any:
    if isinstance(value, list):
        return [_without_defaults(item, is_host_network) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, item in value.items():
        is_filled_in = is_host_network and key == "hostPort" and item == value.get("containerPort")
        if key == _REVISION or is_filled_in:
            continue
        if key in _DEFAULTS and item == _DEFAULTS[key]:
            continue
        pruned = _without_defaults(item, is_host_network)
        if pruned not in ({}, [], None):
            kept[key] = pruned
    return kept
