"""HN107: the same object stands in the input twice.

Two manifests of one group, kind, namespace and name are one object in the cluster: the one that is
applied last wins, and an edit of the other has no effect. It is NodePools, Nodes, workloads and
Services that are compared. Within one file or stream that is an error; across files it is a
warning, because the files may belong to different clusters. Then say so: with `scopes` in the
configuration each folder that matches is a cluster of its own.

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

Mend it: keep one of them, or give one another name; across files, set `scopes` if these belong to
different clusters.

Files that are built by different kustomizations are not compared, nor is a file of which a
kustomization sets the namespace or a prefix or suffix of names, or one that the kustomization in
its folder leaves out. Patches and workloads without containers are pieces of objects, what is
marked as local configuration is none of the cluster, and an object with `generateName` gets a new
name each time. Where two folders have several objects in common, one finding tells of all of them.

Source: Kubernetes, object names and UIDs: a name is unique among the objects of its kind and
namespace.
"""

import json
import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace

from transformer.findings import MOST_RELATED, Finding, Related, Severity, Violation
from transformer.kubernetes.nodes import is_node
from transformer.kubernetes.pools import is_pool, pool_of
from transformer.rules.base import (
    Conclusion,
    LocatedObservation,
    Observation,
    RuleContext,
    ValidationRule,
)
from transformer.rules.exempt import partial_templates

_LOCAL_CONFIG = "config.kubernetes.io/local-config"


def collect(context: RuleContext) -> Iterator[Observation]:
    manifest, usage = context.manifest, context.usage
    is_local = manifest.annotations.get(_LOCAL_CONFIG, "false") != "false"
    if is_local or not (manifest.is_named and _is_compared(context)):
        return
    ref = manifest.ref
    pool = pool_of(manifest) if is_pool(manifest) else None
    says = json.dumps(asdict(pool), sort_keys=True) if pool else ""
    has_namespace = not (pool or is_node(manifest))
    is_moved = usage.renames or (usage.moves and has_namespace)
    key = "\0".join((ref.group, ref.kind, ref.namespace, ref.name))
    is_apart = is_moved or usage.is_left_out
    yield Observation(key, "/metadata/name", (hash(says), is_apart, usage.roots))


def _is_compared(context: RuleContext) -> bool:
    """Whether it is a NodePool, a Node, a Service, or a workload that is whole."""
    manifest, templates = context.manifest, context.templates
    if is_pool(manifest) or is_node(manifest):
        return True
    if (manifest.ref.group, manifest.ref.kind) == ("", "Service"):
        return True
    return len(partial_templates(context)) < len(templates)


def finalize(observations: Sequence[LocatedObservation]) -> Iterator[Conclusion]:
    first_in: dict[str, LocatedObservation] = {}
    met: dict[int | None, LocatedObservation] = {}  # by outermost kustomization, the first of each
    order = {id(located): place for place, located in enumerate(observations)}
    for located in observations:
        first = first_in.setdefault(located.place.file, located)
        _, is_apart, roots = located.value
        if first is not located:
            yield located, _in_one_file(first, located)
        elif not is_apart:
            # What no kustomization builds may meet anything; it is under None.
            own = (*roots, None) if roots else tuple(met)
            if earlier := [met[root] for root in own if root in met]:
                before = min(earlier, key=lambda one: order[id(one)])
                yield located, _across_files(before, located)
            for root in roots or (None,):
                met.setdefault(root, located)


def _in_one_file(first: LocatedObservation, again: LocatedObservation) -> Violation:
    hint = "keep one of them"
    if again.value[0] != first.value[0]:
        hint += "; clusters whose files lie apart can be told apart with `scopes` in the"
        hint += " configuration"
    return _violation(first, again, f"in line {first.place.line}", hint, "error")


def _across_files(first: LocatedObservation, again: LocatedObservation) -> Violation:
    hint = "keep one of them, or tell the clusters apart with `scopes` in the configuration"
    return _violation(first, again, f"at {first.place.file}:{first.place.line}", hint, "warning")


def _violation(
    first: LocatedObservation, again: LocatedObservation, where: str, hint: str, severity: Severity
) -> Violation:
    if again.value[0] != first.value[0]:
        where += f", {_DIFFERS}"
    message = f"{again.object} is there already, {where}; the one applied last wins"
    other = Related(
        first.place.file, first.place.line, first.place.column, "the first one", first.object
    )
    return Violation(again.place.pointer, message, hint, severity, related=(other,))


_DIFFERS = "and says otherwise"


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
        told = next((found for found in group if _DIFFERS in found.message), group[0])
        others = [found for found in group if found is not told]
        if not others:
            yield told
            continue
        what = "1 more object" if len(others) == 1 else f"{len(others)} more objects"
        is_one = posixpath.dirname(told.file) == posixpath.dirname(told.related[0].file)
        where = "the files of this folder have" if is_one else "these folders have"
        related = (*told.related, *(_as_related(found) for found in others))
        yield replace(
            told,
            message=f"{told.message}; {where} {what} in common",
            related=related[:MOST_RELATED],
            related_total=len(related),
        )


def _as_related(found: Finding) -> Related:
    return Related(found.file, found.line, found.column, found.message, found.object)


RULE = ValidationRule(
    "HN107", "the same object twice", "error", collect=collect, finalize=finalize, fold=fold
)
