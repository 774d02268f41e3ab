"""What one run goes by: the rules that are on, the world they see, how findings are weighed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from transformer.errors import SettingsError
from transformer.findings import Finding, Severity
from transformer.manifest import catalog, pod_template
from transformer.manifest.manifest import Manifest, manifests
from transformer.manifest.names import IGNORE_ANNOTATION
from transformer.manifest.pools import PoolIndex, is_pool, pool_of
from transformer.pipeline.settings import Settings, covers
from transformer.rules.base import TransformRule, ValidationRule, World
from transformer.rules.registry import transform_rules, validation_rules
from transformer.text.framing import MAX_DOCUMENT
from transformer.text.screen import Screen, screen_for


@dataclass(frozen=True, slots=True)
class Engine:
    """Everything that treating a document needs. Made by `build`; safe to share between worlds."""

    settings: Settings
    world: World
    rules: tuple[TransformRule, ...]
    checks_always: tuple[ValidationRule, ...]
    checks_wanted: tuple[ValidationRule, ...]
    severities: Mapping[str, Severity | None]
    screen: Screen
    allow_reformat: bool = False
    max_document: int = MAX_DOCUMENT

    def for_pools(self, pools: PoolIndex) -> "Engine":
        """Return the same engine for another world of pools."""
        return replace(self, world=replace(self.world, pools=pools))

    def judge(self, finding: Finding, annotations: Mapping[str, Any], file: str) -> Finding | None:
        """Return `finding` with the severity that it is to have, or None where it is ignored.

        `annotations` are the object's, `file` is relative to the configuration's folder.
        """
        severity = self.severities.get(finding.rule, finding.severity)
        ignored = annotations.get(IGNORE_ANNOTATION)
        if severity is None or (
            isinstance(ignored, str) and finding.rule in ignored.replace(",", " ").split()
        ):
            return None
        ref = str(finding.object) if finding.object else ""
        if any(covers(entry, finding.rule, ref, file) for entry in self.settings.ignores):
            return None
        return finding if severity == finding.severity else replace(finding, severity=severity)


def build(
    settings: Settings,
    components: Any,
    *,
    allow_reformat: bool = False,
    max_document: int = MAX_DOCUMENT,
) -> Engine:
    """Return the engine for `settings`; `components` is the shipped catalog's plain value.

    Its pools are empty and complete: see `Engine.for_pools`.

    Raises:
        SettingsError: a rule that does not exist is switched, or a catalog entry is wrong.
    """
    known = transform_rules()
    ids = {rule.id for rule in known} | {rule.id for rule in validation_rules()}
    if unknown := sorted((set(settings.transform_rules) | set(settings.severities)) - ids):
        raise SettingsError(
            f"there is no rule {unknown[0]!r}", hint="`hostnet-transform rules` lists them"
        )
    rules = tuple(
        rule for rule in known if settings.transform_rules.get(rule.id, rule.on_by_default)
    )
    checks = [rule for rule in validation_rules() if rule.check is not None]
    parts = catalog.revise(catalog.parse(components), settings.components)
    rows = (*pod_template.ROWS, *map(pod_template.row_from_plain, settings.pod_templates))
    looks_at = frozenset().union(*(rule.looks_at for rule in rules))
    return Engine(
        settings,
        World(PoolIndex(complete=True), parts, pod_template.table(rows)),
        rules,
        tuple(rule for rule in checks if rule.in_transform == "always"),
        tuple(rule for rule in checks if rule.in_transform == "wanted"),
        {rule: _severity(value) for rule, value in settings.severities.items()},
        screen_for(
            catalog.tokens(parts),
            nodes="nodes" in looks_at,
            cni="components" in looks_at,
            all_templates="templates" in looks_at,
        ),
        allow_reformat,
        max_document,
    )


def _severity(value: str) -> Severity | None:
    levels: dict[str, Severity | None] = {
        "error": "error",
        "warning": "warning",
        "info": "info",
        "off": None,
    }
    return levels[value]


def add_pools(index: PoolIndex, value: Any) -> None:
    """Add the NodePools in a document's plain value, Lists looked into."""
    for manifest in manifests(value):
        add_pool(index, manifest)


def add_pool(index: PoolIndex, manifest: Manifest) -> bool:
    """Add `manifest` if it is a NodePool; return whether it contradicts one seen before."""
    return is_pool(manifest) and index.add(pool_of(manifest))
