"""What the Pod webhook does to a pod, and the tool to a pod template; where a pod may run, and in
which namespace.
"""

import json
from collections.abc import Callable, Iterator
from itertools import cycle, product
from typing import Any

import yaml

from tests.oracle.vectors import Outcome, Vector
from transformer import transform
from transformer.kubernetes.objects import manifests, value_at
from transformer.kubernetes.pod_template import PodTemplate
from transformer.placement.filters import schedule
from transformer.placement.node_groups import NodeGroup
from transformer.placement.node_match import NAME_FIELD, NodeLabels, match
from transformer.placement.pod_security import REFUSING, add_level, refused
from transformer.placement.taints import CORDONED, tolerates
from transformer.placement.truth import Truth

_KINDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "Pod": ("v1", lambda template: template),
    "Deployment": ("apps/v1", lambda template: {"spec": {"template": template}}),
    "CronJob": (
        "batch/v1",
        lambda template: {"spec": {"jobTemplate": {"spec": {"template": template}}}},
    ),
}
_WRITTEN: tuple[Callable[[Any], str], ...] = (
    json.dumps,
    lambda value: yaml.dump(value, Dumper=yaml.CSafeDumper),
    lambda value: yaml.dump(value, Dumper=yaml.CSafeDumper, default_flow_style=True),
)


def defaulted(asked: tuple[Vector, ...]) -> Iterator[Outcome]:
    """Compare the affinity that a pod gets, as a pod and in the template of other kinds, however
    that is written.
    """
    ways = cycle(product(_KINDS, _WRITTEN))
    texts = [write(_manifest(vector, kind)) for vector, (kind, write) in zip(asked, ways)]  # noqa: B905
    result = transform("\n---\n".join(texts).encode(), pools=b"")
    after = list(yaml.load_all(result.data, Loader=yaml.CSafeLoader))
    for vector, value in zip(asked, after, strict=True):
        ours, theirs = _affinity_in(value), vector["answer"]["affinity"]
        yield vector, not result.failed and _without_empty(ours) == _without_empty(theirs), ""


def _manifest(vector: Vector, kind: str) -> dict[str, Any]:
    """Return an object of `kind` with the pod of a question as its pod template."""
    version, around = _KINDS[kind]
    template = {key: vector["pod"][key] for key in ("metadata", "spec")}
    name = {"metadata": {"name": vector["pod"]["metadata"]["name"]}}
    return {"apiVersion": version, "kind": kind, **name, **around(template)}


def _affinity_in(value: dict[str, Any]) -> Any:
    spec = value["spec"]
    while "containers" not in spec:
        spec = spec.get("template", spec.get("jobTemplate"))["spec"]
    return spec.get("affinity")


def _without_empty(value: Any) -> Any:
    """Return `value` without entries that are null or empty, which Go leaves out or writes null."""
    if isinstance(value, list):
        return [_without_empty(item) or {} for item in value]
    if isinstance(value, dict):
        kept = {key: _without_empty(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, {}, [])}
    return value


def matched(asked: tuple[Vector, ...]) -> Iterator[Outcome]:
    """Compare whether a pod may run on nodes of which all is known."""
    for vector in asked:
        template, answer = template_of(vector), vector["answer"]
        is_uncordoned = tolerates(template, (CORDONED,)) is Truth.TRUE
        is_same = is_uncordoned == answer["uncordoned"]
        for node, *said in zip(
            vector["nodes"], answer["selected"], answer["tolerated"], strict=True
        ):
            is_same &= _selected_and_tolerated(template, node) == said
            for is_cordoned in (False, True):
                can = all(said) and (not is_cordoned or answer["uncordoned"])
                is_same &= _can(template, node, is_cordoned) is can
        yield vector, is_same, ""


def _selected_and_tolerated(template: PodTemplate, node: Vector) -> list[bool]:
    taints = tolerates(template, node["spec"]["taints"])
    found = (match(template, labels_of(node)), taints)
    assert Truth.UNKNOWN not in found
    return [truth is Truth.TRUE for truth in found]


def _can(template: PodTemplate, node: Vector, is_cordoned: bool) -> bool:
    """Return what all filters together say of a node."""
    group = NodeGroup(labels_of(node), tuple(node["spec"]["taints"]), is_cordoned)
    answer = schedule(template, group, annotated=Truth.FALSE, is_daemon_set=False).answer
    assert answer != "unknown"
    return answer == "can"


def labels_of(node: Vector) -> NodeLabels:
    """Return the labels of a node, which are all that it has."""
    metadata = node["metadata"]
    return NodeLabels({**metadata["labels"], NAME_FIELD: metadata["name"]}, is_complete=True)


def secured(asked: tuple[Vector, ...]) -> Iterator[Outcome]:
    """Compare which level a namespace enforces, and what that refuses of a pod.

    Process IDs and IPC of the host are left out: they have nothing to do with its network.
    """
    for vector in asked:
        answer = vector["answer"]
        levels: dict[str, str] = {}
        add_level(levels, next(manifests(vector["namespace"])))
        level = levels.get(vector["namespace"]["metadata"]["name"], "privileged")
        template = template_of(vector)
        at = ""
        if level in REFUSING:
            is_on_host = template.spec.get("hostNetwork") is True
            at = refused(template, is_on_host=is_on_host)
        yield vector, level == answer["level"] and _is_refused(template, at, answer), ""


def _is_refused(template: PodTemplate, at: str, answer: Vector) -> bool:
    """Whether what is at a pointer is refused (nothing, if the pointer is empty)."""
    if "hostNetwork" in answer["namespaces"]:
        return at == "/spec/hostNetwork"
    if not answer["ports"]:
        return not at
    port, container = (value_at(template.value, at.rsplit("/", up)[0]) for up in (1, 3))
    names, numbers = answer["ports"].split(" hostPort")
    return (
        at.endswith("/hostPort")
        and f'"{container["name"]}"' in names
        and str(port["hostPort"]) in numbers
    )


def template_of(vector: Vector) -> PodTemplate:
    """Return the pod of a question as a pod template."""
    return PodTemplate({"spec": vector["pod"]["spec"]}, "")
