"""HN405: pods for a host-network pool use the cluster's DNS.

`dnsPolicy: ClusterFirstWithHostNet` makes a pod on the host's network query the cluster DNS, which
a host-network node cannot reach: every lookup fails. The rule reports pods that are pinned to such
a pool, and DaemonSets that also run on one. With `hostNetwork: true` the default policy,
`ClusterFirst`, falls back to the node's own DNS and works.

Bad, where `hangzhou` is a host-network pool:

    apiVersion: v1
    kind: Pod
    metadata: {name: collector}
    spec:
      hostNetwork: true
      dnsPolicy: ClusterFirstWithHostNet
      nodeSelector: {apps.openyurt.io/nodepool: hangzhou}
      containers: [{name: collector, image: "collector:1"}]

Fix: remove `dnsPolicy`, or set it to `Default`. If pods of the workload also run on other nodes,
where they would lose the cluster DNS, make two: one for each type of pool. For a YurtAppSet, a
tweak for the pool does it.

Source: OpenYurt, documentation of host-network NodePools, "Pod Network Limitations on Host Network
Nodes"; Kubernetes documentation, pod's DNS policy.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.placement.placed import runs_there
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    for one, copies in context.broken_by("HN405", running=True).items():
        yield Violation(
            one.pointer,
            f"{runs_there(copies)}, where there is no cluster DNS",
            hint=one.hint,
        )


RULE = ValidationRule(
    "HN405",
    "cluster DNS on a host-network pool",
    "warning",
    check,
    ("workloads", "pools"),
    on=("workloads",),
)
