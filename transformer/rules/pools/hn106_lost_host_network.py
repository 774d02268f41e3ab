"""HN106: spec.hostNetwork of an old NodePool version is lost in the conversion.

In v1alpha1 and v1beta1, a host-network pool is marked by the annotation
`nodepool.openyurt.io/hostnetwork: "true"`. A `spec.hostNetwork: true` without it is dropped when
the API server converts the object to its storage version: in the cluster the pool is then a
standard pool, and `hostNetwork` can never be changed afterwards.

Bad:

    apiVersion: apps.openyurt.io/v1beta1
    kind: NodePool
    metadata: {name: hangzhou}
    spec: {type: Edge, hostNetwork: true}

Fix: add the annotation, or better, write the pool as v1beta2. If the pool is in the cluster
already, it is a standard pool there and can no longer become a host-network pool: remove the field.
`validate --fix` adds the annotation, unless an annotation or the old state conflicts with it, or
the pool is a Cloud pool, which cannot be host-network.

Source: OpenYurt `ConvertTo`, pkg/apis/apps/v1beta1/nodepool_conversion.go.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.kubernetes.entries import set_entries
from transformer.kubernetes.pools import is_pool, pool_of
from transformer.kubernetes.well_known import HOST_NETWORK_LABEL
from transformer.operations import Operation
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    if pool_of(context.manifest).loses_host_network:
        ref = context.manifest.ref
        yield Violation(
            "/spec/hostNetwork",
            f"hostNetwork of NodePool {ref.name} is lost: in {ref.version} only the annotation"
            f" {HOST_NETWORK_LABEL} survives the conversion",
            hint="remove the field: in the cluster it is a standard pool, and stays one (HN201)"
            if _was_standard(context)
            else f'set the annotation {HOST_NETWORK_LABEL}: "true", or write the pool as v1beta2',
        )


def _was_standard(context: RuleContext) -> bool:
    former = context.cluster.former_pools.get(context.manifest.ref.name)
    return former is not None and not former.host_network


def fix(context: RuleContext) -> list[Operation]:
    manifest = context.manifest
    if not is_pool(manifest):
        return []
    pool = pool_of(manifest)
    if not pool.loses_host_network or pool.type == "Cloud" or _was_standard(context):
        return []
    annotation = manifest.annotations.get(HOST_NETWORK_LABEL)
    if annotation is not True and annotation not in (None, ""):
        return []  # it conflicts with the field: which of them is meant is unknown
    return set_entries(manifest, "annotations", {HOST_NETWORK_LABEL: "true"})


RULE = ValidationRule(
    "HN106",
    "spec.hostNetwork is lost in conversion",
    "error",
    check,
    ("pools",),
    "always",
    fix=fix,
    on=("pools",),
)
