"""Objects that are in a cluster and not in Git, as `kubectl get -o yaml` prints them.

They have the shape that kubeadm gives to kube-proxy and CoreDNS, with the defaults that an API
server fills in where an edit of ours looks at them.
"""

from typing import Any

POOL = "apps.openyurt.io/nodepool"
EXCLUDED = {"apps.openyurt.io/exclude-host-network-pool": "true"}
SPECIAL = (
    "'\"\\ <&> \x7f\x85\u2028\u202e\ufeff caf\u00e9 \U0001f600 $(touch a) `touch b`\nPATCH\n\t"
)
"""What shells, terminals, JSON and YAML take for something else."""
HOST_NETWORK_POOL = {
    "apiVersion": "apps.openyurt.io/v1beta2",
    "kind": "NodePool",
    "metadata": {"name": "barriers"},
    "spec": {"type": "Edge", "hostNetwork": True},
}


def kube_proxy() -> dict[str, Any]:
    """Return kubeadm's DaemonSet kube-proxy, which has no affinity."""
    return _workload(
        "DaemonSet",
        "kube-proxy",
        {
            "hostNetwork": True,
            "nodeSelector": {"kubernetes.io/os": "linux"},
            "priorityClassName": "system-node-critical",
            "tolerations": [{"operator": "Exists"}],
        },
        updateStrategy={
            "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1},
            "type": "RollingUpdate",
        },
    )


def coredns() -> dict[str, Any]:
    """Return kubeadm's Deployment coredns, which has a pod anti-affinity."""
    term = {
        "labelSelector": {
            "matchExpressions": [{"key": "k8s-app", "operator": "In", "values": ["kube-dns"]}]
        },
        "topologyKey": "kubernetes.io/hostname",
    }
    spread = {"podAffinityTerm": term, "weight": 100}
    tolerations = [
        {"key": "CriticalAddonsOnly", "operator": "Exists"},
        {"effect": "NoSchedule", "key": "node-role.kubernetes.io/control-plane"},
    ]
    return _workload(
        "Deployment",
        "coredns",
        {
            "affinity": {
                "podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [spread]}
            },
            "nodeSelector": {"kubernetes.io/os": "linux"},
            "priorityClassName": "system-cluster-critical",
            "tolerations": tolerations,
        },
        "kube-dns",
        replicas=2,
    )


def node(name: str, pool: str = "barriers", **metadata: Any) -> dict[str, Any]:
    """Return a Node of a pool."""
    labels = {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", POOL: pool}
    spec = {"taints": [{"effect": "NoSchedule", "key": "barrier"}]}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels, **metadata},
        "spec": spec,
    }


def listed(*objects: dict[str, Any]) -> dict[str, Any]:
    """Return a List as `kubectl get` prints it, each object with a uid."""
    items = [
        {**one, "metadata": {"uid": f"{number:08}-8f5c-4a8e", **one["metadata"]}}
        for number, one in enumerate(objects)
    ]
    metadata = {"resourceVersion": ""}
    return {"apiVersion": "v1", "items": items, "kind": "List", "metadata": metadata}


def _workload(
    kind: str, name: str, pod: dict[str, Any], app: str = "", **spec: Any
) -> dict[str, Any]:
    labels = {"k8s-app": app or name}
    container = {
        "image": f"registry.k8s.io/{name}:v1",
        "imagePullPolicy": "IfNotPresent",
        "name": name,
    }
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"labels": labels, "name": name, "namespace": "kube-system"},
        "spec": {
            **spec,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [container], "restartPolicy": "Always", **pod},
            },
        },
    }
