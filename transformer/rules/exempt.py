"""What is never edited, whatever a transform rule plans (docs/editing.md), and what cannot be
changed in the cluster.
"""

from collections.abc import Iterable

from transformer.kubernetes.node_affinity import asks_for_the_guard, has_guard
from transformer.kubernetes.objects import Manifest, controller_of, mapping_at
from transformer.kubernetes.pod_template import PodTemplate, pod_templates
from transformer.operations import Operation
from transformer.rules.context import RuleContext

_UNCHANGEABLE = (("", "Pod"), ("batch", "Job"))


AS_BUILT = "transform the built result, as in `kubectl kustomize DIR | hostnet-transform`"
"""What to do about what is wrong in a patch of kustomize."""

BY_PLACEMENT = frozenset({"host-network-pods", "keep-off"})
"""The rules that edit a pod template because of where its pods run."""


def editable(
    context: RuleContext, operations: Iterable[Operation], rule: str = ""
) -> list[Operation]:
    """Return those of `operations` (of `rule`) that are allowed; a validation rule reports each
    other one.
    """
    if context.template_comment or (context.deciding and rule in BY_PLACEMENT):
        return []
    return editable_once_rendered(context, operations)


def editable_once_rendered(
    context: RuleContext, operations: Iterable[Operation]
) -> list[Operation]:
    """Return those of `operations` that are allowed if the document is not a template."""
    is_owned = controller_of(context.manifest) is not None
    if context.is_patch or context.is_static or is_owned or is_encrypted(context):
        return []
    partial = tuple(f"{template.pointer}/" for template in partial_templates(context))
    return [operation for operation in operations if not operation.path.startswith(partial)]


def partial_templates(context: RuleContext) -> list[PodTemplate]:
    """Return the pod templates that have no containers: they are parts of objects, or of patches.

    A strategic merge replaces `nodeSelectorTerms` as a whole: a guard in a patch would erase the
    terms of the base (measured with kustomize 5.8).
    """
    return [template for template in context.templates if not template.spec.get("containers")]


def is_unchangeable(context: RuleContext) -> bool:
    """Whether the object exists already, and the API server refuses to change its pod template."""
    before = context.before
    return before is not None and context.manifest.is_named and has_fixed_template(before)


def asks_anew(context: RuleContext, template: PodTemplate) -> bool:
    """Whether a pod template of an unchangeable object asks for the guard, and before it neither
    did so nor had it.
    """
    if not (is_unchangeable(context) and asks_for_the_guard(template)):
        return False
    assert context.before is not None
    old = pod_templates(context.before, context.cluster.rows)
    return not any(asks_for_the_guard(one) or has_guard(one) for one in old)


def has_fixed_template(manifest: Manifest) -> bool:
    """Whether the API server refuses to change the pod template of this object in a cluster.

    The affinity of a Job may change while it is suspended and has not started.
    """
    ref = manifest.ref
    return (ref.group, ref.kind) in _UNCHANGEABLE and manifest.spec.get("suspend") is not True


def is_refused(manifest: Manifest, operations: Iterable[Operation]) -> bool:
    """Whether the API server refuses operations on the pod template of an object in a cluster."""
    is_job = (manifest.ref.group, manifest.ref.kind) == ("batch", "Job")
    sets_network = any(operation.path.endswith("/hostNetwork") for operation in operations)
    return has_fixed_template(manifest) or (is_job and sets_network)


def is_encrypted(context: RuleContext) -> bool:
    """Whether the document is SOPS-encrypted so that an insertion would break its MAC."""
    sops = mapping_at(context.document_value, "sops")
    return "mac" in sops and sops.get("mac_only_encrypted") is not True
