"""Questions for the oracle that somebody thought of: the admission table, and what is easy to miss.

They go first in the files of vectors, under names that say what they are about.
"""

from collections.abc import Iterator
from typing import Any

from tests.oracle import generated_sets
from tests.oracle.generated import (
    DESIRED,
    EDGE_WORKER,
    GUARD,
    GUARDED,
    HOST,
    POOL,
    REQUIRED,
    WORLD,
    Value,
    node,
    pool,
)
from tests.oracle.generated_pods import CORDON
from tests.unit.placement import test_tweak_quirks
from tests.unit.rules import test_admission_table as table


def questions(ask: str) -> Iterator[Value]:
    """Yield the hand-made questions of one kind."""
    for what, parts in _MADE[ask]():
        name = f"{ask}: {what}"
        yield {"ask": ask, "name": name, **{key: _called(name, key, parts[key]) for key in parts}}


def _called(name: str, key: str, value: Any) -> Any:
    """Return `value`; the object that a question is about gets its name."""
    if key not in ("pod", "node", "pool", "old", "new"):
        return value
    return {**value, "metadata": {**value["metadata"], "name": name}}


# the admission table


def _pool_create() -> Iterator[tuple[str, Value]]:
    for what, created, _ in table.CREATED:
        yield what, {"pool": created}


def _pool_update() -> Iterator[tuple[str, Value]]:
    for what, old, new, _ in table.POOL_UPDATED:
        if old["metadata"]["name"] == new["metadata"]["name"]:
            yield what, {"old": old, "new": new}


def _node_update() -> Iterator[tuple[str, Value]]:
    for what, old, new, _ in table.NODE_UPDATED:
        if old["metadata"]["name"] == new["metadata"]["name"]:
            yield what, {"old": old, "new": new, "pools": table.POOLS}


def _node_default() -> Iterator[tuple[str, Value]]:
    for what, old, new, _ in table.NODE_UPDATED:
        yield f"{what}, before", {"node": old, "pools": table.POOLS}
        yield f"{what}, after", {"node": new, "pools": table.POOLS}


def _pool_delete() -> Iterator[tuple[str, Value]]:
    its, other = "pool-delete: {}", pool("kept")
    for what, labels in (
        ("no nodes", []),
        ("one that is a member", [{POOL: its}]),
        ("one that is to be a member", [{DESIRED: its}]),
        ("one of another pool that is to be a member", [{POOL: "kept", DESIRED: its}]),
        ("one of another pool", [{POOL: "kept"}]),
        ("one of no pool", [{}]),
        ("one whose label is empty", [{POOL: ""}]),
        ("two, one of them a member", [{POOL: "kept"}, {POOL: its}]),
    ):
        name = its.format(what)
        nodes = [
            node(f"{number} of {name}", {key: text.format(what) for key, text in one.items()})
            for number, one in enumerate(labels)
        ]
        yield what, {"pool": pool(name), "pools": [pool(name), other], "nodes": nodes}


# what the conversion controller does to nodes


def _node_convert() -> Iterator[tuple[str, Value]]:
    def change(old: Value, new: Value, **further: str) -> Value:
        return {
            "old": node("n", old),
            "new": node("n", new),
            "node": node("n", further),
            "pools": WORLD,
        }

    worker, plain = {EDGE_WORKER: "true"}, {EDGE_WORKER: "false"}
    edge, host, cloud = {POOL: "standard"}, {POOL: "host"}, {POOL: "cloud"}
    yield "a plain node comes into an Edge pool", change({}, edge)
    yield "a node that is no worker comes into an Edge pool", change(plain, edge | plain)
    yield "a node comes into a host-network pool", change({}, host)
    yield "a node comes into a Cloud pool", change({}, cloud)
    yield "a node comes into a pool that does not exist", change({}, {POOL: "nowhere"})
    yield "a node comes into a pool by the older label", change({}, {DESIRED: "standard"})
    yield "a worker leaves an Edge pool", change(edge | worker, worker)
    yield "a worker leaves an Edge pool, by an empty label", change(edge | worker, {POOL: ""})
    yield "a node that was converted leaves its pool", change(edge, {})
    yield "a node leaves its host-network pool", change(host, {})
    yield "a worker leaves a Cloud pool", change(cloud | worker, worker)
    yield "a node that is no worker leaves a Cloud pool", change(cloud | plain, plain)
    yield "a node leaves a Cloud pool", change(cloud, {})
    yield "a worker that no manifest calls one leaves a Cloud pool", change(cloud, {}, **worker)
    yield "the older label goes", change({DESIRED: "standard"}, {})
    yield (
        "the newer label goes, and the older one stays",
        change({**edge, DESIRED: "standard"}, {DESIRED: "standard"}),
    )
    yield "the label of a worker goes", change(edge | worker, edge)
    yield "the label of a worker changes", change(edge | worker, edge | plain)
    yield "the label of a worker comes", change({}, worker)
    yield "nothing changes", change(edge | worker, edge | worker)


def _node_start() -> Iterator[tuple[str, Value]]:
    for member in ("standard", "host", "cloud", "nowhere"):
        for worker in ("true", "false", "", "True"):
            labels = {POOL: member, EDGE_WORKER: worker}
            yield f"{worker!r} in {member}", {"node": node("n", labels), "pools": WORLD}


# pods


def _pod(affinity: Any = None, **annotations: str) -> Value:
    spec = {"containers": [{"name": "main", "image": "main"}]}
    metadata = {"annotations": annotations or {GUARDED: "true"}}
    spec |= {} if affinity is None else {"affinity": affinity}
    return {"pod": {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}}


def _required(*terms: Any) -> Value:
    return {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": list(terms)}}}


def _pod_default() -> Iterator[tuple[str, Value]]:
    other = {"key": "disk", "operator": "Exists"}
    yield "without affinity", _pod()
    yield "with an empty affinity", _pod({})
    yield "with another affinity", _pod({"podAffinity": {}})
    yield "with an empty node affinity", _pod({"nodeAffinity": {}})
    yield "without terms", _pod(_required())
    yield "with an empty term", _pod(_required({}))
    yield "with a null term", _pod(_required(None))
    yield "with null expressions", _pod(_required({"matchExpressions": None}))
    yield "with a term of fields", _pod(_required({"matchFields": []}))
    yield "with one requirement", _pod(_required({"matchExpressions": [other]}))
    yield "guarded", _pod(_required({"matchExpressions": [GUARD]}))
    yield "guarded last", _pod(_required({"matchExpressions": [other, GUARD]}))
    yield "guarded twice", _pod(_required({"matchExpressions": [GUARD, GUARD]}))
    guarded, open_ = {"matchExpressions": [GUARD]}, {"matchExpressions": [other]}
    yield "guarded in the first term only", _pod(_required(guarded, open_))
    yield "guarded in the last term only", _pod(_required(open_, guarded))
    for what, change in (
        ("more values", {"values": ["true", "false"]}),
        ("another value", {"values": ["false"]}),
        ("another case", {"values": ["True"]}),
        ("the same value twice", {"values": ["true", "true"]}),
        ("another operator", {"operator": "In"}),
        ("another key", {"key": HOST + "s"}),
    ):
        yield (
            f"nearly guarded: {what}",
            _pod(_required({"matchExpressions": [{**GUARD, **change}]})),
        )
    absent = {"key": HOST, "operator": "DoesNotExist"}
    yield "guarded in other words", _pod(_required({"matchExpressions": [absent]}))
    yield "not annotated", _pod(other="true")
    for value in ("false", "True", "TRUE", "yes", "1", "", " true", "true "):
        yield f"annotated {value!r}", _pod(**{GUARDED: value})


# where a pod may run


def _at(spec: Value, labels: Value, *taints: Value, name: str = "node-a") -> Value:
    value = {**node(name, labels), "spec": {"taints": list(taints)}}
    metadata: Value = {}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
    return {"pod": pod, "nodes": [value]}


def _node_match() -> Iterator[tuple[str, Value]]:
    def selecting(operator: str, *values: str, key: str = "a") -> Value:
        one = {"key": key, "operator": operator, "values": list(values)}
        return {"affinity": _required({"matchExpressions": [one]})}

    yield "a pod that asks for nothing", _at({}, {})
    yield "an empty nodeSelector", _at({"nodeSelector": {}}, {})
    yield "an empty value, asked of a node without the label", _at({"nodeSelector": {"a": ""}}, {})
    yield "an empty value", _at({"nodeSelector": {"a": ""}}, {"a": ""})
    yield "no terms", _at({"affinity": _required()}, {"a": "1"})
    yield "an empty term", _at({"affinity": _required({})}, {"a": "1"})
    one = {"matchExpressions": [{"key": "a", "operator": "Exists"}]}
    yield "an empty term beside one that fits", _at({"affinity": _required({}, one)}, {"a": "1"})
    wrong = {"matchExpressions": [{"key": "a", "operator": "in", "values": ["1"]}]}
    yield "a wrong term beside one that fits", _at({"affinity": _required(wrong, one)}, {"a": "1"})
    yield "NotIn, of a node without the label", _at(selecting("NotIn", "1"), {})
    yield "In, of a node without the label", _at(selecting("In", "1"), {})
    yield "DoesNotExist, of an empty label", _at(selecting("DoesNotExist"), {"a": ""})
    yield "In without values", _at(selecting("In"), {"a": "1"})
    yield "Exists with values", _at(selecting("Exists", "1"), {"a": "1"})
    largest = str(2**63 - 1)
    for operator, bound, own in (
        ("Gt", "5", "10"),
        ("Gt", "5", "5"),
        ("Lt", "5", "-7"),
        ("Gt", "5", "five"),
        ("Gt", "five", "6"),
        ("Gt", "-1", "0"),
        ("Lt", "+5", "4"),
        ("Lt", "007", "6"),
        ("Lt", largest, "6"),
        ("Lt", str(2**63), "6"),
        ("Gt", "6", largest),
        ("Gt", "6", str(2**63)),
        ("Gt", "1_0", "11"),
    ):
        yield f"{own} {operator} {bound}", _at(selecting(operator, bound), {"a": own})
    for key in ("x/y/z", "X.io/a", "a b", "-a", "a" * 64, "x" * 254 + "/a", "é"):
        yield f"the key {key[:9]!r}", _at(selecting("DoesNotExist", key=key), {})
    field = {"key": "metadata.name", "operator": "In", "values": ["node-a"]}
    by_name = {"affinity": _required({"matchFields": [field]})}
    yield "by name, the node", _at(by_name, {})
    yield "by name, another", _at(by_name, {}, name="node-b")
    for key, operator, values in (
        ("metadata.name", "NotIn", ["node-a"]),
        ("metadata.name", "NotIn", ["node-b"]),
        ("metadata.name", "NotIn", ["node-a", "node-b"]),
        ("metadata.name", "In", []),
        ("metadata.name", "Exists", []),
        ("metadata.uid", "In", [""]),
        ("metadata.uid", "NotIn", ["x"]),
        ("", "In", [""]),
    ):
        fields = [{"key": key, "operator": operator, "values": values}]
        yield (
            f"the field {key!r}, {operator} {values}",
            _at({"affinity": _required({"matchFields": fields})}, {}),
        )
    both = {**by_name["affinity"]["nodeAffinity"][REQUIRED]["nodeSelectorTerms"][0], **one}
    yield "by name and label, the node", _at({"affinity": _required(both)}, {"a": "1"})
    yield "by name and label, without it", _at({"affinity": _required(both)}, {})
    for key in (CORDON, "", "a"):
        toleration = {"key": key, "operator": "Exists", "effect": "NoSchedule"}
        yield f"the key {key!r} tolerated", _at({"tolerations": [toleration]}, {})
    taint = {"key": "a", "value": "x", "effect": "NoSchedule"}
    for number, toleration in enumerate(
        (
            {},
            {"operator": "Exists"},
            {"key": "a", "operator": "Exists"},
            {"key": "a", "operator": "Exists", "value": "y"},
            {"key": "a", "value": "x"},
            {"key": "a"},
            {"value": "x"},
            {"key": "a", "operator": "Exists", "effect": "NoExecute"},
            {"key": "a", "operator": "exists"},
        )
    ):
        yield f"toleration {number}", _at({"tolerations": [toleration]}, {}, taint)


# what Pod Security Admission refuses


def _pod_security() -> Iterator[tuple[str, Value]]:
    def pod_in(level: str | None, **spec: Any) -> Value:
        labels = {} if level is None else {"pod-security.kubernetes.io/enforce": level}
        namespace = {"apiVersion": "v1", "kind": "Namespace"}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {}}
        return {
            "pod": {**pod, "spec": {"containers": [{"name": "main"}], **spec}},
            "namespace": {**namespace, "metadata": {"name": "shop", "labels": labels}},
        }

    levels = (None, "privileged", "baseline", "restricted", "", "Baseline", "baseline ", "none")
    for level in levels:
        yield f"on the host's network, at {level!r}", pod_in(level, hostNetwork=True)
    port = {"containerPort": 80, "hostPort": 8080}
    for what, ports in (
        ("a host port", [port]),
        ("a host port of 0", [{**port, "hostPort": 0}]),
        ("the second port is a host port", [{"containerPort": 81}, port]),
        ("a host port of this machine only", [{**port, "hostIP": "127.0.0.1"}]),
        ("no host port", [{"containerPort": 80}]),
    ):
        container = {"name": "with-ports", "ports": ports}
        yield what, pod_in("baseline", containers=[{"name": "main"}, container])
        yield f"{what}, to begin with", pod_in("restricted", initContainers=[container])
        sidecar = {**container, "restartPolicy": "Always"}
        yield f"{what}, of a sidecar", pod_in("restricted", initContainers=[sidecar])
    yield "off the host's network", pod_in("baseline", hostNetwork=False)
    yield "among the processes of the host", pod_in("baseline", hostPID=True)


# what a pool puts on its nodes


def _node_attributes() -> Iterator[tuple[str, Value]]:
    def of(what: str, spec: Value, labels: Value, taints: Any = None) -> tuple[str, Value]:
        name = f"node-attributes: {what}"
        value = node(name, {**labels, POOL: name})
        value |= {} if taints is None else {"spec": {"taints": taints}}
        return what, {"node": value, "pools": [pool(name, **spec)]}

    taint = {"key": "a", "value": "x", "effect": "NoSchedule"}
    yield of("nothing", {}, {})
    yield of("a new label", {"labels": {"a": "1"}}, {"b": "1"})
    yield of("another value", {"labels": {"a": "1"}}, {"a": "2"})
    yield of("an empty value", {"labels": {"a": ""}}, {"a": "2"})
    yield of("an annotation", {"annotations": {"a": "1"}}, {})
    yield of("a taint", {"taints": [taint]}, {})
    yield of("the same taint", {"taints": [taint]}, {}, [taint])
    yield of("a taint of another value", {"taints": [taint]}, {}, [{**taint, "value": "y"}])
    yield of(
        "a taint of another effect", {"taints": [taint]}, {}, [{**taint, "effect": "NoExecute"}]
    )
    yield of("a taint twice", {"taints": [taint, {**taint, "value": "y"}]}, {}, [])


def _set_copies() -> Iterator[tuple[str, Value]]:
    for what, value, _ in test_tweak_quirks.ROWS_OF_QUIRKS:
        yield what, {"set": value, "pools": generated_sets.WORLD}


_MADE = {
    "pod-default": _pod_default,
    "node-default": _node_default,
    "node-update": _node_update,
    "node-convert": _node_convert,
    "node-start": _node_start,
    "node-attributes": _node_attributes,
    "node-match": _node_match,
    "pod-security": _pod_security,
    "pool-create": _pool_create,
    "pool-update": _pool_update,
    "pool-delete": _pool_delete,
    "set-copies": _set_copies,
}
