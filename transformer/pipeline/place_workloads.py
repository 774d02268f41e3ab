"""The verdicts on the workload copies of one object, small enough for very many of them.

What is alike in many workloads is the *shape* of a record, as bytes; the rest are its name and the
places in its file. `placement_records.py` keeps records, and makes `Workload`s of them.
"""

import marshal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from transformer.errors import PatchError
from transformer.findings import Finding, ObjectRef, Severity, Violation, finding_at
from transformer.kubernetes.objects import controller_of
from transformer.kubernetes.pod_template import PodTemplate, pod_templates
from transformer.kubernetes.pools import is_pool
from transformer.patch import verify
from transformer.pipeline.diagnostics import DiagnosticCollector
from transformer.placement.breaks import Break
from transformer.placement.by_pool import Sort, answers, columns_of
from transformer.placement.copies import WorkloadCopy, copies
from transformer.placement.placed import Placed
from transformer.placement.verdicts import filter_at
from transformer.placement.yurt_app_set import is_yurt_app_set
from transformer.placements import Explanation, Spot, Word
from transformer.rules.base import TransformRule
from transformer.rules.components import component_of, is_surely_component
from transformer.rules.context import RuleContext
from transformer.rules.exempt import editable
from transformer.rules.registry import transform_rules, validation_rules


class PlacedWorkload(NamedTuple):
    """A record of one workload copy in the world `world`.

    `shape` is a `Shape` as bytes. `places` has the number of the document in the file, and then for
    each pointer of the shape the line and the column.
    """

    world: str
    file: str
    name: str
    shape: bytes
    places: tuple[int, ...]


class PoolPlace(NamedTuple):
    """Where the NodePool `name` of the world `world` is."""

    world: str
    name: str
    file: str
    line: int


class Shape(NamedTuple):
    """What many workloads have in common; pointers are given by their number in `pointers`."""

    kind: str
    api_version: str
    namespace: str
    copy: str
    template: str
    item: str
    component: str
    patches: tuple[str, ...]
    pointers: tuple[str, ...]
    verdicts: tuple["PackedVerdict", ...]
    after: tuple["PackedVerdict", ...]
    edits: tuple["PackedEdit", ...]

    @property
    def packed(self) -> bytes:
        """The shape as bytes."""
        verdicts, after = (
            tuple((*one[:-1], tuple(map(tuple, one.reasons))) for one in every)
            for every in (self.verdicts, self.after)
        )
        fields: Any = (*self[:-3], verdicts, after, tuple(map(tuple, self.edits)))
        return marshal.dumps(fields)  # only of exact tuples


class PackedReason(NamedTuple):
    """A `Reason`, with its place as the number of a pointer."""

    rule: str
    severity: Severity
    message: str
    hint: str
    at: int


class PackedVerdict(NamedTuple):
    """A `PoolVerdict` on the columns of a mask, and on pools with names (see `PoolAnswer`).

    `at` is the number of a pointer, or -1. `may_break`: what breaks pods on host-network nodes
    breaks them there.
    """

    columns: int
    names: tuple[str, ...]
    word: Word
    filter: str
    at: int
    undecided: tuple[str, ...]
    fitting: int
    nodes: int
    may_break: bool
    reasons: tuple[PackedReason, ...]

    @property
    def outcome(self) -> tuple[Any, ...]:
        """What an edit changes, if it changes anything that matters."""
        return (self.word, *(one.rule for one in self.reasons))


class PackedEdit(NamedTuple):
    """An `Edit` of the verdict on some pools."""

    columns: int
    names: tuple[str, ...]
    rule: str
    message: str
    word: Word
    is_enabled: bool


@cache
def severities() -> dict[str, Severity]:
    """Return the severity of each validation rule."""
    return {rule.id: rule.severity for rule in validation_rules()}


def place_workloads(
    rule_context: RuleContext, diagnostics: DiagnosticCollector, world: str
) -> Iterator[PlacedWorkload]:
    """Yield a record for each workload copy of an object; none if a controller owns it."""
    if not rule_context.templates:
        return
    one = _Placing(rule_context, diagnostics)
    for known in one.copies():
        yield one.record(known, world)


def place_pool(
    rule_context: RuleContext, diagnostics: DiagnosticCollector, world: str
) -> Iterator[PoolPlace]:
    """Yield where a NodePool is; nothing for other objects."""
    manifest = rule_context.manifest
    if is_pool(manifest):
        place = diagnostics.place(manifest.base, manifest.ref, "", with_excerpt=False)
        yield PoolPlace(world, manifest.ref.name, place.file, place.line)


def explain(
    rule_context: RuleContext, diagnostics: DiagnosticCollector, world: str
) -> Iterator[Explanation]:
    """Yield what decides where the copies of an object can be scheduled, if it is the workload that
    is explained.
    """
    manifest, wanted = rule_context.manifest, diagnostics.context.explains
    if not (rule_context.templates and is_meant(wanted, manifest.ref)):
        return
    from transformer.placement.explained import asks, steps  # only for one workload

    def spot(at: str) -> Spot:
        place = diagnostics.place(manifest.base, manifest.ref, at, with_excerpt=False)
        return Spot(at, place.file, place.line, place.column)

    pools, nodes = rule_context.cluster.pools, rule_context.cluster.nodes
    ref = manifest.ref
    key = (str(spot("")), ref.kind, ref.namespace, ref.name)
    for one in rule_context.all_placed:
        names = (*columns_of(pools, nodes).names, "")
        found = tuple(steps(one, name, pools, nodes) for name in names)
        yield Explanation(
            world, (*key, one.template.pointer, one.copy.pool), asks(one, spot), found
        )
    for copy in _failed(rule_context):
        yield Explanation(world, (*key, copy.template.pointer, copy.pool), (), ())


def is_meant(wanted: str, ref: ObjectRef) -> bool:
    """Whether `Kind/namespace/name` means an object; `Kind/name` means it in any namespace, and the
    namespace `default` also none.
    """
    kind, *namespace, name = wanted.split("/")
    is_there = not namespace or namespace[0] in (ref.namespace, ref.namespace or "default")
    return kind.lower() == ref.kind.lower() and is_there and name == ref.name


def _failed(context: RuleContext) -> Iterator[WorkloadCopy]:
    """Yield the copies that are not made, because a patch fails."""
    if is_yurt_app_set(context.manifest) and controller_of(context.manifest) is None:
        made = copies(context.manifest, context.templates, context.cluster.pools)
        yield from (one for one in made if one.failure is not None)


class _Placing:
    """The placement of one object."""

    def __init__(self, context: RuleContext, diagnostics: DiagnosticCollector) -> None:
        self.context = context
        self.diagnostics = diagnostics
        self.columns = columns_of(context.cluster.pools, context.cluster.nodes)
        self.patches = diagnostics.patched(context.manifest).patches
        self._pointers: dict[str, int] = {}
        self._edited: list[_Edited] | None = None
        self._suggested: list[_Edited] | None = None

    def copies(self) -> Iterator[Placed | WorkloadCopy]:
        """Yield the copies, those that are not made as what they are made from."""
        context = self.context
        yield from (one for one in context.all_placed if not context.is_for_another_cluster(one))
        yield from _failed(context)

    def record(self, known: Placed | WorkloadCopy, world: str) -> PlacedWorkload:
        """Return the record of a copy."""
        manifest = self.context.manifest
        copy = known.copy if isinstance(known, Placed) else known
        ref = manifest.ref
        self._pointers = {"": 0}
        found, after, edits = self._verdicts(known, copy)
        template = copy.template
        source = self._source(self.context, template)
        component = ""
        if is_surely_component(self.context, source):
            recognised = component_of(self.context, source)
            component = recognised.id if recognised is not None else "annotated"
        shape = Shape(
            ref.kind,
            f"{ref.group}/{ref.version}" if ref.group else ref.version,
            ref.namespace,
            copy.pool,
            template.pointer,
            manifest.base,
            component,
            self.patches,
            tuple(self._pointers),
            found,
            after,
            edits,
        )
        place = self.diagnostics.place(manifest.base, ref, "", with_excerpt=False)
        places = [place.document]
        for pointer in self._pointers:
            at = self.diagnostics.place(manifest.base, ref, pointer, with_excerpt=False)
            places += (at.line, at.column)
        return PlacedWorkload(world, place.file, ref.name, shape.packed, tuple(places))

    def _verdicts(
        self, known: Placed | WorkloadCopy, copy: WorkloadCopy
    ) -> tuple[tuple[PackedVerdict, ...], tuple[PackedVerdict, ...], tuple[PackedEdit, ...]]:
        comment = self.context.template_comment
        if not isinstance(known, Placed):
            assert known.failure is not None
            reason = f"a patch that fails: {known.failure.reason} (HN427)"
            return self._unknown(reason, known.failure.pointer), (), ()
        if comment:
            return self._unknown(f"what the template makes of it ({comment})", ""), (), ()
        if not copy.is_certain:
            return self._unknown(known.undecided, ""), (), ()
        before = self._judged(self.context, known)
        edits: list[PackedEdit] = []
        now, edited = before, False
        for one in self._edits():
            if (there := one.copy_like(known)) is not None:
                found = self._judged(one.context, there)
                edits += _changed(now, found, one, is_enabled=True)
                now, edited = found, True
        after = tuple(_differing(before, now)) if edited else ()
        if any(one.word == "breaks" for one in now):
            for one in self._optional():
                if (there := one.copy_like(known)) is not None:
                    found = self._judged(one.context, there)
                    edits += _changed(now, found, one, is_enabled=False)
        return before, after, tuple(edits)

    def _unknown(self, reason: str, pointer: str) -> tuple[PackedVerdict, ...]:
        everywhere = 2 * self.columns.others - 1
        at = self._number(pointer) if pointer else -1
        return (PackedVerdict(everywhere, (), "unknown", "", at, (reason,), 0, 0, False, ()),)

    def _number(self, pointer: str) -> int:
        return self._pointers.setdefault(pointer, len(self._pointers))

    def _judged(self, context: RuleContext, placed: Placed) -> tuple[PackedVerdict, ...]:
        source = self._source(context, placed.template)
        reasons: tuple[PackedReason, ...] | None = None
        found = []
        for one in answers(placed.schedule, self.columns):
            word: Word
            its_reasons: tuple[PackedReason, ...] = ()
            at, undecided = -1, one.undecided
            is_host = one.answer == "can" and one.sort is not Sort.STANDARD
            if is_host:
                if reasons is None:
                    reasons = tuple(self._reasons(context, placed))
                its_reasons = reasons
            if one.answer == "can":
                word = "breaks" if its_reasons else "runs"
                if its_reasons and one.sort is Sort.EITHER:
                    word, its_reasons = "unknown", ()
                    undecided = ("which definition of the NodePool counts",)
            else:
                word = one.answer
                if one.filter:
                    at = self._number(filter_at(placed, source, one.filter))
            found.append(
                PackedVerdict(
                    one.columns,
                    one.names,
                    word,
                    one.filter,
                    at,
                    undecided,
                    one.fitting,
                    one.nodes,
                    is_host and one.sort is Sort.HOST_NETWORK,
                    its_reasons,
                )
            )
        return tuple(found)

    def _reasons(self, context: RuleContext, placed: Placed) -> Iterator[PackedReason]:
        """Yield why pods break on host-network nodes, as far as it is reported."""
        for one in dict.fromkeys(context.breaks(placed)):
            settled = self._settled(context, one)
            if settled is not None:
                at = self._number(one.pointer)
                yield PackedReason(one.rule, settled.severity, settled.message, one.hint, at)

    def _settled(self, context: RuleContext, one: Break) -> Finding | None:
        """Return the finding that a rule reports, with its severity, unless it is suppressed."""
        manifest, origin = context.manifest, self.diagnostics.origin
        policy = self.diagnostics.context.policy
        place = self.diagnostics.place(manifest.base, manifest.ref, one.pointer, with_excerpt=False)
        violation = Violation("", one.message, one.hint)
        found = finding_at(place, one.rule, severities()[one.rule], violation)
        file = origin.relative_name
        by = policy.suppressed_by(one.rule, manifest.ref, manifest.annotations, file, found)
        settled = policy.settle(found, by, self.patches)
        return settled if isinstance(settled, Finding) else None

    def _source(self, context: RuleContext, template: PodTemplate) -> PodTemplate:
        return next(one for one in context.templates if one.pointer == template.pointer)

    def _edits(self) -> "list[_Edited]":
        """Return the edits of rules that are on, one after another."""
        if self._edited is None:
            self._edited, context = [], self.context
            for rule in self.diagnostics.context.rules:
                if rule.id in context.planned and (made := _edited(rule, context)) is not None:
                    self._edited.append(made)
                    context = made.context
        return self._edited

    def _optional(self) -> "list[_Edited]":
        """Return the edits of rules that are off, each alone after those of rules that are on."""
        if self._suggested is None:
            context = self._edits()[-1].context if self._edits() else self.context
            on = {rule.id for rule in self.diagnostics.context.rules}
            off = [rule for rule in _all_rules() if rule.id not in on]
            made = (_edited(rule, context) for rule in off)
            self._suggested = [one for one in made if one is not None]
        return self._suggested


@cache
def _all_rules() -> tuple[TransformRule, ...]:
    return transform_rules()


class _Edited(NamedTuple):
    """An object after the edit of a rule, what that does, and the copies by template and pool."""

    rule: str
    message: str
    context: RuleContext
    copies: Mapping[tuple[str, str], Placed]

    def copy_like(self, known: Placed) -> Placed | None:
        """Return the copy that `known` is before the edit."""
        return self.copies.get((known.template.pointer, known.copy.pool))


def _edited(rule: TransformRule, context: RuleContext) -> _Edited | None:
    """Return what a rule makes of an object; None if it does nothing."""
    try:
        operations = editable(context, rule.plan(context))
        if not operations:
            return None
        value = marshal.loads(marshal.dumps(context.manifest.value, _UNSHARED))
        manifest = replace(context.manifest, value=verify.patched(value, operations))
    except (PatchError, ValueError):  # a value that is no plain one
        return None
    reason = rule.reason(context)
    message = f"{rule.summary} ({reason})" if reason else rule.summary
    templates = pod_templates(manifest, context.cluster.rows)
    made = replace(context, manifest=manifest, templates=templates, planned=context.planned)
    return _Edited(rule.id, message, made, {_key(one): one for one in made.placed})


def _key(placed: Placed) -> tuple[str, str]:
    return placed.template.pointer, placed.copy.pool


_UNSHARED = 2
"""The last version of marshal's format in which no two values share an object."""


def _differing(
    before: Sequence[PackedVerdict], now: Sequence[PackedVerdict]
) -> Iterator[PackedVerdict]:
    """Yield the verdicts of `now` on the pools where they differ from those of `before`."""
    for one in now:
        same = [other for other in before if other.outcome == one.outcome]
        columns = one.columns
        for other in same:
            columns &= ~other.columns
        names = tuple(name for name in one.names if not any(name in other.names for other in same))
        if columns or names:
            yield one._replace(columns=columns, names=names)


def _changed(
    before: Sequence[PackedVerdict],
    now: Sequence[PackedVerdict],
    edit: _Edited,
    *,
    is_enabled: bool,
) -> Iterator[PackedEdit]:
    """Yield the edit of a rule for the pools whose verdict it changes."""
    for one in _differing(before, now):
        yield PackedEdit(one.columns, one.names, edit.rule, edit.message, one.word, is_enabled)
