"""What the NodePool webhook refuses, and what the tool finds; what becomes of older versions."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.oracle.asking import rules_by_object, stream
from tests.oracle.vectors import Outcome, Vector
from transformer.kubernetes.objects import manifests
from transformer.kubernetes.pools import Pool, pool_of

MEANT = "a Cloud pool whose hostNetwork gets lost (HN106): HN103 says that it must not be there"

_REFUSED = {
    "HN105": "spec.annotations",
    "HN102": "spec.type",
    "HN103": "spec.hostNetwork",
    "HN104": "spec.leaderElectionStrategy",
    "HN202": "spec.type",
    "HN201": "spec.hostNetwork",
    "HN203": "spec.interConnectivity",
    "HN204": "metadata.name",
}
"""The field that the webhook names where one of our rules finds something, in the order in which it
looks: it stops at the first.
"""


def created(asked: tuple[Vector, ...]) -> Iterator[Outcome]:
    """Compare whether a pool may be created, and as what it is stored."""
    found = rules_by_object(stream(vector["pool"] for vector in asked))
    for vector, is_same, reason in _compared(asked, "pool", found):
        (manifest,) = manifests(vector["pool"])
        is_stored_so = _stored(pool_of(manifest)) == _told(vector["answer"]["stored"])
        yield vector, is_same and is_stored_so, reason if is_stored_so else ""


def updated(asked: tuple[Vector, ...]) -> Iterator[Outcome]:
    """Compare whether a pool may change as it does."""
    old, new = (stream(vector[state] for vector in asked) for state in ("old", "new"))
    yield from _compared(asked, "new", rules_by_object(new, old=old))


def deleted(asked: tuple[Vector, ...]) -> Iterator[Outcome]:
    """Compare whether a pool may be removed while its nodes stay."""
    kept = [value for vector in asked for value in vector["nodes"]]
    others = {pool["metadata"]["name"]: pool for vector in asked for pool in vector["pools"][1:]}
    gone = [vector["pool"] for vector in asked]
    new = [*others.values(), *kept]
    found = rules_by_object(stream(new), old=stream([*gone, *new]))
    yield from _compared(asked, "pool", found)


def _compared(
    asked: tuple[Vector, ...], state: str, found: Mapping[str, set[str]]
) -> Iterator[Outcome]:
    for vector in asked:
        rules, refused = found[vector[state]["metadata"]["name"]], vector["answer"]["refused"]
        is_cloud = (vector[state]["spec"] or {}).get("type") == "Cloud"
        is_meant = is_cloud and "HN106" in rules and _first(rules - {"HN103"}) == refused
        yield vector, _first(rules) == refused, MEANT if is_meant else ""


def _first(rules: set[str]) -> list[str]:
    return [field for rule, field in _REFUSED.items() if rule in rules][:1]


def _stored(pool: Pool) -> list[Any]:
    return [
        *(pool.host_network, pool.inter_connectivity, pool.type, pool.own_labels),
        *(pool.labels, pool.annotations, list(pool.taints)),
    ]


def _told(stored: dict[str, Any]) -> list[Any]:
    on_nodes = stored["nodes"]
    return [
        *(stored["hostNetwork"], stored["interConnectivity"], stored["type"], stored["labels"]),
        *(on_nodes["labels"] or {}, on_nodes["annotations"] or {}, on_nodes["taints"] or []),
    ]
