"""NodePools of all versions: whether they are host-network, and what they set on their nodes."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from transformer.kubernetes.objects import Manifest, list_at, mapping_at
from transformer.kubernetes.well_known import HOST_NETWORK_LABEL
from transformer.wording import shown

GROUP = "apps.openyurt.io"
OLD_VERSIONS = ("v1alpha1", "v1beta1")
TYPE_LABEL = "nodepool.openyurt.io/type"


_NONE: Mapping[str, Any] = {}


class Pool(NamedTuple):
    """A NodePool as the cluster stores it.

    `host_network` is the effective value: v1beta2 has the field; in v1alpha1 and v1beta1 only the
    annotation survives the conversion (`ConvertTo`), and `loses_host_network` means that the field
    is set and will be dropped. `labels`, `annotations` and `taints` are those of its nodes.

    The other fields matter only to the pool: its own labels (with the one that the webhook derives
    from the type), its type and its interConnectivity, with defaults applied, and the number
    of nodes in its status (None: it has none).
    """

    name: str
    host_network: bool
    loses_host_network: bool = False
    labels: Mapping[str, Any] = _NONE
    annotations: Mapping[str, Any] = _NONE
    taints: tuple[dict[str, Any], ...] = ()
    own_labels: Mapping[str, Any] = _NONE
    type: Any = "Edge"
    inter_connectivity: bool = False
    node_count: int | None = None

    @property
    def is_meant_host_network(self) -> bool:
        """Whether it is host-network in the cluster, or is written to be (HN106)."""
        return self.host_network or self.loses_host_network

    @property
    def for_nodes(self) -> "Pool":
        """The pool with defaults for what matters only to it."""
        name, host_network, loses_host_network, labels, annotations, taints, *_ = self
        return Pool(name, host_network, loses_host_network, labels, annotations, taints)


def is_pool(manifest: Manifest) -> bool:
    """Whether `manifest` is an OpenYurt NodePool, of any version."""
    return manifest.ref.kind == "NodePool" and manifest.ref.group == GROUP


def pool_of(manifest: Manifest) -> Pool:
    """Return the pool of a NodePool manifest, converted to the storage version.

    Source: OpenYurt `ConvertTo` of v1alpha1 and v1beta1 (which forces interConnectivity to false),
    pkg/apis/apps/*/nodepool_conversion.go; `NodePoolHandler.Default` for the defaults.
    """
    spec = manifest.spec
    declared = spec.get("hostNetwork") is True
    is_old = manifest.ref.version in OLD_VERSIONS
    pool_type = spec.get("type") or "Edge"
    if is_old:
        annotation = manifest.annotations.get(HOST_NETWORK_LABEL)
        effective = isinstance(annotation, str) and annotation.lower() == "true"
    else:
        effective = declared
    return Pool(
        manifest.ref.name,
        effective,
        declared and not effective,
        mapping_at(spec, "labels"),
        mapping_at(spec, "annotations"),
        tuple(taint for taint in list_at(spec, "taints") if isinstance(taint, dict)),
        {**manifest.labels, TYPE_LABEL: str(pool_type).lower()},
        pool_type,
        not is_old and spec.get("interConnectivity") is True,
        _node_count(manifest),
    )


def _node_count(manifest: Manifest) -> int | None:
    found = mapping_at(manifest.value, "status").get("nodes")
    return len(found) if isinstance(found, list) else None


def emptied(before: Manifest | None, now: Manifest, field_name: str) -> str:
    """Return in words how an update empties a text in `spec`, or nothing.

    The webhook sets defaults on creation only. A later update keeps them only if the manifest never
    had the field.
    """
    if before is None:
        return ""
    old, new = before.spec.get(field_name), now.spec.get(field_name)
    if new == "":
        return "is empty"
    return f"was {shown(old)} and is taken out" if isinstance(old, str) and new is None else ""


class PoolsNeeded(Exception):
    """A pool is not known yet, but more input may contain it."""


class PoolIndex:
    """The NodePools of one cluster, by name.

    `complete`: all of them are known. If only one of two NodePools with the same name is
    host-network, the name is *ambiguous* and nothing can be decided for its nodes. If they differ
    in anything else, what the pool sets on its nodes is unknown; each definition is kept.
    """

    def __init__(self, pools: Iterable[Pool] = (), *, complete: bool = False) -> None:
        self._pools: dict[str, Pool] = {}
        self._given: dict[str, Pool] = {}
        self.revision = 0
        """A number that each change increases."""
        self.has_host_network = False
        """Whether any pool, of any definition, is meant to be host-network."""
        self._ambiguous: set[str] = set()
        self._differing: dict[str, list[Pool]] = {}
        self.complete = complete
        for pool in pools:
            self.add(pool)

    def add(self, pool: Pool) -> bool:
        """Add a pool, which may already be known. Return whether it makes its name ambiguous.

        One without a name, which the cluster refuses, is none: no node can be in it.
        """
        if not pool.name:
            return False
        self.revision += 1
        self.has_host_network |= pool.is_meant_host_network
        known = self._pools.setdefault(pool.name, pool)
        if known.for_nodes != pool.for_nodes:
            others = self._differing.setdefault(pool.name, [])
            if pool.for_nodes not in [other.for_nodes for other in others]:
                others.append(pool)
        is_same = known.host_network == pool.host_network
        if is_same and known.loses_host_network == pool.loses_host_network:
            return False
        is_new = pool.name not in self._ambiguous
        self._ambiguous.add(pool.name)
        return is_new

    def give(self, pools: Iterable[Pool]) -> None:
        """Add pools from outside the manifests of the run, as with `--pools`."""
        for pool in pools:
            self._given.setdefault(pool.name, pool)
            self.add(pool)

    def contradicts_given(self, pool: Pool) -> bool:
        """Whether, of `pool` and the given pool with its name, only one is host-network."""
        given = self._given.get(pool.name)
        return given is not None and given.is_meant_host_network != pool.is_meant_host_network

    def find(self, name: str) -> Pool | None:
        """Return the pool called `name`, or None if there is none or if it is ambiguous.

        Raises:
            PoolsNeeded: it is not known, and the index is not complete.
        """
        if name in self._ambiguous:
            return None
        if name not in self._pools and not self.complete:
            raise PoolsNeeded(name)
        return self._pools.get(name)

    def all(self) -> list[Pool]:
        """Return the pools, the first of each name, in the order of the input.

        Raises:
            PoolsNeeded: the index is not complete.
        """
        if not self.complete:
            raise PoolsNeeded("all")
        return list(self._pools.values())

    def named(self, names: Iterable[str]) -> list[Pool]:
        """Return those of `all` that have one of `names`, in the order of the names.

        Raises:
            PoolsNeeded: the index is not complete.
        """
        if not self.complete:
            raise PoolsNeeded("all")
        found = (self._pools.get(name) for name in dict.fromkeys(names))
        return [pool for pool in found if pool is not None]

    def definitions(self, name: str) -> list[Pool]:
        """Return the definitions of a pool that differ in what matters to its nodes."""
        found = self._pools.get(name)
        return [] if found is None else [found, *self._differing.get(name, ())]

    def is_ambiguous(self, name: str) -> bool:
        """Whether only some of the NodePools with this name are host-network."""
        return name in self._ambiguous

    def differs(self, name: str) -> bool:
        """Whether NodePools with this name differ in anything that matters to their nodes."""
        return name in self._differing
