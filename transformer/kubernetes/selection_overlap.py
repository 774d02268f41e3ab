"""Do the selections of two pods keep them apart: is there a node that both can run on?

Alternatives of what a pod demands of its node: one for each node selector term, each with the
nodeSelector. Two pods are apart if each alternative of one contradicts each of the other.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any, TypeAlias

from transformer.kubernetes.node_affinity import required_terms
from transformer.kubernetes.objects import mapping_at
from transformer.kubernetes.pod_template import PodTemplate

Demand: TypeAlias = tuple[str, str, tuple[str, ...]]
"""A node label, an operator (`In`, `NotIn`, `Exists`, `DoesNotExist`), and values."""

Demands: TypeAlias = tuple[tuple[Demand, ...], ...]
"""Alternatives, of which a node must meet one, and in it every demand."""

_FIELD = "\0"
"""Tells the name of a field from that of a label."""

_NONE = ("DoesNotExist",)
_SOME = ("In", "Exists")


def demands(template: PodTemplate) -> Demands:
    """Return what nodes must be by nodeSelector and required node affinity."""
    pairs = mapping_at(template.spec, "nodeSelector").items()
    selector = tuple((key, "In", (value,)) for key, value in pairs if isinstance(value, str))
    terms = required_terms(template) or [{}]
    return tuple((*selector, *_of_term(term)) for term in terms)


def _of_term(term: Any) -> Iterator[Demand]:
    for field, mark in (("matchExpressions", ""), ("matchFields", _FIELD)):
        found = mapping_at(term).get(field)
        for requirement in found if isinstance(found, list) else ():
            key = mapping_at(requirement).get("key")
            operator = mapping_at(requirement).get("operator")
            if not (isinstance(key, str) and operator in (*_SOME, "NotIn", *_NONE)):
                continue
            values = requirement.get("values")
            words = [word for word in values if isinstance(word, str)] if values else []
            yield mark + key, operator, tuple(words)


def are_apart(one: Demands, other: Demands) -> bool:
    """Whether no node can meet both demands."""
    return all(_contradict(some, others) for some, others in product(one, other))


def _contradict(one: tuple[Demand, ...], other: tuple[Demand, ...]) -> bool:
    return any(
        key == other_key and (_excludes(demand, other_demand) or _excludes(other_demand, demand))
        for key, *demand in one
        for other_key, *other_demand in other
    )


def _excludes(one: list[Any], other: list[Any]) -> bool:
    """Whether no label meets both, as far as `one` tells; each an operator and values."""
    (operator, values), (other_operator, other_values) = one, other
    if operator in _SOME and other_operator in _NONE:
        return True
    if operator != "In":
        return False
    if other_operator == "In":
        return not set(values) & set(other_values)
    return other_operator == "NotIn" and set(values) <= set(other_values)


def only_values(one: Demands, key: str) -> tuple[str, ...] | None:
    """Return the values of which a label must have one, or None: other nodes will do as well."""
    found: list[str] = []
    for alternative in one:
        values = [words for name, operator, words in alternative if (name, operator) == (key, "In")]
        if not values:
            return None
        found += values[0]
    return tuple(dict.fromkeys(found))
