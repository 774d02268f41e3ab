"""The verdicts on the workload copies of one object, as records (`placement_shapes.py`).

`placement_records.py` keeps records, and makes `Workload`s of them.
"""

from collections.abc import Iterable, Iterator
from functools import cache

from transformer.findings import Finding, Severity, Violation, finding_at
from transformer.kubernetes.objects import controller_of
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.pools import is_pool
from transformer.pipeline.diagnostics import DiagnosticCollector
from transformer.pipeline.placement_edits import Edits, changed
from transformer.pipeline.placement_shapes import (
    PackedEdit,
    PackedReason,
    PackedVerdict,
    PlacedWorkload,
    PoolPlace,
    Shape,
)
from transformer.pipeline.suppressions import SuppressedBy
from transformer.placement.breaks import Break
from transformer.placement.by_pool import PoolAnswer, Sort, answers, columns_of, missing_pool
from transformer.placement.copies import WorkloadCopy, copies
from transformer.placement.placed import Placed
from transformer.placement.verdicts import filter_at, word_of
from transformer.placement.yurt_app_set import is_yurt_app_set
from transformer.placements import SUPPRESSED
from transformer.rules.components import component_of, is_surely_component
from transformer.rules.context import RuleContext
from transformer.rules.registry import validation_rules


@cache
def severities() -> dict[str, Severity]:
    """Return the severity of each validation rule."""
    return {rule.id: rule.severity for rule in validation_rules()}


def place_workloads(
    rule_context: RuleContext, diagnostics: DiagnosticCollector, world: str, edits: Edits
) -> Iterator[PlacedWorkload]:
    """Yield a record for each workload copy of an object; none if a controller owns it."""
    if not rule_context.templates:
        return
    one = _Placing(rule_context, diagnostics, edits)
    for known in one.copies():
        yield one.record(known, world)


def place_pool(
    rule_context: RuleContext, diagnostics: DiagnosticCollector, world: str
) -> Iterator[PoolPlace]:
    """Yield where a NodePool is; nothing for other objects."""
    manifest = rule_context.manifest
    if is_pool(manifest):
        place = diagnostics.place(manifest.base, manifest.ref, "", with_excerpt=False)
        yield PoolPlace(world, manifest.ref.name, place)


def failed(context: RuleContext) -> Iterator[WorkloadCopy]:
    """Yield the copies that are not made, because a patch fails."""
    if is_yurt_app_set(context.manifest) and controller_of(context.manifest) is None:
        made = copies(context.manifest, context.templates, context.cluster.pools)
        yield from (one for one in made if one.failure is not None)


class _Placing:
    """The placement of one object."""

    def __init__(
        self, context: RuleContext, diagnostics: DiagnosticCollector, edits: Edits
    ) -> None:
        self.context, self.edits = context, edits
        self.diagnostics = diagnostics
        self.columns = columns_of(context.cluster.pools, context.cluster.nodes)
        self.patches = diagnostics.patched(context.manifest).patches
        self._pointers: dict[str, int] = {}

    def copies(self) -> Iterator[Placed | WorkloadCopy]:
        """Yield the copies, those that are not made as what they are made from."""
        context = self.context
        yield from (one for one in context.all_placed if not context.is_for_another_cluster(one))
        yield from failed(context)

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
            len(self.context.templates) > 1,
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
        for one in self.edits.enabled:
            if (there := one.copy_like(known)) is not None:
                found = self._judged(one.context, there)
                edits += changed(now, found, one, is_enabled=True)
                now, edited = found, True
        if any(one.reasons for one in now):
            for one in self.edits.optional:
                if (there := one.copy_like(known)) is not None:
                    found = self._judged(one.context, there)
                    edits += changed(now, found, one, is_enabled=False)
        return before, now if edited else (), tuple(edits)

    def _unknown(self, reason: str, pointer: str) -> tuple[PackedVerdict, ...]:
        at = self._number(pointer) if pointer else -1
        return (
            PackedVerdict(
                self.columns.every, (), "unknown", "", at, (reason,), 0, 0, "", False, ()
            ),
        )

    def _number(self, pointer: str) -> int:
        return self._pointers.setdefault(pointer, len(self._pointers))

    def _judged(self, context: RuleContext, placed: Placed) -> tuple[PackedVerdict, ...]:
        source = self._source(context, placed.template)
        reasons: tuple[PackedReason, ...] | None = None
        anywhere = tuple(self._reasons(context, context.breaks_anywhere(placed)))
        found = []
        for one in answers(placed.schedule, self.columns):
            lands = "can" in (one.answer, one.later)
            its_reasons = anywhere if lands else ()
            at, undecided = -1, self._undecided(one)
            is_host = lands and one.sort is not Sort.STANDARD
            if is_host:
                if reasons is None:
                    reasons = tuple(self._reasons(context, context.breaks(placed)))
                its_reasons = reasons
            word = word_of(one.answer, is_broken=bool(its_reasons))
            later = word_of(one.later, is_broken=bool(its_reasons)) if one.later else ""
            if one.sort is Sort.EITHER and anywhere:
                its_reasons = anywhere if lands else ()
            elif one.sort is Sort.EITHER and its_reasons:
                word, its_reasons = "unknown", ()
                undecided = ("which definition of the NodePool counts",)
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
                    later,
                    is_host and one.sort is Sort.HOST_NETWORK,
                    its_reasons,
                )
            )
        return tuple(found)

    def _undecided(self, one: PoolAnswer) -> tuple[str, ...]:
        """Return what is not known: of a pool that only other clusters have, in which it is."""
        for name in one.names if one.undecided == missing_pool(*one.names[:1]) else ():
            if where := self.context.cluster.pool_elsewhere(name):
                return (f"NodePool/{name}, which is {where}",)
        return one.undecided

    def _reasons(self, context: RuleContext, found: Iterable[Break]) -> Iterator[PackedReason]:
        """Yield why pods break, unless the rule is off."""
        for one in dict.fromkeys(found):
            its_finding, by = self._found(context, one)
            settled = self.diagnostics.context.policy.settle(its_finding, patches=self.patches)
            if isinstance(settled, Finding):
                text = settled.message + SUPPRESSED * (by is not None)
                at = self._number(one.pointer)
                yield PackedReason(one.rule, settled.severity, text, one.hint, at, by is not None)

    def _found(self, context: RuleContext, one: Break) -> tuple[Finding, SuppressedBy | None]:
        """Return the finding that a rule reports, and what suppresses it."""
        manifest, origin = context.manifest, self.diagnostics.origin
        policy = self.diagnostics.context.policy
        place = self.diagnostics.place(manifest.base, manifest.ref, one.pointer, with_excerpt=False)
        violation = Violation("", one.message, one.hint)
        found = finding_at(place, one.rule, severities()[one.rule], violation)
        file = origin.relative_name
        by = policy.suppressed_by(one.rule, manifest.ref, manifest.annotations, file, found)
        return found, by

    def _source(self, context: RuleContext, template: PodTemplate) -> PodTemplate:
        return next(one for one in context.templates if one.pointer == template.pointer)
