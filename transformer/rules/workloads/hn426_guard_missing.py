"""HN426: pods ask to be kept off host-network nodes, but the manifest lacks the guard.

The pod template has the annotation `apps.openyurt.io/exclude-host-network-pool: "true"`. The Pod
webhook adds the node affinity when a pod is created, but it fails open: while it is down, pods are
admitted without their guard. A manifest that contains the guard does not depend on the webhook.

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

Fix: run `hostnet-transform -w` or `validate --fix`, which apply the rule pod-guard; if manifests
are transformed on their way to the cluster, disable this rule. It reports nothing where nothing
would be edited: in patches, templates without containers, static pods, objects that a controller
owns and encrypted manifests, or if pod-guard is disabled. It also reports nothing if HN404, HN406
or HN416 reports the same pod template, unless that rule is off.

Source: OpenYurt `PodHandler.Default`, pkg/yurtmanager/webhook/pod/v1alpha1/pod_default.go.
"""

from collections.abc import Iterator

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.well_known import EXCLUDE_ANNOTATION
from transformer.rules.base import ValidationRule
from transformer.rules.components import is_surely_component
from transformer.rules.context import RuleContext
from transformer.rules.edits import pod_guard
from transformer.rules.exempt import AS_BUILT, asks_anew, editable


def check(context: RuleContext) -> Iterator[Violation]:
    missing = editable(context, context.planned.get(pod_guard.RULE.id, ()))
    lacking = {operation.path.rpartition("/spec/affinity")[0] for operation in missing}
    for template in context.templates:
        if template.pointer in lacking and context.off.issuperset(_others(context, template)):
            yield Violation(
                pointer.join(f"{template.pointer}/metadata/annotations", EXCLUDE_ANNOTATION),
                f"the pods of {context.manifest.ref} ask to be kept off host-network pools, but the"
                " manifest lacks the node affinity for it: only the webhook adds it, unless it is"
                " down",
                hint="`hostnet-transform -w` and `validate --fix` add the node affinity",
                at_key=True,
                built_hint=f"guard the source, or {AS_BUILT}",
            )


def _others(context: RuleContext, template: PodTemplate) -> Iterator[str]:
    """Yield the rules that report a pod template instead, unless they are off."""
    copies = (one for one in context.checked if one.template.pointer == template.pointer)
    if any(one.schedule.kept_off for one in copies):
        yield "HN404"
    if is_surely_component(context, template):
        yield "HN406"
    if context.cluster.has_host_network_pools and asks_anew(context, template):
        yield "HN416"


RULE = ValidationRule(
    "HN426",
    "an annotated pod template lacks its guard",
    "warning",
    check,
    ("workloads",),
    on=("workloads",),
    compares=True,
)
