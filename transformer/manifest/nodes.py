"""Node manifests: the pool they belong to, and how their metadata is set."""

from collections.abc import Mapping
from typing import Any

from transformer.manifest.malformed import wrong_type
from transformer.manifest.manifest import Manifest
from transformer.manifest.names import DESIRED_POOL_LABEL, POOL_LABEL
from transformer.patch.operation import Operation
from transformer.yamltree import pointer


def is_node(manifest: Manifest) -> bool:
    """Whether `manifest` is a core Node."""
    return manifest.ref.kind == "Node" and manifest.ref.group == ""


def pool_name(manifest: Manifest) -> str:
    """Return the name of a Node's pool, or an empty string.

    Source: `NodeHandler.Default`: the nodepool label, else the desired-nodepool label.
    """
    for label in (POOL_LABEL, DESIRED_POOL_LABEL):
        value = manifest.labels.get(label)
        if value is not None and not isinstance(value, str):
            return ""  # refused by the API server
        if value:
            return value
    return ""


def set_entries(manifest: Manifest, field: str, wanted: Mapping[str, Any]) -> list[Operation]:
    """Return the operations that set `wanted` in metadata's `field` (labels or annotations).

    Raises:
        PatchError: the field is no mapping.
    """
    current = manifest.metadata.get(field)
    if not wanted:
        return []
    if current is None:
        return [Operation("add", f"/metadata/{field}", dict(wanted))]
    if not isinstance(current, dict):
        raise wrong_type(f"/metadata/{field}", current, "a mapping")
    return [
        Operation(
            "replace" if key in current else "add",
            pointer.join("/metadata", field, key),
            value,
        )
        for key, value in wanted.items()
        if current.get(key) != value
    ]
