"""The labels and annotations that OpenYurt and this tool go by (SPEC, section 1)."""

HOST_NETWORK_LABEL = "nodepool.openyurt.io/hostnetwork"
"""On a node: it is a host-network node. The same key annotates old NodePool versions."""

POOL_LABEL = "apps.openyurt.io/nodepool"
DESIRED_POOL_LABEL = "apps.openyurt.io/desired-nodepool"
EDGE_WORKER_LABEL = "openyurt.io/is-edge-worker"
EXCLUDE_ANNOTATION = "apps.openyurt.io/exclude-host-network-pool"

CNI_ANNOTATION = "transform.hostnet.io/cni"
"""On a workload or its pod template: it is (`"true"`) or is not (`"false"`) a CNI component."""

IGNORE_ANNOTATION = "transform.hostnet.io/ignore"
"""On an object: rule ids (comma-separated) that are not to be reported for it."""
