"""HN315: an autonomy annotation of a node has no effect, or is a deprecated one.

While an edge node is cut off, OpenYurt keeps its pods from being evicted if the node is
*autonomous*. Annotations of the Node say so. OpenYurt 1.7 reads

- `node.openyurt.io/autonomy-duration`, a duration in Go's notation (`2h`, `90m`, `1h30m`; no days,
  no blanks): the pods are evicted if the node is cut off for longer, with `0s` never;
- `node.beta.openyurt.io/autonomy: "true"` and `apps.openyurt.io/binding: "true"`: never evicted.
  Both are deprecated. They are still honored, and the duration is ignored beside them.

A warning is reported where such a key is a *label*, which nothing reads, where the duration is not
one, and where a deprecated annotation has a value other than `true` and `false`: pods of the node
are then evicted after five minutes as on any other node. A deprecated annotation that works is an
info. Only nodes with the label `openyurt.io/is-edge-worker: "true"` can be autonomous.

Bad:

    apiVersion: v1
    kind: Node
    metadata:
      name: edge-1
      labels:
        node.openyurt.io/autonomy-duration: 2h
      annotations:
        node.beta.openyurt.io/autonomy: "true"

Fix: write the annotation `node.openyurt.io/autonomy-duration`, and remove the deprecated ones.

Source: OpenYurt `resolveNodeAutonomySetting`,
pkg/yurtmanager/controller/yurtcoordinator/podbinding/pod_binding_controller.go;
`IsPodBoundenToNode`, pkg/yurtmanager/controller/util/node/controller_utils.go.
"""

from collections.abc import Iterator

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.durations import is_duration
from transformer.kubernetes.placeholders import is_placeholder
from transformer.kubernetes.well_known import AUTONOMY_DURATION, OLD_AUTONOMY
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    manifest = context.manifest
    name, annotations = manifest.ref.name, manifest.annotations
    for key in (AUTONOMY_DURATION, *OLD_AUTONOMY):
        if key in manifest.labels:
            yield Violation(
                pointer.join("/metadata/labels", key),
                f"{key} is a label of node {name}, which has no effect: OpenYurt reads annotations",
                hint=f"write the annotation {AUTONOMY_DURATION} instead",
                at_key=True,
            )
    for key in OLD_AUTONOMY:
        yield from _deprecated(name, key, annotations.get(key), AUTONOMY_DURATION in annotations)
    duration = annotations.get(AUTONOMY_DURATION)
    is_read = not isinstance(duration, str) or is_placeholder(duration) or is_duration(duration)
    if not is_read:
        yield Violation(
            pointer.join("/metadata/annotations", AUTONOMY_DURATION),
            f"{duration!r} is not a valid duration, so it does not make node {name} autonomous",
            hint="write hours, minutes and seconds as in 2h, 90m or 1h30m; with 0s, pods are never"
            " evicted",
        )


def _deprecated(node: str, key: str, value: object, has_duration: bool) -> Iterator[Violation]:
    at = pointer.join("/metadata/annotations", key)
    if not isinstance(value, str) or value in ("false", "") or is_placeholder(value):
        return
    if value != "true":
        message = f"{value!r} does not make node {node} autonomous, only 'true' does"
        yield Violation(at, message, hint=f"write {AUTONOMY_DURATION} instead")
        return
    message = f"the annotation {key} of node {node} is deprecated"
    message += f", and {AUTONOMY_DURATION} is ignored beside it" if has_duration else ""
    hint = (
        f"write {AUTONOMY_DURATION} instead; with 0s, pods are never evicted"
        if not has_duration
        else "remove it"
    )
    yield Violation(at, message, hint=hint, severity="info", at_key=True)


RULE = ValidationRule(
    "HN315",
    "an autonomy annotation without effect, or a deprecated one",
    "warning",
    check,
    ("nodes",),
    on=("nodes",),
)
