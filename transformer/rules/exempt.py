"""What is never edited, whatever a transform rule plans (SPEC, end of section 3), and what cannot
be changed in the cluster.
"""

from collections.abc import Iterable

from transformer.kubernetes.objects import mapping_at
from transformer.kubernetes.pod_template import PodTemplate
from transformer.operations import Operation
from transformer.rules.base import Subject

_MIRROR = "kubernetes.io/config.mirror"

_UNCHANGEABLE = (("", "Pod"), ("batch", "Job"))


def editable(subject: Subject, operations: Iterable[Operation]) -> list[Operation]:
    """Return those of `operations` that may be done; a validation rule reports each other one."""
    return [] if subject.program else editable_once_rendered(subject, operations)


def editable_once_rendered(subject: Subject, operations: Iterable[Operation]) -> list[Operation]:
    """Return those of `operations` that may be done if the document is no template."""
    if (
        subject.is_patch
        or is_static(subject)
        or controller_owner(subject) is not None
        or is_encrypted(subject)
    ):
        return []
    partial = partial_templates(subject)
    return [
        operation
        for operation in operations
        if not any(operation.path.startswith(f"{template.pointer}/") for template in partial)
    ]


def partial_templates(subject: Subject) -> list[PodTemplate]:
    """Return the pod templates that have no containers: pieces of patches.

    A strategic merge replaces `nodeSelectorTerms` whole: our term in a patch would erase the
    base's own terms (measured with kustomize 5.8).
    """
    return [template for template in subject.templates if not template.spec.get("containers")]


def is_static(subject: Subject) -> bool:
    """Whether the pods bypass the scheduler: YurtStaticSet, and mirror pods."""
    return _MIRROR in subject.manifest.annotations or any(
        template.is_static for template in subject.templates
    )


def controller_owner(subject: Subject) -> str | None:
    """Return `Kind name` of the controller that owns the object, as far as given, or None."""
    owners = subject.manifest.metadata.get("ownerReferences")
    for owner in owners if isinstance(owners, list) else ():
        if isinstance(owner, dict) and owner.get("controller") is True:
            return f"{owner.get('kind', '')} {owner.get('name', '')}".strip() or "another object"
    return None


def is_unchangeable(subject: Subject) -> bool:
    """Whether it is there already, and the API server refuses to change its pod template.

    The affinity of a Job may change as long as it is suspended and has not started.
    """
    ref, before = subject.manifest.ref, subject.before
    return (
        before is not None
        and subject.manifest.is_named
        and (ref.group, ref.kind) in _UNCHANGEABLE
        and before.spec.get("suspend") is not True
    )


def is_encrypted(subject: Subject) -> bool:
    """Whether the document is SOPS-encrypted so that an insertion would break its MAC."""
    sops = mapping_at(subject.document, "sops")
    return "mac" in sops and sops.get("mac_only_encrypted") is not True
