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

Mend it: keep one of them, or give one another name.

Source: Kubernetes, object names and UIDs: a name is unique among the objects of its kind and
namespace.
"""

from collections.abc import Iterator, Sequence

from transformer.findings import Violation
from transformer.rules.base import Fact, Sighting, Subject, ValidationRule

_LOCAL_CONFIG = "config.kubernetes.io/local-config"
_NO_OBJECTS = ("kustomize.config.k8s.io", "transform.hostnet.io")


def gather(subject: Subject) -> Iterator[Fact]:
    ref, annotations = subject.manifest.ref, subject.manifest.annotations
    is_for_the_cluster = ref.group not in _NO_OBJECTS and _LOCAL_CONFIG not in annotations
    if is_for_the_cluster and isinstance(subject.manifest.metadata.get("name"), str) and ref.name:
        key = "\0".join((ref.group, ref.kind, ref.namespace, ref.name))
        yield Fact(key, "/metadata/name")


def conclude(sightings: Sequence[Sighting]) -> Iterator[tuple[Sighting, Violation]]:
    first, *others = sightings
    for other in others:
        is_one_file = other.file == first.file
        where = f"in line {first.line}" if is_one_file else f"at {first.file}:{first.line}"
        hint = "keep one of them"
        if not is_one_file:
            hint += "; if they are of different clusters, tell these apart with `scopes` in the"
            hint += " configuration"
        yield (
            other,
            Violation(
                other.pointer,
                f"{other.object} is there already, {where}; the one applied last wins",
                hint,
                "error" if is_one_file else "warning",
            ),
        )


RULE = ValidationRule("HN107", "the same object twice", "error", gather=gather, conclude=conclude)
