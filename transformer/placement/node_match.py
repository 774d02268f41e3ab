"""Whether a node matches a node selector, in three-valued logic, given its known labels.

The rules are those of the scheduler: terms are ORed, the requirements of a term are ANDed, and a
nodeSelector is ANDed with the required node affinity. An empty term, or one that the scheduler
cannot parse, matches no node. Unknown labels and placeholders make the answer unknown.

Source: Kubernetes component-helpers, `GetRequiredNodeAffinity` and `NewLazyErrorNodeSelector`,
scheduling/corev1/nodeaffinity/nodeaffinity.go; apimachinery, `labels.NewRequirement`.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from transformer.kubernetes.node_affinity import is_unknown_yet, required_terms
from transformer.kubernetes.objects import list_at, text_of
from transformer.kubernetes.placeholders import is_placeholder
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.well_known import HOST_NETWORK_LABEL
from transformer.placement.truth import Truth, truth
from transformer.regexes import regex

_NAME = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_PREFIX = r"(?=.{1,253}/)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*/"
LABEL_KEY = regex(f"(?:{_PREFIX})?{_NAME}")
"""The key of a label; in lower case, that of an annotation."""

_VALUE = regex(f"(?:{_NAME})?")
_INTEGER = regex(r"[-+]?[0-9]{1,63}")
_LARGEST = 2**63 - 1

_FIELD = "\0"
NAME_FIELD = f"{_FIELD}metadata.name"
"""Represents the name of a node among its labels."""

_NONE: Mapping[str, Any] = {}


class NodeLabels(NamedTuple):
    """What is known of the labels of some nodes: values by key, and which keys are absent.

    `unlike`, by key: values that the label does not have, if it exists. `present` are keys that
    exist. Any other key is unknown, or absent with `is_complete`. The field `metadata.name` of a
    node has the key `NAME_FIELD`; other fields do not exist, and equal an empty text.
    """

    known: Mapping[str, Any]
    absent: Collection[str] = ()
    unlike: Mapping[str, Collection[str]] = _NONE
    present: Collection[str] = ()
    is_complete: bool = False

    def has(self, key: str) -> Truth:
        """Whether the label exists."""
        if key in self.known or key in self.present:
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
        if key.startswith(_FIELD) and key != NAME_FIELD:
            return truth("" in values)
        return self.has(key) & Truth.UNKNOWN


def match(template: PodTemplate, labels: NodeLabels, *, past_guard: bool = False) -> Truth:
    """Whether node selector and required node affinity of `template` match nodes with `labels`.

    `past_guard` ignores requirements that exclude host-network nodes (`is_guard`).
    """
    result = Truth.TRUE
    for requirement in _selector(template):
        if not (past_guard and is_guard(requirement)):
            result &= match_requirement(requirement, labels)
    terms = required_terms(template)
    if terms is not None:
        fitting = Truth.UNKNOWN if is_unknown_yet(template) else Truth.FALSE
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
            yield from _values_in(requirement, key) or ()


def mentioned_names(template: PodTemplate, host_name_label: str) -> Iterator[str]:
    """Yield each value that the template compares with the name or host name of a node."""
    if isinstance(name := template.spec.get("nodeName"), str):
        yield name
    for requirement in _requirements(template):
        if requirement.get("key") in (host_name_label, NAME_FIELD):
            yield from (value for value in _values(requirement) if isinstance(value, str))


def undecided_keys(template: PodTemplate, labels: NodeLabels) -> Iterator[str]:
    """Yield the key of each requirement of which it is unknown whether `labels` meet it; words that
    are no key for the name of the node.
    """
    for requirement in _requirements(template):
        if match_requirement(requirement, labels) is Truth.UNKNOWN:
            key = text_of(requirement.get("key"))
            yield "the name of the node" if key == NAME_FIELD else key


def _requirements(template: PodTemplate) -> Iterator[Mapping[str, Any]]:
    """Yield every valid requirement of the selector and the terms, fields among them."""
    yield from _selector(template)
    for term in required_terms(template) or ():
        yield from filter(_is_valid, _expressions(term))
        yield from map(_of_field, filter(_is_valid_field, _expressions(term, "matchFields")))


def _of_field(requirement: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**requirement, "key": f"{_FIELD}{requirement['key']}"}


def values_in(term: Any, key: str) -> list[str] | None:
    """Return the values one of which a label needs for a term to match, or None if any matches."""
    found = (_values_in(requirement, key) for requirement in _expressions(term))
    return next((values for values in found if values is not None), None)


def _values_in(requirement: Any, key: str) -> list[str] | None:
    """Return the values, placeholders among them, of which a requirement demands one of a label."""
    if not (_is_valid(requirement) and requirement.get("key") == key):
        return None
    return _values(requirement) if requirement.get("operator") == "In" else None


def _values(requirement: Mapping[str, Any]) -> list[Any]:
    """Return the values of a requirement; a placeholder for them is one."""
    found = requirement.get("values")
    return found if isinstance(found, list) else [found] if is_placeholder(found) else []


def match_selector(selector: Any, labels: NodeLabels) -> Truth:
    """Whether a label selector (`matchLabels`, `matchExpressions`) selects objects with `labels`.

    An empty selector selects everything; None and an invalid one select nothing.
    """
    if not is_valid_selector(selector):
        return Truth.FALSE
    result = Truth.TRUE
    for requirement in _of_selector(selector):
        result &= match_requirement(requirement, labels)
    return result


def is_valid_selector(selector: Any) -> bool:
    """Whether `selector` is a label selector that Kubernetes can parse."""
    return isinstance(selector, dict) and all(
        _is_valid(requirement) and requirement.get("operator") not in ("Gt", "Lt")
        for requirement in _of_selector(selector)
    )


def _of_selector(selector: dict[str, Any]) -> list[Any]:
    return [*_pairs(selector.get("matchLabels")), *_expressions(selector)]


def match_requirement(requirement: Mapping[str, Any], labels: NodeLabels) -> Truth:
    """Whether nodes with `labels` meet a valid requirement; placeholders make it unknown."""
    key, operator = requirement.get("key"), requirement.get("operator")
    values = _values(requirement)
    if any(map(is_placeholder, (key, operator, *values))):
        return Truth.UNKNOWN
    assert isinstance(key, str)
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
    if any(map(is_placeholder, (*expressions, *fields))):
        return Truth.UNKNOWN
    if not (expressions or fields):
        return Truth.FALSE
    if not (all(map(_is_valid, expressions)) and all(map(_is_valid_field, fields))):
        return Truth.FALSE
    result = Truth.TRUE
    for requirement in map(_of_field, fields):
        result &= match_requirement(requirement, labels)
    for requirement in expressions:
        if not (past_guard and is_guard(requirement)):
            result &= match_requirement(requirement, labels)
    return result


def _selector(template: PodTemplate) -> list[dict[str, Any]]:
    return _pairs(template.spec.get("nodeSelector"))


def _pairs(labels: Any) -> list[dict[str, Any]]:
    """Return labels as requirements; if they have the wrong type, or a key that no label can have,
    nothing meets them.
    """
    if labels is None:
        return []
    if not isinstance(labels, dict):
        return [{"key": labels if is_placeholder(labels) else "", "operator": "In", "values": []}]
    return [
        {"key": key, "operator": "In", "values": [value] if _is_pair(key, value) else []}
        for key, value in labels.items()
    ]


def _is_pair(key: Any, value: Any) -> bool:
    if not (isinstance(key, str) and isinstance(value, str)):
        return False
    return LABEL_KEY.fullmatch(key) is not None or is_placeholder(key)


def _expressions(term: Any, field_name: str = "matchExpressions") -> list[Any]:
    found = term.get(field_name) if isinstance(term, dict) else None
    if found is None:
        return []
    return found if isinstance(found, list) else [found if is_placeholder(found) else None]


def _is_valid(requirement: Any) -> bool:
    """Whether the scheduler can parse a requirement, whatever its placeholders stand for."""
    if not isinstance(requirement, dict):
        return False
    key, operator = requirement.get("key"), requirement.get("operator")
    values = requirement.get("values")
    values = [] if values is None else values
    if any(map(is_placeholder, (key, operator, values))):
        return True
    if not isinstance(key, str) or not LABEL_KEY.fullmatch(key) or not isinstance(values, list):
        return False
    if not all(isinstance(value, str) and _is_value(value) for value in values):
        return False
    if operator in ("In", "NotIn"):
        return bool(values)
    if operator in ("Exists", "DoesNotExist"):
        return not values
    return operator in ("Gt", "Lt") and len(values) == 1 and _integer(values[0]) is not None


def _is_value(value: str) -> bool:
    return _VALUE.fullmatch(value) is not None or is_placeholder(value)


def _is_valid_field(requirement: Any) -> bool:
    if not isinstance(requirement, dict) or requirement.get("operator") not in ("In", "NotIn"):
        return False
    values = list_at(requirement, "values")
    is_one = len(values) == 1 and isinstance(values[0], str)
    return is_one and isinstance(requirement.get("key"), str)
