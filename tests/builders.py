"""What tests of rules are made of: objects, and what a rule gets to see of them.

Manifests in the layout in which people write them are in `tests.manifests`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from transformer.config.package_data import read as resource
from transformer.config.package_data import schemas as shipped_schemas
from transformer.findings import Place, Severity
from transformer.inputs.prescan import pool_index
from transformer.kubernetes.objects import Manifest, manifests
from transformer.kubernetes.pod_template import pod_templates
from transformer.pipeline.context import RunContext, build
from transformer.pipeline.diagnostics import Origin
from transformer.pipeline.document_loader import plans
from transformer.pipeline.documents import Document, documents
from transformer.pipeline.old_state import OldState
from transformer.pipeline.resource_index import ResourceIndex
from transformer.pipeline.settings import Settings, from_plain
from transformer.rules.base import LocatedObservation, ValidationRule, ValidationRules
from transformer.rules.context import RuleContext
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse

FILE = "in.yaml"

POOL = "apps.openyurt.io/nodepool"
HOST_NETWORK = "nodepool.openyurt.io/hostnetwork"
CONTAINER = {"name": "c", "image": "busybox:1.36"}

FoundAt = tuple[str, Severity | None, str]
"""Pointer, severity (None: the rule's own) and message of a violation."""


def pool(
    name: str = "p",
    version: str = "v1beta2",
    *,
    metadata: Any = None,
    members: Sequence[str] = (),
    **spec: Any,
) -> dict[str, Any]:
    """Return a NodePool; its status lists `members`, where there are any."""
    return {
        "apiVersion": f"apps.openyurt.io/{version}",
        "kind": "NodePool",
        "metadata": {"name": name, **(metadata or {})},
        "spec": spec,
        **({"status": {"nodes": list(members)}} if members else {}),
    }


def annotated(value: Any) -> dict[str, Any]:
    """Return the metadata of a NodePool whose hostnetwork annotation has a value."""
    return {"annotations": {HOST_NETWORK: value}}


def host_pool(name: str = "p", version: str = "v1beta2", **spec: Any) -> dict[str, Any]:
    """Return a host-network NodePool, as far as `spec` says nothing else."""
    return pool(name, version, **{"type": "Edge", "hostNetwork": True, **spec})


def node(labels: Any, name: str = "n", **more: Any) -> dict[str, Any]:
    """Return a Node with `labels`."""
    metadata = {"name": name, "labels": labels}
    return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, **more}


def pod(
    name: str = "web", *, annotations: Any = None, metadata: Any = None, **spec: Any
) -> dict[str, Any]:
    """Return a Pod of one container, unless `spec` says otherwise."""
    own = {"name": name, "annotations": annotations or {}, **(metadata or {})}
    spec = {"containers": [CONTAINER], **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": own, "spec": spec}


def required_affinity(*terms: Any) -> dict[str, Any]:
    """Return an affinity for nodes that meet one of the `terms`."""
    required = {"nodeSelectorTerms": list(terms)}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}


def stream(*objects: Any) -> str:
    """Return objects as a stream of JSON documents."""
    return "\n---\n".join(map(json.dumps, objects))


def subjects(
    text: str,
    *,
    config: Mapping[str, Any] | None = None,
    schemas: bool = True,
    old: str | None = None,
) -> list[RuleContext]:
    """Return the objects in `text`, YAML or JSON, in a world made of the same text.

    `config` is what stands under `spec` of a configuration. Without `schemas` the world has none,
    as in the command that transforms. `old` is the text of the old state.
    """
    context = engine(config, schemas)
    resources = ResourceIndex(pool_index(context.settings.inline_pools))
    for part in _parts(text):
        resources.take(part, FILE)
    old_state = _history(old, context)
    context = context.with_cluster(resources.cluster(context.cluster, old_state))
    return [
        _subject(manifest, document, context, old_state)
        for document in map(_plain, _parts(text))
        for manifest in manifests(document)
    ]


def found(rule: ValidationRule, text: str, **state: Any) -> list[FoundAt]:
    """Return what `rule` finds in `text`; `state` as for `subjects`.

    What it concludes from facts comes last. A sighting's `line` is the ordinal of its object.
    """
    result: list[FoundAt] = []
    observations: dict[str, list[LocatedObservation]] = {}
    for ordinal, context in enumerate(subjects(text, **state)):
        if not ValidationRules([rule]).on(context):
            continue
        for violation in rule.check(context) if rule.check else ():
            result.append((violation.pointer, violation.severity, violation.message))
        ref = context.manifest.ref
        for observation in rule.collect(context) if rule.collect else ():
            located = LocatedObservation(
                observation.value,
                Place(FILE, ordinal, 1, ordinal, object=ref, pointer=observation.pointer),
            )
            observations.setdefault(observation.key, []).append(located)
    for sightings in observations.values() if rule.finalize else ():
        assert rule.finalize is not None
        for _, violation in rule.finalize(sightings):
            if violation.is_reported:
                result.append((violation.pointer, violation.severity, violation.message))
    return result


def engine(config: Mapping[str, Any] | None = None, schemas: bool = False) -> RunContext:
    """Return the context of a run with `config`, what is below `spec` of a configuration."""
    settings = Settings() if config is None else from_plain({"spec": config})
    return build(settings, _components(), schemas=_schemas() if schemas else None)


@cache
def _components() -> Any:
    return json.loads(resource("kubernetes/components.json"))


@cache
def _schemas() -> Mapping[str, Any]:
    return shipped_schemas()


def _parts(text: str) -> Iterator[Document]:
    return documents([text.encode()])


def _plain(part: Document) -> Any:
    return construct(parse(part.raw.data.decode()).root)


def _history(old: str | None, context: RunContext) -> OldState | None:
    if old is None:
        return None
    old_state = OldState()
    for part in _parts(old):
        old_state.take(part, Origin(FILE), context)
    return old_state


def _subject(
    manifest: Manifest, document: Any, context: RunContext, old_state: OldState | None
) -> RuleContext:
    templates = pod_templates(manifest, context.cluster.rows)
    rule_context = RuleContext(manifest, templates, context.cluster, document)
    planned, _ = plans(rule_context, context.rules)
    before = old_state.before(manifest.ref, FILE) if old_state is not None else None
    return RuleContext(
        manifest, templates, context.cluster, document, planned=planned, before=before
    )
