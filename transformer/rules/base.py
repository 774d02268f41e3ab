"""What a rule is, and what it gets to see.

A transform rule plans RFC 6902 operations for one object, a validation rule yields violations.
Both look at plain values; neither knows of offsets, files or YAML text.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from transformer.findings import Severity, Violation
from transformer.manifest.catalog import Catalog
from transformer.manifest.manifest import Manifest
from transformer.manifest.pod_template import PodTemplate, PodTemplateRow
from transformer.manifest.pools import PoolIndex
from transformer.patch.operation import Operation


@dataclass(frozen=True, slots=True)
class World:
    """What is known besides the one object: pools, the CNI catalog, where pod templates live."""

    pools: PoolIndex
    catalog: Catalog
    rows: Mapping[tuple[str, str], list[PodTemplateRow]]


@dataclass(frozen=True, slots=True)
class Subject:
    """One object to judge. `document` is the plain value of the document that holds it.

    `is_patch`: its file is named as a patch by a kustomization. `planned`: what the transform
    rules want to do, by rule id (set when validation rules look at it).
    """

    manifest: Manifest
    templates: tuple[PodTemplate, ...]
    world: World
    document: Any = None
    is_patch: bool = False
    planned: Mapping[str, Sequence[Operation]] = field(default_factory=dict)


LooksAt: TypeAlias = Literal["nodes", "components", "annotated", "templates"]


@dataclass(frozen=True, slots=True)
class TransformRule:
    """A rule that edits. `plan` returns operations relative to the object (none: nothing to do).

    `looks_at` says which documents it could edit at all: Nodes, workloads of the CNI catalog, pod
    templates with one of our annotations, or any pod template. Others are not even read.

    `plan` may raise `PatchError` (the object is malformed) and `PoolsNeeded`. `reason` says in a
    few words why it applies to an object for which something is planned.
    """

    id: str
    summary: str
    looks_at: frozenset[LooksAt]
    plan: Callable[[Subject], list[Operation]]
    reason: Callable[[Subject], str]
    on_by_default: bool = True


When: TypeAlias = Literal["always", "wanted"]


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """A rule that reports. `in_transform` says whether `transform` runs it too.

    `wanted`: only on objects for which a transform rule plans something. `check` is None where
    the reader of the documents finds it, not a look at one object.
    """

    id: str
    summary: str
    severity: Severity
    check: Callable[[Subject], Iterable[Violation]] | None
    in_transform: When
