"""HN107: the same object stands in the input twice.

Two manifests of one group, kind, namespace and name are one object in the cluster: the one that is
applied last wins, and an edit of the other has no effect. Within one file or stream that is an
error; across files it is a warning, because the files may belong to different clusters. Then say
so: with `scopes` in the configuration each folder that matches is a cluster of its own.

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
different clusters. Kustomizations and what is marked as local configuration are no objects of the
cluster, and an object with `generateName` gets a new name each time.

Source: Kubernetes, object names and UIDs: a name is unique among the objects of its kind and
namespace.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from transformer.findings import Severity, Violation
from transformer.manifest.pools import is_pool, pool_of
from transformer.rules.base import Fact, Sighting, Subject, ValidationRule

_LOCAL_CONFIG = "config.kubernetes.io/local-config"
_NO_OBJECTS = ("kustomize.config.k8s.io", "transform.hostnet.io")


def gather(subject: Subject) -> Iterator[Fact]:
    ref, annotations = subject.manifest.ref, subject.manifest.annotations
    is_local = annotations.get(_LOCAL_CONFIG, "false") != "false"
    is_for_the_cluster = ref.group not in _NO_OBJECTS and not is_local
    if is_for_the_cluster and subject.manifest.is_named:
        key = "\0".join((ref.group, ref.kind, ref.namespace, ref.name))
        pool = pool_of(subject.manifest) if is_pool(subject.manifest) else None
        says = json.dumps(asdict(pool), sort_keys=True) if pool else ""
        yield Fact(key, "/metadata/name", hash(says))


def conclude(sightings: Sequence[Sighting]) -> Iterator[tuple[Sighting, Violation]]:
    first_in: dict[str, Sighting] = {}
    for sighting in sightings:
        first = first_in.setdefault(sighting.file, sighting)
        if first is not sighting:
            yield sighting, _in_one_file(first, sighting)
        elif sighting is not sightings[0]:
            yield sighting, _across_files(sightings[0], sighting)


def _in_one_file(first: Sighting, again: Sighting) -> Violation:
    hint = "keep one of them"
    if again.value != first.value:
        hint += "; clusters whose files lie apart can be told apart with `scopes` in the"
        hint += " configuration"
    return _violation(first, again, f"in line {first.line}", hint, "error")


def _across_files(first: Sighting, again: Sighting) -> Violation:
    hint = "keep one of them, or tell the clusters apart with `scopes` in the configuration"
    return _violation(first, again, f"at {first.file}:{first.line}", hint, "warning")


def _violation(
    first: Sighting, again: Sighting, where: str, hint: str, severity: Severity
) -> Violation:
    if again.value != first.value:
        where += ", and says otherwise"
    message = f"{again.object} is there already, {where}; the one applied last wins"
    return Violation(again.pointer, message, hint, severity)


RULE = ValidationRule("HN107", "the same object twice", "error", gather=gather, conclude=conclude)
