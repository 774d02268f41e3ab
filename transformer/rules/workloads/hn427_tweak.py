"""HN427: a tweak of a YurtAppSet fails for a pool, or changes nothing.

OpenYurt turns a YurtAppSet into one Deployment or StatefulSet for each pool, and applies the
`patches` of the tweaks that select the pool. If one of them fails, the workload for that pool is
neither created nor updated. The webhook also tries each tweak alone, with the bare template and for
no pool, and refuses the whole YurtAppSet if that fails.

A patch can also succeed and change nothing, and nobody is told. The patches are JSON patches, but
OpenYurt reads the outcome into the object that it had before:

- what a patch removes is not in the outcome, so it stays as it was (a warning). Replace it with
  `false`, with an empty text, or, if it is a mapping of fields or a list, with the value null;
- a mapping merges with the old one, and the items of a list merge with the old ones by index. No
  patch takes away a single label or a single key of a nodeSelector;
- null, or a patch without a value, leaves text, numbers and truth values as they were;
- a field that does not exist is dropped;
- of a pool in v1alpha1, `patch` and `tolerations` are dropped when OpenYurt converts it to v1beta1.

This is only reported where the input has a host-network pool: for its copy, a tweak usually sets
`hostNetwork: true`, and without it the pods do not start there.

Bad, where `hangzhou` is a host-network pool:

    apiVersion: apps.openyurt.io/v1beta1
    kind: YurtAppSet
    metadata: {name: web}
    spec:
      pools: [hangzhou, shanghai]
      workload:
        workloadTemplate:
          deploymentTemplate:
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  hostNetwork: true
                  containers: [{name: web, image: "web:1"}]
        workloadTweaks:
        - pools: [shanghai]
          tweaks:
            patches:
            - operation: remove
              path: /spec/template/spec/hostNetwork

Fix: `operation: replace` with `value: false`.

Source: OpenYurt, `ApplyTweaksToDeployment`, pkg/yurtmanager/controller/yurtappset/workloadmanager;
`validateDeployment`, pkg/yurtmanager/webhook/yurtappset; github.com/evanphx/json-patch v5.6.0.
"""

from collections.abc import Iterator, Sequence

from transformer.findings import Violation
from transformer.placement.copies import nearest
from transformer.placement.effects import Problem, problems_of
from transformer.placement.yurt_app_set import is_yurt_app_set, yurt_app_set
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext

_SHOWN = 3


def check(context: RuleContext) -> Iterator[Violation]:
    manifest, pools = context.manifest, context.cluster.pools
    if not is_yurt_app_set(manifest):
        return
    source = yurt_app_set(manifest, context.templates)
    if source is None or not context.cluster.has_host_network_pools:
        return
    for problem, names in problems_of(source, manifest.ref, pools).items():
        yield Violation(
            nearest(manifest.value, problem.pointer),
            _message(problem, names),
            hint=problem.hint,
            severity="warning" if problem.effect == "idle" else "error",
        )


def _message(problem: Problem, names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    where = f"for pool {shown}" if len(names) == 1 else f"for the pools {shown}"
    if problem.effect == "idle":
        return f"the patch has no effect {where}: {problem.reason}"
    if problem.effect == "fails":
        return f"no workload is made {where if names else 'for any pool'}: {problem.reason}"
    fails = f"fails {where}" if names else "fails"
    return f"the patch {fails}, and the webhook refuses the YurtAppSet: {problem.reason}"


RULE = ValidationRule(
    "HN427",
    "a tweak of a YurtAppSet fails or has no effect",
    "error",
    check,
    needs=("pools", "workloads"),
)
