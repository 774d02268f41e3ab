"""HN201: hostNetwork of a NodePool cannot be changed.

Whether a pool is host-network decides how its nodes are set up when they join, so the NodePool
webhook refuses every update that changes it. What counts is the value in the storage version: in
v1alpha1 and v1beta1 only the annotation `nodepool.openyurt.io/hostnetwork` survives the conversion,
in v1beta2 the field does. Absent means false.

Bad:

    # before
    apiVersion: apps.openyurt.io/v1beta2
    kind: NodePool
    metadata: {name: hangzhou}
    spec: {type: Edge, hostNetwork: false}
    ---
    # now
    apiVersion: apps.openyurt.io/v1beta2
    kind: NodePool
    metadata: {name: hangzhou}
    spec: {type: Edge, hostNetwork: true}

Fix: keep the value. If you need the other one, create a pool with another name, and reset and
re-join the nodes that you want in it.

Source: OpenYurt `validateNodePoolSpecUpdate`, pkg/yurtmanager/webhook/nodepool/v1beta2/
nodepool_validation.go; `ConvertTo`, pkg/apis/apps/v1beta1/nodepool_conversion.go; documentation of
host-network NodePools, "Cannot Modify hostNetwork After NodePool Creation".
"""

from collections.abc import Iterator

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.pools import OLD_VERSIONS, pool_of
from transformer.kubernetes.well_known import HOST_NETWORK_LABEL
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext
from transformer.wording import shown


def check(context: RuleContext) -> Iterator[Violation]:
    manifest, before = context.manifest, context.before
    if before is None:
        return
    old, new = pool_of(before), pool_of(manifest)
    if old.host_network == new.host_network:
        return
    is_old_version = manifest.ref.version in OLD_VERSIONS
    at = "/spec/hostNetwork"
    if is_old_version and (
        HOST_NETWORK_LABEL in manifest.annotations or "hostNetwork" not in manifest.spec
    ):
        at = pointer.join("/metadata/annotations", HOST_NETWORK_LABEL)
    message = (
        f"hostNetwork of NodePool {new.name} was {shown(old.host_network)} and becomes"
        f" {shown(new.host_network)}; the cluster refuses that"
    )
    if {before.ref.version, manifest.ref.version} & set(OLD_VERSIONS):
        message += f" (v1alpha1 and v1beta1 have it as the annotation {HOST_NETWORK_LABEL} only)"
    hint = "keep the value, or create a pool with another name, and reset and re-join the nodes"
    if new.loses_host_network:
        hint = f'keep the annotation {HOST_NETWORK_LABEL}: "true"'
    yield Violation(at, message, hint)


RULE = ValidationRule(
    "HN201", "hostNetwork of a NodePool changes", "error", check, ("pools", "old"), on=("pools",)
)
