"""HN104: the leader election strategy of a NodePool is neither random nor mark.

`random` makes any ready node of the pool a leader, `mark` only nodes that `leaderNodeLabelSelector`
names. The NodePool webhook refuses any other value. Absent or empty means `random`, but only in a
new pool: the webhook refuses an update of a pool whose strategy is empty, and `kubectl apply`
empties it if the field is taken out of the manifest.

Bad:

    apiVersion: apps.openyurt.io/v1beta2
    kind: NodePool
    metadata: {name: hangzhou}
    spec: {enableLeaderElection: true, leaderElectionStrategy: Random}

Fix: write `random` or `mark`, in lower case, and keep the field.

Source: OpenYurt `validateNodePoolSpec`, pkg/yurtmanager/webhook/nodepool/v1beta2/
nodepool_validation.go.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.kubernetes.placeholders import is_placeholder
from transformer.kubernetes.pools import OLD_VERSIONS, emptied
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext
from transformer.wording import did_you_mean, shown

_STRATEGIES = ("random", "mark")


def check(context: RuleContext) -> Iterator[Violation]:
    manifest = context.manifest
    if manifest.ref.version in OLD_VERSIONS:
        return  # old versions do not have the field, as HN101 reports
    found = manifest.spec.get("leaderElectionStrategy")
    if how := emptied(context.before, manifest, "leaderElectionStrategy"):
        yield Violation(
            "/spec/leaderElectionStrategy",
            f"the leader election strategy of NodePool {manifest.ref.name} {how}; the cluster sets"
            " it only for new pools, and refuses the update",
            hint=f"write leaderElectionStrategy: {_former(context) or 'random'}",
        )
    elif (
        found and isinstance(found, str) and not is_placeholder(found) and found not in _STRATEGIES
    ):
        yield Violation(
            "/spec/leaderElectionStrategy",
            f"the leader election strategy of NodePool {manifest.ref.name} is {shown(found)},"
            " expected random or mark",
            hint=did_you_mean(found, _STRATEGIES),
        )


def _former(context: RuleContext) -> object:
    return context.before and context.before.spec.get("leaderElectionStrategy")


RULE = ValidationRule(
    "HN104", "an unknown leader election strategy", "error", check, ("pools",), on=("pools",)
)
