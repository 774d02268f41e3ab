"""HN411: a DaemonSet can run on host-network nodes, but its pods need a network of their own.

A DaemonSet runs on every node that its selection and its tolerations allow. If it neither uses the
host's network nor is kept off, it also runs on the nodes of host-network pools, where its pods do
not start because there is no CNI. The pools in the input are checked, with their labels and taints.

Bad, where there is a host-network pool without taints:

    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: log-shipper}
    spec:
      template:
        spec:
          containers: [{name: log-shipper, image: "log-shipper:1"}]

Fix: annotate the pod template with `apps.openyurt.io/exclude-host-network-pool: "true"` and run
`hostnet-transform`; or set `hostNetwork: true`, if the pods use no Services by name.

Source: OpenYurt, documentation of host-network NodePools, "Step 3: Exclude CNI-Dependent Pods from
Host Network Nodes"; Kubernetes documentation of DaemonSets.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.placement.placed import pool_words
from transformer.rules.base import ValidationRule
from transformer.rules.components import is_surely_component
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    ref = context.manifest.ref
    for one, copies in context.broken_by("HN411").items():
        if not is_surely_component(context, copies[0].template):
            pools = (there.pool for placed in copies for there in placed.lands_on)
            yield Violation(
                one.pointer,
                f"the pods of {ref} can also run on {pool_words(pools)}, where there is no CNI for"
                " them",
                hint=one.hint,
            )


RULE = ValidationRule(
    "HN411",
    "a DaemonSet can run on host-network nodes",
    "warning",
    check,
    ("workloads", "pools"),
    on=("workloads",),
)
