"""What decides where the pods of a workload copy can be scheduled, filter by filter, in words."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from transformer import pointer
from transformer.kubernetes.node_affinity import asks_for_the_guard, required_terms
from transformer.kubernetes.objects import list_at, mapping_at
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.pools import PoolIndex
from transformer.kubernetes.well_known import (
    EXCLUDE_ANNOTATION,
    HOST_NETWORK_LABEL,
    POOL_LABEL,
)
from transformer.placement.filters import Filter, schedule
from transformer.placement.node_groups import HOST_NAME_LABEL, KnownNodes, NodeGroup
from transformer.placement.node_match import (
    NAME_FIELD,
    NodeLabels,
    is_guard,
    is_guarded,
    match,
    match_requirement,
    mentioned_names,
)
from transformer.placement.placed import Placed
from transformer.placement.scheduling import RANK, in_no_pool
from transformer.placement.taints import CORDONED, in_words, tolerates
from transformer.placement.truth import Truth, truth
from transformer.placements import PoolSteps, Step

_ANSWERS = {Truth.TRUE: "passes", Truth.FALSE: "fails", Truth.UNKNOWN: "unknown"}


def asked(placed: Placed) -> Iterator[tuple[str, str, str]]:
    """Yield what pods ask for: what it is, in words, and its pointer in the manifest."""
    template, spec = placed.template, placed.template.spec
    at = f"{template.pointer}/spec"
    if name := spec.get("nodeName"):
        yield "nodeName", str(name), f"{at}/nodeName"
    selector = mapping_at(spec, "nodeSelector")
    for key, value in selector.items():
        by = ", set by OpenYurt in this copy" if placed.copy.pool and key == POOL_LABEL else ""
        yield "nodeSelector", f"{key}={value}{by}", pointer.join(f"{at}/nodeSelector", key)
    terms = required_terms(template)
    if terms is not None:
        where = f"{at}/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution"
        for number, term in enumerate(terms):
            either = "or " if number else ""
            yield "node affinity", either + _term(term), f"{where}/nodeSelectorTerms/{number}"
    for number, one in enumerate(list_at(spec, "tolerations")):
        yield "toleration", _toleration(one), f"{at}/tolerations/{number}"
    if asks_for_the_guard(template):
        where = pointer.join(f"{template.pointer}/metadata/annotations", EXCLUDE_ANNOTATION)
        yield "annotation", f'{EXCLUDE_ANNOTATION}: "true"', where
    on_host = {Truth.TRUE: "true", Truth.FALSE: "false", Truth.UNKNOWN: "not known"}
    said = on_host[placed.is_on_host] + ("" if "hostNetwork" in spec else ", because it is not set")
    yield "hostNetwork", said, f"{at}/hostNetwork"
    if "dnsPolicy" in spec:
        yield "dnsPolicy", str(spec["dnsPolicy"]), f"{at}/dnsPolicy"


def _term(term: Any) -> str:
    found = [
        _requirement(one)
        for name in ("matchExpressions", "matchFields")
        for one in list_at(term, name)
    ]
    return " and ".join(found) or "nothing, which matches no node"


def _requirement(one: Any) -> str:
    key, operator = mapping_at(one).get("key"), mapping_at(one).get("operator")
    values = mapping_at(one).get("values")
    shown = f" [{', '.join(map(str, values))}]" if isinstance(values, list) and values else ""
    return f"{key} {operator}{shown}"


def _toleration(one: Any) -> str:
    found = mapping_at(one)
    value = f"={found['value']}" if found.get("value") else ""
    return f"{found.get('key') or 'any key'}{value}:{found.get('effect') or 'any effect'}"


def steps(placed: Placed, name: str, pools: PoolIndex, nodes: KnownNodes) -> PoolSteps:
    """Return the filters for nodes of a pool (empty: of no pool): those that fit best."""
    template = placed.template
    mentioned = tuple(dict.fromkeys(mentioned_names(template, HOST_NAME_LABEL)))
    groups = list(_groups(name, mentioned, pools, nodes))
    annotated = truth(asks_for_the_guard(template))

    def rank(group: NodeGroup) -> tuple[int, int]:
        is_daemon_set = placed.is_daemon_set
        found = schedule(template, group, annotated=annotated, is_daemon_set=is_daemon_set)
        return RANK[found.answer], RANK[found.later or "cannot"]

    if not groups:
        return PoolSteps(name, ("nothing is known of its nodes",))
    best = max(groups, key=rank)
    has = tuple(_has(best.labels)), tuple(in_words(taint) for taint in best.taints)
    return PoolSteps(name, *has, tuple(_steps(placed, best, annotated, pools)))


def _groups(
    name: str, mentioned: tuple[str, ...], pools: PoolIndex, nodes: KnownNodes
) -> Iterator[NodeGroup]:
    if not name:
        for candidate in in_no_pool(mentioned, pools, nodes):
            yield from candidate.groups
    for pool in pools.definitions(name) if name else ():
        sort = pool.is_meant_host_network
        yield from nodes.of(pool, mentioned, is_host_network=sort)


def _has(labels: NodeLabels) -> Iterator[str]:
    """Yield the labels of nodes that are worth a line: those of pools first, then all others."""
    first = (POOL_LABEL, HOST_NETWORK_LABEL)
    for key in sorted(labels.known, key=lambda key: (key not in first, key)):
        if key not in (NAME_FIELD, _OLD_OS):
            yield f"{key}={labels.known[key]}"


_OLD_OS = "beta.kubernetes.io/os"
"""Says the same as `kubernetes.io/os`."""


def _steps(placed: Placed, nodes: NodeGroup, annotated: Truth, pools: PoolIndex) -> Iterator[Step]:
    template = placed.template
    if name := template.spec.get("nodeName"):
        is_it = nodes.labels.is_one_of(NAME_FIELD, (str(name),))
        yield Step("NodeName", _ANSWERS[is_it], f"the pods name the node {name}")
        yield Step("NodeAffinity", "skipped", "nodeName bypasses the scheduler")
    else:
        yield _by_affinity(template, nodes.labels, pools)
        yield _by_guard(template, nodes.labels, annotated)
        if nodes.is_cordoned:
            stays = tolerates(template, (CORDONED,), is_daemon_set=placed.is_daemon_set)
            yield Step("NodeUnschedulable", _ANSWERS[stays], "the node is cordoned")
    evicting = bool(template.spec.get("nodeName"))
    yield from _by_taints(placed, nodes.taints, only_evicting=evicting)


def _by_affinity(template: PodTemplate, labels: NodeLabels, pools: PoolIndex) -> Step:
    found = match(template, labels, past_guard=True)
    wanted = [
        {"key": key, "operator": "In", "values": [value]}
        for key, value in mapping_at(template.spec, "nodeSelector").items()
    ]
    terms = required_terms(template)
    for term in terms or ():
        wanted += list_at(term, "matchExpressions")
    valid = [one for one in wanted if isinstance(one, dict) and isinstance(one.get("key"), str)]
    decisive = [one for one in valid if not is_guard(one) and _answer(one, labels) is found]
    if found is Truth.TRUE:
        text = "the nodes have what the pods select" if wanted else _ANY_NODE
    elif decisive:
        text = "; ".join(_mismatch(one, labels, pools) for one in decisive)
    else:
        text = "no term of the node affinity matches" if found is Truth.FALSE else _NO_TERM
    return Step("NodeAffinity", _ANSWERS[found], text)


_ANY_NODE = "the pods select no nodes in particular"
_NO_TERM = "it is not known whether a term of the node affinity matches"


def _answer(requirement: Mapping[str, Any], labels: NodeLabels) -> Truth | None:
    values = requirement.get("values")
    if requirement.get("operator") in ("Gt", "Lt") and not values:
        return None
    return match_requirement(requirement, labels)


def _mismatch(one: Mapping[str, Any], labels: NodeLabels, pools: PoolIndex) -> str:
    key = one["key"]
    if key in labels.known:
        return f"{_requirement(one)}, but the nodes have {key}={labels.known[key]}"
    if _answer(one, labels) is Truth.FALSE and key in labels.unlike:
        setting = list(_setting(key, list_at(one, "values"), pools))
        if not setting:  # the name of a Node
            return f"{_requirement(one)}, and the nodes have another value"
        more = f" and {len(setting) - 1} more" if len(setting) > 1 else ""
        set_by = f"NodePool/{setting[0]}{more} {'set' if more else 'sets'}"
        return f"{_requirement(one)}, which {set_by}: nodes in no pool are taken to lack it"
    known = "do not have it" if labels.has(key) is Truth.FALSE else "may have it: nothing sets it"
    return f"{_requirement(one)}, and the nodes {known}"


def _setting(key: str, values: Collection[Any], pools: PoolIndex) -> Iterator[str]:
    """Yield the names of the pools that set a label to one of these values."""
    for pool in pools.all():
        if any(one.labels.get(key) in values for one in pools.definitions(pool.name)):
            yield pool.name


def _by_guard(template: PodTemplate, labels: NodeLabels, annotated: Truth) -> Step:
    name: Filter = "guard"
    is_host = labels.is_one_of(HOST_NETWORK_LABEL, ("true",)) is Truth.TRUE
    if is_guarded(template):
        text = "the node affinity keeps the pods off host-network nodes"
        return Step(name, "fails" if is_host else "passes", text)
    if annotated is Truth.TRUE:
        text = "the annotation makes the webhook keep the pods off host-network nodes"
        return Step(name, "fails" if is_host else "passes", text)
    return Step(name, "passes", "nothing keeps the pods off host-network nodes")


def _by_taints(
    placed: Placed, taints: Iterable[Mapping[str, Any]], *, only_evicting: bool
) -> Iterator[Step]:
    effects = ("NoExecute",) if only_evicting else ("NoSchedule", "NoExecute")
    deciding = [taint for taint in taints if taint.get("effect") in effects]
    for taint in deciding:
        stays = tolerates(placed.template, (taint,), is_daemon_set=placed.is_daemon_set)
        how = {Truth.TRUE: "is tolerated", Truth.FALSE: "is not tolerated"}
        text = f"the taint {in_words(taint)} {how.get(stays, 'may be tolerated')}"
        yield Step("TaintToleration", _ANSWERS[stays], text)
    if not deciding:
        yield Step("TaintToleration", "passes", "the nodes have no taint that keeps pods off")
