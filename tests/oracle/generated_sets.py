"""Random YurtAppSets for the oracle: pools, selectors, and tweaks of all sorts.

Half of the paths of patches lead through what is in the template; the others through any field of
the types, with an index, a spelling or a beginning that is usual, rare or wrong. So about half of
the copies are made.
"""

import random
from typing import Any

from transformer.placement.go_types import structs

Value = dict[str, Any]

POOL = "apps.openyurt.io/nodepool"


def _pool(name: str, version: str = "v1beta2", labels: Any = None, **spec: Any) -> Value:
    return {
        "apiVersion": f"apps.openyurt.io/{version}",
        "kind": "NodePool",
        "metadata": {"name": name, **({"labels": labels} if labels else {})},
        "spec": {"type": "Edge", **spec},
    }


WORLD = (
    _pool("hangzhou", labels={"region": "east", "net": "host"}, hostNetwork=True),
    _pool("shanghai", labels={"region": "east"}),
    _pool("beijing", "v1beta1", {"region": "north"}),
    _pool("cloud", labels={"region": ""}, type="Cloud"),
)
_NAMES = ("hangzhou", "hangzhou", "shanghai", "beijing", "cloud", "nowhere")


def copies(draw: random.Random, name: str) -> Value:
    """Return a question about the copies of a YurtAppSet."""
    kind = draw.choice(("Deployment", "Deployment", "StatefulSet"))
    field = kind[0].lower() + kind[1:] + "Template"
    template = {field: _owner(draw, kind)}
    if draw.random() < 0.02:
        template["statefulSetTemplate"] = _owner(draw, "StatefulSet")
        kind = "StatefulSet"
    is_old = draw.random() < 0.15
    spec = _old_spec(draw, template) if is_old else _spec(draw, template, kind)
    made = {
        "apiVersion": f"apps.openyurt.io/{'v1alpha1' if is_old else 'v1beta1'}",
        "kind": "YurtAppSet",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": spec,
    }
    return {"set": made, "pools": WORLD}


def _some(draw: random.Random, chance: float = 0.5, **entries: Any) -> Value:
    """Return each of the entries with a chance; what can be called is made by calling it."""
    return {
        key: item(draw) if callable(item) else item
        for key, item in entries.items()
        if draw.random() < chance
    }


# pools


def _spec(draw: random.Random, template: Value, kind: str) -> Value:
    owner = template[kind[0].lower() + kind[1:] + "Template"]
    tweaks = [_tweak(draw, owner, kind) for _ in range(draw.choice((0, 1, 1, 1, 2, 3)))]
    listed = {"workloadTweaks": tweaks} if tweaks or draw.random() < 0.5 else {}
    return {
        **(_some(draw, 0.8, pools=_names) or {"nodepoolSelector": _selector(draw)}),
        **_some(draw, 0.3, nodepoolSelector=_selector),
        "workload": {"workloadTemplate": template, **listed},
    }


def _names(draw: random.Random) -> Any:
    if draw.random() < 0.03:
        return draw.choice((None, []))
    return [draw.choice(_NAMES) for _ in range(draw.randint(1, 3))]


def _selector(draw: random.Random) -> Any:
    kind = draw.random()
    if kind < 0.1:
        return draw.choice((None, {}))
    if kind < 0.15:
        return draw.choice(
            (
                {"matchLabels": {"region": "no value"}},
                {"matchLabels": {"no key": "x"}},
                {"matchExpressions": [{"key": "region", "operator": "Gt", "values": ["1"]}]},
                {"matchExpressions": [{"key": "region", "operator": "In"}]},
            )
        )
    if kind < 0.6:
        return {
            "matchLabels": draw.choice(
                ({"region": "east"}, {"net": "host"}, {"nodepool.openyurt.io/type": "edge"})
            )
        }
    operator = draw.choice(("In", "NotIn", "Exists", "DoesNotExist"))
    values = {"values": ["east", "south"]} if operator in ("In", "NotIn") else {}
    key = draw.choice(("region", "net"))
    return {"matchExpressions": [{"key": key, "operator": operator, **values}]}


def _old_spec(draw: random.Random, template: Value) -> Value:
    return {
        "selector": {"matchLabels": {"app": "a"}},
        "workloadTemplate": template,
        "topology": {"pools": [_old_pool(draw) for _ in range(draw.randint(0, 3))]},
    }


def _old_pool(draw: random.Random) -> Value:
    first = {
        "key": draw.choice((POOL, POOL, POOL, "region")),
        "operator": draw.choice(("In", "In", "In", "NotIn", "Exists")),
        "values": [draw.choice(_NAMES) for _ in range(draw.randint(1, 2))],
    }
    expressions = [first, dict(first)][: draw.choice((1, 1, 1, 1, 2))]
    term: Value = {"matchExpressions": expressions}
    if draw.random() < 0.04:
        term = {"matchExpressions": []} if draw.random() < 0.5 else {}
    patch = {"spec": {"template": {"spec": {"hostNetwork": True}}}}
    return {
        "name": draw.choice(_NAMES),
        "nodeSelectorTerm": term,
        **_some(draw, 0.6, replicas=draw.randint(0, 3), patch=patch),
        **_some(draw, 0.2, tolerations=[{"operator": "Exists"}]),
    }


# templates


def _owner(draw: random.Random, kind: str) -> Value:
    selector: Any = draw.choice(({"matchLabels": {"app": "a"}},) * 20 + (None, {}))
    metadata = _some(draw, 0.4, labels={"team": "x"}, annotations={"note": "y"})
    own: dict[str, Value] = {
        "Deployment": {
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%"}},
            "revisionHistoryLimit": 3,
            "paused": draw.choice((True, False)),
        },
        "StatefulSet": {
            "serviceName": "a",
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}},
            "podManagementPolicy": "Parallel",
        },
    }
    return {
        **({"metadata": metadata} if metadata or draw.random() < 0.5 else {}),
        "spec": {
            **_some(draw, 0.7, replicas=draw.randint(0, 3)),
            "selector": selector,
            **_some(draw, 0.3, **own[kind]),
            "template": {
                "metadata": {"labels": {"app": "a"}, **_some(draw, 0.3, annotations={"note": "z"})},
                "spec": _pod_spec(draw),
            },
        },
    }


def _pod_spec(draw: random.Random) -> Value:
    term = {"matchExpressions": [{"key": "disk", "operator": "In", "values": ["ssd"]}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
    return {
        "containers": [_container(draw, name) for name in ("main", "side")[: draw.randint(1, 2)]],
        **_some(draw, 0.25, initContainers=lambda draw: [_container(draw, "init")]),
        **_some(
            draw,
            0.35,
            hostNetwork=draw.choice((True, False)),
            dnsPolicy="ClusterFirst",
            nodeSelector={"disk": "ssd"},
            tolerations=[{"key": "a", "operator": "Exists"}, {"key": "b", "effect": "NoSchedule"}],
            affinity={"nodeAffinity": required},
            securityContext={"runAsUser": 1000, "runAsNonRoot": True},
            volumes=[{"name": "data", "emptyDir": {"sizeLimit": "1Gi"}}],
            terminationGracePeriodSeconds=draw.choice((0, 30)),
            priorityClassName="high",
        ),
        **_some(draw, 0.1, unknownField={"a": 1}),
    }


def _container(draw: random.Random, name: str) -> Value:
    return {
        "name": name,
        "image": f"{name}:1",
        **_some(
            draw,
            0.35,
            args=["--a", "--b"],
            env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
            ports=[{"name": "http", "containerPort": 8080, "hostPort": 80}],
            resources={"limits": {"cpu": "500m", "memory": "128Mi"}},
            livenessProbe={"httpGet": {"path": "/", "port": "http"}, "periodSeconds": 5},
            securityContext={"privileged": False, "capabilities": {"drop": ["ALL"]}},
        ),
    }


# tweaks


def _tweak(draw: random.Random, owner: Value, kind: str) -> Value:
    count = draw.choice((0, 1, 1, 1, 2, 3))
    image = {"name": draw.choice(("main", "side", "init", "none")), "targetImage": "other:2"}
    return {
        **_some(draw, 0.75, pools=_names),
        **_some(draw, 0.35, nodepoolSelector=_selector),
        "tweaks": {
            **_some(draw, 0.3, replicas=draw.choice((None, 0, 1, 5))),
            **_some(draw, 0.3, containerImages=[image]),
            **({"patches": [_patch(draw, owner, kind) for _ in range(count)]} if count else {}),
        },
    }


def _patch(draw: random.Random, owner: Value, kind: str) -> Value:
    operation = draw.choice(("add", "add", "add", "replace", "replace", "remove"))
    if draw.random() < 0.01:
        operation = draw.choice(("merge", "Add", ""))
    tokens, field_kind = _way(draw, owner, kind)
    value: Any = {"value": _fitting(draw, field_kind)}
    if operation == "remove" or draw.random() < 0.03:
        value = {}
    elif draw.random() < 0.1:
        value = {"value": draw.choice((None, None, True, 1, "x", 1.5, [], {}, ["x"], {"x": "y"}))}
    return {"operation": operation, "path": _written(draw, tokens), **value}


def _way(draw: random.Random, owner: Value, kind: str) -> tuple[list[str], str]:
    """Return where a patch leads, and the type of what is there."""
    tokens: list[str] = []
    within: Any = owner
    deepest = draw.choice((2, 3, 4, 4, 5, 6, 8))
    while len(tokens) < deepest:
        kind = kind.lstrip("*")
        if kind.startswith("[]"):
            size = len(within) if isinstance(within, list) else 0
            indexes = (
                ["-", *map(str, range(size))] if draw.random() < 0.9 else ["-1", "-2", "9", "x"]
            )
            tokens.append(draw.choice(indexes))
            kind, within = kind[2:], within[0] if size else None
        elif kind.startswith("map["):
            keys = ["disk", "app", "new", "a~b/c", "{{nodepool-name}}", POOL]
            tokens.append(draw.choice([*(within or ()), *keys]))
            kind, within = kind[4:-1], None
        elif kind in structs():
            fields = list(structs()[kind])
            there = [key for key in within or () if key in fields]
            likely = _LIKELY if draw.random() < 0.3 else ()
            choices = there if there and draw.random() < 0.7 else fields
            choices = [key for key in fields if key in likely] or choices
            token = draw.choice(choices)
            kind = structs()[kind][token].kind
            within = within.get(token) if isinstance(within, dict) else None
            tokens.append(token)
        else:
            break
    return tokens, kind


_LIKELY = ("spec", "template", "hostNetwork", "containers", "nodeSelector", "dnsPolicy", "affinity")


def _written(draw: random.Random, tokens: list[str]) -> str:
    """Return a path, with a slip in some of them."""
    slip = draw.random()
    if slip < 0.02:
        tokens = [*tokens[:-1], tokens[-1].swapcase()]
    elif slip < 0.04:
        tokens = [*tokens[:-1], f"{tokens[-1]}x"]
    elif slip < 0.05:
        return draw.choice(("", "/", "spec", "/".join(tokens), "x/" + "/".join(tokens)))
    return "".join("/" + token.replace("~", "~0").replace("/", "~1") for token in tokens)


def _fitting(draw: random.Random, kind: str, depth: int = 0) -> Any:
    """Return a value of a type."""
    if kind.startswith("*"):
        return _fitting(draw, kind[1:], depth)
    if kind.startswith("[]"):
        return [_fitting(draw, kind[2:], depth + 1) for _ in range(draw.choice((0, 1, 1, 2)))]
    if kind.startswith("map["):
        keys = ["disk", "new", "{{nodepool-name}}"][: draw.randint(0, 3)]
        return {key: _fitting(draw, kind[4:-1], depth + 1) for key in keys}
    if kind in _VALUES:
        return draw.choice(_VALUES[kind])
    fields = list(structs()[kind].items())
    chosen = (
        draw.sample(fields, min(len(fields), draw.choice((0, 1, 1, 2, 3)))) if depth < 4 else []
    )
    return {
        name: None if draw.random() < 0.05 else _fitting(draw, its.kind, depth + 1)
        for name, its in chosen
    }


_VALUES: dict[str, tuple[Any, ...]] = {
    "string": ("x", "{{nodepool-name}}-1", ""),
    "bool": (True, True, False),
    "int32": (0, 1, 2, 2**31 - 1),
    "int64": (0, 7, 2**40),
    "IntOrString": (0, 3, "50%", "http"),
    "Quantity": ("1", "500m", "2Gi"),
    "Time": ("2024-05-06T07:08:09Z",),
    "FieldsV1": ({"f:spec": {}},),
}
