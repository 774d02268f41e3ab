"""What a run has to say: findings, changes, and one result a document. Plain values, no behaviour.

Lines and columns are 1-based; `document` is the 0-based ordinal within its file; pointers are
RFC 6901, relative to the object; `item` is the object's own pointer within a List document.
"""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """Which Kubernetes object is meant."""

    group: str
    version: str
    kind: str
    namespace: str
    name: str

    def as_dict(self) -> dict[str, str]:
        """Return the identity as a mapping."""
        return {
            "group": self.group,
            "version": self.version,
            "kind": self.kind,
            "namespace": self.namespace,
            "name": self.name,
        }

    def __str__(self) -> str:
        """Return `Kind/namespace/name`, or `Kind/name` where there is no namespace."""
        parts = (self.kind, self.namespace, self.name) if self.namespace else (self.kind, self.name)
        return "/".join(parts)


MOST_RELATED = 100
"""So many places a finding names besides its own."""


@dataclass(frozen=True, slots=True)
class Related:
    """A further place that a finding is about, and what there is to say of it."""

    file: str
    line: int
    column: int
    message: str
    object: ObjectRef | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """What a rule found at `pointer` of one object; `severity` where it is not the rule's own.

    `at_key`: it is the key there that should not be, whatever its value.
    `related` are further places that it is about.
    """

    pointer: str
    message: str
    hint: str = ""
    severity: Severity | None = None
    at_key: bool = False
    related: tuple[Related, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A violation with its place in the input.

    `related` are further places, no more than `MOST_RELATED` of `related_total`.
    """

    rule: str
    severity: Severity
    message: str
    file: str
    line: int
    column: int
    document: int
    item: str = ""
    object: ObjectRef | None = None
    pointer: str = ""
    hint: str = ""
    excerpt: str = ""
    """The line of the input that `line` names, without its end; empty where it is not known."""
    related: tuple[Related, ...] = ()
    related_total: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """What one transform rule did to one object: RFC 6902 operations as plain values.

    `file`, `line`, `document` and `item` say where the object begins.
    """

    rule: str
    file: str
    line: int
    document: int
    item: str
    object: ObjectRef
    operations: tuple[dict[str, Any], ...]
    reason: str = ""


Stage: TypeAlias = Literal["screened", "parsed", "edited"]


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """One document: the bytes that came in and go out, and what is to be said of it.

    `failed`: it could not be read or edited; then `data` equals `source`. `continues`: this is a
    further piece of a document that is too large to be held. `is_patch`: a kustomization names its
    file as a patch, so what is in it are no objects. `non_manifests`: why it
    is no manifest, where that is told of all files together (`pipeline.non_manifests`).
    """

    file: str
    line: int
    source: bytes
    data: bytes
    stage: Stage
    failed: bool = False
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    continues: bool = False
    is_patch: bool = False
    non_manifests: tuple[Finding, ...] = ()
