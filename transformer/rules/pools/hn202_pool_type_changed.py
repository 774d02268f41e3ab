"""HN202: the type of a NodePool cannot be changed.

The NodePool webhook refuses an update that makes an Edge pool a Cloud pool or vice versa. An absent
type means Edge.

Bad:

    # before
    apiVersion: apps.openyurt.io/v1beta2
    kind: NodePool
    metadata: {name: hangzhou}
    spec: {type: Edge}
    ---
    # now
    apiVersion: apps.openyurt.io/v1beta2
    kind: NodePool
    metadata: {name: hangzhou}
    spec: {type: Cloud}

Fix: keep the type, or create a pool with another name.

Source: OpenYurt `validateNodePoolSpecUpdate`, pkg/yurtmanager/webhook/nodepool/v1beta2/
nodepool_validation.go.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.kubernetes.pools import emptied, pool_of
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    if context.before is None:
        return
    old, new = pool_of(context.before), pool_of(context.manifest)
    is_emptied = emptied(context.before, context.manifest, "type")  # HN102
    if isinstance(new.type, str) and old.type != new.type and not is_emptied:
        yield Violation(
            "/spec/type",
            f"type of NodePool {new.name} was {old.type} and becomes {new.type}; the cluster"
            " refuses that",
            hint="keep the type, or create a pool with another name",
        )


RULE = ValidationRule(
    "HN202", "type of a NodePool changes", "error", check, ("pools", "old"), on=("pools",)
)
