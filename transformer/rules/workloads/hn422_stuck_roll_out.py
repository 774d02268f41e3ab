"""HN422: a workload with a host port cannot get or replace all its pods on a host-network pool.

Two pods that need the same port of the host never run on the same node; with `hostNetwork: true`
each container port is one. So a workload that runs on host-network pools only can have as many pods
as these have nodes. Checked against the Nodes in the input:

- more replicas than nodes: the rest stays Pending ("node(s) didn't have free ports");
- a rolling update of a Deployment that removes no pod before a new one runs (`maxUnavailable`
  rounds to 0, as the default of 25 % does for up to 3 replicas) while each node has a pod: the new
  pod waits for the port of an old one, forever.

Nodes count only if the input has as many of the pool as its `status.nodes`, or if it has no status,
or if the configuration says `nodes: complete`.

Bad, where `hangzhou` is a host-network pool with one node in the input:

    apiVersion: apps.openyurt.io/v1beta2
    kind: NodePool
    metadata: {name: hangzhou}
    spec: {type: Edge, hostNetwork: true}
    ---
    apiVersion: v1
    kind: Node
    metadata:
      name: hz-01
      labels:
        apps.openyurt.io/nodepool: hangzhou
        nodepool.openyurt.io/hostnetwork: "true"
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: collector, namespace: edge}
    spec:
      replicas: 1
      template:
        spec:
          hostNetwork: true
          nodeSelector: {apps.openyurt.io/nodepool: hangzhou}
          containers: [{name: collector, image: "collector:1", ports: [{containerPort: 9100}]}]

Fix: set `strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}` or `strategy: {type:
Recreate}`, lower the replicas, or use a DaemonSet for one pod on each node.

Source: Kubernetes scheduler, filter NodePorts; Deployment controller, `ResolveFenceposts`.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    for one in context.broken_by("HN422"):
        yield Violation(one.pointer, one.message, hint=one.hint)


RULE = ValidationRule(
    "HN422",
    "a workload with a host port cannot get all its pods",
    "warning",
    check,
    needs=("workloads", "pools", "nodes"),
    on=("workloads",),
)
