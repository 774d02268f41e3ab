"""HN107: the same object is in the input twice.

Two manifests with the same group, kind, namespace and name are one object in the cluster: the one
that is applied last wins, and an edit of the other has no effect. NodePools, Nodes, workloads and
Services are compared. Within one file or stream, a duplicate is an error; across files it is a
warning, because the files may belong to different clusters. If they do, set `clusters` (or, for
short, `scopes`) in the configuration: objects of different clusters are not compared. Files that
belong to no cluster are compared with each other.

Bad, in one file:

    apiVersion: apps.openyurt.io/v1beta2
    kind: NodePool
    metadata: {name: hangzhou}
    spec: {type: Edge}
    ---
    apiVersion: apps.openyurt.io/v1beta2
    kind: NodePool
    metadata: {name: hangzhou}
    spec: {type: Edge, hostNetwork: true}

Fix: keep one of them, or rename one; across files, set `clusters` if they belong to different
clusters.

Files that different kustomizations build are not compared with each other. A file is not compared
with other files if a kustomization sets its namespace or a prefix or suffix of its names, or if the
kustomization in its folder leaves it out. The namespace that Flux (`targetNamespace`) or Argo CD
gives to an object is the one that counts. Patches and workloads without containers (parts of
objects), objects that are marked as local configuration (not applied to the cluster) and objects
with `generateName` (a new name each time) are not compared at all. If two folders have several
objects in common, one finding covers all of them.

Source: Kubernetes, object names and UIDs: a name is unique among the objects of its kind and
namespace.
"""

import json
import posixpath
from collections.abc import Iterable, Iterator, Sequence

from transformer.findings import Finding, Related, Severity, Violation
from transformer.kubernetes.nodes import is_node
from transformer.kubernetes.pools import Pool, is_pool, pool_of
from transformer.rules.base import Conclusion, LocatedObservation, Observation, ValidationRule
from transformer.rules.context import RuleContext
from transformer.rules.exempt import partial_templates

_LOCAL_CONFIG = "config.kubernetes.io/local-config"


def collect(context: RuleContext) -> Iterator[Observation]:
    manifest, usage = context.manifest, context.usage
    is_local = manifest.annotations.get(_LOCAL_CONFIG, "false") != "false"
    if is_local or not (manifest.is_named and _is_compared(context)):
        return
    ref = manifest.ref
    pool = pool_of(manifest) if is_pool(manifest) else None
    says = _digest(pool) if pool else ""
    has_namespace = not (pool or is_node(manifest))
    is_moved = usage.renames or (usage.moves and has_namespace)
    key = "\0".join((ref.group, ref.kind, ref.namespace, ref.name))
    is_apart = is_moved or usage.is_left_out
    yield Observation(key, "/metadata/name", (says, is_apart, usage.roots))


def _digest(pool: Pool) -> str:
    from hashlib import sha256  # only for pools

    return sha256(json.dumps(pool._asdict(), sort_keys=True).encode()).hexdigest()[:16]


def _is_compared(context: RuleContext) -> bool:
    """Whether it is a NodePool, a Node, a Service, or a workload with containers."""
    is_workload = context.subjects == {"workloads"}
    return not is_workload or len(partial_templates(context)) < len(context.templates)


def finalize(observations: Iterable[LocatedObservation]) -> Iterator[Conclusion]:
    first_in: dict[str, LocatedObservation] = {}
    met: dict[int | None, tuple[int, LocatedObservation]] = {}
    """By outermost kustomization, the first of each, with its number."""
    for number, located in enumerate(observations):
        first = first_in.setdefault(located.place.file, located)
        _, is_apart, roots = located.value
        if first is not located:
            yield located, _violation(first, located)
        elif not is_apart:
            # What no kustomization builds may meet anything; it is under None.
            own = (*roots, None) if roots else tuple(met)
            if earlier := [met[root] for root in own if root in met]:
                _, before = min(earlier, key=lambda one: one[0])
                yield located, _violation(before, located)
            for root in roots or (None,):
                met.setdefault(root, (number, located))


def _violation(first: LocatedObservation, again: LocatedObservation) -> Violation:
    place, differs = first.place, again.value[0] != first.value[0]
    is_one_file = place.file == again.place.file
    where = f"in line {place.line}" if is_one_file else f"at {place.file}:{place.line}"
    hint = "keep one of them"
    if not is_one_file:
        hint += ", or separate the clusters with `clusters` in the configuration"
    elif differs:
        hint += "; to separate clusters, keep them in different files and set `clusters` in the"
        hint += " configuration"
    if differs:
        where += f", {_DIFFERS}"
    message = f"{again.object} is already defined {where}; the one applied last wins"
    if differs:
        message += ", unless they belong to different clusters: `clusters` tells them apart"
    other = Related(place.file, place.line, place.column, "the first one", first.object)
    severity: Severity = "error" if is_one_file else "warning"
    return Violation(
        again.place.pointer, message, hint, severity, related=(other,), mentioned=(place,)
    )


_DIFFERS = "with different values"


def fold(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield the findings, of those across the same two folders only one."""
    across: dict[tuple[str, ...], list[Finding]] = {}
    for found in findings:
        first = found.related[0].file
        if first == found.file:
            yield found
        else:
            folders = sorted((posixpath.dirname(first), posixpath.dirname(found.file)))
            across.setdefault(tuple(folders), []).append(found)
    for group in across.values():
        chosen = next((found for found in group if _DIFFERS in found.message), group[0])
        others = [found for found in group if found is not chosen]
        if not others:
            yield chosen
            continue
        what = "1 more object" if len(others) == 1 else f"{len(others)} more objects"
        is_one = posixpath.dirname(chosen.file) == posixpath.dirname(chosen.related[0].file)
        where = "the files of this folder have" if is_one else "these folders have"
        related = (*chosen.related, *(_as_related(found) for found in others))
        yield chosen._replace(
            message=f"{chosen.message}; {where} {what} in common",
            related=related,
        )


def _as_related(found: Finding) -> Related:
    return Related(found.file, found.line, found.column, found.message, found.object)


RULE = ValidationRule(
    "HN107",
    "the same object twice",
    "error",
    collect=collect,
    finalize=finalize,
    as_built=True,
    fold=fold,
    apart=True,
    on=("pools", "nodes", "services", "workloads"),
)
