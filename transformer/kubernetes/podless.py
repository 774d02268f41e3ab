"""Kinds that hold no pods and make none: nothing can be guarded in them.

Those of Kubernetes' own groups, from its OpenAPI documents (v1.25 to v1.37; a test compares them)
and the groups of before, and OpenYurt's. Kinds with pod templates are a table of their own.
"""

from transformer.findings import ObjectRef

_BUILT_IN = {
    "": "Binding ComponentStatus ConfigMap Endpoints Event LimitRange Namespace Node"
    " PersistentVolume PersistentVolumeClaim ResourceQuota Secret Service ServiceAccount",
    "admissionregistration.k8s.io": "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding"
    " MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding"
    " ValidatingWebhookConfiguration",
    "apiextensions.k8s.io": "CustomResourceDefinition",
    "apiregistration.k8s.io": "APIService",
    "apps": "ControllerRevision Scale",
    "auditregistration.k8s.io": "AuditSink",
    "authentication.k8s.io": "SelfSubjectReview TokenRequest TokenReview",
    "authorization.k8s.io": "LocalSubjectAccessReview SelfSubjectAccessReview"
    " SelfSubjectRulesReview SubjectAccessReview",
    "autoscaling": "HorizontalPodAutoscaler Scale",
    "certificates.k8s.io": "CertificateSigningRequest ClusterTrustBundle PodCertificateRequest",
    "coordination.k8s.io": "Lease LeaseCandidate",
    "discovery.k8s.io": "EndpointSlice",
    "events.k8s.io": "Event",
    "extensions": "Ingress NetworkPolicy PodSecurityPolicy Scale",
    "flowcontrol.apiserver.k8s.io": "FlowSchema PriorityLevelConfiguration",
    "internal.apiserver.k8s.io": "StorageVersion",
    "lifecycle.k8s.io": "Eviction EvictionRequest",
    "networking.k8s.io": "ClusterCIDR IPAddress Ingress IngressClass NetworkPolicy ServiceCIDR",
    "node.k8s.io": "RuntimeClass",
    "policy": "Eviction PodDisruptionBudget PodSecurityPolicy",
    "rbac.authorization.k8s.io": "ClusterRole ClusterRoleBinding Role RoleBinding",
    "resource.k8s.io": "DeviceClass DeviceTaintRule PodScheduling PodSchedulingContext"
    " ResourceClaim ResourceClaimParameters ResourceClaimTemplate ResourceClass"
    " ResourceClassParameters ResourcePoolStatusRequest ResourceSlice",
    "scheduling.k8s.io": "CompositePodGroup PodGroup PriorityClass Workload",
    "settings.k8s.io": "PodPreset",
    "storage.k8s.io": "CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment"
    " VolumeAttributesClass",
    "storagemigration.k8s.io": "StorageVersionMigration",
}
_OPENYURT = {
    "apps.openyurt.io": "NodeBucket NodePool",
    "iot.openyurt.io": "Device DeviceProfile DeviceService",
    "device.openyurt.io": "Device DeviceProfile DeviceService",
    "network.openyurt.io": "PoolEndpoints PoolService",
    "raven.openyurt.io": "Gateway",
}
_PODLESS = frozenset(
    (group, kind)
    for table in (_BUILT_IN, _OPENYURT)
    for group, kinds in table.items()
    for kind in kinds.split()
)


def is_podless(ref: ObjectRef) -> bool:
    """Whether objects of this kind hold no pods and make none."""
    return (ref.group, ref.kind) in _PODLESS
