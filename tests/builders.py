"""What tests of rules are made of: the text of manifests becomes what a rule gets to see."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from transformer.config.package_data import read as resource
from transformer.config.package_data import schemas as shipped_schemas
from transformer.findings import Severity
from transformer.inputs.prescan import pool_index
from transformer.kubernetes.objects import Manifest, manifests
from transformer.kubernetes.pod_template import pod_templates
from transformer.pipeline.context import Engine, build
from transformer.pipeline.diagnostics import Origin
from transformer.pipeline.document_loader import plans
from transformer.pipeline.documents import Part, parts
from transformer.pipeline.old_state import History
from transformer.pipeline.resource_index import Census
from transformer.pipeline.settings import Settings, from_plain
from transformer.rules.base import Sighting, Subject, ValidationRule
from transformer.text.framing import frames
from transformer.yamltree.construct import to_plain
from transformer.yamltree.parse import read

FILE = "in.yaml"

FoundAt = tuple[str, Severity | None, str]
"""Pointer, severity (None: the rule's own) and message of a violation."""


def subjects(
    text: str,
    *,
    config: Mapping[str, Any] | None = None,
    schemas: bool = True,
    old: str | None = None,
) -> list[Subject]:
    """Return the objects in `text`, YAML or JSON, in a world made of the same text.

    `config` is what stands under `spec` of a configuration. Without `schemas` the world has none,
    as in the command that transforms. `old` is the text of the old state.
    """
    engine = _engine(config, schemas)
    census = Census(pool_index(engine.settings.inline_pools))
    for part in _parts(text):
        census.take(part, FILE)
    history = _history(old, engine)
    engine = engine.in_world(census.world(engine.world, history))
    return [
        _subject(manifest, document, engine, history)
        for document in map(_plain, _parts(text))
        for manifest in manifests(document)
    ]


def found(rule: ValidationRule, text: str, **state: Any) -> list[FoundAt]:
    """Return what `rule` finds in `text`; `state` as for `subjects`.

    What it concludes from facts comes last. A sighting's `line` is the ordinal of its object.
    """
    result: list[FoundAt] = []
    facts: dict[str, list[Sighting]] = {}
    for ordinal, subject in enumerate(subjects(text, **state)):
        for violation in rule.check(subject) if rule.check else ():
            result.append((violation.pointer, violation.severity, violation.message))
        ref = subject.manifest.ref
        for fact in rule.gather(subject) if rule.gather else ():
            sighting = Sighting(fact.value, ref, fact.pointer, FILE, ordinal, 1, ordinal, "")
            facts.setdefault(fact.key, []).append(sighting)
    for sightings in facts.values() if rule.conclude else ():
        assert rule.conclude is not None
        for _, violation in rule.conclude(sightings):
            result.append((violation.pointer, violation.severity, violation.message))
    return result


def _engine(config: Mapping[str, Any] | None, schemas: bool) -> Engine:
    settings = Settings() if config is None else from_plain({"spec": config})
    return build(settings, _components(), schemas=_schemas() if schemas else None)


@cache
def _components() -> Any:
    return json.loads(resource("kubernetes/components.json"))


@cache
def _schemas() -> Mapping[str, Any]:
    return shipped_schemas()


def _parts(text: str) -> Iterator[Part]:
    return parts(frames([text.encode()]))


def _plain(part: Part) -> Any:
    return to_plain(read(part.frame.data.decode()).root)


def _history(old: str | None, engine: Engine) -> History | None:
    if old is None:
        return None
    history = History()
    for part in _parts(old):
        history.take(part, Origin(FILE), engine)
    return history


def _subject(manifest: Manifest, document: Any, engine: Engine, history: History | None) -> Subject:
    templates = pod_templates(manifest, engine.world.rows)
    subject = Subject(manifest, templates, engine.world, document)
    planned, _ = plans(subject, engine.rules)
    before = history.before(manifest.ref, FILE) if history is not None else None
    return Subject(manifest, templates, engine.world, document, planned=planned, before=before)
