"""The built-in kinds: which root keys their objects have, and which kinds hold no pods.

Built-in are the kinds of Kubernetes and OpenYurt, and some kinds of widespread add-ons. Root keys
tell where a second manifest begins in a document; in a kind that holds no pods there is nothing to
guard. Where the pod templates of the other kinds are is a table in `pod_template.py`.

Source: the OpenAPI documents of Kubernetes v1.25 to v1.37, which a test compares with these tables,
and older API groups; the CRDs of OpenYurt, OpenKruise and Argo Rollouts.
"""

from collections.abc import Collection, Iterable

from transformer.findings import ObjectRef

_COMMON = frozenset({"apiVersion", "kind", "metadata"})

_PODLESS_OWN: dict[tuple[str, str], str] = {
    ("", "Binding"): "target",
    ("", "ConfigMap"): "binaryData data immutable",
    ("", "Endpoints"): "subsets",
    ("", "Event"): "action count eventTime firstTimestamp involvedObject lastTimestamp message"
    " reason related reportingComponent reportingInstance series source type",
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
    ("storage.k8s.io", "CSIStorageCapacity"): "capacity maximumVolumeSize nodeTopology"
    " storageClassName",
    ("storage.k8s.io", "StorageClass"): "allowVolumeExpansion allowedTopologies mountOptions"
    " parameters provisioner reclaimPolicy volumeBindingMode",
    ("storage.k8s.io", "VolumeAttributesClass"): "driverName parameters",
}
"""Kinds without pods, by group and kind: their root keys besides apiVersion, kind and metadata."""

_PODLESS_USUAL: dict[str, str] = {
    "": "LimitRange Namespace Node PersistentVolume PersistentVolumeClaim ResourceQuota Service",
    "admissionregistration.k8s.io": "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding"
    " ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding",
    "apiextensions.k8s.io": "CustomResourceDefinition",
    "apiregistration.k8s.io": "APIService",
    "apps.openyurt.io": "NodePool",
    "autoscaling": "HorizontalPodAutoscaler",
    "certificates.k8s.io": "CertificateSigningRequest ClusterTrustBundle",
    "coordination.k8s.io": "Lease",
    "extensions": "Ingress NetworkPolicy",
    "flowcontrol.apiserver.k8s.io": "FlowSchema PriorityLevelConfiguration",
    "networking.k8s.io": "Ingress IngressClass NetworkPolicy",
    "policy": "PodDisruptionBudget PodSecurityPolicy",
    "resource.k8s.io": "DeviceClass ResourceClaim ResourceClaimTemplate",
    "storage.k8s.io": "CSIDriver CSINode VolumeAttachment",
}
"""Kinds without pods, by group, whose other root keys are spec and status."""

_PODLESS_UNLISTED: dict[str, str] = {
    "": "ComponentStatus",
    "apps": "Scale",
    "apps.openyurt.io": "NodeBucket",
    "auditregistration.k8s.io": "AuditSink",
    "authentication.k8s.io": "SelfSubjectReview TokenRequest TokenReview",
    "authorization.k8s.io": "LocalSubjectAccessReview SelfSubjectAccessReview"
    " SelfSubjectRulesReview SubjectAccessReview",
    "autoscaling": "Scale",
    "certificates.k8s.io": "PodCertificateRequest",
    "coordination.k8s.io": "LeaseCandidate",
    "device.openyurt.io": "Device DeviceProfile DeviceService",
    "extensions": "PodSecurityPolicy Scale",
    "internal.apiserver.k8s.io": "StorageVersion",
    "iot.openyurt.io": "Device DeviceProfile DeviceService",
    "lifecycle.k8s.io": "Eviction EvictionRequest",
    "network.openyurt.io": "PoolEndpoints PoolService",
    "networking.k8s.io": "ClusterCIDR IPAddress ServiceCIDR",
    "policy": "Eviction",
    "raven.openyurt.io": "Gateway",
    "resource.k8s.io": "DeviceTaintRule PodScheduling PodSchedulingContext"
    " ResourceClaimParameters ResourceClass ResourceClassParameters ResourcePoolStatusRequest"
    " ResourceSlice",
    "scheduling.k8s.io": "CompositePodGroup PodGroup Workload",
    "settings.k8s.io": "PodPreset",
    "storagemigration.k8s.io": "StorageVersionMigration",
}
"""Kinds without pods, by group, whose root keys are not listed: they count as unknown."""

_OTHER_OWN: dict[tuple[str, str], str] = {
    ("", "List"): "items",
    ("", "PodTemplate"): "template",
    ("snapshot.storage.k8s.io", "VolumeSnapshotClass"): "deletionPolicy driver parameters",
}
"""Other kinds, by group and kind: their root keys as in `_PODLESS_OWN`."""

_OTHER_USUAL: dict[str, str] = {
    "": "Pod ReplicationController",
    "apps": "DaemonSet Deployment ReplicaSet StatefulSet",
    "apps.kruise.io": "AdvancedCronJob BroadcastJob CloneSet DaemonSet SidecarSet StatefulSet"
    " UnitedDeployment",
    "apps.openyurt.io": "YurtAppDaemon YurtAppSet YurtStaticSet",
    "argoproj.io": "Rollout",
    "batch": "CronJob Job",
    "extensions": "DaemonSet Deployment ReplicaSet",
    "snapshot.storage.k8s.io": "VolumeSnapshot VolumeSnapshotContent",
}
"""Other kinds, by group, with the same root keys as `_PODLESS_USUAL`."""


def _pairs(kinds_by_group: dict[str, str]) -> list[tuple[str, str]]:
    return [(group, kind) for group, kinds in kinds_by_group.items() for kind in kinds.split()]


_PODLESS = frozenset((*_PODLESS_OWN, *_pairs(_PODLESS_USUAL), *_pairs(_PODLESS_UNLISTED)))
_ROOT_KEYS: dict[tuple[str, str], frozenset[str]] = {
    **{pair: _COMMON.union(keys.split()) for pair, keys in (_PODLESS_OWN | _OTHER_OWN).items()},
    **dict.fromkeys(_pairs(_PODLESS_USUAL) + _pairs(_OTHER_USUAL), _COMMON | {"spec", "status"}),
}

_KUSTOMIZATION_KEYS = frozenset(
    (
        *("resources", "bases", "components", "configurations", "crds", "generators"),
        *("transformers", "validators", "patches", "patchesStrategicMerge", "patchesJson6902"),
        *("replacements", "vars", "images", "replicas", "namePrefix", "nameSuffix", "namespace"),
        *("commonLabels", "commonAnnotations", "labels", "buildMetadata", "generatorOptions"),
        *("configMapGenerator", "secretGenerator", "helmCharts", "helmGlobals", "openapi"),
        "sortOptions",
    )
)


def is_podless(ref: ObjectRef) -> bool:
    """Whether objects of this kind hold no pods and create none."""
    return (ref.group, ref.kind) in _PODLESS


def foreign(group: str, kind: str, keys: Iterable[str]) -> list[str]:
    """Return those of a document's root `keys` that no object of `kind` has.

    Of an unknown kind, only the keys of a Kustomization are foreign.
    """
    allowed = _ROOT_KEYS.get((group, kind))
    if allowed is not None:
        return [key for key in keys if key not in allowed and key != "sops"]
    if kind in ("Kustomization", "Component"):
        return []
    return [key for key in keys if key in _KUSTOMIZATION_KEYS]


def is_known(group: str, kind: str) -> bool:
    """Whether `kind` is built in, so that its objects certainly have metadata."""
    return (group, kind) in _ROOT_KEYS and kind != "List"


def may_lack(group: str, kind: str, keys: Collection[str], key: str) -> bool:
    """Whether `key` may be missing from an object of `kind` that has the root `keys`.

    A built-in object may have lost a key if it has no key of its own. So may an object of an
    unknown kind that has neither `spec` (most custom kinds have only `spec` and `status`) nor
    `items`.
    """
    own = set(keys) - _COMMON
    allowed = _ROOT_KEYS.get((group, kind))
    if key in keys or key in ("apiVersion", "kind", "status"):
        return False
    if key == "metadata":
        return "items" not in own
    if allowed is not None:
        return key in allowed and not own and kind not in _OFTEN_BARE
    if kind in ("Kustomization", "Component"):
        return key in _KUSTOMIZATION_KEYS
    return not own & {"items", "spec"}


_OFTEN_BARE = ("Namespace", "ServiceAccount")
"""Kinds whose objects often have metadata only."""
