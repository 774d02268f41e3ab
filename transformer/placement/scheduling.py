"""Where the pods of a workload copy can be scheduled, pool by pool (docs/placement.md).

Only the pools of the input exist; but if the selection requires the hostnetwork label itself, no
pool needs to be in the input. A pool that the selection or a Node names, but that is not in the
input, may be of either type, and so may one whose name is ambiguous.

A copy is *pinned* if nodes of a host-network pool can match, but neither nodes of a standard pool
nor nodes in no pool can.
"""

import marshal
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from transformer.kubernetes.node_affinity import asks_for_the_guard, required_terms
from transformer.kubernetes.objects import mapping_at
from transformer.kubernetes.placeholders import is_placeholder
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.pools import Pool, PoolIndex, PoolsNeeded
from transformer.kubernetes.well_known import (
    EXCLUDE_ANNOTATION,
    HOST_NETWORK_LABEL,
    POOL_LABEL,
)
from transformer.placement.filters import Answer, Filter, Scheduled, schedule
from transformer.placement.node_groups import HOST_NAME_LABEL, OS_LABELS, KnownNodes, NodeGroup
from transformer.placement.node_match import (
    mentioned_names,
    named_values,
    undecided_keys,
    values_in,
)
from transformer.placement.truth import Truth, truth

ANY_POOL = ""
"""Represents any host-network pool, whatever its name."""

RANK: dict[Answer, int] = {"can": 3, "unknown": 2, "kept off": 1, "cannot": 0}


_EXCLUDED = Scheduled("cannot", "NodeAffinity")
"""The selection names other pools."""


class PoolSchedule(NamedTuple):
    """Whether pods can be scheduled to nodes of one pool (`ANY_POOL`: nodes in no pool).

    The answer is the best one of all nodes, and `filter` the filter that decides it. If only a
    cordon or a condition of nodes keeps the pods off, `later` is the answer without it.
    `is_known`: the pool is in the input; `is_certain`: and the same holds by all definitions of it.
    `fitting` and `nodes` count the nodes in the input, and `doubtful` those of them that may take
    the pods now or later.
    `everywhere`: every node takes them. `undecided` are the keys of labels for want of which it is
    `unknown`, now or later.
    """

    pool: str
    is_host_network: bool
    answer: Answer
    filter: Filter = ""
    is_certain: bool = True
    fitting: int = 0
    nodes: int = 0
    undecided: tuple[str, ...] = ()
    is_known: bool = True
    later: Answer | Literal[""] = ""
    doubtful: int = 0
    everywhere: bool = False

    @property
    def may_fit(self) -> bool:
        """Whether it is possible that nodes take the pods, now or later."""
        return self.answer in ("can", "unknown") or bool(self.later)


class Schedule(NamedTuple):
    """Where the pods of one copy can be scheduled.

    `pools` has an entry for each pool that the selection does not exclude by name. `pinned`: only
    to host-network pools. `on_host_network` are the names of the host-network pools whose nodes can
    match (`ANY_POOL`: the hostnetwork label decides). `missing` are the names of pools that the
    selection or a Node names, and that are not in the input. Whether the pods are pinned depends
    only on the pools `deciding`: their nodes can match, and they are missing or ambiguous.

    `kept_off` are the host-network pools whose nodes are the only ones that the selection matches,
    if a guard or a taint keeps the pods off them as well: the pods can never be scheduled.

    `others` is the answer for a pool that is not in the input, whatever its type is, and that the
    selection does not name; `other_hosts` is the same for a host-network pool. `by_label` is the
    answer for all of these, if the hostnetwork label decides.
    """

    pools: tuple[PoolSchedule, ...]
    pinned: Truth = Truth.FALSE
    on_host_network: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    deciding: tuple[str, ...] = ()
    kept_off: tuple[PoolSchedule, ...] = ()
    others: Scheduled = _EXCLUDED
    other_hosts: Scheduled = _EXCLUDED
    by_label: PoolSchedule | None = None


def scheduled(
    template: PodTemplate, pools: PoolIndex, nodes: KnownNodes, *, is_daemon_set: bool = False
) -> Schedule:
    """Return where pods of `template` can be scheduled.

    Raises:
        PoolsNeeded: it depends on pools that later input may contain.
    """
    if not pools.complete:
        raise PoolsNeeded("all")
    key = (pools.revision, nodes.revision)
    return _scheduled(_Wanted(template, is_daemon_set), pools, nodes, key)


class _Wanted:
    """The parts of a pod template that select nodes, as a small key of a cache.

    It equals any other that selects the same nodes.
    """

    __slots__ = ("_key", "annotated", "is_daemon_set", "template")

    def __init__(self, template: PodTemplate, is_daemon_set: bool) -> None:
        spec = template.spec
        affinity = {"nodeAffinity": mapping_at(spec, "affinity", "nodeAffinity")}
        kept: dict[str, Any] = {
            key: spec[key] for key in ("nodeSelector", "nodeName", "tolerations") if key in spec
        }
        kept |= {"affinity": affinity} if affinity["nodeAffinity"] else {}
        if is_daemon_set:
            kept["hostNetwork"] = spec.get("hostNetwork") is True
        self.template = PodTemplate({"spec": kept}, "")
        self.is_daemon_set = is_daemon_set
        is_open = is_placeholder(template.annotations.get(EXCLUDE_ANNOTATION))
        self.annotated = Truth.UNKNOWN if is_open else truth(asks_for_the_guard(template))
        self._key = marshal.dumps((kept, is_daemon_set, self.annotated.value))

    def schedule(self, nodes: NodeGroup) -> Scheduled:
        """Return whether the pods can be scheduled to `nodes`."""
        return schedule(
            self.template,
            nodes,
            annotated=self.annotated,
            is_daemon_set=self.is_daemon_set,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Wanted) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


class _Candidate(NamedTuple):
    """Nodes of one pool by one definition of it, or of no pool."""

    name: str
    is_host_network: bool
    groups: tuple[NodeGroup, ...]
    is_known: bool = True


@lru_cache(maxsize=1024)
def _scheduled(
    wanted: _Wanted, pools: PoolIndex, nodes: KnownNodes, _: tuple[int, int]
) -> Schedule:
    """Return the schedule; the numbers are the revisions of the indexes, as a part of the key."""
    template = wanted.template
    names = _only_in(template)
    known = pools.all() if names is None else pools.named(names)
    missing = _missing(template, pools, nodes if names is None else None)
    mentioned = tuple(dict.fromkeys(mentioned_names(template, HOST_NAME_LABEL)))
    candidates = _candidates(mentioned, known, missing, pools, nodes)
    found = _agreed([_judged(wanted, candidate) for candidate in candidates])
    found += [_judged(wanted, candidate) for candidate in in_no_pool(mentioned, pools, nodes)]
    on_host_network = [one.pool for one in found if one.is_host_network and one.may_fit]
    off = _kept_off(found)
    at_label: PoolSchedule | None = None
    if not on_host_network and not off:
        others = (*(pool.name for pool in known), *missing)
        by_label = _by_label(wanted, nodes, others, mentioned)
        if by_label.may_fit:
            on_host_network, at_label = [ANY_POOL], by_label
        elif by_label.answer == "kept off" and not any(map(_is_for_others, found)):
            off = [by_label]
    elsewhere = _elsewhere(found)
    surely_elsewhere = _elsewhere([one for one in found if one.is_certain])
    deciding = [one.pool for one in found if not one.is_certain and one.may_fit]
    return Schedule(
        tuple(found),
        ~elsewhere if on_host_network else Truth.FALSE,
        tuple(dict.fromkeys(on_host_network)),
        missing,
        # Otherwise other nodes match, or may match, whatever these pools are.
        tuple(dict.fromkeys(deciding)) if surely_elsewhere is Truth.FALSE else (),
        tuple(off),
        *(_in_others(wanted, nodes, known, mentioned) if names is None else (_EXCLUDED,) * 2),
        at_label,
    )


def _in_others(
    wanted: _Wanted, nodes: KnownNodes, known: Collection[Pool], mentioned: Collection[str]
) -> tuple[Scheduled, Scheduled]:
    """Return the answer for pools other than those that are `known`, whatever their type, and that
    for host-network pools. They are unknown if pods may run there.
    """
    names = [pool.name for pool in known]
    of_host, of_standard = (
        wanted.schedule(nodes.of_other_pools(names, mentioned, is_host_network=sort))
        for sort in (True, False)
    )
    unknown = Scheduled("unknown", "NodeName" if of_host.filter == "NodeName" else "")
    of_host, of_standard = (
        one if one.answer in ("cannot", "kept off") else unknown for one in (of_host, of_standard)
    )
    return max(of_host, of_standard, key=lambda one: RANK[one.answer]), of_host


def _judged(wanted: _Wanted, candidate: _Candidate) -> PoolSchedule:
    answers = [(wanted.schedule(group), group) for group in candidate.groups]
    best, group = max(
        answers,
        key=lambda pair: (RANK[pair[0].answer], RANK[pair[0].later or "cannot"]),
        default=(_EXCLUDED, None),
    )
    undecided: tuple[str, ...] = ()
    if group is not None and "unknown" in (best.answer, best.later):
        undecided = tuple(dict.fromkeys(undecided_keys(wanted.template, group.labels)))
    return PoolSchedule(
        candidate.name,
        candidate.is_host_network,
        best.answer,
        best.filter,
        candidate.is_known,
        sum(group.number for answer, group in answers if answer.answer == "can"),
        sum(group.number for group in candidate.groups),
        undecided,
        candidate.is_known,
        best.later,
        sum(
            group.number for answer, group in answers if answer.answer == "unknown" or answer.later
        ),
        bool(answers) and all(answer.answer == "can" for answer, _ in answers),
    )


def _agreed(found: Sequence[PoolSchedule]) -> list[PoolSchedule]:
    """Return one schedule for each pool where all its definitions lead to the same, else all."""
    by_name: dict[str, list[PoolSchedule]] = {}
    for one in found:
        by_name.setdefault(one.pool, []).append(one)
    result = []
    for same in by_name.values():
        first, *others = same
        if all(_outcome(one) == _outcome(first) for one in others):
            result.append(first)
        else:
            result += [one._replace(is_certain=False) for one in same]
    return result


def _outcome(one: PoolSchedule) -> tuple[object, ...]:
    return one.is_host_network, one.answer, one.later


def _is_for_others(one: PoolSchedule) -> bool:
    """Whether nodes that are not host-network are selected."""
    return not one.is_host_network and one.answer != "cannot"


def _elsewhere(found: Sequence[PoolSchedule]) -> Truth:
    """Whether pods can be scheduled to nodes that are not host-network."""
    result = Truth.FALSE
    for one in found:
        if not one.is_host_network and one.may_fit:
            result |= Truth.TRUE if one.answer == "can" and one.is_certain else Truth.UNKNOWN
    return result


def _kept_off(found: Sequence[PoolSchedule]) -> list[PoolSchedule]:
    """Return the host-network pools that are the only ones selected, but keep the pods off."""
    if any(one.may_fit for one in found):
        return []
    off = [one for one in found if one.answer == "kept off"]
    return off if all(one.is_host_network and one.is_certain for one in off) else []


def _only_in(template: PodTemplate) -> list[str] | None:
    """Return the names of the only pools whose nodes can match, or None if it can be any.

    This is faster, because there may be very many pools and most selections name theirs.
    """
    value = mapping_at(template.spec, "nodeSelector").get(POOL_LABEL)
    if template.spec.get("nodeName") or is_placeholder(value):
        return None
    if value is not None:
        return [value] if isinstance(value, str) else []
    terms = [values_in(term, POOL_LABEL) for term in required_terms(template) or ()]
    if terms and all(values is not None for values in terms):
        names = [value for values in terms for value in values or ()]
        return None if any(map(is_placeholder, names)) else names
    return None


def _candidates(
    mentioned: tuple[str, ...],
    known: list[Pool],
    missing: tuple[str, ...],
    pools: PoolIndex,
    nodes: KnownNodes,
) -> Iterator[_Candidate]:
    for pool in (one for first in known for one in pools.definitions(first.name)):
        sort = pool.is_meant_host_network
        groups = tuple(nodes.of(pool, mentioned, is_host_network=sort))
        yield _Candidate(pool.name, sort, groups)
    for name in missing:
        for sort in (True, False):
            groups = tuple(nodes.of(Pool(name, sort), mentioned, is_host_network=sort))
            yield _Candidate(name, sort, groups, is_known=False)


def in_no_pool(
    mentioned: tuple[str, ...], pools: PoolIndex, nodes: KnownNodes
) -> Iterator[_Candidate]:
    """Yield nodes in no pool; those that still have the hostnetwork label have no CNI either."""
    foreign = _labels_of_pools(pools, pools.revision)
    found: dict[bool, list[NodeGroup]] = {True: [], False: []}
    for group in nodes.in_no_pool(foreign, mentioned):
        found[group.labels.is_one_of(HOST_NETWORK_LABEL, ("true",)) is Truth.TRUE].append(group)
    if found[True]:
        yield _Candidate(ANY_POOL, True, tuple(found[True]))
    yield _Candidate("", False, tuple(found[False]))


@lru_cache(maxsize=4)
def _labels_of_pools(pools: PoolIndex, _: int) -> dict[str, list[str]]:
    """Return the values, by key, of the labels that pools set on their nodes."""
    found: dict[str, list[str]] = {}
    for pool in (one for first in pools.all() for one in pools.definitions(first.name)):
        for key, value in pool.labels.items():
            if key not in OS_LABELS and isinstance(value, str):
                found.setdefault(key, []).append(value)
    return found


def _missing(template: PodTemplate, pools: PoolIndex, nodes: KnownNodes | None) -> tuple[str, ...]:
    """Return the names of pools in the selection, and of `nodes`, that are not known, each once."""
    names = dict.fromkeys(named_values(template, POOL_LABEL))
    names |= dict.fromkeys(nodes.pools_of_nodes if nodes else ())
    known = {pool.name for pool in pools.named(names)}
    return tuple(name for name in names if name and name not in known and not is_placeholder(name))


def _by_label(
    wanted: _Wanted, nodes: KnownNodes, names: Collection[str], mentioned: Collection[str]
) -> PoolSchedule:
    """Return whether pods can be scheduled to nodes of other host-network pools than `names`.

    `cannot` as well if the selection matches those of other standard pools: then it does not
    require the hostnetwork label.
    """
    if wanted.template.spec.get("nodeName"):
        return PoolSchedule(ANY_POOL, True, "cannot", "NodeName")
    standard = nodes.of_other_pools(names, mentioned, is_host_network=False)
    if wanted.schedule(standard).answer != "cannot":
        return PoolSchedule(ANY_POOL, True, "cannot", "NodeAffinity")
    group = nodes.of_other_pools(names, mentioned, is_host_network=True)
    return _judged(wanted, _Candidate(ANY_POOL, True, (group,)))
