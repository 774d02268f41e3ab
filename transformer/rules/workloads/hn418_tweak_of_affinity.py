"""HN418: a tweak for some pools changes the affinity of the pods.

A YurtAppSet creates a workload for each pool and can patch it: in v1beta1 with JSON patches under
`workloadTweaks`, in v1alpha1 with a strategic merge patch for each pool. A patch at or above the
pod's affinity is applied after everything in the template, so it can undo a guard in these pools,
and nothing in the template shows it.

Bad:

    apiVersion: apps.openyurt.io/v1beta1
    kind: YurtAppSet
    metadata: {name: web}
    spec:
      workload:
        workloadTweaks:
        - pools: [hangzhou]
          tweaks:
            patches:
            - operation: remove
              path: /spec/template/spec/affinity

Fix: keep the affinity in the template, or make sure that the patch keeps the guard.

Source: OpenYurt YurtAppSet controller, which applies tweaks to the workloads that it creates.
"""

from collections.abc import Iterator
from typing import Any

from transformer.findings import Violation
from transformer.kubernetes.pod_template import resolve
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext

_WAY = ("spec", "template", "spec", "affinity")
_AFFINITY = "/" + "/".join(_WAY)
_PATCH_PATHS = "/spec/workload/workloadTweaks/*/tweaks/patches/*/path"
_MERGES = "/spec/topology/pools/*/patch"


def check(context: RuleContext) -> Iterator[Violation]:
    ref, value = context.manifest.ref, context.manifest.value
    if ref.group != "apps.openyurt.io" or ref.kind not in ("YurtAppSet", "YurtAppDaemon"):
        return
    for at, path in resolve(value, _PATCH_PATHS):
        if isinstance(path, str) and _touches_affinity(path):
            yield _violation(at, path)
    for at, patch in resolve(value, _MERGES):
        if (below := _merged_at(patch)) is not None:
            yield _violation(f"{at}{below}", below)


def _touches_affinity(path: str) -> bool:
    """Whether a JSON Patch at `path` changes the affinity, or something that holds it."""
    return f"{path}/".startswith(f"{_AFFINITY}/") or _AFFINITY.startswith(f"{path.rstrip('/')}/")


def _merged_at(patch: Any) -> str | None:
    """Return where a strategic merge patch changes the affinity, or removes what holds it."""
    at = ""
    for key in _WAY:
        if not isinstance(patch, dict):
            return at or None  # null removes it
        if patch.get("$patch") in ("replace", "delete"):
            return at
        if key not in patch:
            return None
        patch, at = patch[key], f"{at}/{key}"
    return at


def _violation(at: str, path: str) -> Violation:
    return Violation(
        at,
        f"a patch for some pools changes the affinity of the pods ({path or '/'}), and can undo a"
        " guard there",
        hint="keep the affinity in the template, or keep the guard in the patch",
    )


RULE = ValidationRule(
    "HN418", "a tweak changes the pods' affinity", "warning", check, ("workloads",)
)
