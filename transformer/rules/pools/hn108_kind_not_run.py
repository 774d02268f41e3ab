"""HN108: a kind that OpenYurt 1.7 no longer runs.

- `YurtAppDaemon`: only its deprecated CustomResourceDefinition is left. `kubectl apply` succeeds
  with a deprecation warning, and nothing happens: no controller creates workloads for its pools.
  What an older release created stays as it is, for no new pool and with no new image.
- `YurtAppOverrider`: its CustomResourceDefinition is gone. `kubectl apply` fails with `no matches
  for kind "YurtAppOverrider"`, and with it a sync of Flux or Argo CD. A definition that an upgrade
  left in the cluster (Helm deletes none) accepts it, and it has no effect either.

Other rules report on the pod template of a YurtAppDaemon as before, because it goes into the
YurtAppSet.

Bad:

    apiVersion: apps.openyurt.io/v1alpha1
    kind: YurtAppOverrider
    metadata: {name: fewer, namespace: shop}
    subject: {apiVersion: apps.openyurt.io/v1alpha1, kind: YurtAppSet, name: web}
    entries:
    - pools: [hangzhou]
      items: [{replicas: 1}]

Fix: write a YurtAppSet of `apps.openyurt.io/v1beta1`: `spec.nodepoolSelector` or `spec.pools`
selects pools as a YurtAppDaemon did, `spec.workload.workloadTweaks` does what the entries of a
YurtAppOverrider did.

Source: OpenYurt CHANGELOG v1.7.0 ("Remove YurtAppOverrider", "Deprecate YurtAppDaemon controller
and webhook"); charts/yurt-manager/crds; `NewControllerInitializers`,
pkg/yurtmanager/controller/base/controller.go.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.kubernetes.pools import GROUP
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext

_NOT_RUN = {
    "YurtAppDaemon": (
        "OpenYurt 1.7 accepts a YurtAppDaemon and does nothing with it",
        f"write a YurtAppSet of {GROUP}/v1beta1 with spec.nodepoolSelector",
    ),
    "YurtAppOverrider": (
        "OpenYurt 1.7 has no YurtAppOverrider, so `kubectl apply` fails",
        f"write spec.workload.workloadTweaks in a YurtAppSet of {GROUP}/v1beta1",
    ),
}
"""The message and the hint, by kind."""


def check(context: RuleContext) -> Iterator[Violation]:
    ref = context.manifest.ref
    if ref.group == GROUP and ref.kind in _NOT_RUN:
        yield Violation("/kind", *_NOT_RUN[ref.kind])


RULE = ValidationRule("HN108", "a kind that OpenYurt 1.7 no longer runs", "error", check)
