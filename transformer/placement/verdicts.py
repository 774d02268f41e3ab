"""The verdict on a workload copy and a pool: whether its pods run there, and what decides that.

What depends on other workloads or on Services is added by the rules HN408 and HN409.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from transformer import pointer
from transformer.kubernetes.objects import mapping_at
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.well_known import EXCLUDE_ANNOTATION, HOST_NETWORK_LABEL
from transformer.placement.breaks import Break, breaks, breaks_anywhere
from transformer.placement.filters import Answer, Filter
from transformer.placement.node_match import is_guarded
from transformer.placement.placed import Placed, selection_at
from transformer.placement.scheduling import PoolSchedule
from transformer.placements import Word


class Verdict(NamedTuple):
    """What becomes of the pods of a copy in a pool (`pool` is empty: on nodes in no pool).

    `filter` decides a verdict other than `runs` and `breaks`, and `pointer` is what it reads in the
    manifest. `fitting` and `nodes` count the Nodes in the input. `undecided` are the keys of labels
    for want of which it is `unknown`. If only a cordon or a condition of nodes keeps the pods off,
    `later` is the verdict once it is gone, and `breaks` are the reasons then.
    """

    pool: str
    word: Word
    filter: Filter = ""
    pointer: str = ""
    breaks: tuple[Break, ...] = ()
    fitting: int = 0
    nodes: int = 0
    undecided: tuple[str, ...] = ()
    later: Word | Literal[""] = ""


def verdicts(
    placed: Placed,
    source: PodTemplate,
    pools: Iterable[str],
    level: str = "",
    node_count: Callable[[str], int] = lambda _: 0,
) -> Iterator[Verdict]:
    """Yield the verdict for each of `pools`, by name, and for nodes in no pool.

    `source`, `level` and `node_count` as for `breaks`. If definitions of a pool differ in its type,
    there is one verdict for each.
    """
    found: dict[str, list[PoolSchedule]] = {}
    for one in placed.schedule.pools:
        found.setdefault(one.pool, []).append(one)
    excluded = filter_at(placed, source, "NodeAffinity")
    on_host_network = tuple(breaks(placed, source, level, node_count))
    anywhere = tuple(breaks_anywhere(placed, source, level))
    for pool in (*pools, ""):
        if pool not in found:  # the selection excludes it by its name
            yield Verdict(pool, "cannot", "NodeAffinity", excluded)
        for one in found.get(pool, ()):
            found_there = on_host_network if one.is_host_network else anywhere
            yield _verdict(placed, source, one, found_there)


def _verdict(
    placed: Placed, source: PodTemplate, one: PoolSchedule, found_there: tuple[Break, ...]
) -> Verdict:
    counts = (one.fitting, one.nodes, one.undecided)
    word = word_of(one.answer, is_broken=bool(found_there))
    later = word_of(one.later, is_broken=bool(found_there)) if one.later else ""
    there = found_there if "can" in (one.answer, one.later) else ()
    at = "" if one.answer == "can" else filter_at(placed, source, one.filter)
    return Verdict(one.pool, word, one.filter, at, there, *counts, later)


def word_of(answer: Answer, *, is_broken: bool) -> Word:
    """Return the verdict on pods that can be scheduled there or not, and that break or not."""
    if answer == "can":
        return "breaks" if is_broken else "runs"
    return answer


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
