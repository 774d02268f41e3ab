"""The order of a safe roll-out: an ordered list of steps, each with its reason and its commands.

Guards come first, because nothing else keeps network components off; then what the workloads need;
then the nodes, which is what cannot be taken back; and last the workloads that are for the pools.
"""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from transformer.placements import (
    PlacementReport,
    PoolColumn,
    PoolVerdict,
    Workload,
    WorldPlacement,
)
from transformer.report import coverage
from transformer.report.formatting import Paint, clean, unpainted
from transformer.report.placement_copies import joined, name_of, shares
from transformer.report.placement_rows import undecided_words
from transformer.report.placement_summary import (
    counted,
    is_nowhere,
    lands,
    not_built,
    pool_words,
)
from transformer.report.placement_table import WIDTH, footer, lines_of

_FINAL = "(cannot be taken back)"


class PlanStep(NamedTuple):
    """A step: what to do, why, which commands do it, and the objects that it is about.

    `is_final`: it cannot be taken back.
    """

    title: str
    reason: str
    commands: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    is_final: bool = False


def render(report: PlacementReport, paint: Paint = unpainted, width: int = WIDTH) -> Iterator[str]:
    """Yield the lines of the plan of each world."""
    width = max(width, WIDTH)
    for world in report.worlds:
        if len(report.worlds) > 1:
            yield f"{paint(f'cluster {clean(world.name)}', 'place')}\n"
        found = list(steps(world))
        for text in not_built(world, report.unseen):
            yield from (f"{line}\n" for line in lines_of(text, width))
        if len(hosts := _hosts(world)) > 1:
            head = f"for all {len(hosts)} host-network pools; --pool NAME plans for one of them"
            yield from (f"{line}\n" for line in lines_of(head, width))
        if not found:
            yield "there is nothing to plan: no host-network pool is shown, and nothing to fix\n"
        for number, step in enumerate(found, 1):
            yield from _step(number, step, report, paint, width)
        yield "\n"
    for line in footer(report):
        yield from (f"{part}\n" for part in lines_of(line, width))


def _step(
    number: int, step: PlanStep, report: PlacementReport, paint: Paint, width: int
) -> Iterator[str]:
    lines = lines_of(f"{number}. {step.title}", width)
    if step.is_final:
        if len(lines[-1]) + 1 + len(_FINAL) > width:
            lines.append(" ")
        lines[-1] += f" {paint(_FINAL, 'error')}"
    yield from (f"{line}\n" for line in lines)
    for line in lines_of(step.reason, width - 3):
        yield f"   {line.strip()}\n"
    for name in step.objects:
        yield f"     {clean(name)}\n"
    for command in step.commands:
        if report.is_built and _is_edit(command):
            for line in lines_of(_TO_SOURCES, width - 3):
                yield f"   {line.strip()}\n"
        yield f"   $ {_with_options(command, report)}\n"


_TO_SOURCES = "PATH: the source files, not the output of kustomize"


def _is_edit(command: str) -> bool:
    return command.startswith("hostnet-transform -")


def _with_options(command: str, report: PlacementReport) -> str:
    """Return a command of ours that reads what was read for the plan."""
    options = report.editing if _is_edit(command) else report.reading
    if command == _CHECK:
        options = (*_also_unseen(report), *options)
    return command.replace(
        " PATH", "".join(f" {shlex.quote(clean(one))}" for one in options) + " PATH"
    )


_CHECK = "hostnet-transform placement --fail-on breaks PATH"


def _also_unseen(report: PlacementReport) -> tuple[str, ...]:
    """Return the options with which the check fails as well if something was not looked into, if
    it can be looked into.
    """
    if not report.unseen:
        return ("--fail-on", "unseen")
    is_all = {one.what for one in report.unseen} == {"kustomization"}
    can_build = is_all and coverage.can_build(report.unseen)
    return ("--fail-on", "unseen", "--build") if can_build else ()


class _Sorted(NamedTuple):
    """The workloads of a world, by name and by what is to be done about them."""

    unguarded: list[str]
    edited: list[str]
    suggested: list[str]
    left: list[str]
    nowhere: list[str]
    unknown: list[str]
    named: list[str]
    also: list[str]
    settled: list[str]

    def step(self, kind: str, title: str, reason: str, *commands: str) -> Iterator[PlanStep]:
        """Yield the step for the workloads of one kind, if there are any."""
        if names := getattr(self, kind):
            yield PlanStep(title, reason, commands, tuple(names))


def steps(world: WorldPlacement) -> Iterator[PlanStep]:
    """Yield the steps, in their order; without a host-network pool, those about what breaks, and
    what to settle before there can be a plan.
    """
    names = [pool.name for pool in world.pools if pool.name and pool.is_host_network]
    hosts = _hosts(world)
    found = _sorted(world, frozenset(names))
    on = pool_words(names)
    yield from _settling(world)
    if names and not any(one.component for one in world.workloads):
        yield _ELSEWHERE
    repairs = [*_guards(found), *_breaking(found)]
    yield from repairs
    yield from _undecided(found, on)
    if hosts or repairs:
        yield PlanStep(
            "Check that nothing breaks any more",
            "the pods that are there now are not the only ones: a workload may land later, too",
            (_CHECK,),
        )
    yield from _taints(hosts)
    yield from _nodes(hosts)
    settled = len(found.settled)
    yield from found.step(
        "settled",
        f"Roll out the workloads for {on}",
        f"{counted(settled)} {'is' if settled == 1 else 'are'} made for host-network pools, and"
        " will work there; so will those that you adapted",
    )


def _settling(world: WorldPlacement) -> Iterator[PlanStep]:
    for pool in world.pools:
        if pool.is_ambiguous:
            yield PlanStep(
                f"Settle whether {clean(pool.name)} is a host-network pool, and plan again",
                "its definitions differ, so this plan leaves it out. Keep one of them, or tell"
                " clusters apart with `clusters` in the configuration",
                objects=pool.places,
            )


def _hosts(world: WorldPlacement) -> list[PoolColumn]:
    return [pool for pool in world.pools if pool.is_host_network and pool.is_known]


_FROM_CLUSTER = "kubectl get -n kube-system ds,deploy -o yaml | hostnet-transform --output kubectl"
"""Prints a script that patches what is in the cluster only."""


_ELSEWHERE = PlanStep(
    "Guard the network components, none of which is in the input",
    "no webhook keeps the network plugin, kube-proxy and cluster DNS off host-network nodes. Guard"
    " them where they come from: in a chart, in another repository, or, as those of kubeadm, in the"
    " cluster, for which the command prints a script to review and run",
    (_FROM_CLUSTER,),
)


def _guards(found: _Sorted) -> Iterator[PlanStep]:
    yield from found.step(
        "unguarded",
        "Guard the network components, and roll them out",
        "no webhook keeps these off host-network nodes; without the guard they start on the first"
        " node that joins. Those that are not in Git (kube-proxy and CoreDNS of kubeadm) need it in"
        " the cluster: the second command prints a script for them, to review and run",
        "hostnet-transform -w PATH",
        _FROM_CLUSTER,
    )
    yield from found.step(
        "edited",
        "Apply the edits of hostnet-transform to the other workloads",
        "each of these edits changes what becomes of pods on host-network nodes",
        "hostnet-transform -w PATH",
    )


def _breaking(found: _Sorted) -> Iterator[PlanStep]:
    yield from found.step(
        "suggested",
        "Keep off, or adapt, the workloads that break",
        "rules that are off by default can do it: keep-off keeps pods off that need a network of"
        " their own, host-network-pods sets hostNetwork where they can run nowhere else. Look at"
        " each with --explain first",
        "hostnet-transform --enable keep-off --enable host-network-pods --diff PATH",
    )
    yield from found.step(
        "left",
        "Change by hand what no rule can fix",
        "`hostnet-transform placement` says of each rule what is wrong, where, and what to do",
    )
    yield from found.step(
        "nowhere",
        "Give the workloads a place that can be scheduled nowhere",
        "nodes that they select have a taint that they do not tolerate, or a guard keeps them off:"
        " change that, or let them select other nodes",
    )


def _undecided(found: _Sorted, on: str) -> Iterator[PlanStep]:
    yield from found.step(
        "named",
        "Add the manifests of the Nodes that pods name",
        "nodeName bypasses the scheduler, so these land there if the pool has a node of that name:"
        " only its Node manifest tells. Put the file with the input, and plan again",
        "kubectl get nodes -o yaml > nodes.yaml",
    )
    yield from found.step(
        "unknown",
        "Decide about the workloads of which it is unknown",
        "they land there if a node has what they select. Keep them off, let them select other"
        " nodes, or say what its nodes have: in spec.labels of the pool, or with nodes: complete in"
        " the configuration, if all Nodes are in the input",
    )
    yield from found.step(
        "also",
        f"Decide whether these belong on {on}, too",
        "they can also be scheduled elsewhere, and work on the network of the host. Leave them as"
        " they are, or keep them off: with the annotation"
        " apps.openyurt.io/exclude-host-network-pool, or with a taint",
    )


def _taints(hosts: Sequence[PoolColumn]) -> Iterator[PlanStep]:
    open_pools = [pool for pool in hosts if not pool.taints]
    if open_pools:
        names = pool_words([pool.name for pool in open_pools])
        yield PlanStep(
            f"Give {names} a taint in spec.taints, if only some pods belong there",
            "it keeps off everything that does not tolerate it, also what is deployed later; the"
            " pods and DaemonSets for the pool then need a toleration",
            objects=tuple(_placed(pool) for pool in open_pools if pool.file),
        )


def _placed(pool: PoolColumn) -> str:
    return f"NodePool/{pool.name} ({pool.file}:{pool.line})"


def _nodes(hosts: Sequence[PoolColumn]) -> Iterator[PlanStep]:
    for pool in hosts:
        nodes = f"its {pool.nodes:,} nodes" if pool.nodes else "its nodes"
        nodes = "its node" if pool.nodes == 1 else nodes
        label = f"kubectl label node NODE apps.openyurt.io/nodepool={pool.name}"
        yield PlanStep(
            f"Create NodePool/{clean(pool.name)}, if new, and add {nodes}",
            "hostNetwork cannot be changed later, and a node that has joined must be reset before"
            f" it can join a standard pool. {_converted(pool)}One pool at a time, in a maintenance"
            " window",
            (label,) if _is_plain(pool.name) else (),
            (_placed(pool),) if pool.file else (),
            is_final=True,
        )


def _converted(pool: PoolColumn) -> str:
    """Return what OpenYurt 1.7 does to the nodes of an Edge pool that are no edge workers."""
    if pool.type != "Edge" or (pool.nodes and not pool.to_convert):
        return ""
    verb = "is no edge worker" if pool.to_convert == 1 else "are no edge workers"
    number = f"{pool.to_convert:,} of these {verb} yet. " if pool.to_convert else ""
    return (
        f"{number}OpenYurt converts a node that is no edge worker (HN306): it cordons the node, and"
        " restarts every container on it. "
    )


def _is_plain(name: str) -> bool:
    """Whether a name can stand in a command as it is."""
    return all((part.isascii() and part.isalnum()) or part in "-." for part in name)


def _sorted(world: WorldPlacement, hosts: frozenset[str]) -> _Sorted:
    found = _Sorted([], [], [], [], [], [], [], [], [])

    def add(where: str, parts: Sequence[Workload], why: str = "") -> None:
        names: list[str] = getattr(found, where)
        names.append(f"{name_of(parts)} ({parts[0].at}){why and f': {why}'}")

    for one in joined(world.workloads):
        there = [
            each for _, each, pools in shares(one) if each.is_trouble or not hosts.isdisjoint(pools)
        ]
        edits = [each.edit for each in there if each.edit is not None]
        is_component = bool(one[0].component)
        if is_component and any(lands(each, hosts) for each in one):
            add("unguarded", one)
        elif any(edit.is_enabled for edit in edits):
            add("edited", one)
        elif edits and any(each.is_trouble for each in there):
            add("suggested", one)
        if left := ", ".join(sorted(set(_left(there)))):
            add("left", one, left)
        elif all(map(is_nowhere, one)) and (kept := [*_keeping_off(there)]):
            add("nowhere", one, kept[0])
        elif unknown := next((each for each in there if each.lasting == "unknown"), None):
            where = "named" if unknown.filter == "NodeName" else "unknown"
            add(where, one, undecided_words(unknown))
        elif not edits and any(each.lasting == "runs" for each in there) and not is_component:
            add("settled" if _is_for(one, hosts) else "also", one)
    return found


def _is_for(parts: Sequence[Workload], hosts: frozenset[str]) -> bool:
    """Whether a workload has a copy for a host-network pool, or can only be scheduled to some."""
    if any(one.copy in hosts for one in parts):
        return True
    others = (each for one in parts for each in one.verdicts if not hosts.issuperset(each.pools))
    return not any(one.is_elsewhere for one in parts) and all(
        each.word == "cannot" for each in others
    )


_KEPT = {"guard": "the guard", "TaintToleration": "a taint"}
"""What keeps pods off, by filter."""


def _keeping_off(verdicts: Iterable[PoolVerdict]) -> Iterator[str]:
    yield from (_KEPT[one.filter] for one in verdicts if one.filter in _KEPT)


def _left(verdicts: Iterable[PoolVerdict]) -> Iterator[str]:
    """Yield the rules that a workload breaks and no edit settles."""
    for one in verdicts:
        for reason in one.reasons:
            is_settled = one.edit is not None and one.edit.settles(reason)
            if not (is_settled or reason.is_suppressed):
                yield reason.rule
