"""Manifests as people write them, as bytes; objects are in `tests.builders`."""

GUARDED = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
spec:
  template:
    metadata:
      annotations:
        apps.openyurt.io/exclude-host-network-pool: "true"
    spec:
      containers:
      - name: web
        image: nginx:1.2
"""

AFFINITY = """\
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms:
            - matchExpressions:
              - key: nodepool.openyurt.io/hostnetwork
                operator: NotIn
                values:
                - "true"
"""

CONFIG_MAP = b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other\n"

TEMPLATE = b"""\
apiVersion: v1
kind: Pod
metadata:
  annotations:
    apps.openyurt.io/exclude-host-network-pool: "true"
{{ if .Values.on }}
"""

LABEL = b'    nodepool.openyurt.io/hostnetwork: "true"\n'


def guarded(name: str = "web") -> bytes:
    """Return a Deployment whose pods ask to be kept off."""
    return GUARDED.format(name=name).encode()


def kept_off(name: str = "web") -> bytes:
    """Return what becomes of `guarded`."""
    return guarded(name) + AFFINITY.encode()


def node(name: str, pool: str) -> bytes:
    """Return a Node of a pool."""
    return (
        f"apiVersion: v1\nkind: Node\nmetadata:\n  name: {name}\n  labels:\n"
        f"    apps.openyurt.io/nodepool: {pool}\n"
    ).encode()


def pool(name: str, *, host_network: bool = True) -> bytes:
    """Return a NodePool."""
    return (
        f"apiVersion: apps.openyurt.io/v1beta2\nkind: NodePool\nmetadata:\n  name: {name}\n"
        f"spec:\n  type: Edge\n  hostNetwork: {str(host_network).lower()}\n"
    ).encode()


def joined(*documents: bytes) -> bytes:
    """Return a stream of documents."""
    return b"---\n".join(documents)
