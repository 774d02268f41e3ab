"""Random questions for the oracle: the same ones for the same seed.

A question is what `main.go` reads; each has a name, and the objects it is about carry that name, so
that many questions can be put to the tool as one stream. What they are made of is little, on
purpose: few labels, few values, many that are absent, empty or null.
"""

import random
from collections.abc import Iterator
from typing import Any

from tests.oracle import generated_pods, generated_sets
from tests.oracle.drawing import ABSENT
from tests.oracle.drawing import maybe as _maybe
from tests.oracle.drawing import present as _present

Value = dict[str, Any]

GUARDED = "apps.openyurt.io/exclude-host-network-pool"
HOST = "nodepool.openyurt.io/hostnetwork"
POOL = "apps.openyurt.io/nodepool"
DESIRED = "apps.openyurt.io/desired-nodepool"
EDGE_WORKER = "openyurt.io/is-edge-worker"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
GUARD = {"key": HOST, "operator": "NotIn", "values": ["true"]}

SEED = 20_251
COUNTS = {
    "pod-default": 6_000,
    "node-default": 3_000,
    "node-update": 6_000,
    "node-convert": 2_000,
    "node-start": 500,
    "node-attributes": 2_500,
    "node-match": 4_000,
    "pod-security": 2_400,
    "pool-create": 4_000,
    "pool-update": 8_000,
    "pool-delete": 1_500,
    "set-copies": 3_500,
}


def questions(ask: str, *, seed: int = SEED, count: int | None = None) -> Iterator[Value]:
    """Yield random questions of one kind, `COUNTS[ask]` of them if nothing else is said."""
    draw = random.Random(f"{seed} {ask}")
    make = _GENERATORS[ask]
    for number in range(COUNTS[ask] if count is None else count):
        name = f"{ask}-{number}"
        yield {"ask": ask, "name": name, **make(draw, name)}


def pool(name: str, version: str = "v1beta2", annotated: Any = ABSENT, **spec: Any) -> Value:
    """Return a NodePool; `annotated` is the value of its hostnetwork annotation."""
    metadata = {"name": name, **_present(annotations=_present(**{HOST: annotated}) or ABSENT)}
    return {
        "apiVersion": f"apps.openyurt.io/{version}",
        "kind": "NodePool",
        "metadata": metadata,
        "spec": _present(**spec),
    }


def node(name: str, labels: Any = ABSENT) -> Value:
    """Return a Node with `labels`."""
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, **_present(labels=labels)},
    }


WORLD = (
    pool("standard"),
    pool("host", hostNetwork=True),
    pool("other-host", hostNetwork=True, type="Edge"),
    pool("cloud", type="Cloud", interConnectivity=True),
    pool("annotated", "v1beta1", "TRUE", type="Edge"),
    pool("not-annotated", "v1beta1", "yes"),
    pool("lost", "v1beta1", hostNetwork=True),
    pool("oldest", "v1alpha1", "true"),
    pool("annotated-in-vain", annotated="true"),
)
"""The pools of those clusters in which nodes are looked at."""

_MEMBERS = (*(one["metadata"]["name"] for one in WORLD), "nowhere")


# pods


def _pod_default(draw: random.Random, name: str) -> Value:
    annotation = draw.choice(("true",) * 8 + ("True", "false", "", "yes", " true", ABSENT))
    spec = {"containers": [{"name": "main", "image": "main"}], **_affinity(draw)}
    metadata = {"name": name, "annotations": _present(**{GUARDED: annotation})}
    return {"pod": {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}}


def _affinity(draw: random.Random) -> Value:
    value = draw.choice((ABSENT, None, {}, *[_node_affinity] * 7))
    return _present(affinity=value(draw) if callable(value) else value)


def _node_affinity(draw: random.Random) -> Value:
    beside: Value = {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}}
    if draw.random() < 0.1:
        return beside
    result = beside if draw.random() < 0.2 else {}
    required = draw.choice((ABSENT, None, {}, *[_required] * 7))
    preferred = [{"weight": 1, "preference": {"matchExpressions": [_requirement(draw)]}}]
    value = _present(
        **{REQUIRED: required(draw) if callable(required) else required},
        preferredDuringSchedulingIgnoredDuringExecution=preferred
        if draw.random() < 0.2
        else ABSENT,
    )
    return {"nodeAffinity": draw.choice((value, value, value, value or None)), **result}


def _required(draw: random.Random) -> Value:
    terms = draw.choice((ABSENT, None, [], *[_terms] * 7))
    return _present(nodeSelectorTerms=terms(draw) if callable(terms) else terms)


def _terms(draw: random.Random) -> list[Any]:
    return [_term(draw) for _ in range(draw.randint(1, 3))]


def _term(draw: random.Random) -> Any:
    if draw.random() < 0.1:
        return draw.choice(({}, {}, None))
    fields = [{"key": "metadata.name", "operator": "In", "values": ["node-a"]}]
    expressions = [_requirement(draw) for _ in range(draw.randint(0, 3))]
    return _present(
        matchExpressions=draw.choice((expressions, expressions, expressions, ABSENT, None)),
        matchFields=fields if draw.random() < 0.1 else ABSENT,
    )


def _requirement(draw: random.Random) -> Value:
    if draw.random() < 0.25:
        return dict(GUARD)
    operator = draw.choice(("In", "NotIn", "NotIn", "Exists", "DoesNotExist"))
    values = draw.choice((["true"], ["true"], ["false"], ["true", "x"], ["x", "true"], ["True"]))
    return {
        "key": draw.choice((HOST, HOST, HOST.upper(), POOL, "disk", "kubernetes.io/os")),
        "operator": operator,
        **({"values": values} if operator in ("In", "NotIn") else {}),
    }


# nodes


def _labels(draw: random.Random) -> Any:
    if draw.random() < 0.05:
        return draw.choice((ABSENT, None, {}))
    return _present(
        **{
            POOL: _maybe(draw, "", *_MEMBERS),
            DESIRED: _maybe(draw, "", *_MEMBERS),
            HOST: _maybe(draw, "", "true", "true", "false", "True"),
            EDGE_WORKER: _maybe(draw, "", "true", "false"),
            "disk": _maybe(draw, "ssd", ""),
        }
    )


def _node_default(draw: random.Random, name: str) -> Value:
    return {"node": node(name, _labels(draw)), "pools": WORLD}


def _node_update(draw: random.Random, name: str) -> Value:
    old = _labels(draw)
    new = dict(old) if isinstance(old, dict) else {}
    drawn = _labels(draw)
    other = drawn if isinstance(drawn, dict) else {}
    for key in (POOL, DESIRED, HOST, EDGE_WORKER):
        if draw.random() < 0.35:
            new.pop(key, None)
            new |= {key: other[key]} if key in other else {}
    if draw.random() < 0.2:
        new = other
    return {"old": node(name, old), "new": node(name, new), "pools": WORLD}


_POOLS = ("standard", "standard", "host", "annotated", "oldest", "cloud", "cloud")


def _node_convert(draw: random.Random, name: str) -> Value:
    """Return a change of a node's labels, and a node that has further ones."""
    is_in = draw.random() < 0.6
    old = _present(
        **{
            POOL: draw.choice(_POOLS) if is_in else draw.choice((ABSENT, ABSENT, "")),
            DESIRED: draw.choice(_POOLS) if draw.random() < 0.1 else ABSENT,
            EDGE_WORKER: _maybe(draw, "", "true", "true", "false"),
            "disk": _maybe(draw, "ssd"),
        }
    )
    new = dict(old)
    changes = {
        POOL: (0.55, (ABSENT, ABSENT, "") if is_in else (*_POOLS, "nowhere")),
        DESIRED: (0.1, (ABSENT, *_POOLS)),
        EDGE_WORKER: (0.1, (ABSENT, "", "true", "false")),
        "disk": (0.2, (ABSENT, "hdd")),
    }
    for key, (probability, values) in changes.items():
        if draw.random() < probability:
            new.pop(key, None)
            new |= _present(**{key: draw.choice(values)})
    further = _present(**{EDGE_WORKER: _maybe(draw, "true", "true", "false"), "cpu": "4"})
    return {
        "old": node(name, old),
        "new": node(name, new),
        "node": node(name, further),
        "pools": WORLD,
    }


def _node_start(draw: random.Random, name: str) -> Value:
    worker = draw.choice(("", "true", "false", "false", "True"))
    labels = {POOL: draw.choice((*_POOLS, "nowhere")), EDGE_WORKER: worker}
    return {"node": node(name, labels), "pools": WORLD}


def _taint(draw: random.Random) -> Value:
    return {
        "key": draw.choice(("a", "b", "node.kubernetes.io/not-ready")),
        **_present(value=_maybe(draw, "x", "y", "")),
        "effect": draw.choice(("NoSchedule", "NoExecute", "PreferNoSchedule")),
    }


def _node_attributes(draw: random.Random, name: str) -> Value:
    def entries(*keys: str) -> Any:
        return _present(**{key: _maybe(draw, "1", "2", "") for key in keys})

    def some(what: Any) -> Any:
        return draw.choice((what, what, what, ABSENT, None))

    taints = [[_taint(draw) for _ in range(draw.randint(0, 3))] for _ in range(2)]
    own = _present(labels=some(entries("a", "b", "c")), annotations=some(entries("a", "d")))
    labels = {**(own.get("labels") or {}), POOL: name}
    value = node(name, labels)
    value["metadata"] |= {key: own[key] for key in own if key == "annotations"}
    value |= draw.choice(({}, {"spec": None}, {"spec": {}}, *[{"spec": {"taints": taints[0]}}] * 3))
    its_pool = pool(
        name,
        draw.choice(("v1beta2", "v1beta2", "v1beta1", "v1alpha1")),
        labels=some(entries("a", "b", "e/f")),
        annotations=some(entries("a", "d", "g")),
        taints=some(taints[1]),
    )
    return {"node": value, "pools": [its_pool]}


# pools

_QUALIFIED = ("a", "A", "x.io/a", "X.io/A_b.c-d", "a" * 63, "x" * 253 + "/a")
_UNQUALIFIED = (
    "",
    "/a",
    "a/",
    "a/b/c",
    "-a",
    "a b",
    "x_y/a",
    "a" * 64,
    "x" * 254 + "/a",
    "ä",
    "a.",
)


def _any_pool(draw: random.Random, name: str, *, is_valid: bool = False) -> Value:
    keys = _QUALIFIED if is_valid or draw.random() < 0.8 else _QUALIFIED + _UNQUALIFIED
    wrong = () if is_valid or draw.random() < 0.75 else ("edge", "Fog", " Edge")
    no_strategy = () if is_valid or draw.random() < 0.75 else ("Random", "raft", "mark ")
    pool_type = _maybe(draw, "", "Edge", "Edge", "Cloud", *wrong)
    is_cloud = is_valid and pool_type == "Cloud"
    result = pool(
        name,
        draw.choice(("v1beta2",) * 4 + ("v1beta1", "v1beta1", "v1alpha1")),
        _maybe(draw, "false", "")
        if is_cloud
        else _maybe(draw, "true", "TRUE", "True", "false", ""),
        type=pool_type,
        hostNetwork=_maybe(draw, False) if is_cloud else _maybe(draw, True, True, False, None),
        interConnectivity=_maybe(draw, True, True, False, None),
        leaderElectionStrategy=_maybe(draw, "", "random", "mark", *no_strategy),
        leaderReplicas=_maybe(draw, 0, -1, 3),
        enableLeaderElection=_maybe(draw, True, False),
        labels=_maybe(draw, {}, {"a": "1"}, None),
        taints=_maybe(draw, [], [{"key": "a", "effect": "NoSchedule"}]),
        annotations=_maybe(draw, {}, None, *({draw.choice(keys): "1"} for _ in range(4))),
    )
    if draw.random() < 0.3:
        result["metadata"]["labels"] = draw.choice(({"a": "1"}, {"nodepool.openyurt.io/type": "x"}))
    if draw.random() < 0.03:
        result["spec"] = None
    return result


def _pool_create(draw: random.Random, name: str) -> Value:
    return {"pool": _any_pool(draw, name)}


_UNCHANGEABLE = ("type", "hostNetwork", "interConnectivity")


def _pool_update(draw: random.Random, name: str) -> Value:
    old = _any_pool(draw, name, is_valid=True)
    if draw.random() < 0.15:
        return {"old": old, "new": _any_pool(draw, name)}
    other = _any_pool(draw, name, is_valid=draw.random() < 0.9)
    spec = dict(old["spec"] or {})
    for key in dict.fromkeys((*spec, *(other["spec"] or {}))):
        if draw.random() < (0.25 if key in _UNCHANGEABLE else 0.1):
            spec.pop(key, None)
            spec |= {key: other["spec"][key]} if key in (other["spec"] or {}) else {}
    metadata = draw.choice((old, old, old, other))["metadata"]
    version = draw.choice((old, old, old, other))["apiVersion"]
    return {"old": old, "new": {**old, "apiVersion": version, "metadata": metadata, "spec": spec}}


def _pool_delete(draw: random.Random, name: str) -> Value:
    its, other = _any_pool(draw, name, is_valid=True), pool(f"other-{name}")
    names = (name, name, other["metadata"]["name"], "")
    nodes = [
        node(
            f"node-{number}-{name}",
            _present(**{POOL: _maybe(draw, *names), DESIRED: _maybe(draw, *names)}),
        )
        for number in range(draw.randint(0, 3))
    ]
    return {"pool": its, "pools": [its, other], "nodes": nodes}


_GENERATORS = {
    "pod-default": _pod_default,
    "node-default": _node_default,
    "node-update": _node_update,
    "node-convert": _node_convert,
    "node-start": _node_start,
    "node-attributes": _node_attributes,
    "node-match": generated_pods.match,
    "pod-security": generated_pods.security,
    "pool-create": _pool_create,
    "pool-update": _pool_update,
    "pool-delete": _pool_delete,
    "set-copies": generated_sets.copies,
}
