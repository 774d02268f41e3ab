"""What OpenYurt makes of a YurtAppSet for each pool, and the tool."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.oracle.generated_sets import WORLD
from tests.oracle.vectors import Outcome, Vector
from transformer.findings import ObjectRef
from transformer.kubernetes.objects import Manifest, manifests
from transformer.kubernetes.pod_template import ROWS, pod_templates, table
from transformer.kubernetes.pools import PoolIndex, pool_of
from transformer.placement.copies import WorkloadCopy, controlled, copies, refused
from transformer.placement.go_types import written
from transformer.placement.yurt_app_set import YurtAppSet, yurt_app_set


def copied(asked: tuple[Vector, ...]) -> Iterator[Outcome]:
    """Compare which copies are made and refused, and what is in them.

    What the webhook refuses is not made, but the copies that the controller would make are compared
    all the same.
    """
    for vector in asked:
        yield vector, _is_same(vector), ""


def _is_same(vector: Vector) -> bool:
    answer = vector["answer"]
    (manifest,) = manifests(vector["set"])
    source = yurt_app_set(manifest, pod_templates(manifest, table(ROWS)))
    assert source is not None
    made = {copy.pool: copy for copy in ours(manifest) if index().named([copy.pool])}
    if "fails" in answer:
        return all(copy.failure is not None for copy in made.values())
    return (
        made.keys() == answer["copies"].keys()
        and _refused(source) == answer["refused"]
        and all(
            (copy.failure is not None) == ("fails" in theirs or bool(answer["refused"]))
            for copy, theirs in ((made[pool], answer["copies"][pool]) for pool in made)
        )
        and _specs(source, manifest.ref, made, is_refused=bool(answer["refused"]))
        == {pool: theirs.get("spec") for pool, theirs in answer["copies"].items()}
    )


@cache
def index() -> PoolIndex:
    """Return the pools of the world in which all of them are."""
    pools = (pool_of(manifest) for value in WORLD for manifest in manifests(value))
    return PoolIndex(pools, complete=True)


def ours(manifest: Manifest) -> tuple[WorkloadCopy, ...]:
    """Return the copies of a YurtAppSet, as the tool makes them."""
    return copies(manifest, pod_templates(manifest, table(ROWS)), index())


def _refused(source: YurtAppSet) -> list[int]:
    found = (re.search(r"/workloadTweaks/(\d+)/", failure.pointer) for failure in refused(source))
    return [int(place[1]) for place in found if place]


def _specs(
    source: YurtAppSet, ref: ObjectRef, made: dict[str, WorkloadCopy], *, is_refused: bool
) -> dict[str, Any]:
    """Return the specs of what the controller would make, by pool, or None for those that fail."""
    found: dict[str, tuple[Any, Any]] = {
        pool: (copy.failure, copy.workload) for pool, copy in made.items()
    }
    if is_refused:  # what would be made all the same
        found = {
            pool: (source.broken or one.failure, one.object["spec"])
            for pool, one in controlled(source, ref, index())
            if index().named([pool])
        }
    return {
        pool: None if failure else written(f"{source.kind}Spec", spec)
        for pool, (failure, spec) in found.items()
    }
