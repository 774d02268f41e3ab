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
from transformer.kubernetes.objects import mapping_at
from transformer.kubernetes.ports import Port, host_ports
from transformer.placement.placed import Placed, of_copies, pool_words
from transformer.placement.roll_out import unavailable
from transformer.placement.truth import Truth
from transformer.rules.base import RuleContext, ValidationRule

_ONE_BY_ONE = "set maxSurge: 0 and maxUnavailable: 1"
_WITH_REPLICAS = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController")


def check(context: RuleContext) -> Iterator[Violation]:
    for placed in context.checked:
        port = next(_ports(placed), None)
        nodes = _nodes(context, placed) if port else 0
        if port and nodes and placed.copy.kind in _WITH_REPLICAS:
            yield from _stuck(placed, port, nodes)


def _ports(placed: Placed) -> Iterator[Port]:
    return host_ports(placed.template, host_network=placed.is_on_host is Truth.TRUE)


def _nodes(context: RuleContext, placed: Placed) -> int:
    """Return on how many nodes of the input the pods can run, or 0 if that is not known."""
    pinned = placed.pinned_to
    reached = [one for one in placed.schedule.pools if one.pool in pinned]
    is_known = all(context.cluster.node_count(one.pool) and not one.doubtful for one in reached)
    if not reached or not is_known:
        return 0
    return sum(one.fitting for one in reached)


def _stuck(placed: Placed, port: Port, nodes: int) -> Iterator[Violation]:
    copy, base = placed.copy, placed.template.pointer.rpartition("/template")[0]
    replicas = copy.workload.get("replicas")
    replicas = 1 if replicas is None else replicas
    if not isinstance(replicas, int) or isinstance(replicas, bool) or replicas < 1:
        return
    said = f"{base}/replicas" if "replicas" in copy.workload else port.pointer
    pods = f"pods{of_copies([placed])}"
    of_nodes = (
        f"{pool_words(placed.pinned_to)} has only {nodes} {'node' if nodes == 1 else 'nodes'}"
    )
    of_nodes += " in the input that can take them"
    can_update = copy.kind != "Deployment" or unavailable({**copy.workload, "replicas": nodes})
    if replicas > nodes:
        hint = f"lower the replicas to {nodes}" + ("" if can_update else f", and {_ONE_BY_ONE}")
        yield Violation(
            copy.place(said),
            f"{replicas} {pods} need port {port.host} of a node each, but {of_nodes}:"
            f" {replicas - nodes} will stay Pending",
            hint=hint + ("" if copy.pool else "; or use a DaemonSet for one pod on each node"),
        )
    elif replicas == nodes and not can_update:
        at = f"{base}/strategy" if mapping_at(copy.workload, "strategy") else port.pointer
        yield Violation(
            copy.place(at),
            f"a rolling update of the {pods} gets stuck: none may be unavailable (maxUnavailable"
            f" rounds to 0), and the new pod waits for port {port.host} of an old one, because"
            f" {of_nodes}",
            hint=f"{_ONE_BY_ONE}, or the strategy Recreate",
        )


RULE = ValidationRule(
    "HN422",
    "a workload with a host port cannot get all its pods",
    "warning",
    check,
    needs=("workloads", "pools", "nodes"),
    on=("workloads",),
)
