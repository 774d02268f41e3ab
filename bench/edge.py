"""Manifests of an edge cluster: pools, their nodes, and workloads that are pinned to a pool."""


def pool(name: str, *, host_network: bool, kind: str = "Edge", has_taint: bool = True) -> str:
    """Return a NodePool, as its author writes it."""
    taints = """\
  taints:
  - {key: example.com/edge, value: "true", effect: NoSchedule}
"""
    return f"""\
apiVersion: apps.openyurt.io/v1beta2
kind: NodePool
metadata:
  name: {name}
  labels: {{example.com/region: {name}}}
spec:
  type: {kind}
  hostNetwork: {str(host_network).lower()}   # cannot be changed later
  labels:
    example.com/site: {name}
{taints if has_taint else ""}"""


def node(index: int, name: str, pool: str, *, host_network: bool) -> str:
    """Return a Node of a pool, as the API server shows it; `host_network`: it has that label."""
    label = '\n    nodepool.openyurt.io/hostnetwork: "true"' if host_network else ""
    address = f"10.{index >> 16 & 255}.{index >> 8 & 255}.{index & 255}"
    return f"""\
apiVersion: v1
kind: Node
metadata:
  annotations:
    example.com/site: {pool}
    kubeadm.alpha.kubernetes.io/cri-socket: unix:///run/containerd/containerd.sock
    node.alpha.kubernetes.io/ttl: "0"
  creationTimestamp: "2026-01-12T08:30:00Z"
  labels:
    apps.openyurt.io/nodepool: {pool}
    beta.kubernetes.io/arch: arm64
    beta.kubernetes.io/os: linux
    example.com/site: {pool}
    kubernetes.io/arch: arm64
    kubernetes.io/hostname: {name}
    kubernetes.io/os: linux{label}
    openyurt.io/is-edge-worker: "true"
  name: {name}
  resourceVersion: "{1000003 + index}"
spec:
  podCIDR: {address}/32
  taints:
  - effect: NoSchedule
    key: example.com/edge
    value: "true"
status:
  addresses:
  - address: {address}
    type: InternalIP
  - address: {name}
    type: Hostname
  allocatable:
    cpu: "4"
    memory: 7823120Ki
    pods: "110"
  capacity:
    cpu: "4"
    memory: 7925520Ki
    pods: "110"
  conditions:
  - lastHeartbeatTime: "2026-03-02T10:15:00Z"
    lastTransitionTime: "2026-01-12T08:31:10Z"
    message: kubelet is posting ready status
    reason: KubeletReady
    status: "True"
    type: Ready
  nodeInfo:
    architecture: arm64
    containerRuntimeVersion: containerd://2.1.4
    kernelVersion: 6.8.0-60-generic
    kubeletVersion: v1.34.1
    operatingSystem: linux
"""


def pinned(kind: str, name: str, pool: str, port: int, *, host_network: bool) -> str:
    """Return a workload that is pinned to a pool; `host_network`: its pods use the host's."""
    replicas = "\n  replicas: 2" if kind == "Deployment" else ""
    network = "\n      hostNetwork: true\n      dnsPolicy: Default" if host_network else ""
    return f"""\
apiVersion: apps/v1
kind: {kind}
metadata:
  name: {name}
  namespace: edge
  labels:
    app.kubernetes.io/name: {name}
spec:{replicas}
  selector:
    matchLabels: {{app.kubernetes.io/name: {name}}}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: {name}
    spec:{network}
      nodeSelector:
        apps.openyurt.io/nodepool: {pool}   # one site only
      tolerations:
      - {{key: example.com/edge, operator: Exists}}
      containers:
      - name: agent
        image: registry.example.com/edge/agent:2.{port % 30}.0
        args: ["--listen=:{port}"]
        ports:
        - {{name: metrics, containerPort: {port}}}
        resources:
          requests: {{cpu: 50m, memory: 32Mi}}
"""
