"""HN415: a guard is needed in a patch, in a pod template without containers, or in what is patched.

A strategic merge replaces `nodeSelectorTerms` as a whole, so a guard in a patch would erase the
terms of the base. Patches (files that a kustomization names as such, and patches inside a
kustomization, an Application or a HelmRelease) and parts of objects are never edited.

Where a patch of a kustomization in the input sets the nodeSelector, affinity, tolerations,
nodeName, hostNetwork or the exclude annotation of pods, or replaces their template, the overlay
decides where they run, not the base. So keep-off and host-network-pods, which depend on that, do
not edit the base: it is also the base of others. The same holds for a patch that is not in the
input, for a replacement of these fields, and for a transformer that may change them.

Bad, a patch (it has no containers):

    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        metadata:
          annotations:
            apps.openyurt.io/exclude-host-network-pool: "true"

Fix: guard the base, or run hostnet-transform on the built result. Where an overlay decides, set the
annotation in the overlays that need it, or run keep-off on the built result.

Source: kustomize, strategic merge of lists without a merge key (measured, kustomize 5.8).
"""

from collections.abc import Iterable, Iterator

from transformer.findings import Violation
from transformer.kubernetes.generators import asking_patches, generator_of
from transformer.kubernetes.invisible_characters import misspelt
from transformer.kubernetes.node_affinity import required_terms
from transformer.kubernetes.placeholders import is_placeholder
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext
from transformer.rules.exempt import AS_BUILT, BY_PLACEMENT, partial_templates
from transformer.wording import some_of


def check(context: RuleContext) -> Iterator[Violation]:
    ref = context.manifest.ref
    if context.is_patch and context.planned:
        replaces = any(required_terms(template) for template in context.templates)
        hint = _REPLACED if replaces else _HINT
        yield Violation("", _message(context.planned, f"{ref}, but this is a patch"), hint=hint)
        return
    if context.deciding and not BY_PLACEMENT.isdisjoint(context.planned):
        rules = sorted(BY_PLACEMENT.intersection(context.planned))
        what = f"{ref}, but where it runs is decided in {some_of(context.deciding)}"
        yield Violation("", _message(rules, what), hint=_DECIDED)
    if (generator := generator_of(ref)) is not None:
        for at in asking_patches(context.manifest.value, generator):
            yield Violation(
                at, f"pod-guard would apply to what a patch in this {ref.kind} changes", _HINT
            )
    for template in partial_templates(context):
        if is_placeholder(template.value.get("spec")):
            continue  # HN428 reports it
        inside = f"{template.pointer}/"
        rules = [
            rule
            for rule, operations in context.planned.items()
            if any(operation.path.startswith(inside) for operation in operations)
        ]
        if rules and (found := misspelt(context.manifest.value, *_WAY)) is not None:
            at, key, blank = found
            message = f"{ref} has no containers, because of the {blank} at the key {key}"
            hint = "use an ordinary space"
            yield Violation(at, message, hint=hint, at_key=True)
        elif rules:
            what = f"{ref}, but its pod template has no containers: it looks like a patch"
            yield Violation(template.pointer, _message(rules, what), hint=_HINT)


_WAY = ("spec", "template", "containers")
"""Keys above the containers that may be misspelled with an unusual space."""

_HINT = "guard the base, or transform the built result"
_DECIDED = f"{AS_BUILT}, or set the annotation in the overlays"
_REPLACED = f"this patch replaces the node selector terms of the base: {AS_BUILT}"


def _message(rules: Iterable[str], what: str) -> str:
    return f"{' and '.join(rules)} would apply to {what}"


RULE = ValidationRule(
    "HN415", "a guard is needed in a partial object", "warning", check, ("workloads",), "wanted"
)
