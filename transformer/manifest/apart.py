"""Do the selections of two pods keep them apart: are there nodes that both can run on?"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from transformer.manifest.node_affinity import required_terms
from transformer.manifest.pod_template import PodTemplate

Demands: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
"""Node labels, each with the values of which a node must have one."""


def demands(template: PodTemplate) -> Demands:
    """Return what nodes must carry by nodeSelector and by a required affinity of one term."""
    selector = template.spec.get("nodeSelector")
    pairs = selector.items() if isinstance(selector, dict) else ()
    terms = required_terms(template) or ()
    term = terms[0] if len(terms) == 1 else None
    return (
        *((key, (value,)) for key, value in pairs if isinstance(value, str)),
        *_of_term(term if isinstance(term, dict) else {}),
    )


def _of_term(term: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    expressions = term.get("matchExpressions")
    for requirement in expressions if isinstance(expressions, list) else ():
        if not isinstance(requirement, dict) or requirement.get("operator") != "In":
            continue
        key, values = requirement.get("key"), requirement.get("values")
        if isinstance(key, str) and isinstance(values, list):
            yield key, tuple(value for value in values if isinstance(value, str))


def are_apart(one: Demands, other: Sequence[tuple[str, Sequence[str]]]) -> bool:
    """Whether no node can meet both demands."""
    return any(
        key == other_key and not set(values) & set(other_values)
        for key, values in one
        for other_key, other_values in other
    )
