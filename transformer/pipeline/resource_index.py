"""The index that a first pass over all documents of a cluster builds, for the second pass.

Pools may come after their nodes, a Service before its pods, and which objects were removed is known
only at the end. Documents are read here only if their bytes mention such a kind.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from transformer.errors import InputError
from transformer.kubernetes.nodes import is_node, joins
from transformer.kubernetes.objects import Manifest, manifests
from transformer.kubernetes.pools import GROUP, Pool, PoolIndex
from transformer.kubernetes.services import LocalService, local_service
from transformer.pipeline.context import add_pool
from transformer.pipeline.documents import Document
from transformer.pipeline.old_state import Identity, OldState, compared_part, identity
from transformer.placement.node_groups import KnownNodes
from transformer.placement.pod_security import add_level
from transformer.rules.context import ClusterContext
from transformer.text.prefilter import (
    mentions_compared,
    mentions_local_service,
    mentions_node,
    mentions_pod_security,
)
from transformer.yamltree.parse import load


@dataclass(slots=True)
class ResourceIndex:
    """Pools, Nodes, the levels of Pod Security that Namespaces enforce, the Services with a `Local`
    policy by namespace, and, if `compares`, the files (relative) that contain each object that an
    old state is compared with, and the labels of Nodes.

    `former_names` are the names of the objects in the old state. An object that is not found now
    may still exist if a document that cannot be read mentions its name (`unread_names`), or if its
    file has such a document (`unread_files`).
    """

    pools: PoolIndex
    nodes: KnownNodes = field(default_factory=KnownNodes)
    labeled_nodes: dict[str, Manifest] = field(default_factory=dict)
    namespaces: dict[str, str] = field(default_factory=dict)
    services: dict[str, list[LocalService]] = field(default_factory=dict)
    present: dict[Identity, set[str]] = field(default_factory=dict)
    compares: bool = True
    former_names: frozenset[str] = frozenset()
    unread_names: set[str] = field(default_factory=set)
    unread_files: set[str] = field(default_factory=set)

    def take(self, document: Document, file: str) -> None:
        """Add a document of the file `file`; the second pass reports what cannot be read."""
        found = self.read(document)
        if found is None:
            self.miss(document, file)
        else:
            self.add(found, file)

    def miss(self, document: Document, file: str) -> None:
        """Add a document that cannot be read."""
        data = document.raw.data
        self.unread_files.add(file)
        self.unread_names.update(name for name in self.former_names if name.encode() in data)

    def add(self, found: Iterable[Manifest], file: str) -> None:
        """Add objects of the file `file`."""
        for manifest in found:
            add_pool(self.pools, manifest)
            if is_node(manifest):
                self.nodes.add(manifest)
                if self.compares and (labeled := compared_part(manifest)) is not None:
                    self.labeled_nodes[manifest.ref.name] = labeled
            add_level(self.namespaces, manifest)
            if (service := local_service(manifest)) is not None:
                self.services.setdefault(manifest.ref.namespace, []).append(service)
            self._add_present(manifest, file)

    def add_present(self, found: Iterable[Manifest], file: str) -> None:
        """Add only which objects there are, for a file that is not validated."""
        for manifest in found:
            self._add_present(manifest, file)

    def mentions(self, data: bytes) -> bool:
        """Whether the bytes may contain an object that belongs in this index."""
        mentions = mentions_compared if self.compares else mentions_node
        # Both of these find NodePools as well.
        return mentions(data) or mentions_local_service(data) or mentions_pod_security(data)

    def read(self, document: Document) -> list[Manifest] | None:
        """Return the manifests in a document: none if no kind of this index is mentioned, None if
        it cannot be read.
        """
        if document.raw.oversize:
            return None
        if not self.mentions(document.raw.data):
            return []
        try:
            values = [load(piece.raw.data) for piece in document.pieces]
        except InputError:
            return None
        return [manifest for value in values for manifest in manifests(value)]

    def _add_present(self, manifest: Manifest, file: str) -> None:
        if self.compares and compared_part(manifest) is not None:
            self.present.setdefault(identity(manifest.ref), set()).add(file)

    def cluster(self, base: ClusterContext, old_state: OldState | None) -> ClusterContext:
        """Return the cluster that rules see; the index is complete, and so are its pools."""
        self.pools.complete = True
        former_nodes, former_pools, joining = frozenset[str](), dict[str, Pool](), None
        if old_state is not None:
            old_state.compare_with(self._present())
            nodes, former_pools = old_state.nodes(), old_state.pools()
            former_nodes = frozenset(nodes)
            if old_state.has_objects:
                joining = Counter(
                    self.nodes.pools[name]
                    for name, labeled in self.labeled_nodes.items()
                    if joins(labeled, nodes.get(name))
                )
        return base._replace(
            pools=self.pools,
            nodes=self.nodes,
            namespaces=self.namespaces,
            former_nodes=former_nodes,
            former_pools=former_pools,
            joining=joining,
            services=self.services,
        )

    def _present(self) -> Mapping[Identity, set[str]]:
        """Return the objects of the new state, including pools from `--pools`."""
        pools: dict[Identity, set[str]] = {
            (GROUP, "NodePool", "", pool.name): set() for pool in self.pools.all()
        }
        return {**pools, **self.present}
