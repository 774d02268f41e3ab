"""HN203: interConnectivity of a NodePool cannot be changed.

The NodePool webhook refuses an update that changes it. Absent means false, and v1alpha1 and v1beta1
do not have the field: the conversion sets it to false. Writing a pool that has `interConnectivity:
true` in an older version is therefore a change as well.

Bad:

    # before
    apiVersion: apps.openyurt.io/v1beta2
    kind: NodePool
    metadata: {name: hangzhou}
    spec: {type: Edge, interConnectivity: true}
    ---
    # now
    apiVersion: apps.openyurt.io/v1beta1
    kind: NodePool
    metadata: {name: hangzhou}
    spec: {type: Edge}

Fix: keep the value, in v1beta2; or create a pool with another name.

Source: OpenYurt `validateNodePoolSpecUpdate`, pkg/yurtmanager/webhook/nodepool/v1beta2/
nodepool_validation.go; `ConvertTo`, pkg/apis/apps/v1beta1/nodepool_conversion.go.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.kubernetes.pools import OLD_VERSIONS, pool_of
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext
from transformer.wording import shown


def check(context: RuleContext) -> Iterator[Violation]:
    manifest, before = context.manifest, context.before
    if before is None:
        return
    old, new = pool_of(before), pool_of(manifest)
    if old.inter_connectivity == new.inter_connectivity:
        return
    message = (
        f"interConnectivity of NodePool {new.name} was {shown(old.inter_connectivity)} and becomes"
        f" {shown(new.inter_connectivity)}; the cluster refuses that"
    )
    for version in (before.ref.version, manifest.ref.version):
        if version in OLD_VERSIONS:
            message += f" (the conversion from {version} sets it to false)"
    yield Violation(
        "/spec/interConnectivity",
        message,
        hint="keep the value, in v1beta2, or create a pool with another name",
    )


RULE = ValidationRule(
    "HN203",
    "interConnectivity of a NodePool changes",
    "error",
    check,
    ("pools", "old"),
    on=("pools",),
)
