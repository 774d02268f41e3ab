"""What the Pod webhook does to a pod, and the tool to a pod template; where a pod may run."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import cycle, product
from typing import Any

import yaml

from tests.oracle.generated import REQUIRED
from tests.oracle.vectors import Outcome, Vector
from transformer import transform
from transformer.kubernetes.node_match import NodeLabels, Truth, match
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.tolerations import tolerates

FIELDS = "matchFields: which node a name stands for is not known"

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
    """Compare whether a pod may run on a node with labels, all of which are known, and taints."""
    for vector in asked:
        labels = NodeLabels(vector["node"]["metadata"]["labels"], is_complete=True)
        template, answer = template_of(vector), vector["answer"]
        truth = match(template, labels)
        is_tolerated = tolerates(template, vector["node"]["spec"]["taints"])
        is_right = is_tolerated == answer["tolerated"]
        if truth is Truth.UNKNOWN:
            depends = len({match(one, labels) for one in _decided(vector)}) == 2
            yield vector, False, FIELDS if is_right and depends else ""
        else:
            yield vector, is_right and (truth is Truth.TRUE) == answer["selected"], ""


def _decided(vector: Vector) -> Iterator[PodTemplate]:
    """Yield the pod as if no node were one that `matchFields` name, and as if each one were."""
    for operator in ("Exists", "DoesNotExist"):
        stands_for = {"key": "absent", "operator": operator}
        spec = deepcopy(vector["pod"]["spec"])
        for term in spec["affinity"]["nodeAffinity"][REQUIRED]["nodeSelectorTerms"]:
            if term.pop("matchFields", None):
                term.setdefault("matchExpressions", []).append(stands_for)
        yield PodTemplate({"spec": spec}, "")


def template_of(vector: Vector) -> PodTemplate:
    """Return the pod of a question as a pod template."""
    return PodTemplate({"spec": vector["pod"]["spec"]}, "")
