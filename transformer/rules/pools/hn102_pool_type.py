"""HN102: the type of a NodePool is neither Edge nor Cloud.

The NodePool webhook accepts only these two, in this spelling. If the type is absent or empty, the
pool becomes an Edge pool. This holds for a new pool only: the webhook refuses an update of a pool
whose type is empty, and `kubectl apply` empties it if the field is taken out of the manifest.

Bad:

    apiVersion: apps.openyurt.io/v1beta2
    kind: NodePool
    metadata: {name: hangzhou}
    spec: {type: edge}

Fix: write `Edge` or `Cloud`, and keep the field. If the pool exists already, its type cannot be
changed (HN202).

Source: OpenYurt `validateNodePoolSpec`, pkg/yurtmanager/webhook/nodepool/v1beta2/
nodepool_validation.go.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.kubernetes.placeholders import is_placeholder
from transformer.kubernetes.pools import emptied, pool_of
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext
from transformer.wording import did_you_mean, shown

_TYPES = ("Edge", "Cloud")


def check(context: RuleContext) -> Iterator[Violation]:
    manifest = context.manifest
    found = manifest.spec.get("type")
    if how := emptied(context.before, manifest, "type"):
        yield Violation(
            "/spec/type",
            f"the type of NodePool {manifest.ref.name} {how}; the cluster sets it only for new"
            " pools, and refuses the update",
            hint=f"write type: {pool_of(context.before).type}" if context.before else "",
        )
    elif found and isinstance(found, str) and not is_placeholder(found) and found not in _TYPES:
        yield Violation(
            "/spec/type",
            f"the type of NodePool {manifest.ref.name} is {shown(found)}, expected Edge or Cloud",
            hint=did_you_mean(found, _TYPES),
        )


RULE = ValidationRule(
    "HN102", "a NodePool is neither Edge nor Cloud", "error", check, ("pools",), on=("pools",)
)
