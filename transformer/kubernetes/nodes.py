"""Node manifests: their pool, and what changes of it."""

from collections.abc import Mapping

from transformer import pointer
from transformer.kubernetes.objects import Manifest
from transformer.kubernetes.placeholders import is_placeholder
from transformer.kubernetes.pools import Pool, PoolIndex
from transformer.kubernetes.well_known import DESIRED_POOL_LABEL, EDGE_WORKER_LABEL, POOL_LABEL


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
            return ""  # the API server refuses it
        if value:
            return value
    return ""


def pool_label(manifest: Manifest) -> str:
    """Return which of its labels names a Node's pool."""
    return POOL_LABEL if manifest.labels.get(POOL_LABEL) else DESIRED_POOL_LABEL


def is_edge_worker(manifest: Manifest, before: Manifest | None = None) -> bool | None:
    """Whether a Node has YurtHub, by its label now and `before`; None if it is not known.

    A manifest may leave the label out: OpenYurt sets it, and refuses to have it changed. What it
    was in no pool does not count: OpenYurt 1.7 makes such a node a plain one.
    Source: `desiredActionFromNode`, pkg/yurtmanager/controller/yurtnodeconversion.
    """
    states = [manifest] if before is None or not pool_name(before) else [manifest, before]
    values = [state.labels.get(EDGE_WORKER_LABEL) for state in states]
    known = [value for value in values if isinstance(value, str) and not is_placeholder(value)]
    return "true" in known if known else None


def joins(manifest: Manifest, before: Manifest | None) -> bool:
    """Whether a Node is in a pool and was in none, and is not known to be an edge worker."""
    was_in_pool = before is not None and pool_name(before) != ""
    is_in_pool = pool_name(manifest) != ""
    return is_in_pool and not was_in_pool and not is_edge_worker(manifest, before)


def label_change(
    before: Manifest | None, manifest: Manifest, label: str
) -> tuple[str, str | None] | None:
    """Return the old and the new value (None if removed) of a label that was set and changes.

    Return None if they are equal, or if one of them is not a string or is a placeholder.
    """
    old = before.labels.get(label) if before is not None else None
    new = manifest.labels.get(label)
    if not isinstance(old, str) or not (new is None or isinstance(new, str)):
        return None
    if is_placeholder(old) or is_placeholder(new):
        return None
    return (old, new) if old and old != new else None


def label_place(manifest: Manifest, label: str) -> str:
    """Return the pointer of a label, or of the labels if it is absent."""
    return pointer.join("/metadata/labels", *([label] if label in manifest.labels else []))


def is_replaced(before: Manifest | None, label: str, value: object) -> bool:
    """Whether a live node may have the wrong `value` in its label.

    That is so if the value is not empty and the old state, if there is one, has the label too;
    otherwise the webhook sets it.
    """
    was_set = before is None or bool(before.labels.get(label))
    return isinstance(value, str) and bool(value) and was_set


def moved(before: Manifest | None, manifest: Manifest) -> tuple[str, str] | None:
    """Return the names of the old and the new pool of a Node that is moved, or None."""
    if before is None or not is_node(manifest):
        return None
    old, new = pool_name(before), pool_name(manifest)
    return (old, new) if old and new and old != new else None


def network_mode_changes(
    move: tuple[str, str], pools: PoolIndex, former_pools: Mapping[str, Pool]
) -> bool:
    """Whether exactly one of the two pools is host-network, if both are known.

    The old pool may exist only in the old state.
    """
    old, new = (pools.find(name) for name in move)
    old = old or former_pools.get(move[0])
    if old is None or new is None:
        return False
    return old.is_meant_host_network != new.is_meant_host_network
