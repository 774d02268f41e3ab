"""What is never edited, whatever a transform rule plans (SPEC, end of section 3)."""

from transformer.manifest.manifest import mapping_at
from transformer.rules.base import Subject

_MIRROR = "kubernetes.io/config.mirror"


def is_exempt(subject: Subject) -> bool:
    """Whether no rule may edit this object; a validation rule reports each reason."""
    return (
        is_partial(subject)
        or is_static(subject)
        or controller_owner(subject) is not None
        or is_encrypted(subject)
    )


def is_partial(subject: Subject) -> bool:
    """Whether the object is a patch, or holds a pod template without containers.

    A strategic merge replaces `nodeSelectorTerms` whole: our term in a patch would erase the
    base's own terms (measured with kustomize 5.8).
    """
    return subject.is_patch or any(template.is_partial for template in subject.templates)


def is_static(subject: Subject) -> bool:
    """Whether the pods bypass the scheduler: YurtStaticSet, and mirror pods."""
    return _MIRROR in subject.manifest.annotations or any(
        template.is_static for template in subject.templates
    )


def controller_owner(subject: Subject) -> str | None:
    """Return `Kind name` of the controller that owns the object, or None."""
    owners = subject.manifest.metadata.get("ownerReferences")
    for owner in owners if isinstance(owners, list) else ():
        if isinstance(owner, dict) and owner.get("controller") is True:
            return f"{owner.get('kind', '')} {owner.get('name', '')}".strip()
    return None


def is_encrypted(subject: Subject) -> bool:
    """Whether the document is SOPS-encrypted so that an insertion would break its MAC."""
    sops = mapping_at(subject.document, "sops")
    return "mac" in sops and sops.get("mac_only_encrypted") is not True
