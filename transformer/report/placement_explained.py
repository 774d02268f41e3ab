"""The verdicts on one workload, explained: what it asks for, what each pool has, what decides."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from transformer.placements import (
    MEANINGS,
    OTHER_HOSTS,
    OTHER_POOLS,
    Explanation,
    PlacementReport,
    PoolSteps,
    PoolVerdict,
    Workload,
    WorldPlacement,
)
from transformer.report.formatting import Paint, clean, count, unpainted
from transformer.report.placement_rows import columns, edit_words, undecided_words
from transformer.report.placement_table import ROLES, WIDTH, footer, lines_of

_MOST_LABELS = 8


def render(report: PlacementReport, paint: Paint = unpainted, width: int = WIDTH) -> Iterator[str]:
    """Yield the lines of the explanation of each copy of the workload."""
    for world in report.worlds:
        explained = {one.key: one for one in report.explanations if one.world == world.name}
        shown_pools = {pool.name for pool in world.pools}
        copies = [
            one
            for one in (world.workloads if explained else ())
            if one.key in explained and (not one.copy or one.copy in shown_pools)
        ]
        if copies and len(report.worlds) > 1:
            yield f"{paint(f'cluster {clean(world.name)}', 'place')}\n\n"
        for one in copies:
            yield from _copy(one, explained[one.key], world, paint, max(width, WIDTH))
    for line in footer(report):
        yield from (f"{part}\n" for part in lines_of(line, max(width, WIDTH)))


def _copy(
    one: Workload, known: Explanation, world: WorldPlacement, paint: Paint, width: int
) -> Iterator[str]:
    template = f" {clean(one.template)}" if one.is_part else ""
    component = f", the network component {clean(one.component)}" if one.component else ""
    by = f", as built by {clean(one.build)}" if one.build else ""
    yield f"{paint(clean(str(one)), 'place')}{template} ({clean(str(one.at))}){by}{component}\n"
    if one.patches:
        yield from _wrapped(f"without the patches in {', '.join(one.patches)}", width)
    yield "\nThe pods ask for\n"
    for asked in known.asks:
        is_there = asked.at.file == one.at.file
        where = f"line {asked.at.line}" if is_there else f"{clean(asked.at.file)}:{asked.at.line}"
        where = "" if is_there and asked.at.line == one.at.line else f"({where})"
        yield from _item(asked.name, asked.text, width, where)
    pools = {steps.pool: steps for steps in known.pools}
    verdicts = {pool: verdict for verdict in one.verdicts for pool in verdict.pools}
    for pool in columns(world):
        if pool.name in verdicts and one.copy in ("", pool.name):
            kind = "host-network pool" if pool.is_host_network else "pool"
            what = f"{kind} {clean(pool.name)}" if pool.name else "nodes in no pool"
            what = pool.name if pool.name in (OTHER_HOSTS, OTHER_POOLS) else what
            steps = pools.get(pool.name, PoolSteps(pool.name, ()))
            yield "\n"
            yield from _pool(what, verdicts[pool.name], steps, paint, width)
    yield "\n"


def _pool(
    what: str, verdict: PoolVerdict, steps: PoolSteps, paint: Paint, width: int
) -> Iterator[str]:
    word = verdict.shown
    painted = paint(word, ROLES.get(word, "")) if word in ROLES else word
    yield f"On {what}: {painted}\n"
    yield from _item("that is", MEANINGS[word], width)
    if verdict.nodes:
        yield from _item(
            "nodes", f"{verdict.fitting} of {count(verdict.nodes, 'Node')} in the input", width
        )
    labels = steps.labels[:_MOST_LABELS]
    more = len(steps.labels) - len(labels)
    if labels:
        text = ", ".join(labels) + (f" and {more} more" if more else "")
        yield from _item("labels", text, width)
    if steps.steps or steps.taints:
        yield from _item("taints", ", ".join(steps.taints) or "none", width)
    for step in steps.steps:
        yield from _item(step.filter, f"{step.answer}: {step.text}", width)
    if verdict.lasting == "unknown":
        others = " of nodes that are not in the input" if verdict.nodes else ""
        yield from _item("not known", f"{undecided_words(verdict)}{others}", width)
    if verdict.at is not None and verdict.filter:
        yield from _item("decided by", f"{verdict.filter}, {verdict.at}", width)
    edit = verdict.edit
    by = f"edit: {edit_words(edit)}" if edit is not None else ""
    for reason in verdict.reasons:
        code = paint(f"{reason.severity}[{reason.rule}]", reason.severity)
        yield f"  {code} {clean(str(reason.at))}\n"
        yield from _wrapped(reason.message, width)
        is_settled = edit is not None and edit.settles(reason)
        if edit is None or not (is_settled and edit.is_enabled):
            yield from _wrapped(f"help: {reason.hint}", width)
        if edit is not None and is_settled and edit.word == "breaks":
            yield from _wrapped(by, width)
    if edit is not None and edit.word != "breaks":
        yield from _wrapped(by, width)


def _item(name: str, text: str, width: int, where: str = "") -> Iterator[str]:
    room = width - _INDENT
    lines = wrap(clean(text), room, break_on_hyphens=False) or [""]
    if where and len(lines[-1]) + 1 + len(where) <= room:
        lines[-1] += f" {where}"
    elif where:
        lines.append(where)
    yield f"  {name:{_INDENT - 4}}  {lines[0]}".rstrip() + "\n"
    yield from (f"{' ' * _INDENT}{line}\n" for line in lines[1:])


_INDENT = 21


def _wrapped(text: str, width: int) -> Iterator[str]:
    indent = "    "
    lines = wrap(clean(text), width - 4, break_on_hyphens=False)
    yield from (f"{indent}{line}\n" for line in lines)


def known_names(worlds: Sequence[WorldPlacement]) -> list[str]:
    """Return the names of all workloads, as `--explain` takes them."""
    return list(
        dict.fromkeys(str(one._replace(copy="")) for world in worlds for one in world.workloads)
    )
