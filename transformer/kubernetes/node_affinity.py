"""Node selector terms, and how the guard is added to them: the requirement that keeps pods off the
nodes of host-network pools.

Source: OpenYurt `PodHandler.Default`, pkg/yurtmanager/webhook/pod/v1alpha1/pod_default.go.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from transformer.kubernetes.objects import list_at
from transformer.kubernetes.placeholders import is_placeholder, unknown_yet, wrong_type
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.well_known import EXCLUDE_ANNOTATION, HOST_NETWORK_LABEL
from transformer.operations import Operation

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def guard_requirement() -> dict[str, Any]:
    """Return the guard as a plain value."""
    return {"key": HOST_NETWORK_LABEL, "operator": "NotIn", "values": ["true"]}


def asks_for_the_guard(template: PodTemplate) -> bool:
    """Whether the pods carry the annotation for which the webhook adds the guard."""
    return template.annotations.get(EXCLUDE_ANNOTATION) == "true"


def add_guards(templates: Iterable[PodTemplate]) -> Iterator[Operation]:
    """Yield the operations that put the guard into every node selector term of `templates`.

    Terms are ORed, so each term without the exact requirement gets it at the end. If there is no
    term, one is added. Paths are relative to the object of the templates.

    Raises:
        PatchError: a value on the path to the terms has a type that the API server refuses.
    """
    return (operation for template in templates for operation in _add_guard(template))


def _add_guard(template: PodTemplate) -> list[Operation]:
    guard = guard_requirement()
    term = {"matchExpressions": [guard]}
    at = f"{template.pointer}/spec"
    value: Any = template.spec
    for key, missing in (
        ("affinity", {"nodeAffinity": {_REQUIRED: {"nodeSelectorTerms": [term]}}}),
        ("nodeAffinity", {_REQUIRED: {"nodeSelectorTerms": [term]}}),
        (_REQUIRED, {"nodeSelectorTerms": [term]}),
    ):
        at = f"{at}/{key}"
        value = value.get(key)
        if value is None:
            return [Operation("add", at, missing)]
        if not isinstance(value, dict):
            raise wrong_type(at, value, "a mapping")
    at = f"{at}/nodeSelectorTerms"
    terms = value.get("nodeSelectorTerms")
    if terms is None:
        return [Operation("add", at, [term])]
    if not isinstance(terms, list):
        raise wrong_type(at, terms, "a list")
    if not terms:
        return [Operation("add", f"{at}/-", term)]
    return [
        operation
        for index, existing in enumerate(terms)
        for operation in _add_to_term(existing, f"{at}/{index}", guard)
    ]


def _add_to_term(term: Any, at: str, guard: dict[str, Any]) -> list[Operation]:
    if term is None:
        return [Operation("replace", at, {"matchExpressions": [guard]})]
    if not isinstance(term, dict):
        raise wrong_type(at, term, "a mapping")
    expressions = term.get("matchExpressions")
    if expressions is None:
        return [Operation("add", f"{at}/matchExpressions", [guard])]
    if not isinstance(expressions, list):
        raise wrong_type(f"{at}/matchExpressions", expressions, "a list")
    if any(_is_exactly(expression, guard) for expression in expressions):
        return []
    for index, expression in enumerate(expressions):
        if (value := _placeholder_for_guard(expression)) is not None:
            raise unknown_yet(f"{at}/matchExpressions/{index}", value)
    return [Operation("add", f"{at}/matchExpressions/-", guard)]


def _placeholder_for_guard(expression: Any) -> str | None:
    """Return the placeholder that could make `expression` the guard, or None."""
    if not isinstance(expression, dict):
        return expression if is_placeholder(expression) else None
    if expression.get("key") != HOST_NETWORK_LABEL:
        return None
    values = expression.get("values")
    found = [expression.get("operator"), *(values if isinstance(values, list) else [values])]
    return next(filter(is_placeholder, found), None)


def _is_exactly(expression: Any, guard: dict[str, Any]) -> bool:
    return isinstance(expression, dict) and expression.items() >= guard.items()


def has_guard(template: PodTemplate) -> bool:
    """Whether `template` has node selector terms, and each has exactly the guard."""
    terms, guard = required_terms(template), guard_requirement()
    return bool(terms) and all(
        any(_is_exactly(expression, guard) for expression in list_at(term, "matchExpressions"))
        for term in terms or ()
    )


def required_terms(template: PodTemplate) -> list[Any] | None:
    """Return the required node selector terms, or None if no node affinity is required.

    If a value has the wrong type, the result is empty: then no node matches.
    """
    value: Any = template.spec
    for key in ("affinity", "nodeAffinity", _REQUIRED):
        value = value.get(key) if isinstance(value, dict) else value
        if value is None:
            return None
    terms = value.get("nodeSelectorTerms") if isinstance(value, dict) else None
    return terms if isinstance(terms, list) else []


def is_unknown_yet(template: PodTemplate) -> bool:
    """Whether a placeholder stands where the required node selector terms, or one, have to be."""
    value: Any = template.spec
    for key in ("affinity", "nodeAffinity", _REQUIRED, "nodeSelectorTerms"):
        value = value.get(key) if isinstance(value, dict) else value
    return is_placeholder(value) or (isinstance(value, list) and any(map(is_placeholder, value)))


def empty_terms(template: PodTemplate) -> list[str]:
    """Return the pointers (within the object) of empty node selector terms."""
    at = f"{template.pointer}/spec/affinity/nodeAffinity/{_REQUIRED}/nodeSelectorTerms"
    return [
        f"{at}/{index}"
        for index, term in enumerate(required_terms(template) or ())
        if term is None
        or (
            isinstance(term, dict) and not (term.get("matchExpressions") or term.get("matchFields"))
        )
    ]
