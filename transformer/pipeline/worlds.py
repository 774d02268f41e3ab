"""The clusters in which documents are validated, and the findings that are the same in several.

A file may belong to several clusters of the configuration. If it belongs to none, its workloads may
run in any, so they are validated in each; its NodePools and Nodes make one more world, and
duplicates in such files are reported once. Without clusters, that world is all there is.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from transformer.findings import Finding
from transformer.kubernetes.nodes import is_node
from transformer.kubernetes.objects import Manifest
from transformer.kubernetes.pools import is_pool
from transformer.pipeline.old_state import OldState
from transformer.rules.context import ClusterContext, clusters_in_words

OUTSIDE = ""
"""The name of the world of files that belong to no cluster."""


class World(NamedTuple):
    """A cluster, or with an empty name what belongs to none; `old_state` is that of the same world,
    or None.
    """

    name: str
    cluster: ClusterContext
    old_state: OldState | None = None


class Worlds(NamedTuple):
    """Where the objects of a file are validated: in each of `every`.

    `outside` is set if it belongs to no cluster, but others do: the world of its pools and nodes,
    and of duplicates.
    """

    every: tuple[World, ...]
    outside: World | None = None

    def of(self, manifest: Manifest) -> tuple[World, ...]:
        """Return the worlds in which an object is validated."""
        is_apart = self.outside is not None and belongs_apart(manifest)
        return (self.outside,) if self.outside is not None and is_apart else self.every

    @property
    def are_named(self) -> bool:
        """Whether any of them is a cluster of the configuration."""
        return any(world.name for world in self.every)


def belongs_apart(manifest: Manifest) -> bool:
    """Whether an object in a file that belongs to no cluster is not part of every cluster."""
    return is_pool(manifest) or is_node(manifest)


def merged(
    findings: Iterable[Finding], shared: Mapping[str, Collection[str]], clusters: Sequence[str]
) -> list[Finding]:
    """Return the findings of all worlds, each once.

    `shared` are the files that are validated in several worlds, with the names of their clusters
    (none: they belong to no cluster). Unless a finding on such a file is the same in all `clusters`
    of the run, its message names those of the finding.
    """
    found_in: dict[Finding, dict[str, None]] = {}
    for found in findings:
        key = found._replace(clusters=()) if found.clusters else found
        found_in.setdefault(key, {}).update(dict.fromkeys(found.clusters))
    result = []
    for found, those in found_in.items():
        names = tuple(name for name in clusters if name in those)
        message = found.message
        if names and found.file in shared and (len(names) == 1 or len(names) < len(clusters)):
            message += f" ({clusters_in_words(names)})"
        result.append(found._replace(message=message, clusters=names) if names else found)
    return result


def reason_in(reason: str, names: Sequence[str], every: Sequence[str]) -> str:
    """Return a reason with the worlds in which it holds, unless that is `every` one."""
    if len(names) == len(every):
        return reason
    end, words = "in the input", clusters_in_words(names)
    if reason.endswith(end):
        return f"{reason.removesuffix(end)}in {words}"
    return f"{reason}; {words}"
