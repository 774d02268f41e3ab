"""What applies to a whole run: the enabled rules, the cluster they see, the finding policy."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from transformer.errors import SettingsError
from transformer.findings import Finding, ObjectRef
from transformer.kubernetes import pod_template
from transformer.kubernetes.components import Catalog, parse, revise, tokens
from transformer.kubernetes.objects import Manifest
from transformer.kubernetes.pools import PoolIndex, is_pool, pool_of
from transformer.pipeline.settings import Settings
from transformer.pipeline.suppressions import FindingPolicy
from transformer.placement.node_groups import KnownNodes
from transformer.rules.base import TransformRule, ValidationRule, ValidationRules
from transformer.rules.context import ClusterContext, RuleContext
from transformer.rules.index import REPORTED_BY_READER
from transformer.rules.registry import (
    checks_of_transform,
    rule_ids,
    transform_rules,
    validation_rules,
)
from transformer.text.framing import MAX_DOCUMENT
from transformer.text.prefilter import Prefilter, may_match, prefilter_for

if TYPE_CHECKING:
    from transformer.pipeline.patched_sources import PatchedSources


class RunContext(NamedTuple):
    """Everything that handling a document needs. Built by `build`; safe to share between clusters.

    `checks_always` and `checks_wanted` are the validation rules that `transform` runs. In a context
    for validation, `validation` has all validation rules that are not off.
    """

    settings: Settings
    cluster: ClusterContext
    rules: tuple[TransformRule, ...]
    checks_always: ValidationRules
    checks_wanted: ValidationRules
    validation: ValidationRules
    policy: FindingPolicy
    prefilter: Prefilter
    allow_reformat: bool = False
    max_document: int = MAX_DOCUMENT
    is_fix: bool = False
    """For `validate --fix`: suppressed findings are not fixed."""

    keeps_edits: bool = False
    """For reports: the edits of each object are kept."""

    lenient_on_non_manifests: bool = False
    """A document that cannot be read and does not look like a manifest is only an info (hooks)."""

    patched_sources: "PatchedSources | None" = None
    """What kustomizations in the input do to objects, if they do anything; for `transform` only if
    a rule is on that edits where pods run.
    """

    keeps_severity: bool = False
    """For `transform`: a finding on an object is as severe if kustomizations patch it."""

    places_workloads: bool = False
    """For `placement`: where workloads can land is gathered, too."""

    explains: str = ""
    """For `placement`: the workload (`Kind/namespace/name`) whose verdicts are explained."""

    def for_placement(self, explains: str = "") -> "RunContext":
        """Return a context that says where workloads can land, and reports nothing but what cannot
        be read: of the validation rules only those run that say what other objects break.
        """
        own = [rule for rule in self.validation if rule.places or rule.id in REPORTED_BY_READER]
        kept = ValidationRules(rule._replace(check=None) for rule in own)
        return self._replace(
            validation=kept,
            checks_wanted=ValidationRules(),
            places_workloads=True,
            explains=explains,
        )

    def with_pools(self, pools: PoolIndex) -> "RunContext":
        """Return the same context with other pools, and so far without nodes and namespaces."""
        nodes = KnownNodes(self.settings.nodes == "complete")
        return self.with_cluster(self.cluster._replace(pools=pools, nodes=nodes, namespaces={}))

    def with_cluster(self, cluster: ClusterContext) -> "RunContext":
        """Return the same context for another cluster."""
        return self._replace(cluster=cluster)

    def for_fix(self) -> "RunContext":
        """Return a context that does not fix suppressed findings, and reads every document."""
        return self._replace(is_fix=True)

    def with_fixes(self) -> "RunContext":
        """Return a context that also applies the fixes of validation rules."""
        fixes = tuple(
            TransformRule(
                rule.id, rule.summary, frozenset(), rule.fix, _fixed, suppressed_with=(rule.id,)
            )
            for rule in self.validation
            if rule.fix is not None
        )
        return self._replace(rules=(*fixes, *self.rules))

    def with_rules(self, rules: Sequence[TransformRule]) -> "RunContext":
        """Return a context with other transform rules."""
        words = tokens(self.cluster.catalog)
        return self._replace(rules=tuple(rules), prefilter=_prefilter(rules, words))

    def rules_for(self, manifest: Manifest, file: str) -> Sequence[TransformRule]:
        """Return the rules that may edit an object in `file` (relative)."""
        if not self.is_fix:
            return self.rules
        return [
            rule
            for rule in self.rules
            if all(
                self.policy.is_reported(known_as, manifest.ref, manifest.annotations, file)
                for known_as in rule.suppressed_with
            )
        ]

    @property
    def reads_all(self) -> bool:
        """Whether every document is read, also one that the prefilter would let pass."""
        return self.settings.strict or self.is_fix

    def facts(self) -> list[Any]:
        """Return all that a document's result depends on, besides the document and its cluster."""
        limits = (self.max_document, self.lenient_on_non_manifests)
        return [self.settings, self.cluster.facts(), self.patched_sources, *limits]

    @property
    def needs_all_pools(self) -> bool:
        """Whether an enabled rule may edit any pod template, depending on the known pools."""
        return any("templates" in rule.looks_at for rule in self.rules)

    def checking(self, context: RuleContext) -> Sequence[ValidationRule]:
        """Return the validation rules that check the object of a context."""
        ref = context.manifest.ref
        rules = self.validation.checking_on(context)
        return [rule for rule in rules if not (rule.left_to and self._leaves(rule, ref))]

    def _leaves(self, rule: ValidationRule, ref: ObjectRef) -> bool:
        """Whether another rule, which is not off, reports an object instead of `rule`."""
        others = [other for *kind, other in rule.left_to if kind == [ref.group, ref.kind]]
        return bool(others) and any(one.id in others for one in self.validation)

    def folded(self, findings: Sequence[Finding]) -> list[Finding]:
        """Return the findings of a run, after rules have merged those that belong together."""
        for rule in self.validation:
            if rule.fold is not None:
                own = [found for found in findings if found.rule == rule.id]
                rest = [found for found in findings if found.rule != rule.id]
                findings = [*rest, *rule.fold(own)]
        return list(findings)


def _fixed(_: RuleContext) -> str:
    return "fixed"


def build(
    settings: Settings,
    components: Any,
    *,
    schemas: Mapping[str, Any] | None = None,
    allow_reformat: bool = False,
    max_document: int = MAX_DOCUMENT,
) -> RunContext:
    """Return the context for `settings`; `components` is the plain value of the shipped catalog.

    With `schemas` (plain values by name) the context is for validation. Its pools are empty and
    complete: see `RunContext.with_pools`.

    Raises:
        SettingsError: the settings name a rule that does not exist, or a catalog entry is wrong.
    """
    _refuse_unknown_rules(settings)
    rules = transform_rules(settings.transform_rules)
    checks = checks_of_transform()
    catalog = revise(parse(components), settings.components)
    words = tokens(catalog)
    return RunContext(
        settings,
        _cluster(settings, catalog, words, schemas or {}),
        rules,
        ValidationRules(rule for rule in checks if rule.in_transform == "always"),
        ValidationRules(rule for rule in checks if rule.in_transform == "wanted"),
        ValidationRules(_validation(settings) if schemas is not None else ()),
        FindingPolicy(settings),
        _prefilter(rules, words),
        allow_reformat,
        max_document,
    )


def _cluster(
    settings: Settings, catalog: Catalog, words: Sequence[str], schemas: Mapping[str, Any]
) -> ClusterContext:
    """Return the cluster without its objects; `words` are from the component catalog."""
    rows = (*pod_template.ROWS, *map(pod_template.row_from_plain, settings.pod_templates))
    guarded = prefilter_for(words, nodes=False, cni=True, all_templates=False)
    return ClusterContext(
        PoolIndex(complete=True),
        catalog,
        pod_template.table(rows),
        schemas,
        KnownNodes(),
        {},
        may_match=partial(may_match, guarded),
    )


def _validation(settings: Settings) -> tuple[ValidationRule, ...]:
    """Return the validation rules that are not off."""
    return tuple(rule for rule in validation_rules() if settings.severities.get(rule.id) != "off")


def _prefilter(rules: Sequence[TransformRule], words: Sequence[str]) -> Prefilter:
    """Return the prefilter for what the rules edit; `words` are from the component catalog."""
    looks_at = frozenset().union(*(rule.looks_at for rule in rules))
    return prefilter_for(
        words,
        nodes="nodes" in looks_at,
        cni="components" in looks_at,
        all_templates="templates" in looks_at,
    )


def _refuse_unknown_rules(settings: Settings) -> None:
    switched = {*settings.transform_rules, *settings.severities}
    if unknown := switched - set(rule_ids()):
        raise SettingsError(
            f"there is no rule {min(unknown)!r}", hint="`hostnet-transform rules` lists them"
        )


def add_pool(index: PoolIndex, manifest: Manifest) -> bool:
    """Add `manifest` if it is a NodePool; return whether it conflicts with a known one."""
    return is_pool(manifest) and index.add(pool_of(manifest))
