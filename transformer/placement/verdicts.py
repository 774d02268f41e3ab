"""The verdict on a workload copy and a pool: whether its pods run there, and what decides that.

Here is what the copy and its namespace tell. What depends on other workloads or on Services is
added by the rules HN408, HN409 and HN422.
"""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, TypeAlias

from transformer import pointer
from transformer.kubernetes.objects import mapping_at
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.well_known import EXCLUDE_ANNOTATION, HOST_NETWORK_LABEL
from transformer.placement.filters import Filter
from transformer.placement.node_match import is_guarded
from transformer.placement.placed import Placed, selection_at
from transformer.placement.pod_security import REFUSING, refused
from transformer.placement.scheduling import PoolSchedule
from transformer.placement.truth import Truth

Word: TypeAlias = Literal["runs", "breaks", "kept off", "cannot", "unknown"]


class Break(NamedTuple):
    """What breaks pods on host-network nodes: the id of the rule that reports it, and where it is
    in the manifest.
    """

    rule: str
    pointer: str


class Verdict(NamedTuple):
    """What becomes of the pods of a copy in a pool (`pool` is empty: on nodes in no pool).

    `filter` decides a verdict other than `runs` and `breaks`, and `pointer` is what it reads in the
    manifest. `fitting` and `nodes` count the Nodes in the input. `undecided` are the keys of labels
    for want of which it is `unknown`.
    """

    pool: str
    word: Word
    filter: Filter = ""
    pointer: str = ""
    breaks: tuple[Break, ...] = ()
    fitting: int = 0
    nodes: int = 0
    undecided: tuple[str, ...] = ()


def verdicts(
    placed: Placed, source: PodTemplate, pools: Iterable[str], level: str = ""
) -> Iterator[Verdict]:
    """Yield the verdict for each of `pools`, by name, and for nodes in no pool.

    `source` is the pod template as the manifest has it, `level` the level of Pod Security that its
    namespace enforces. If definitions of a pool differ in its type, there is one verdict for each.
    """
    found: dict[str, list[PoolSchedule]] = {}
    for one in placed.schedule.pools:
        found.setdefault(one.pool, []).append(one)
    excluded = filter_at(placed, source, "NodeAffinity")
    for pool in (*pools, ""):
        if pool not in found:  # the selection excludes it by its name
            yield Verdict(pool, "cannot", "NodeAffinity", excluded)
        for one in found.get(pool, ()):
            yield _verdict(placed, source, one, level)


def _verdict(placed: Placed, source: PodTemplate, one: PoolSchedule, level: str) -> Verdict:
    counts = (one.fitting, one.nodes, one.undecided)
    if one.answer != "can":
        at = filter_at(placed, source, one.filter)
        return Verdict(one.pool, one.answer, one.filter, at, (), *counts)
    found = tuple(breaks(placed, source, level)) if one.is_host_network else ()
    return Verdict(one.pool, "breaks" if found else "runs", "", "", found, *counts)


def filter_at(placed: Placed, source: PodTemplate, name: Filter) -> str:
    """Return where in the manifest a filter reads what keeps pods off, or what is missing."""
    template = placed.template
    at = f"{template.pointer}/spec"
    if name == "guard":
        at = _guard_at(template)
    elif name == "NodeName":
        at = f"{at}/nodeName"
    elif name in ("TaintToleration", "NodeUnschedulable") and template.spec.get("tolerations"):
        at = f"{at}/tolerations"
    else:
        at = selection_at(source)
    return placed.copy.place(at)


def _guard_at(template: PodTemplate) -> str:
    if not is_guarded(template):  # the webhook adds the guard
        return pointer.join(f"{template.pointer}/metadata/annotations", EXCLUDE_ANNOTATION)
    if mapping_at(template.spec, "nodeSelector").get(HOST_NETWORK_LABEL, "true") != "true":
        return pointer.join(f"{template.pointer}/spec/nodeSelector", HOST_NETWORK_LABEL)
    return f"{template.pointer}/spec/affinity"


def breaks(placed: Placed, source: PodTemplate, level: str = "") -> Iterator[Break]:
    """Yield what breaks the pods of a copy where they land on host-network pools."""
    if not placed.can_land:
        return
    template = placed.template
    if placed.is_on_host is Truth.FALSE:
        yield _without_network(placed, source)
    if placed.runs_on and template.spec.get("dnsPolicy") == "ClusterFirstWithHostNet":
        yield Break("HN405", placed.copy.place(f"{template.pointer}/spec/dnsPolicy"))
    if level in REFUSING and (at := _refused(placed, source)):
        yield Break("HN421", at)


def _refused(placed: Placed, source: PodTemplate) -> str:
    """Return where what Pod Security refuses is, or nothing.

    Pinned pods need the network of the host.
    """
    if placed.pinned_to and placed.is_on_host is Truth.FALSE:
        return _without_network(placed, source).pointer
    at = refused(placed.template, is_on_host=placed.is_on_host is Truth.TRUE)
    return placed.copy.place(at) if at else ""


def _without_network(placed: Placed, source: PodTemplate) -> Break:
    """Return the rule for pods that need a network of their own, by where else they can run."""
    at = placed.template.pointer
    if placed.pinned_to:
        said = f"{at}/spec/hostNetwork"
        is_said = "hostNetwork" in placed.template.spec or placed.copy.is_patched(said)
        return Break("HN401", placed.copy.place(said if is_said else selection_at(source)))
    if placed.is_daemon_set:
        return Break("HN411", f"{at}/spec")
    return Break("HN420", placed.copy.place(at))
