"""HN103: a Cloud pool cannot be host-network.

Host networking is for edge nodes without network components. The NodePool webhook refuses a pool of
type Cloud with hostNetwork. In v1alpha1 and v1beta1, the annotation
`nodepool.openyurt.io/hostnetwork: "true"` makes a pool host-network; `spec.hostNetwork` counts here
as well, because it shows the intention (HN106).

Bad:

    apiVersion: apps.openyurt.io/v1beta2
    kind: NodePool
    metadata: {name: hangzhou}
    spec: {type: Cloud, hostNetwork: true}

Fix: make it an Edge pool, or a Cloud pool without hostNetwork.

Source: OpenYurt `validateNodePoolSpec`, pkg/yurtmanager/webhook/nodepool/v1beta2/
nodepool_validation.go.
"""

from collections.abc import Iterator

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.objects import Manifest
from transformer.kubernetes.pools import OLD_VERSIONS, pool_of
from transformer.kubernetes.well_known import HOST_NETWORK_LABEL
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    manifest = context.manifest
    pool = pool_of(manifest)
    if pool.type != "Cloud" or not pool.is_meant_host_network:
        return
    is_annotated = manifest.ref.version in OLD_VERSIONS and pool.host_network
    yield Violation(
        pointer.join("/metadata/annotations", HOST_NETWORK_LABEL)
        if is_annotated
        else "/spec/hostNetwork",
        f"NodePool {pool.name} is of type Cloud and host-network; only Edge pools can be"
        " host-network",
        hint=_advice(context.before),
    )


def _advice(before: Manifest | None) -> str:
    """Return what to do, without what HN201 or HN202 would then report."""
    was = None if before is None else pool_of(before)
    if was is None or (was.type == "Cloud" and was.host_network):
        return "make it an Edge pool, or leave hostNetwork out"
    if was.type == "Cloud":
        return "leave hostNetwork out"
    return f"make it an Edge pool{'' if was.host_network else ', and leave hostNetwork out'}"


RULE = ValidationRule(
    "HN103", "a Cloud pool with hostNetwork", "error", check, ("pools",), on=("pools",)
)
