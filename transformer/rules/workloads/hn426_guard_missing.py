"""HN426: pods ask to be kept off host-network nodes, and the manifest lacks the guard.

The pod template carries `apps.openyurt.io/exclude-host-network-pool: "true"`. The Pod webhook adds
the node affinity when a pod is created, but it fails open: while it is down, pods are admitted
without their guard. A manifest that carries the guard itself cannot be missed.

Bad:

    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        metadata:
          annotations: {apps.openyurt.io/exclude-host-network-pool: "true"}
        spec:
          containers: [{name: web, image: "web:1"}]

Mend it: run `hostnet-transform -w`, or `validate --fix`, which do what the rule pod-guard says;
where manifests are transformed on their way to the cluster, switch this rule off. It says nothing
where nothing would be edited: in patches, in templates without containers, of static pods and of
what a controller owns, in encrypted manifests, or with pod-guard switched off. Nor where another
rule has more to say of the same pod template: HN404, HN406 and HN416.

Source: OpenYurt `PodHandler.Default`, pkg/yurtmanager/webhook/pod/v1alpha1/pod_default.go.
"""

from collections.abc import Iterator

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.well_known import EXCLUDE_ANNOTATION
from transformer.rules.base import RuleContext, ValidationRule
from transformer.rules.edits import cni_isolation, pod_guard
from transformer.rules.exempt import editable, is_unchangeable
from transformer.rules.pinned import kept_off_everywhere


def check(context: RuleContext) -> Iterator[Violation]:
    if is_unchangeable(context):
        return  # HN416
    missing = editable(context, context.planned.get(pod_guard.RULE.id, ()))
    lacking = {operation.path.rpartition("/spec/affinity")[0] for operation in missing}
    for template in context.templates:
        if template.pointer in lacking and not _is_told_elsewhere(context, template):
            yield Violation(
                pointer.join(f"{template.pointer}/metadata/annotations", EXCLUDE_ANNOTATION),
                f"the pods of {context.manifest.ref} ask to be kept off host-network pools, and the"
                " manifest lacks the node affinity for it: only the webhook adds it, while it is"
                " up",
                hint="`hostnet-transform -w` and `validate --fix` add the node affinity",
                at_key=True,
            )


def _is_told_elsewhere(context: RuleContext, template: PodTemplate) -> bool:
    """Whether HN406 or HN404 speaks of it."""
    return cni_isolation.is_surely_component(context, template) or bool(
        kept_off_everywhere(context, template)
    )


RULE = ValidationRule(
    "HN426",
    "an annotated pod template lacks its guard",
    "warning",
    check,
    needs=frozenset({"workloads"}),
)
