"""Which root keys a Kubernetes object can have: to tell a key of its own from a stranger's.

Source: the OpenAPI schemas of Kubernetes 1.25 to 1.37; the CRDs of OpenYurt, OpenKruise and Argo
Rollouts.
"""

from collections.abc import Collection, Iterable

_COMMON = frozenset({"apiVersion", "kind", "metadata"})
_USUAL = _COMMON | {"spec", "status"}

_OWN: dict[tuple[str, str], str] = {
    ("", "Binding"): "target",
    ("", "ConfigMap"): "binaryData data immutable",
    ("", "Endpoints"): "subsets",
    ("", "Event"): "action count eventTime firstTimestamp involvedObject lastTimestamp message"
    " reason related reportingComponent reportingInstance series source type",
    ("", "List"): "items",
    ("", "PodTemplate"): "template",
    ("", "Secret"): "data immutable stringData type",
    ("", "ServiceAccount"): "automountServiceAccountToken imagePullSecrets secrets",
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): "webhooks",
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): "webhooks",
    ("apps", "ControllerRevision"): "data revision",
    ("discovery.k8s.io", "EndpointSlice"): "addressType endpoints ports",
    ("events.k8s.io", "Event"): "action deprecatedCount deprecatedFirstTimestamp"
    " deprecatedLastTimestamp deprecatedSource eventTime note reason regarding related"
    " reportingController reportingInstance series type",
    ("node.k8s.io", "RuntimeClass"): "handler overhead scheduling",
    ("rbac.authorization.k8s.io", "ClusterRole"): "aggregationRule rules",
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): "roleRef subjects",
    ("rbac.authorization.k8s.io", "Role"): "rules",
    ("rbac.authorization.k8s.io", "RoleBinding"): "roleRef subjects",
    ("scheduling.k8s.io", "PriorityClass"): "description globalDefault preemptionPolicy value",
    ("snapshot.storage.k8s.io", "VolumeSnapshotClass"): "deletionPolicy driver parameters",
    ("storage.k8s.io", "CSIStorageCapacity"): "capacity maximumVolumeSize nodeTopology"
    " storageClassName",
    ("storage.k8s.io", "StorageClass"): "allowVolumeExpansion allowedTopologies mountOptions"
    " parameters provisioner reclaimPolicy volumeBindingMode",
    ("storage.k8s.io", "VolumeAttributesClass"): "driverName parameters",
}
"""What stands at the root besides apiVersion, kind and metadata, by group and kind."""

_ORDINARY: dict[str, str] = {
    "": "LimitRange Namespace Node PersistentVolume PersistentVolumeClaim Pod"
    " ReplicationController ResourceQuota Service",
    "admissionregistration.k8s.io": "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding"
    " ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding",
    "apiextensions.k8s.io": "CustomResourceDefinition",
    "apiregistration.k8s.io": "APIService",
    "apps": "DaemonSet Deployment ReplicaSet StatefulSet",
    "apps.kruise.io": "AdvancedCronJob BroadcastJob CloneSet DaemonSet SidecarSet StatefulSet"
    " UnitedDeployment",
    "apps.openyurt.io": "NodePool YurtAppDaemon YurtAppSet YurtStaticSet",
    "argoproj.io": "Rollout",
    "autoscaling": "HorizontalPodAutoscaler",
    "batch": "CronJob Job",
    "certificates.k8s.io": "CertificateSigningRequest ClusterTrustBundle",
    "coordination.k8s.io": "Lease",
    "extensions": "DaemonSet Deployment Ingress NetworkPolicy ReplicaSet",
    "flowcontrol.apiserver.k8s.io": "FlowSchema PriorityLevelConfiguration",
    "networking.k8s.io": "Ingress IngressClass NetworkPolicy",
    "policy": "PodDisruptionBudget PodSecurityPolicy",
    "resource.k8s.io": "DeviceClass ResourceClaim ResourceClaimTemplate",
    "snapshot.storage.k8s.io": "VolumeSnapshot VolumeSnapshotContent",
    "storage.k8s.io": "CSIDriver CSINode VolumeAttachment",
}
"""Kinds by group that have spec and status there, and nothing else."""

_BY_KIND: dict[tuple[str, str], frozenset[str]] = {
    **{kind: _COMMON.union(own.split()) for kind, own in _OWN.items()},
    **{(group, kind): _USUAL for group, kinds in _ORDINARY.items() for kind in kinds.split()},
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


def foreign(group: str, kind: str, keys: Iterable[str]) -> list[str]:
    """Return those of a document's root `keys` that no object of `kind` has.

    Of a kind that is not known here, only the keys of a Kustomization are foreign.
    """
    allowed = _BY_KIND.get((group, kind))
    if allowed is not None:
        return [key for key in keys if key not in allowed and key != "sops"]
    if kind in ("Kustomization", "Component"):
        return []
    return [key for key in keys if key in _KUSTOMIZATION]


def is_known(group: str, kind: str) -> bool:
    """Whether `kind` is one of Kubernetes' own, or another that has metadata for sure."""
    return (group, kind) in _BY_KIND and kind != "List"


def may_lack(group: str, kind: str, keys: Collection[str], key: str) -> bool:
    """Whether an object of `kind` with the root `keys` may well be one that has lost `key`.

    That is so if it has nothing of its own, or is of a kind that is not known and has neither the
    spec that most custom kinds have besides a status only, nor the items of a list.
    """
    own = set(keys) - _COMMON
    allowed = _BY_KIND.get((group, kind))
    if key in keys or key in ("apiVersion", "kind", "status"):
        return False
    if key == "metadata":
        return "items" not in own
    if allowed is not None:
        return key in allowed and not own and kind not in _OFTEN_BARE
    if kind in ("Kustomization", "Component"):
        return key in _KUSTOMIZATION
    return not own & {"items", "spec"}


_OFTEN_BARE = ("Namespace", "ServiceAccount")
