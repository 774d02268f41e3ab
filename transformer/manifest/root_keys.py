"""Which root keys a Kubernetes object can have: to tell a glued manifest from a glued stranger."""

from collections.abc import Iterable

_COMMON = frozenset({"apiVersion", "kind", "metadata"})
_USUAL = _COMMON | {"spec", "status"}

_BY_KIND: dict[str, frozenset[str]] = {
    "ConfigMap": _COMMON | {"data", "binaryData", "immutable"},
    "Secret": _COMMON | {"data", "stringData", "immutable", "type"},
    "ServiceAccount": _COMMON | {"secrets", "imagePullSecrets", "automountServiceAccountToken"},
    "Role": _COMMON | {"rules"},
    "ClusterRole": _COMMON | {"rules", "aggregationRule"},
    "RoleBinding": _COMMON | {"subjects", "roleRef"},
    "ClusterRoleBinding": _COMMON | {"subjects", "roleRef"},
    "PodTemplate": _COMMON | {"template"},
    "Endpoints": _COMMON | {"subsets"},
    **{
        kind: _USUAL
        for kind in (
            *("Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"),
            *("ReplicationController", "Service", "Ingress", "IngressClass", "NetworkPolicy"),
            *("Namespace", "Node", "NodePool", "PersistentVolume", "PersistentVolumeClaim"),
            *("HorizontalPodAutoscaler", "PodDisruptionBudget", "LimitRange", "ResourceQuota"),
            *("CustomResourceDefinition", "APIService", "Lease", "YurtAppSet", "YurtAppDaemon"),
            *("YurtStaticSet", "CloneSet", "Rollout"),
        )
    },
}

_KUSTOMIZATION = frozenset(
    (
        *("resources", "bases", "components", "configurations", "crds", "generators"),
        *("transformers", "validators", "patches", "patchesStrategicMerge", "patchesJson6902"),
        *("replacements", "vars", "images", "replicas", "namePrefix", "nameSuffix", "namespace"),
        *("commonLabels", "commonAnnotations", "labels", "buildMetadata", "generatorOptions"),
        *("configMapGenerator", "secretGenerator", "helmCharts", "helmGlobals", "openapi"),
        "sortOptions",
    )
)


_GROUPS = frozenset(
    (
        *("", "apps", "batch", "extensions", "autoscaling", "policy", "apiextensions.k8s.io"),
        *("rbac.authorization.k8s.io", "networking.k8s.io", "apiregistration.k8s.io"),
        *("coordination.k8s.io", "apps.openyurt.io", "apps.kruise.io", "argoproj.io"),
    )
)
"""Whose kinds the table above means; a kind of another group only has the same name."""


def foreign(group: str, kind: str, keys: Iterable[str]) -> list[str]:
    """Return those of a document's root `keys` that no object of `kind` has.

    Of a kind that is not known here, only the keys of a Kustomization are foreign.
    """
    allowed = _BY_KIND.get(kind) if group in _GROUPS else None
    if allowed is not None:
        return [key for key in keys if key not in allowed and key != "sops"]
    if kind in ("Kustomization", "Component"):
        return []
    return [key for key in keys if key in _KUSTOMIZATION]
