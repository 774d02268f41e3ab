"""What is known of the nodes of a cluster: by pool, and in groups of nodes that are alike.

A pool's nodes have its name, its `spec.labels` and `spec.taints`, and the hostnetwork label if it
is a host-network pool (docs/placement.md). Node manifests tell more about some of them. Only if
there are as many as the pool's `status.nodes` says, or the configuration says that they are
complete, are they all of its nodes; otherwise the pool may have others, of which only that is known
which the pool sets. A pool without any Node in the input always has others.

`kubernetes.io/os` is `linux` unless a Node or a pool says otherwise, because YurtHub runs on Linux
only, and so does the control plane. Nodes in no pool are taken not to have what pools set: their
names, and the values of their labels.

Source: OpenYurt, `conciliateNode` of the nodepool controller.
"""

import marshal
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from transformer.kubernetes.nodes import pool_name
from transformer.kubernetes.objects import Manifest, list_at
from transformer.kubernetes.pools import Pool
from transformer.kubernetes.well_known import EDGE_WORKER_LABEL, HOST_NETWORK_LABEL, POOL_LABEL
from transformer.placement.node_match import NAME_FIELD, NodeLabels

HOST_NAME_LABEL = "kubernetes.io/hostname"
OS_LABELS = ("kubernetes.io/os", "beta.kubernetes.io/os")
_LINUX = dict.fromkeys(OS_LABELS, "linux")

Taints = tuple[Mapping[str, Any], ...]


class NodeGroup(NamedTuple):
    """Nodes that are alike in all that is known of them.

    `number` is how many of them are in the input; 0 stands for nodes that are not.
    """

    labels: NodeLabels
    taints: Taints = ()
    is_cordoned: bool = False
    number: int = 0


class _Alike(NamedTuple):
    """Node manifests of one pool that differ in their names only."""

    labels: dict[str, Any]
    taints: Taints
    is_cordoned: bool
    has_host_name: bool
    names: set[str]


class KnownNodes:
    """The Node manifests of a cluster, by pool (an empty name: in no pool).

    `is_complete`: the configuration says that they are all nodes.
    """

    def __init__(self, is_complete: bool = False) -> None:
        self.is_complete = is_complete
        self.revision = 0
        """A number that each change increases."""
        self.has_host_network = False
        """Whether any Node has the label of host-network nodes."""
        self.pools: dict[str, str] = {}
        """The pool of each Node, by its name."""
        self._groups: dict[str, dict[bytes, _Alike]] = {}

    def add(self, manifest: Manifest) -> None:
        """Add a Node; of two with the same name, the first one counts."""
        name, pool = manifest.ref.name, pool_name(manifest)
        if name in self.pools:
            return
        self.revision += 1
        self.pools[name] = pool
        self.has_host_network |= manifest.labels.get(HOST_NETWORK_LABEL) == "true"
        labels = {key: value for key, value in manifest.labels.items() if isinstance(value, str)}
        has_host_name = labels.get(HOST_NAME_LABEL) == name
        if has_host_name:
            del labels[HOST_NAME_LABEL]
        taints = [one for one in list_at(manifest.spec, "taints") if isinstance(one, dict)]
        is_cordoned = manifest.spec.get("unschedulable") is True
        alike = [sorted(labels.items()), repr(taints), is_cordoned, has_host_name]
        self._groups.setdefault(pool, {}).setdefault(
            marshal.dumps(alike), _Alike(labels, tuple(taints), is_cordoned, has_host_name, set())
        ).names.add(name)

    @property
    def pools_of_nodes(self) -> Collection[str]:
        """The names of the pools that Nodes are in."""
        return [name for name in self._groups if name]

    def count(self, pool: str) -> int:
        """Return how many Nodes of a pool there are."""
        return sum(len(group.names) for group in self._groups.get(pool, {}).values())

    def to_convert(self, pool: str) -> int:
        """Return how many Nodes of a pool are not known to be edge workers."""
        groups = self._groups.get(pool, {}).values()
        others = (one for one in groups if one.labels.get(EDGE_WORKER_LABEL) != "true")
        return sum(len(one.names) for one in others)

    def are_all_of(self, pool: Pool) -> bool:
        """Whether the Nodes of a pool are all that it has."""
        count = self.count(pool.name)
        return count > 0 and (self.is_complete or count == pool.node_count)

    def of(
        self, pool: Pool, mentioned: Collection[str], *, is_host_network: bool
    ) -> Iterator[NodeGroup]:
        """Yield the nodes of a pool; those whose name is `mentioned` by pods are groups of one."""
        own = {**_LINUX, **pool.labels, POOL_LABEL: pool.name}
        absent: tuple[str, ...] = (HOST_NETWORK_LABEL,)
        if is_host_network:
            own, absent = {**own, HOST_NETWORK_LABEL: "true"}, ()
        for group in self._groups.get(pool.name, {}).values():
            # The controller sets the labels of the pool over those of the Node.
            labels = {**_LINUX, **group.labels, **pool.labels, POOL_LABEL: pool.name}
            labels |= {HOST_NETWORK_LABEL: "true"} if is_host_network else {}
            taints = (*group.taints, *_added(pool.taints, group.taints))
            yield from self._named(group, labels, absent, taints, mentioned)
        if not self.are_all_of(pool):
            yield NodeGroup(self._unnamed(own, absent, mentioned), pool.taints)

    def in_no_pool(
        self, foreign: Mapping[str, Collection[str]], mentioned: Collection[str]
    ) -> Iterator[NodeGroup]:
        """Yield the nodes in no pool; `foreign` are the values, by key, of the labels of pools."""
        absent = (POOL_LABEL, HOST_NETWORK_LABEL)
        for group in self._groups.get("", {}).values():
            labels = {**_LINUX, **group.labels}
            yield from self._named(group, labels, absent, group.taints, mentioned, foreign)
        if not (self._groups and self.is_complete):
            yield NodeGroup(self._unnamed(_LINUX, absent, mentioned, foreign))

    def of_other_pools(
        self, names: Collection[str], mentioned: Collection[str], *, is_host_network: bool
    ) -> NodeGroup:
        """Return the nodes of pools that have none of these `names`, and are of one type."""
        unlike = {POOL_LABEL: ["", *names]}
        absent = () if is_host_network else (HOST_NETWORK_LABEL,)
        labels = {**_LINUX, **({HOST_NETWORK_LABEL: "true"} if is_host_network else {})}
        return NodeGroup(self._unnamed(labels, absent, mentioned, unlike, (POOL_LABEL,)))

    def _named(
        self,
        group: _Alike,
        labels: Mapping[str, Any],
        absent: tuple[str, ...],
        taints: Taints,
        mentioned: Collection[str],
        foreign: Mapping[str, Collection[str]] | None = None,
    ) -> Iterator[NodeGroup]:
        single = [name for name in mentioned if name in group.names]
        rest = len(group.names) - len(single)
        for name in single:
            own = {**labels, NAME_FIELD: name}
            own |= {HOST_NAME_LABEL: name} if group.has_host_name else {}
            known = NodeLabels(own, absent, foreign or {})
            yield NodeGroup(known, taints, group.is_cordoned, 1)
        if rest:
            unlike = {**(foreign or {}), NAME_FIELD: mentioned}
            unlike |= {HOST_NAME_LABEL: mentioned} if group.has_host_name else {}
            present = (NAME_FIELD, HOST_NAME_LABEL) if group.has_host_name else (NAME_FIELD,)
            known = NodeLabels(labels, absent, unlike, present)
            yield NodeGroup(known, taints, group.is_cordoned, rest)

    def _unnamed(
        self,
        labels: Mapping[str, Any],
        absent: tuple[str, ...],
        mentioned: Collection[str],
        unlike: Mapping[str, Collection[str]] | None = None,
        present: tuple[str, ...] = (),
    ) -> NodeLabels:
        """Return what is known of nodes that are not in the input: they have other names."""
        taken = [name for name in mentioned if name in self.pools]
        others = {**(unlike or {}), NAME_FIELD: taken, HOST_NAME_LABEL: taken}
        return NodeLabels(labels, absent, others, (NAME_FIELD, *present))


def _added(taints: Taints, own: Taints) -> Iterator[Mapping[str, Any]]:
    """Yield the taints of a pool that the controller adds to those that a node has of its own."""
    has = [(taint.get("key"), taint.get("effect")) for taint in own]
    return (taint for taint in taints if (taint.get("key"), taint.get("effect")) not in has)
