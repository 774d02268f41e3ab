"""What is remembered of an object of the old state: only what change rules compare."""

from typing import Any

from transformer.kubernetes.nodes import is_node
from transformer.kubernetes.objects import Manifest, mapping_at
from transformer.kubernetes.pools import is_pool

_SHORT_LIVED = {("", "Pod"): (), ("batch", "Job"): ("spec", "template")}
"""Kinds whose pod templates never change, and where these are."""


def former(manifest: Manifest) -> Manifest | None:
    """Return `manifest` without what no rule compares, or None where none compares its kind, or it
    has no name by which it could be found again.

    Of a NodePool all is kept but its managed fields and status (the names of its nodes apart); of
    a Node its labels; of a Pod and a Job the affinity of the pod template, and whether it is
    suspended.
    """
    value: dict[str, Any]
    if not manifest.is_named:
        return None
    if is_pool(manifest):
        nodes = mapping_at(manifest.value, "status").get("nodes")
        metadata = {key: manifest.metadata.get(key) for key in ("name", "labels", "annotations")}
        value = {"metadata": metadata, "spec": manifest.spec, "status": {"nodes": nodes}}
    elif is_node(manifest):
        value = {"metadata": {"name": manifest.ref.name, "labels": manifest.labels}}
    elif (at := _SHORT_LIVED.get((manifest.ref.group, manifest.ref.kind))) is not None:
        value = {"spec": {"affinity": mapping_at(manifest.value, *at, "spec").get("affinity")}}
        for key in reversed(at):
            value = {key: value}
        if "suspend" in manifest.spec and at:
            value["spec"]["suspend"] = manifest.spec["suspend"]
    else:
        return None
    return Manifest(value, manifest.base, manifest.ref)
