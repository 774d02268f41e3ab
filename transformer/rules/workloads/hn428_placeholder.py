"""HN428: a placeholder is where a rule has to look.

`${NAME}` (Flux, envsubst) and `$(NAME)` (kustomize's vars) have another value once they are
substituted. If the affinity, the annotations, a node's pool or anything else that an edit depends
on is a placeholder, the edit is not known yet, and nothing is edited. (A placeholder as the value
of the exclude annotation is HN403.)

Bad:

    apiVersion: v1
    kind: Pod
    metadata:
      name: web
      annotations:
        apps.openyurt.io/exclude-host-network-pool: "true"
    spec:
      affinity: ${AFFINITY}
      containers: [{name: web, image: "web:1"}]

Fix: substitute first (`flux build kustomization`, `envsubst`), then transform.

Source: Flux, post-build variable substitution; kustomize, `vars`.
"""

from collections.abc import Iterator
from typing import Any

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.nodes import is_node, pool_label, pool_name
from transformer.kubernetes.placeholders import is_placeholder, unknown_yet
from transformer.kubernetes.pools import OLD_VERSIONS, is_pool
from transformer.kubernetes.well_known import HOST_NETWORK_LABEL
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext


def check(context: RuleContext) -> Iterator[Violation]:
    for at, value in _looked_at(context):
        if is_placeholder(value):
            error = unknown_yet(at, value)
            yield Violation(error.pointer, error.message, error.hint)


def _looked_at(context: RuleContext) -> Iterator[tuple[str, Any]]:
    """Yield pointer and value of each place at which rules look before they know more."""
    manifest = context.manifest
    if is_node(manifest):
        yield "/metadata", manifest.value.get("metadata")
        yield "/metadata/labels", manifest.metadata.get("labels")
        yield pointer.join("/metadata/labels", pool_label(manifest)), pool_name(manifest)
    elif is_pool(manifest):
        yield "/spec", manifest.value.get("spec")
        yield "/spec/hostNetwork", manifest.spec.get("hostNetwork")
        if manifest.ref.version in OLD_VERSIONS:
            yield "/metadata/annotations", manifest.metadata.get("annotations")
        annotation = manifest.annotations.get(HOST_NETWORK_LABEL)
        yield pointer.join("/metadata/annotations", HOST_NETWORK_LABEL), annotation
    elif (rows := context.cluster.rows.get((manifest.ref.group, manifest.ref.kind))) is not None:
        if not context.templates:
            for row in rows:
                yield from _on_the_way(manifest.value, pointer.split(row.pointer))
        for template in context.templates:
            metadata = template.value.get("metadata")
            yield f"{template.pointer}/metadata", metadata
            yield f"{template.pointer}/spec", template.value.get("spec")
            yield f"{template.pointer}/spec/hostNetwork", template.spec.get("hostNetwork")
            if isinstance(metadata, dict):
                yield f"{template.pointer}/metadata/annotations", metadata.get("annotations")
    elif manifest.ref.kind.endswith("List"):
        yield "/items", manifest.value.get("items")


def _on_the_way(value: Any, tokens: list[str], at: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what is at the place of a pod template, or above it."""
    for token in tokens:
        if not isinstance(value, dict) or token not in value:
            return
        value, at = value[token], pointer.join(at, token)
        yield at, value


RULE = ValidationRule(
    "HN428", "a placeholder where a rule has to look", "warning", check, in_transform="always"
)
