"""Whether the node selections of two pods overlap, so that both can run on the same node.

A pod has one alternative for each node selector term, each combined with the nodeSelector. Two pods
are apart if each alternative of one contradicts each alternative of the other.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any, TypeAlias

from transformer.kubernetes.node_affinity import required_terms
from transformer.kubernetes.objects import list_at, mapping_at
from transformer.kubernetes.pod_template import PodTemplate
from transformer.placement.node_match import NAME_FIELD

Demand: TypeAlias = tuple[str, str, tuple[str, ...]]
"""A node label, an operator (`In`, `NotIn`, `Exists`, `DoesNotExist`), and values."""

Demands: TypeAlias = tuple[tuple[Demand, ...], ...]
"""Alternatives, of which a node must meet one with all its demands."""

_FIELD = "\0"
"""Distinguishes the names of fields from those of labels."""

_NONE = ("DoesNotExist",)
_SOME = ("In", "Exists")


def demands(template: PodTemplate) -> Demands:
    """Return what nodeSelector, required node affinity and nodeName demand of nodes."""
    pairs = list(mapping_at(template.spec, "nodeSelector").items())
    if name := template.spec.get("nodeName"):
        pairs.append((_FIELD + NAME_FIELD, name))
    selector = tuple((key, "In", (value,)) for key, value in pairs if isinstance(value, str))
    terms = required_terms(template) or [{}]
    return tuple((*selector, *_of_term(term)) for term in terms)


def _of_term(term: Any) -> Iterator[Demand]:
    for field, mark in (("matchExpressions", ""), ("matchFields", _FIELD)):
        for requirement in list_at(term, field):
            key = mapping_at(requirement).get("key")
            operator = mapping_at(requirement).get("operator")
            values = mapping_at(requirement).get("values") or []
            if (
                isinstance(key, str)
                and operator in (*_SOME, "NotIn", *_NONE)
                and isinstance(values, list)
            ):
                words = (word for word in values if isinstance(word, str))
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
    """Whether `one` shows that no label meets both; each is an operator and values."""
    (operator, values), (other_operator, other_values) = one, other
    if operator in _SOME and other_operator in _NONE:
        return True
    if operator != "In":
        return False
    if other_operator == "In":
        return not set(values) & set(other_values)
    return other_operator == "NotIn" and set(values) <= set(other_values)


def only_values(one: Demands, key: str) -> tuple[str, ...] | None:
    """Return the values one of which a label needs, or None if other nodes match as well."""
    found: list[str] = []
    for alternative in one:
        values = [words for name, operator, words in alternative if (name, operator) == (key, "In")]
        if not values:
            return None
        found += values[0]
    return tuple(dict.fromkeys(found))
