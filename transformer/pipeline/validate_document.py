"""Validate one document: the findings on its objects, and observations for the whole run.

A file that belongs to several clusters is read once, and its objects are validated in each.
Nothing is edited here. The operations of transform rules are planned nevertheless, because some
rules report them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from transformer.errors import InputError, PatchError
from transformer.findings import Finding, ObjectRef, Place
from transformer.kubernetes.objects import Manifest
from transformer.kubernetes.well_known import IGNORE_ANNOTATION
from transformer.pipeline.context import RunContext
from transformer.pipeline.coverage import Sighting, unpatched_in, unread, unseen_in
from transformer.pipeline.diagnostics import DiagnosticCollector, Origin
from transformer.pipeline.document_loader import plans, rule_failures, visit
from transformer.pipeline.documents import Document
from transformer.pipeline.missing_separators import at_borders, doubtful, manifests_of
from transformer.pipeline.suppressions import (
    SuppressedFinding,
    SuppressionRequest,
    is_about_workloads,
    suppressed_rules,
)
from transformer.pipeline.worlds import World, Worlds
from transformer.pointer import join
from transformer.rules.base import LocatedObservation, Need, Observation, ValidationRule
from transformer.rules.context import PatchedSource, RuleContext
from transformer.rules.exempt import editable
from transformer.text.raw_document import RawDocument

if TYPE_CHECKING:
    from transformer.pipeline.placement_shapes import Explained, PlacedWorkload, PoolPlace

ALL_STATES = -1
_GLUED = "no --- between this manifest and the one above; other tools lose the one above"
_IGNORE = join("/metadata/annotations", IGNORE_ANNOTATION)

_InState: TypeAlias = tuple[int, RuleContext]
"""An object as it is in some states of the input."""


class RuleObservation(NamedTuple):
    """An observation of `rule` under `key`, in the world with the name `world`.

    `states`: those of the input in which it holds, for `placement` (see `placement_edits.py`).
    """

    rule: str
    world: str
    key: str
    located: LocatedObservation
    states: int = ALL_STATES


class DocumentDiagnostics(NamedTuple):
    """The diagnostics of one document of `size` bytes.

    `needs` are the needs of rules that it satisfies, each with the name of the world; `refs` are
    its objects, if there are suppressions or a baseline. `non_manifests` as in `DocumentResult`.
    `undecided` says for each workload of which it is unknown whether it runs on host-network pools
    in which world, and for want of what. `unseen` is what was not looked into. For `placement`,
    `placed` are records of workload copies, `pools` the places of NodePools, and `explained` what
    decides where copies of the workload that was asked for can be scheduled.
    """

    size: int
    findings: tuple[Finding, ...] = ()
    failed: bool = False
    continues: bool = False
    observations: tuple[RuleObservation, ...] = ()
    suppressed: tuple[SuppressedFinding, ...] = ()
    suppression_requests: tuple[SuppressionRequest, ...] = ()
    needs: frozenset[tuple[str, Need]] = frozenset()
    refs: tuple[ObjectRef, ...] = ()
    non_manifests: tuple[Finding, ...] = ()
    undecided: tuple[tuple[str, str], ...] = ()
    unseen: tuple[Sighting, ...] = ()
    placed: tuple["PlacedWorkload", ...] = ()
    pools: tuple["PoolPlace", ...] = ()
    explained: tuple["Explained", ...] = ()


def validate_document(
    document: Document, origin: Origin, context: RunContext, worlds: Worlds
) -> DocumentDiagnostics:
    """Return the diagnostics of one document in `worlds`, whose pools must be complete."""
    if document.continues:
        failed = context.settings.on_invalid == "fail"
        return DocumentDiagnostics(len(document.raw.data), failed=failed, continues=True)
    if document.manifests:
        return _validate_glued(document, origin, context, worlds)
    one = _Validation(document, origin, context, worlds)
    failed = one.run()
    return _diagnostics_of(document.raw, [one], failed)


def _diagnostics_of(
    raw: RawDocument, every: Sequence["_Validation"], failed: bool
) -> DocumentDiagnostics:
    all_of = chain.from_iterable
    return DocumentDiagnostics(
        len(raw.source),
        tuple(all_of([one.diagnostics.findings for one in every])),
        failed,
        continues=raw.first_item > 0,
        observations=tuple(all_of([one.observations for one in every])),
        suppressed=tuple(all_of([one.diagnostics.suppressed for one in every])),
        suppression_requests=tuple(all_of([one.requests for one in every])),
        needs=frozenset(all_of([one.needs for one in every])),
        refs=tuple(all_of([one.refs for one in every])),
        non_manifests=tuple(all_of([one.diagnostics.non_manifests for one in every])),
        undecided=tuple(all_of([one.undecided for one in every])),
        unseen=tuple(all_of([one.unseen for one in every])),
        placed=tuple(all_of([one.placed for one in every])),
        pools=tuple(all_of([one.pools for one in every])),
        explained=tuple(all_of([one.explained for one in every])),
    )


def _validate_glued(
    document: Document, origin: Origin, context: RunContext, worlds: Worlds
) -> DocumentDiagnostics:
    """Return the diagnostics of manifests of a file that have no `---` between them.

    If it is not certain which key belongs to which manifest, only that is reported.
    """
    every = [_Validation(one, origin, context, worlds) for one in manifests_of(document)]
    failed = False
    for one, is_doubtful in zip(every, doubtful(document), strict=True):
        failed = one.run() or failed
        if is_doubtful:
            one.forget()
    would_edit = any(one.is_edited for one in every)
    is_template = any(one.diagnostics.template_comment for one in every)
    borders = at_borders(document, origin, context, is_edited=would_edit, is_template=is_template)
    every[0].diagnostics.findings += borders.findings
    every[0].diagnostics.suppressed += borders.suppressed
    return _diagnostics_of(document.raw, every, failed)


class _Validation:
    """The validation of one document: what has been found so far."""

    def __init__(
        self, document: Document, origin: Origin, context: RunContext, worlds: Worlds
    ) -> None:
        self.document = document
        self.origin = origin
        self.context = context
        self.worlds = worlds
        self.diagnostics = DiagnosticCollector(document.raw, origin, context)
        self.observations: list[RuleObservation] = []
        self.requests: list[SuppressionRequest] = []
        self.needs: set[tuple[str, Need]] = set()
        self.refs: list[ObjectRef] = []
        self.undecided: list[tuple[str, str]] = []
        self.unseen: list[Sighting] = []
        self.placed: list[PlacedWorkload] = []
        self.pools: list[PoolPlace] = []
        self.explained: list[Explained] = []
        self.is_edited = False
        """Whether a transform rule would edit one of its objects."""

    def run(self) -> bool:
        """Run the rules on each object; return whether the document failed."""
        try:
            visit(self.document, self.diagnostics, self._validate, glued=_GLUED)
        except InputError as error:
            failed = self.diagnostics.report_error(error.rule, error, [])
            self.unseen = [unread(self.diagnostics.findings[-1])]
            return failed
        return False

    def forget(self) -> None:
        """Keep only that the document is a template."""
        diagnostics = self.diagnostics
        diagnostics.findings = [found for found in diagnostics.findings if found.rule == "HN419"]
        diagnostics.suppressed, self.observations, self.requests = [], [], []
        self.placed, self.pools = [], []

    def _validate(self, rule_context: RuleContext) -> None:
        """Run the rules on an object in each of its worlds."""
        if not self.origin.is_patch:
            if self.context.settings.suppressions or self.context.settings.baseline:
                self.refs.append(rule_context.manifest.ref)
            self._add_suppressions(rule_context.manifest)
        worlds = self.worlds.of(rule_context.manifest)
        if not self.worlds.are_named:
            self._validate_in(worlds[0], rule_context)
            return
        is_shared = self.worlds.outside is not None
        rule_context = replace(rule_context, in_no_cluster=is_shared)
        diagnostics = self.diagnostics
        findings = diagnostics.findings
        for world in worlds:
            diagnostics.findings = []  # what is known in one world is not known in another
            self._validate_in(world, rule_context)
            names = (world.name,) if world.name else ()
            findings += [found._replace(clusters=names) for found in diagnostics.findings]
        diagnostics.findings = findings
        if self.worlds.outside is not None and not self.origin.is_patch:
            context = replace(rule_context, cluster=self.worlds.outside.cluster)
            self._collect_all(self.worlds.outside, context, are_apart=True)

    def _validate_in(self, world: World, rule_context: RuleContext) -> None:
        context, manifest = self.context, rule_context.manifest
        if rule_context.cluster is not world.cluster:
            rule_context = replace(rule_context, cluster=world.cluster)
        planned, failures = plans(rule_context, context.rules)
        if planned:
            rule_context = replace(rule_context, planned=planned)
        self.is_edited = self.is_edited or any(
            editable(rule_context, operations, rule) for rule, operations in planned.items()
        )
        if self.origin.is_patch:
            # Only the checks that `transform` runs on objects that it would edit.
            if planned:
                self.diagnostics.run_checks(context.checks_wanted.on(rule_context), rule_context)
            return
        if world.old_state is not None:
            before = world.old_state.before(manifest.ref, self.origin.relative_name)
            rule_context = replace(rule_context, before=before)
        self.needs.update((world.name, subject) for subject in rule_context.subjects)
        self.undecided += [(world.name, missing) for missing in rule_context.undecided]
        self.unseen += unseen_in(rule_context, partial(self._place, manifest))
        patched = self.diagnostics.patched(manifest)
        self.unseen += unpatched_in(rule_context, patched, partial(self._place, manifest))
        self.diagnostics.run_checks(context.checking(rule_context), rule_context)
        states = self._place_workloads(world, rule_context) if context.places_workloads else ()
        self._collect_all(world, rule_context, tuple(states), are_apart=False)
        self._report_failures(manifest, failures)

    def _place_workloads(self, world: World, rule_context: RuleContext) -> Iterable[_InState]:
        """Keep where workload copies can land, and return the object in each state."""
        from transformer.pipeline.left_out import left_out
        from transformer.pipeline.place_workloads import place_pool, place_workloads
        from transformer.pipeline.placement_edits import Edits

        if self.context.explains:
            from transformer.pipeline.explain_workloads import explain  # only for one workload

            self.explained += explain(rule_context, self.diagnostics, world.name)
        edits = Edits(rule_context, self.context.rules)
        self.placed += place_workloads(rule_context, self.diagnostics, world.name, edits)
        self.pools += place_pool(rule_context, self.diagnostics, world.name)
        self.unseen += left_out(
            rule_context, world.name, partial(self._place, rule_context.manifest)
        )
        return edits.states()

    def _collect_all(
        self,
        world: World,
        rule_context: RuleContext,
        states: Sequence[_InState] = (),
        *,
        are_apart: bool,
    ) -> None:
        """Collect what rules note; if `are_apart`, what they note of files that belong to no
        cluster, together with each other. `states` are the object as edits make it.
        """
        if rule_context.template_comment:
            return
        patched = self.diagnostics.patched(rule_context.manifest)
        is_moved = bool(patched.namespaces or patched.is_renamed)
        as_it_is = ((ALL_STATES, rule_context),)
        for rule in self.context.validation.collecting_on(rule_context):
            assert rule.collect is not None
            is_apart = rule.apart and self.worlds.outside is not None
            if is_apart != are_apart:
                continue
            for state, one in (states if rule.places else ()) or as_it_is:
                for context in _as_built(one, patched) if is_moved and rule.as_built else (one,):
                    for found in rule.collect(context):
                        self._note(rule, found, rule_context.manifest, world.name, state)

    def _place(self, manifest: Manifest, at: str) -> Place:
        return self.diagnostics.place(manifest.base, manifest.ref, at, with_excerpt=False)

    def _note(
        self,
        rule: ValidationRule,
        observation: Observation,
        manifest: Manifest,
        world: str,
        states: int,
    ) -> None:
        """Keep an observation of an object, with where it is and what suppresses it."""
        policy, file = self.context.policy, self.origin.relative_name
        place = self._place(manifest, observation.pointer)
        by = policy.suppressed_by(rule.id, manifest.ref, manifest.annotations, file, place)
        is_on_workloads = is_about_workloads(rule.id)
        patches = self.diagnostics.patched(manifest).patches if is_on_workloads else ()
        located = LocatedObservation(observation.value, place, by, patches)
        self.observations.append(RuleObservation(rule.id, world, observation.key, located, states))

    def _report_failures(self, manifest: Manifest, failures: list[tuple[str, PatchError]]) -> None:
        """Report where a transform rule cannot be applied, unless there is a finding already."""
        known = self.diagnostics.pointers(manifest) if failures else set()
        for rule, severity, found in rule_failures(failures):
            if found.pointer not in known:
                known.add(found.pointer)
                self.diagnostics.report_violation(rule, severity, manifest, found)

    def _add_suppressions(self, manifest: Manifest) -> None:
        if ids := suppressed_rules(manifest.annotations):
            place = self.diagnostics.place(manifest.base, manifest.ref, _IGNORE)
            self.requests.append(SuppressionRequest(tuple(dict.fromkeys(ids)), place))


def _as_built(rule_context: RuleContext, patched: PatchedSource) -> Iterator[RuleContext]:
    """Yield the context of an object for each namespace that kustomizations move it to."""
    manifest, usage = rule_context.manifest, rule_context.usage
    usage = usage._replace(renames=usage.renames or patched.is_renamed)
    for ref in patched.refs(manifest.ref):
        yield replace(rule_context, manifest=replace(manifest, ref=ref), usage=usage)
