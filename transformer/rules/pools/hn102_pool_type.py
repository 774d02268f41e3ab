"""HN102: the type of a NodePool is neither Edge nor Cloud.

The NodePool webhook accepts only these two, in this spelling. If the type is absent or empty, the
pool becomes an Edge pool.

Bad:

    apiVersion: apps.openyurt.io/v1beta2
    kind: NodePool
    metadata: {name: hangzhou}
    spec: {type: edge}

Fix: write `Edge` or `Cloud`. If the pool exists already, its type cannot be changed (HN202).

Source: OpenYurt `validateNodePoolSpec`, pkg/yurtmanager/webhook/nodepool/v1beta2/
nodepool_validation.go.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.kubernetes.placeholders import is_placeholder
from transformer.kubernetes.pools import is_pool
from transformer.rules.base import RuleContext, ValidationRule
from transformer.wording import did_you_mean, shown

_TYPES = ("Edge", "Cloud")


def check(context: RuleContext) -> Iterator[Violation]:
    manifest = context.manifest
    found = manifest.spec.get("type")
    if not is_pool(manifest) or not isinstance(found, str) or is_placeholder(found):
        return
    if found and found not in _TYPES:
        yield Violation(
            "/spec/type",
            f"the type of NodePool {manifest.ref.name} is {shown(found)}, expected Edge or Cloud",
            hint=did_you_mean(found, _TYPES),
        )


RULE = ValidationRule("HN102", "a NodePool is neither Edge nor Cloud", "error", check, ("pools",))
