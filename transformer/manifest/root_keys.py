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


def foreign(kind: str, keys: Iterable[str]) -> list[str]:
    """Return those of a document's root `keys` that no object of `kind` has.

    Of a kind that is not known here, only the keys of a Kustomization are foreign.
    """
    allowed = _BY_KIND.get(kind)
    if allowed is not None:
        return [key for key in keys if key not in allowed and key != "sops"]
    if kind in ("Kustomization", "Component"):
        return []
    return [key for key in keys if key in _KUSTOMIZATION]
