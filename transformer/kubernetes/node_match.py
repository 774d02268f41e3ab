"""Whether a node matches a node selector, in three-valued logic, given its known labels.

The rules are those of the scheduler: terms are ORed, the requirements of a term are ANDed, and a
nodeSelector is ANDed with the required node affinity. An empty term, or one that the scheduler
cannot parse, matches no node. Unknown labels, and fields, make the answer unknown.

Source: Kubernetes component-helpers, `GetRequiredNodeAffinity` and `NewLazyErrorNodeSelector`,
scheduling/corev1/nodeaffinity/nodeaffinity.go; apimachinery, `labels.NewRequirement`.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from transformer.kubernetes.node_affinity import required_terms
from transformer.kubernetes.objects import list_at
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.well_known import HOST_NETWORK_LABEL

_NAME = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_PREFIX = r"(?=.{1,253}/)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*/"
LABEL_KEY = re.compile(f"(?:{_PREFIX})?{_NAME}")
"""The key of a label; in lower case, that of an annotation."""

_VALUE = re.compile(f"(?:{_NAME})?")
_INTEGER = re.compile(r"[-+]?[0-9]{1,63}")
_LARGEST = 2**63 - 1


class Truth(Enum):
    """A truth value of Kleene's three-valued logic."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    def __and__(self, other: "Truth") -> "Truth":
        return self if self.value <= other.value else other

    def __or__(self, other: "Truth") -> "Truth":
        return self if self.value >= other.value else other

    def __invert__(self) -> "Truth":
        return Truth(2 - self.value)


def truth(is_true: bool) -> Truth:
    """Return `TRUE` or `FALSE`."""
    return Truth.TRUE if is_true else Truth.FALSE


@dataclass(frozen=True, slots=True)
class NodeLabels:
    """What is known of the labels of some nodes: values by key, and which keys are absent.

    `unlike`, by key: values that an existing label does not have. Any other key is unknown, or
    absent with `is_complete`.
    """

    known: Mapping[str, Any]
    absent: Collection[str] = ()
    unlike: Mapping[str, Collection[str]] = field(default_factory=dict)
    is_complete: bool = False

    def has(self, key: str) -> Truth:
        """Whether the label exists."""
        if key in self.known or key in self.unlike:
            return Truth.TRUE
        return Truth.FALSE if self.is_complete or key in self.absent else Truth.UNKNOWN

    def is_one_of(self, key: str, values: Collection[str]) -> Truth:
        """Whether the label exists and has one of `values`."""
        if not values:
            return Truth.FALSE
        if key in self.known:
            return truth(self.known[key] in values)
        if key in self.unlike and all(value in self.unlike[key] for value in values):
            return Truth.FALSE
        return self.has(key) & Truth.UNKNOWN


def match(template: PodTemplate, labels: NodeLabels, *, past_guard: bool = False) -> Truth:
    """Whether pods of `template` can be scheduled to nodes with these labels.

    `past_guard` ignores requirements that exclude host-network nodes (`is_guard`). A pod that names
    its node bypasses the scheduler, and the labels of that node are unknown.
    """
    result = Truth.UNKNOWN if template.spec.get("nodeName") else Truth.TRUE
    for requirement in _selector(template):
        if not (past_guard and is_guard(requirement)):
            result &= match_requirement(requirement, labels)
    terms = required_terms(template)
    if terms is not None:
        fitting = Truth.FALSE
        for term in terms:
            fitting |= _match_term(term, labels, past_guard)
        result &= fitting
    return result


def is_guarded(template: PodTemplate) -> bool:
    """Whether a requirement in each node selector term, or the nodeSelector, is a guard."""
    if any(map(is_guard, _selector(template))):
        return True
    terms = [_expressions(term) for term in required_terms(template) or ()]
    return bool(terms) and all(any(map(is_guard, expressions)) for expressions in terms)


def is_guard(requirement: Any) -> bool:
    """Whether a requirement is about the hostnetwork label and excludes host-network nodes."""
    return (
        isinstance(requirement, dict)
        and requirement.get("key") == HOST_NETWORK_LABEL
        and _is_valid(requirement)
        and match_requirement(requirement, _HOST_NETWORK) is Truth.FALSE
    )


_HOST_NETWORK = NodeLabels({HOST_NETWORK_LABEL: "true"})


def named_values(template: PodTemplate, key: str) -> Iterator[str]:
    """Yield the values of a label that the template names, by nodeSelector or operator In."""
    for requirement in _selector(template):
        if requirement["key"] == key:
            yield from requirement["values"]
    for term in required_terms(template) or ():
        for requirement in _expressions(term):
            if _is_valid(requirement) and requirement["key"] == key:
                yield from requirement["values"] if requirement["operator"] == "In" else ()


def values_in(term: Any, key: str) -> list[str] | None:
    """Return the values one of which a label needs for a term to match, or None if any matches."""
    for requirement in _expressions(term):
        if _is_valid(requirement) and requirement["key"] == key and requirement["operator"] == "In":
            return list(requirement["values"])
    return None


def match_selector(selector: Any, labels: NodeLabels) -> Truth:
    """Whether a label selector (`matchLabels`, `matchExpressions`) selects objects with `labels`.

    An empty selector selects everything; None and an invalid one select nothing.
    """
    if not isinstance(selector, dict):
        return Truth.FALSE
    result = Truth.TRUE
    for requirement in (*_pairs(selector.get("matchLabels")), *_expressions(selector)):
        if not _is_valid(requirement) or requirement["operator"] in ("Gt", "Lt"):
            return Truth.FALSE
        result &= match_requirement(requirement, labels)
    return result


def match_requirement(requirement: Mapping[str, Any], labels: NodeLabels) -> Truth:
    """Whether nodes with `labels` meet a valid requirement."""
    key, operator = requirement["key"], requirement["operator"]
    values: Sequence[str] = requirement.get("values") or []
    if operator == "In":
        return labels.is_one_of(key, values)
    if operator == "NotIn":
        return ~labels.is_one_of(key, values)
    if operator == "Exists":
        return labels.has(key)
    if operator == "DoesNotExist":
        return ~labels.has(key)
    if key not in labels.known:
        return labels.has(key) & Truth.UNKNOWN
    own, bound = _integer(labels.known[key]), _integer(values[0])
    if own is None or bound is None:
        return Truth.FALSE
    return truth(own > bound if operator == "Gt" else own < bound)


def _integer(value: Any) -> int | None:
    """Return the integer value of a label, or None if it is not one of at most 64 bits."""
    if not isinstance(value, str) or not _INTEGER.fullmatch(value):
        return None
    number = int(value)
    return number if -_LARGEST - 1 <= number <= _LARGEST else None


def _match_term(term: Any, labels: NodeLabels, past_guard: bool) -> Truth:
    expressions, fields = _expressions(term), _expressions(term, "matchFields")
    if not (expressions or fields):
        return Truth.FALSE
    if not (all(map(_is_valid, expressions)) and all(map(_is_valid_field, fields))):
        return Truth.FALSE
    result = Truth.UNKNOWN if fields else Truth.TRUE
    for requirement in expressions:
        if not (past_guard and is_guard(requirement)):
            result &= match_requirement(requirement, labels)
    return result


def _selector(template: PodTemplate) -> list[dict[str, Any]]:
    return _pairs(template.spec.get("nodeSelector"))


def _pairs(labels: Any) -> list[dict[str, Any]]:
    """Return labels as requirements; if they have the wrong type, nothing meets them."""
    if labels is None:
        return []
    if not isinstance(labels, dict):
        return [{"key": "", "operator": "In", "values": []}]
    return [
        {"key": key, "operator": "In", "values": [value] if isinstance(value, str) else []}
        for key, value in labels.items()
    ]


def _expressions(term: Any, field_name: str = "matchExpressions") -> list[Any]:
    found = term.get(field_name) if isinstance(term, dict) else None
    if found is None:
        return []
    return found if isinstance(found, list) else [None]


def _is_valid(requirement: Any) -> bool:
    if not isinstance(requirement, dict):
        return False
    key, operator = requirement.get("key"), requirement.get("operator")
    values = requirement.get("values")
    values = [] if values is None else values
    if not isinstance(key, str) or not LABEL_KEY.fullmatch(key) or not isinstance(values, list):
        return False
    if not all(isinstance(value, str) and _VALUE.fullmatch(value) for value in values):
        return False
    if operator in ("In", "NotIn"):
        return bool(values)
    if operator in ("Exists", "DoesNotExist"):
        return not values
    return operator in ("Gt", "Lt") and len(values) == 1 and _integer(values[0]) is not None


def _is_valid_field(requirement: Any) -> bool:
    if not isinstance(requirement, dict) or requirement.get("operator") not in ("In", "NotIn"):
        return False
    values = list_at(requirement, "values")
    is_one = len(values) == 1 and isinstance(values[0], str)
    return is_one and isinstance(requirement.get("key"), str)
