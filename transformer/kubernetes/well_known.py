"""The labels and annotations of OpenYurt and of this tool."""

HOST_NETWORK_LABEL = "nodepool.openyurt.io/hostnetwork"
"""A label of host-network nodes. The same key is an annotation of old NodePool versions."""

POOL_LABEL = "apps.openyurt.io/nodepool"
DESIRED_POOL_LABEL = "apps.openyurt.io/desired-nodepool"
EDGE_WORKER_LABEL = "openyurt.io/is-edge-worker"
AUTONOMY_DURATION = "node.openyurt.io/autonomy-duration"
"""An annotation of Nodes. The two below are what it was before."""

OLD_AUTONOMY = ("node.beta.openyurt.io/autonomy", "apps.openyurt.io/binding")
EXCLUDE_ANNOTATION = "apps.openyurt.io/exclude-host-network-pool"

CNI_ANNOTATION = "transform.hostnet.io/cni"
"""On a workload or its pod template: whether it is a CNI component (`"true"` or `"false"`)."""

IGNORE_ANNOTATION = "transform.hostnet.io/ignore"
"""On an object: ids of rules, separated by commas, that do not report on it."""
