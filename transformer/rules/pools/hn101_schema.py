"""HN101: the object does not match its schema.

A NodePool is validated against the JSON Schema of its version: fields that the version does not
have, values of a wrong type, and names, labels and taints that the API server refuses. `kubectl
apply` refuses unknown fields too; other clients silently drop them. In Nodes and pod templates,
only what affects host networking is validated: labels, annotations and taints; node selector, node
affinity, tolerations, DNS policy and ports.

Text with a variable such as `$ARCH` or `${zone}`, which Flux or `envsubst` fills in, is not
validated, nor is text that SOPS has encrypted.

Bad:

    apiVersion: apps.openyurt.io/v1beta2
    kind: NodePool
    metadata: {name: hangzhou}
    spec:
      type: Edge
      hostnetwork: true
      taints:
      - {key: edge, effect: NoSchedul}

Fix: write the field as the message says; `hostnet-transform schema nodepool-v1beta2` (or
`nodepool-v1beta1`, `nodepool-v1alpha1`, `node`, `pod-template`) prints the schema with all fields.

Source: OpenYurt, CustomResourceDefinition `nodepools.apps.openyurt.io`; Kubernetes API validation
of labels, annotations, taints and pod specs (pkg/apis/core/validation).
"""

from collections.abc import Iterator

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.nodes import is_node
from transformer.kubernetes.objects import mapping_at, value_at
from transformer.kubernetes.placeholders import is_placeholder
from transformer.kubernetes.pools import GROUP, is_pool
from transformer.kubernetes.schema.explain import Problem, problems
from transformer.kubernetes.well_known import EXCLUDE_ANNOTATION
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext
from transformer.wording import any_of

_POOL_SCHEMA = "nodepool-"
_WORDS_OF_OTHER_RULES = ("/spec/type", "/spec/leaderElectionStrategy")  # HN102, HN104


def check(context: RuleContext) -> Iterator[Violation]:
    schemas, manifest = context.cluster.schemas, context.manifest
    if not schemas:
        return
    if is_pool(manifest):
        yield from _check_pool(context)
    elif is_node(manifest):
        for problem in problems(manifest.value, schemas["node"], "the Node"):
            yield from _reported(context, problem)
    for template in context.templates:
        schema, at = schemas["pod-template"], template.pointer
        for problem in problems(template.value, schema, "the pod template", at):
            if problem.pointer != pointer.join(f"{at}/metadata/annotations", EXCLUDE_ANNOTATION):
                yield from _reported(context, problem)  # else HN403 reports it


def _check_pool(context: RuleContext) -> Iterator[Violation]:
    ref, value = context.manifest.ref, context.manifest.value
    versions = sorted(
        name.removeprefix(_POOL_SCHEMA)
        for name in context.cluster.schemas
        if name.startswith(_POOL_SCHEMA)
    )
    if ref.version not in versions:
        message = f"there is no NodePool of {ref.group}/{ref.version}"
        yield Violation("/apiVersion", message, f"write it as {GROUP}/{versions[-1]}")
        return
    # Items of a NodePoolList may leave these two out.
    full = {"apiVersion": f"{GROUP}/{ref.version}", "kind": ref.kind, **value}
    full.pop("sops", None)  # SOPS removes what it adds
    schema = context.cluster.schemas[_POOL_SCHEMA + ref.version]
    for problem in problems(full, schema, "the NodePool"):
        if problem.at_key:
            if not problem.pointer.startswith("/spec/annotations/"):  # else HN105 reports it
                yield from _reported(context, problem, _home(context, versions, problem.pointer))
        elif problem.pointer not in _WORDS_OF_OTHER_RULES or not isinstance(
            value_at(value, problem.pointer), str
        ):
            yield from _reported(context, problem)


def _home(context: RuleContext, versions: list[str], at: str) -> str:
    """Return a hint if other versions have the key of spec that this one does not know."""
    parent, _, key = at.rpartition("/")
    have_it = [
        version
        for version in versions
        if key in mapping_at(context.cluster.schemas[_POOL_SCHEMA + version], *_FIELDS)
    ]
    return f"only {any_of(have_it)} has it" if parent == "/spec" and have_it else ""


_FIELDS = ("properties", "spec", "properties")


def _reported(context: RuleContext, problem: Problem, hint: str = "") -> Iterator[Violation]:
    at = problem.pointer
    found = pointer.split(at)[-1] if problem.at_key else value_at(context.manifest.value, at)
    if not is_placeholder(found):
        yield Violation(at, problem.message, hint or problem.hint, at_key=problem.at_key)


RULE = ValidationRule(
    "HN101",
    "an object does not match its schema",
    "error",
    check,
    on=("pools", "nodes", "workloads"),
)
