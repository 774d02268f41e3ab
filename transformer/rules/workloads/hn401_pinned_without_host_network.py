"""HN401: pods that run on host-network pools only do not use the host's network.

On a host-network node there is no CNI, so a pod that needs a network of its own never starts there.
Pods for such a pool must set `hostNetwork: true`. As in the scheduler, nodeSelector, required node
affinity and, for a YurtAppSet, the pools that it selects decide whether the pods can run there
only. If the selection names a pool that is not in the input, or that has different definitions, the
result is unknown: an info says so, for this rule and for all others that depend on it. Static pods
run where their manifest is, and are not checked.

Bad, where `hangzhou` is a host-network pool:

    apiVersion: v1
    kind: Pod
    metadata: {name: collector}
    spec:
      nodeSelector: {apps.openyurt.io/nodepool: hangzhou}
      containers: [{name: collector, image: "collector:1"}]

Fix: set `hostNetwork: true` in the pod's spec (the transform rule `host-network-pods` does, if it
is enabled), or let the pod run elsewhere.

Source: OpenYurt, documentation of host-network NodePools, "Step 2: Deploy Workloads on Host Network
Nodes".
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.kubernetes.node_match import Truth
from transformer.kubernetes.placeholders import is_placeholder
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.scheduling import Placement, placement
from transformer.rules.base import RuleContext, ValidationRule
from transformer.rules.exempt import is_static
from transformer.rules.pinned import asks_to_be_kept_off, pool_words, selection_at


def check(context: RuleContext) -> Iterator[Violation]:
    for template in () if is_static(context) else context.templates:
        if asks_to_be_kept_off(template) or is_placeholder(template.spec.get("hostNetwork")):
            continue  # HN404, HN428
        found = placement(template, context.cluster.pools)
        if found.pinned is Truth.TRUE and template.spec.get("hostNetwork") is not True:
            is_said = "hostNetwork" in template.spec
            yield Violation(
                f"{template.pointer}/spec/hostNetwork" if is_said else selection_at(template),
                f"the pods run on {pool_words(found.pools)} only, where there is no CNI, and do not"
                " use the host's network",
                hint="set hostNetwork: true, or let them run elsewhere",
            )
        elif found.pinned is Truth.UNKNOWN and found.deciding:
            yield _unknown(template, found)


def _unknown(template: PodTemplate, found: Placement) -> Violation:
    missing = [name for name in found.deciding if name in found.missing]
    names = missing or found.deciding
    is_one = len(names) == 1
    which = f"{'pool' if is_one else 'pools'} {', '.join(names)}"
    why = f"{which} {'is' if is_one else 'are'} not in the input"
    hint = "add the NodePool to the input, or name its file with --pools"
    if not missing:
        why = f"the definitions of {which} differ"
        hint = "keep one, or separate the clusters with `scopes` in the configuration"
    message = f"it is unknown whether the pods run on host-network pools only: {why}"
    return Violation(selection_at(template), message, hint, "info")


RULE = ValidationRule(
    "HN401",
    "pods for a host-network pool without hostNetwork",
    "error",
    check,
    ("workloads", "pools"),
)
