"""HN412: an affinity has no effect on static pods.

Static pods (those of a YurtStaticSet, and mirror pods) are run by the kubelet of their node, and
the scheduler never sees them. A rule that would apply is not applied, and an affinity that they
have already has no effect. Objects that a controller owns and to which a rule would apply are
reported as info: the controller would undo a change, so edit the owner.

Bad:

    apiVersion: apps.openyurt.io/v1alpha1
    kind: YurtStaticSet
    metadata: {name: web}
    spec:
      template:
        metadata:
          annotations:
            apps.openyurt.io/exclude-host-network-pool: "true"
        spec:
          containers: [{name: web, image: "web:1"}]

Fix: remove the annotation; to keep such pods off, do not place their manifest there.

Source: Kubernetes documentation of static pods; OpenYurt YurtStaticSet.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.kubernetes.objects import controller_of
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    if not context.planned:
        yield from _without_effect(context)
        return
    rules, ref = " and ".join(context.planned), context.manifest.ref
    if context.is_static:
        yield Violation(
            "",
            f"{rules} would apply to {ref}, but static pods bypass the scheduler",
            hint="to keep the pod off, do not place its manifest on those nodes",
        )
    elif (owner := controller_of(context.manifest)) is not None:
        yield Violation(
            "/metadata/ownerReferences",
            f"{rules} would apply to {ref}, but {owner} controls it",
            hint=f"edit {owner} instead",
            severity="info",
        )


def _without_effect(context: RuleContext) -> Iterator[Violation]:
    for template in context.templates if context.is_static else ():
        if template.spec.get("affinity"):
            yield Violation(
                f"{template.pointer}/spec/affinity",
                f"the affinity of {context.manifest.ref} has no effect: static pods bypass the"
                " scheduler",
                hint="to keep the pod off, do not place its manifest on those nodes",
            )


RULE = ValidationRule(
    "HN412",
    "affinity on a static pod",
    "warning",
    check,
    ("workloads",),
    "wanted",
    on=("pools", "nodes", "workloads"),
)
