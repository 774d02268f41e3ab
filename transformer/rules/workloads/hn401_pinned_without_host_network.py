"""HN401: pods that run on host-network pools only do not use the host's network.

On a host-network node there is no CNI, so a pod that needs a network of its own never starts there.
Pods for such a pool must say `hostNetwork: true`. Whether the pods can run there only is decided as
the scheduler does: by nodeSelector, required node affinity, and for a YurtAppSet by the pools that
it selects. Where the selection names a pool that is not in the input, or of which there are
different ones, that cannot be told: a note says so, for this rule and for all others that depend on
it. Static pods run where their manifest is, and are not judged.

Bad, where `hangzhou` is a host-network pool:

    apiVersion: v1
    kind: Pod
    metadata: {name: collector}
    spec:
      nodeSelector: {apps.openyurt.io/nodepool: hangzhou}
      containers: [{name: collector, image: "collector:1"}]

Mend it: set `hostNetwork: true` in the pod's spec (the transform rule `host-network-pods` does,
where it is switched on), or let the pod run elsewhere.

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
            yield _cannot_be_told(template, found)


def _cannot_be_told(template: PodTemplate, found: Placement) -> Violation:
    missing = [name for name in found.deciding if name in found.missing]
    names = missing or found.deciding
    is_one = len(names) == 1
    which = f"{'pool' if is_one else 'pools'} {', '.join(names)}"
    why = f"{which} {'is' if is_one else 'are'} not in the input"
    hint = "add the NodePool to the input, or name its file with --pools"
    if not missing:
        why = f"there are different ones of {which}"
        hint = "keep one, or tell the clusters apart with `scopes` in the configuration"
    message = f"whether the pods run on host-network pools only cannot be told: {why}"
    return Violation(selection_at(template), message, hint, "info")


RULE = ValidationRule(
    "HN401",
    "pods for a host-network pool without hostNetwork",
    "error",
    check,
    needs=frozenset({"workloads", "pools"}),
)
