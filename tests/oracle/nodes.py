"""What the Node webhook and the nodepool controller do to nodes, and the tool to manifests."""

from collections.abc import Iterator
from typing import Any

import yaml

from tests.oracle.asking import clusters, rules_by_object, stream
from tests.oracle.generated import DESIRED, EDGE_WORKER, HOST, POOL
from tests.oracle.vectors import Outcome, Vector
from transformer import transform

LOST = "a pool whose hostNetwork gets lost (HN106): its nodes are not changed until it is fixed"
REPAIRED = "the hostnetwork label: manifests are compared, the webhooks may fail open"

_IN_POOL, _ON_HOST, _AT_EDGE = (f"metadata.labels.{key}" for key in (POOL, HOST, EDGE_WORKER))
REFUSED = {"HN301": _IN_POOL, "HN304": _IN_POOL, "HN303": _ON_HOST, "HN305": _AT_EDGE}
"""The field that the webhook names where one of our rules finds something."""


def defaulted(asked: tuple[Vector, ...]) -> Iterator[Outcome]:
    """Compare the labels that a node gets; one that the webhook refuses stays, and is reported."""
    for pools, some in clusters(asked):
        result = transform(stream(vector["node"] for vector in some), pools=stream(pools))
        after = list(yaml.load_all(result.data, Loader=yaml.CSafeLoader))
        unknown = {found.object for found in result.findings if found.rule == "HN313"}
        names = {one.name for one in unknown if one is not None}
        for vector, value in zip(some, after, strict=True):
            labels = value["metadata"].get("labels") or {}
            is_unknown = vector["node"]["metadata"]["name"] in names
            is_untouched = value == vector["node"]
            is_lost = (labels.get(POOL) or labels.get(DESIRED)) == "lost"
            if "reason" in vector["answer"]:
                yield vector, is_unknown and is_untouched, ""
            else:
                is_same = labels == (vector["answer"]["labels"] or {}) and not is_unknown
                yield vector, is_same, LOST if is_lost and is_untouched else ""


def updated(asked: tuple[Vector, ...]) -> Iterator[Outcome]:
    """Compare which fields of a node must not change as they do, and whether its pool is there.

    What the hostnetwork label may become is judged by the manifests as they are, and by what
    happens on a node that came while the webhooks were down.
    """
    for pools, some in clusters(asked):
        old, new = (stream(vector[state] for vector in some) for state in ("old", "new"))
        found = rules_by_object(new, old=old, pools=stream(pools))
        for vector in some:
            answer, rules = vector["answer"], found[vector["new"]["metadata"]["name"]]
            refused = set(answer["refused"])
            ours = {REFUSED[rule] for rule in rules if rule in REFUSED}
            expected = (refused - {_ON_HOST}) | (
                {*answer["unrepaired"], *answer["late"]} & {_ON_HOST}
            )
            is_told = not refused or bool(rules & {*REFUSED, "HN302"})
            is_same_pool = ("HN313" in rules) == ("reason" in answer)
            is_right = ours == expected and is_told and is_same_pool
            yield vector, is_right and expected == refused, REPAIRED if is_right else ""


def attributed(asked: tuple[Vector, ...]) -> Iterator[Outcome]:
    """Compare what a node gets of its pool."""
    config = {
        "apiVersion": "transform.hostnet.io/v1alpha1",
        "kind": "HostnetTransform",
        "spec": {"rules": {"pool-attributes": True, "node-label": False}},
    }
    pools = stream(pool for vector in asked for pool in vector["pools"])
    result = transform(stream(vector["node"] for vector in asked), pools=pools, config=config)
    after = list(yaml.load_all(result.data, Loader=yaml.CSafeLoader))
    for vector, value in zip(asked, after, strict=True):
        yield vector, _attributes(value) == _controlled(vector["answer"]), ""


def _attributes(node: Any) -> dict[str, Any]:
    """Return what of a Node manifest the controller may change."""
    return {
        "labels": node["metadata"].get("labels") or {},
        "annotations": node["metadata"].get("annotations") or {},
        "taints": [
            {key: item for key, item in taint.items() if item}
            for taint in (node.get("spec") or {}).get("taints") or []
        ],
    }


def _controlled(answer: dict[str, Any]) -> dict[str, Any]:
    """Return what the controller left on the node, without its own bookkeeping."""
    annotations = dict(answer["annotations"] or {})
    annotations.pop("nodepool.openyurt.io/previous-attributes", None)
    return {
        "labels": answer["labels"] or {},
        "annotations": annotations,
        "taints": answer["taints"] or [],
    }
