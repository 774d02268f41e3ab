"""Where the pods of a template can run, and whether that is only on host-network pools.

A template is *pinned* if nodes of a host-network pool can match, but neither nodes of a standard
pool nor nodes in no pool can (docs/validation.md). Only the pools of the input exist; but if the
selection requires the hostnetwork label itself, no pool needs to be in the input.

These labels of nodes are known: nodes of a pool have its name and its `spec.labels`. Nodes of a
host-network pool also have the hostnetwork label, whatever its value in `spec.labels`. Nodes of a
standard pool lack it, unless `spec.labels` sets it. Nodes in no pool lack both labels. All other
labels are unknown. A pool that the selection names, but that is not in the input, may be of either
type, and so may one whose name is ambiguous.

If the object selects pools itself, nodes of other pools, or in no pool, never match.
"""

import marshal
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from transformer.kubernetes.node_affinity import required_terms
from transformer.kubernetes.node_match import (
    NodeLabels,
    Truth,
    match,
    match_selector,
    named_values,
    values_in,
)
from transformer.kubernetes.objects import mapping_at
from transformer.kubernetes.placeholders import is_placeholder
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.pools import Pool, PoolIndex
from transformer.kubernetes.well_known import HOST_NETWORK_LABEL, POOL_LABEL

ANY_POOL = ""
"""Represents any host-network pool, whatever its name."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the pods of one template can run.

    `pinned`: only on host-network pools. `pools` are the names of the host-network pools whose
    nodes can match (`ANY_POOL`: the hostnetwork label decides). `missing` are names of pools in the
    selection that are not in the input. Whether the pods are pinned depends only on the pools
    `deciding`: their nodes can match, and they are missing or ambiguous.
    """

    pinned: Truth
    pools: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    deciding: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Nodes of one pool, or of none, that exist (`is_certain`) or may exist."""

    name: str
    labels: NodeLabels
    is_host_network: bool
    is_selected: Truth
    is_certain: bool = True


def placement(template: PodTemplate, pools: PoolIndex, *, past_guard: bool = False) -> Placement:
    """Return where pods of `template` can run; `past_guard` ignores guards.

    Raises:
        PoolsNeeded: it depends on pools that later input may contain.
    """
    if not selects(template):
        return Placement(Truth.FALSE)
    return _placement(_Wanted(template), pools, pools.revision, past_guard)


class _Wanted:
    """The parts of a pod template that select nodes, as a small key of a cache.

    It equals any other that selects the same nodes.
    """

    __slots__ = ("_key", "template")

    def __init__(self, template: PodTemplate) -> None:
        spec, selection = template.spec, template.selection
        affinity = {"nodeAffinity": mapping_at(spec, "affinity", "nodeAffinity")}
        kept: dict[str, Any] = {
            key: spec[key] for key in ("nodeSelector", "nodeName") if key in spec
        }
        kept |= {"affinity": affinity} if affinity["nodeAffinity"] else {}
        self.template = PodTemplate({"spec": kept}, "", selection=selection)
        wanted = [kept.get("nodeSelector"), kept.get("nodeName"), required_terms(template)]
        if selection is not None:
            wanted += [sorted(selection.names), selection.selectors]
        self._key = marshal.dumps(wanted)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Wanted) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


@lru_cache(maxsize=1024)
def _placement(wanted: _Wanted, pools: PoolIndex, _: int, past_guard: bool) -> Placement:
    """Return the placement; the number is the revision of the index, as a part of the cache key."""
    template = wanted.template
    names = _only_in(template)
    known = pools.all() if names is None else pools.named(names)
    missing = _missing(template, pools)
    on_host_network: list[str] = []
    elsewhere = surely_elsewhere = Truth.FALSE
    deciding: dict[str, None] = {}
    for candidate in _candidates(template, known, missing, pools):
        fits = candidate.is_selected & match(template, candidate.labels, past_guard=past_guard)
        if not candidate.is_certain:
            fits &= Truth.UNKNOWN
            if fits is not Truth.FALSE:
                deciding[candidate.name] = None
        elif not candidate.is_host_network:
            surely_elsewhere |= fits
        if not candidate.is_host_network:
            elsewhere |= fits
        elif fits is not Truth.FALSE:
            on_host_network.append(candidate.name)
    if not on_host_network and _pins_by_label(template, known, missing, past_guard):
        on_host_network = [ANY_POOL]
    pinned = ~elsewhere if on_host_network else Truth.FALSE
    if surely_elsewhere is not Truth.FALSE:
        deciding.clear()  # other nodes match, or may match, whatever these pools are
    return Placement(pinned, tuple(on_host_network), missing, tuple(deciding))


def _only_in(template: PodTemplate) -> list[str] | None:
    """Return the names of the only pools whose nodes can match, or None if it can be any.

    This is faster, because there may be very many pools and most selections name theirs.
    """
    value = mapping_at(template.spec, "nodeSelector").get(POOL_LABEL)
    if value is not None:
        return [value] if isinstance(value, str) else []
    terms = [values_in(term, POOL_LABEL) for term in required_terms(template) or ()]
    if terms and all(values is not None for values in terms):
        return [value for values in terms for value in values or ()]
    selection = template.selection
    return None if selection is None or selection.selectors else sorted(selection.names)


def selects(template: PodTemplate) -> bool:
    """Whether the pods can run only on some nodes, or the object selects pools."""
    return (
        template.selection is not None
        or bool(template.spec.get("nodeSelector"))
        or required_terms(template) is not None
    )


def labels_of(pool: Pool, *, is_host_network: bool) -> NodeLabels:
    """Return what is known of the labels of the nodes of a pool."""
    own = {**pool.labels, POOL_LABEL: pool.name}
    if is_host_network:
        return NodeLabels({**own, HOST_NETWORK_LABEL: "true"})
    return NodeLabels(own, (HOST_NETWORK_LABEL,))


_NO_POOL = NodeLabels({}, (POOL_LABEL, HOST_NETWORK_LABEL))
_ANYTHING = NodeLabels({})


def _candidates(
    template: PodTemplate, known: list[Pool], missing: tuple[str, ...], pools: PoolIndex
) -> Iterator[_Candidate]:
    for pool in known:
        is_ambiguous = pools.is_ambiguous(pool.name)
        own_labels = NodeLabels(pool.own_labels, is_complete=True)
        selected = _is_selected(template, pool.name, own_labels)
        for sort in (True, False) if is_ambiguous else (pool.is_meant_host_network,):
            labels = labels_of(pool, is_host_network=sort)
            yield _Candidate(pool.name, labels, sort, selected, not is_ambiguous)
    for name in missing:
        selected = _is_selected(template, name, _ANYTHING)
        for sort in (True, False):
            labels = labels_of(Pool(name, sort), is_host_network=sort)
            yield _Candidate(name, labels, sort, selected, is_certain=False)
    if template.selection is None:
        yield _Candidate("", _NO_POOL, False, Truth.TRUE)


def _is_selected(template: PodTemplate, name: str, own_labels: NodeLabels) -> Truth:
    """Whether the object's own selection, if any, contains the pool with that name and labels."""
    selection = template.selection
    if selection is None or name in selection.names:
        return Truth.TRUE
    result = Truth.FALSE
    for selector in selection.selectors:
        result |= match_selector(selector, own_labels)
    return result


def _missing(template: PodTemplate, pools: PoolIndex) -> tuple[str, ...]:
    """Return the names of pools in the selection that are not known, each once."""
    selected = sorted(template.selection.names) if template.selection else ()
    names = dict.fromkeys((*selected, *named_values(template, POOL_LABEL)))
    known = {pool.name for pool in pools.named(names)}
    return tuple(name for name in names if name and name not in known and not is_placeholder(name))


def _pins_by_label(
    template: PodTemplate, known: list[Pool], missing: tuple[str, ...], past_guard: bool
) -> bool:
    """Whether nodes of other host-network pools match, but those of other standard pools do not."""
    if _is_selected(template, ANY_POOL, _ANYTHING) is Truth.FALSE:
        return False
    others = {POOL_LABEL: ["", *(pool.name for pool in known), *missing]}
    host_network = NodeLabels({HOST_NETWORK_LABEL: "true"}, unlike=others)
    standard = NodeLabels({}, (HOST_NETWORK_LABEL,), others)
    return (
        match(template, host_network, past_guard=past_guard) is not Truth.FALSE
        and match(template, standard, past_guard=past_guard) is Truth.FALSE
    )
