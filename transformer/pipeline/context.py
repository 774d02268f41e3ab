"""What one run goes by: the rules that are on, the world they see, how findings are weighed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, TypeAlias

from transformer.errors import SettingsError
from transformer.findings import Finding, ObjectRef, Severity
from transformer.kubernetes import pod_template
from transformer.kubernetes.components import parse, revise, tokens
from transformer.kubernetes.objects import Manifest
from transformer.kubernetes.pools import PoolIndex, is_pool, pool_of
from transformer.kubernetes.well_known import IGNORE_ANNOTATION
from transformer.pipeline.settings import Settings, matches_suppression
from transformer.rules.base import ClusterContext, RuleContext, TransformRule, ValidationRule
from transformer.rules.registry import checks_of_transform, transform_rules, validation_rules
from transformer.text.framing import MAX_DOCUMENT
from transformer.text.prefilter import Prefilter, may_match, open_prefilter, prefilter_for

SuppressedBy: TypeAlias = int | Literal["annotation"]
"""What leaves a finding out: an entry of the configuration's `ignore`, or the object itself."""


@dataclass(frozen=True, slots=True)
class RunContext:
    """Everything that treating a document needs. Made by `build`; safe to share between worlds.

    `checks_always` and `checks_wanted` are those that `transform` runs, `validation` are all that
    are not switched off, where the engine is one for validation.
    """

    settings: Settings
    cluster: ClusterContext
    rules: tuple[TransformRule, ...]
    checks_always: tuple[ValidationRule, ...]
    checks_wanted: tuple[ValidationRule, ...]
    validation: tuple[ValidationRule, ...]
    severities: Mapping[str, Severity | None]
    prefilter: Prefilter
    allow_reformat: bool = False
    max_document: int = MAX_DOCUMENT
    is_fix: bool = False
    """Its rules leave alone what is suppressed (`validate --fix`)."""

    lenient_on_non_manifests: bool = False
    """What cannot be read, and does not look like a manifest, is a note (in hooks)."""

    def with_pools(self, pools: PoolIndex) -> "RunContext":
        """Return the same engine for another world of pools."""
        return self.with_cluster(replace(self.cluster, pools=pools))

    def with_cluster(self, cluster: ClusterContext) -> "RunContext":
        """Return the same engine for another world."""
        return replace(self, cluster=cluster)

    def for_fix(self) -> "RunContext":
        """Return an engine that transforms but for what is suppressed, and reads every document."""
        return replace(self, is_fix=True, prefilter=open_prefilter())

    def with_fixes(self) -> "RunContext":
        """Return an engine that besides mends what validation rules can."""
        mends = tuple(
            TransformRule(
                rule.id, rule.summary, frozenset(), rule.fix, _mended, suppressed_with=rule.id
            )
            for rule in self.validation
            if rule.fix is not None
        )
        return replace(self, rules=(*mends, *self.rules))

    def rules_for(self, manifest: Manifest, file: str) -> Sequence[TransformRule]:
        """Return the rules that may edit an object in `file` (relative)."""
        if not self.is_fix:
            return self.rules
        return [
            rule
            for rule in self.rules
            if not rule.suppressed_with
            or (
                self.severities.get(rule.suppressed_with, "error") is not None
                and self.suppression_of(
                    rule.suppressed_with, manifest.ref, manifest.annotations, file
                )
                is None
            )
        ]

    @property
    def needs_all_pools(self) -> bool:
        """Whether a rule in force may edit any pod template, depending on the pools there are."""
        return any("templates" in rule.looks_at for rule in self.rules)

    def leaves(self, rule: ValidationRule, ref: ObjectRef) -> bool:
        """Whether `validate` leaves an object to another rule, which is not switched off."""
        others = [other for *kind, other in rule.left_to if kind == [ref.group, ref.kind]]
        return any(one.id in others for one in self.validation) if others else False

    def weigh(self, found: Finding) -> Finding | None:
        """Return a finding with the severity that it is to have, or None: it is switched off."""
        severity = self.severities.get(found.rule, found.severity)
        if severity is None:
            return None
        return found if severity == found.severity else replace(found, severity=severity)

    def folded(self, findings: Sequence[Finding]) -> list[Finding]:
        """Return the findings of a run, fewer where their rules make fewer of them."""
        for rule in self.validation:
            if rule.fold is not None:
                own = [found for found in findings if found.rule == rule.id]
                rest = [found for found in findings if found.rule != rule.id]
                findings = [*rest, *rule.fold(own)]
        return list(findings)

    def suppression_of(
        self, rule: str, ref: ObjectRef | None, annotations: Mapping[str, Any], file: str
    ) -> SuppressedBy | None:
        """Return what says that a finding is to be left out, or None.

        `annotations` are the object's, `file` is relative to the configuration's folder.
        """
        if rule in suppressed_rules(annotations):
            return "annotation"
        for index, entry in enumerate(self.settings.suppressions):
            if matches_suppression(entry, rule, str(ref) if ref else "", file):
                return index
        return None


def _mended(_: RuleContext) -> str:
    return "mended"


def suppressed_rules(annotations: Mapping[str, Any]) -> list[str]:
    """Return the rule ids that an object asks to be spared, from its annotations."""
    value = annotations.get(IGNORE_ANNOTATION)
    return value.replace(",", " ").split() if isinstance(value, str) else []


def build(
    settings: Settings,
    components: Any,
    *,
    schemas: Mapping[str, Any] | None = None,
    allow_reformat: bool = False,
    max_document: int = MAX_DOCUMENT,
) -> RunContext:
    """Return the engine for `settings`; `components` is the shipped catalog's plain value.

    With `schemas` (plain, by name) it is an engine for validation, which goes by them. Its pools
    are empty and complete: see `RunContext.with_pools`.

    Raises:
        SettingsError: a rule that does not exist is switched, or a catalog entry is wrong.
    """
    known = transform_rules()
    _refuse_unknown_rules(settings)
    rules = tuple(
        rule for rule in known if settings.transform_rules.get(rule.id, rule.on_by_default)
    )
    severities = {rule: _severity(value) for rule, value in settings.severities.items()}
    checks = checks_of_transform()
    all_checks = () if schemas is None else validation_rules()
    catalog = revise(parse(components), settings.components)
    rows = (*pod_template.ROWS, *map(pod_template.row_from_plain, settings.pod_templates))
    looks_at = frozenset().union(*(rule.looks_at for rule in rules))
    words = tokens(catalog)
    cluster = ClusterContext(
        PoolIndex(complete=True),
        catalog,
        pod_template.table(rows),
        schemas or {},
        may_match=partial(
            may_match, prefilter_for(words, nodes=False, cni=True, all_templates=False)
        ),
    )
    return RunContext(
        settings,
        cluster,
        rules,
        tuple(rule for rule in checks if rule.in_transform == "always"),
        tuple(rule for rule in checks if rule.in_transform == "wanted"),
        tuple(rule for rule in all_checks if severities.get(rule.id, rule.severity)),
        severities,
        prefilter_for(
            words,
            nodes="nodes" in looks_at,
            cni="components" in looks_at,
            all_templates="templates" in looks_at,
        ),
        allow_reformat,
        max_document,
    )


def _refuse_unknown_rules(settings: Settings) -> None:
    switched = {*settings.transform_rules, *settings.severities}
    unknown = switched - {rule.id for rule in transform_rules()}
    if unknown:  # only then look at all the others
        unknown -= {rule.id for rule in validation_rules()}
    if unknown:
        raise SettingsError(
            f"there is no rule {min(unknown)!r}", hint="`hostnet-transform rules` lists them"
        )


def _severity(value: str) -> Severity | None:
    levels: dict[str, Severity | None] = {
        "error": "error",
        "warning": "warning",
        "info": "info",
        "off": None,
    }
    return levels[value]


def add_pool(index: PoolIndex, manifest: Manifest) -> bool:
    """Add `manifest` if it is a NodePool; return whether it contradicts one seen before."""
    return is_pool(manifest) and index.add(pool_of(manifest))
