"""HN401: pods that run on host-network pools only do not use the host's network.

On a host-network node there is no CNI, so a pod that needs a network of its own never starts there.
Pods for such a pool must set `hostNetwork: true`. As in the scheduler, nodeSelector, required node
affinity, taints and the Nodes in the input decide whether the pods can run there only. Each copy of
a YurtAppSet is checked as its tweaks make it. If the selection names a pool that is not in the
input, or that has different definitions, the result is unknown: an info says so, for this rule and
for all others that depend on it, if there is another host-network pool. Static pods run where their
manifest is, and are not checked.

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
from transformer.placement.breaks import besides
from transformer.placement.placed import Placed, runs_there, selection_at
from transformer.placement.truth import Truth
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext, clusters_in_words


def check(context: RuleContext) -> Iterator[Violation]:
    for one, found in context.broken_by("HN401").items():
        yield Violation(
            one.pointer,
            f"{runs_there(found)}, where there is no CNI, and do not use the host's network",
            hint=_tweak(context, found) or one.hint,
        )
    if context.cluster.has_host_network_pools:
        unknown: dict[str, list[Placed]] = {}
        for placed in context.checked:
            if _is_undecided(placed) and not context.is_for_another_cluster(placed):
                unknown.setdefault(selection_at(context.source(placed)), []).append(placed)
        for at, found in unknown.items():
            yield _unknown(context, at, found)


def _tweak(context: RuleContext, found: list[Placed]) -> str:
    """Return which patch is missing, for copies that tweaks can change."""
    pools = [placed.copy.pool for placed in found]
    if (context.manifest.ref.kind, context.manifest.ref.version) != ("YurtAppSet", "v1beta1"):
        return ""
    return (
        f"add a patch to a tweak for {', '.join(pools[:3])}: operation: add, path:"
        f" /spec/template/spec/hostNetwork, value: true{besides(found[0])}"
    )


def _is_undecided(placed: Placed) -> bool:
    """Whether pods are pinned depends on pools; of placeholders, HN428 reports."""
    schedule = placed.schedule
    is_known = placed.is_on_host is not Truth.UNKNOWN
    return is_known and schedule.pinned is Truth.UNKNOWN and bool(schedule.deciding)


def _unknown(context: RuleContext, at: str, found: list[Placed]) -> Violation:
    deciding = dict.fromkeys(name for placed in found for name in placed.schedule.deciding)
    missing = {name for placed in found for name in placed.schedule.missing}
    names = [name for name in deciding if name in missing] or list(deciding)
    is_one = len(names) == 1
    which = f"{'pool' if is_one else 'pools'} {', '.join(names)}"
    why = f"{which} {'is' if is_one else 'are'} not in the input"
    elsewhere = [(name, context.cluster.pool_elsewhere(name)) for name in names]
    if any(where for _, where in elsewhere):
        why += f" of {clusters_in_words([context.cluster.name])}"
        why += "".join(f"; {name} is {where}" for name, where in elsewhere if where)
    hint = "add the NodePool to the input, or name its file with --pools"
    if not missing.intersection(deciding):
        why = f"the definitions of {which} differ"
        hint = "keep one, or separate the clusters with `clusters` in the configuration"
    message = f"it is unknown whether the pods run on host-network pools only: {why}"
    return Violation(at, message, hint, "info")


RULE = ValidationRule(
    "HN401",
    "pods for a host-network pool without hostNetwork",
    "error",
    check,
    ("workloads", "pools"),
    on=("workloads",),
)
