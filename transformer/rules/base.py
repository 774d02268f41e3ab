"""What a rule is, and what it gets to see.

A transform rule plans RFC 6902 operations for one object, a validation rule yields violations.
Both look at plain values; neither knows of offsets or YAML text.

What takes more than one object is found in two steps: `collect` notes facts at each object, and
`finalize` looks at the facts that belong together once all of the input has been seen.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from transformer.findings import Finding, ObjectRef, Place, Severity, Violation
from transformer.kubernetes.components import Catalog
from transformer.kubernetes.objects import Manifest
from transformer.kubernetes.pod_template import PodTemplate, PodTemplateRow
from transformer.kubernetes.pools import Pool, PoolIndex
from transformer.kubernetes.services import LocalService
from transformer.operations import Operation


@dataclass(frozen=True, slots=True)
class ClusterContext:
    """What is known besides the one object: pools, the CNI catalog, where pod templates live.

    The rest is there in validation only. `schemas` are plain JSON Schemas by name, such as
    `nodepool-v1beta2`. `nodes` has the pool's name (or an empty string) by the name of each Node
    in the input, `pool_sizes` how many of them a pool has; `former_nodes` the names of the Nodes
    in the old state, `former_pools` its NodePools by name. `services` are those with a `Local`
    traffic policy, by namespace. `may_match` says of bytes whether they may hold what transform
    rules look for.
    """

    pools: PoolIndex
    catalog: Catalog
    rows: Mapping[tuple[str, str], list[PodTemplateRow]]
    schemas: Mapping[str, Any] = field(default_factory=dict)
    nodes: Mapping[str, str] = field(default_factory=dict)
    pool_sizes: Mapping[str, int] = field(default_factory=dict)
    former_nodes: frozenset[str] = frozenset()
    former_pools: Mapping[str, Pool] = field(default_factory=dict)
    services: Mapping[str, Sequence[LocalService]] = field(default_factory=dict)
    may_match: Callable[[bytes], bool] = lambda _: True


@dataclass(frozen=True, slots=True)
class KustomizationUsage:
    """How kustomizations of the input build a file (no `roots`: none does).

    `roots` are the outermost of those that build it, as numbers. `moves`: one of all of them sets a
    namespace; `renames`: one sets a prefix or suffix of names. `is_left_out`: there is one in its
    folder, which does not list it.
    """

    roots: tuple[int, ...] = ()
    moves: bool = False
    renames: bool = False
    is_left_out: bool = False


NOT_LISTED = KustomizationUsage()
"""What is to be said of a file with which no kustomization has to do."""


@dataclass(frozen=True, slots=True)
class RuleContext:
    """One object to check. `document_value` is the plain value of the document that holds it.

    `is_patch`: its file is named as a patch by a kustomization. `planned`: what the transform rules
    want to do, by rule id (set when validation rules look at it). `before`: the same object in the
    old state, if there is one and it was there; of Nodes, Pods and Jobs only what rules compare
    (`manifest.former`). `template_comment`: which comment shows that the document is a template
    that happens to be YAML (empty: none does). `is_named`: the user named its file, or it is
    standard input. `usage`: how kustomizations in the input build its file.
    """

    manifest: Manifest
    templates: tuple[PodTemplate, ...]
    cluster: ClusterContext
    document_value: Any = None
    is_patch: bool = False
    planned: Mapping[str, Sequence[Operation]] = field(default_factory=dict)
    before: Manifest | None = None
    template_comment: str = ""
    is_named: bool = True
    usage: KustomizationUsage = NOT_LISTED


LooksAt: TypeAlias = Literal["nodes", "components", "annotated", "templates"]


@dataclass(frozen=True, slots=True)
class TransformRule:
    """A rule that edits. `plan` returns operations relative to the object (none: nothing to do).

    `looks_at` says which documents it could edit at all: Nodes, workloads of the CNI catalog, pod
    templates with one of our annotations, or any pod template. Others are not even read.

    `plan` may raise `PatchError` (the object is malformed) and `PoolsNeeded`. `reason` says in a
    few words why it applies to an object for which something is planned. `unfixable` yields what
    the rule leaves undone, and why. `suppressed_with` is the validation rule that finds where it
    has yet to be applied, if there is one.
    """

    id: str
    summary: str
    looks_at: frozenset[LooksAt]
    plan: Callable[[RuleContext], list[Operation]]
    reason: Callable[[RuleContext], str]
    on_by_default: bool = True
    unfixable: Callable[[RuleContext], Iterable[Violation]] | None = None
    suppressed_with: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """Something about one object that counts together with facts of other objects.

    Facts of one rule with the same `key` (in the same scope) belong together. `pointer` is the
    place within the object. `value` is plain and small: text, numbers, and tuples of these.
    """

    key: str
    pointer: str = ""
    value: Any = None


@dataclass(frozen=True, slots=True)
class LocatedObservation:
    """The value of an observation, and the place of the object that it is about."""

    value: Any
    place: Place

    @property
    def object(self) -> ObjectRef:
        """The object that it is about."""
        assert self.place.object is not None
        return self.place.object


Conclusion: TypeAlias = tuple[LocatedObservation, Violation]
"""What `finalize` yields: a violation, and the observation at whose place it is reported."""

When: TypeAlias = Literal["always", "wanted", "never"]

Need: TypeAlias = Literal["pools", "nodes", "workloads", "services", "old"]
"""What there must be in the input for a rule to judge anything (`old`: an old state)."""


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """A rule that reports. `in_transform` says whether `transform` runs its `check` too.

    `wanted`: only on objects for which a transform rule plans something. `validate` runs all.

    - `check` looks at one object; it is not called for patches.
    - `collect` notes facts of one object, and `finalize` gets those of one key in the order of the
      input, and yields at which of them there is something to report.
    - `fold` makes fewer of the findings of a whole run.
    - `check_removed` looks at an object of the old state that is no longer there; the world of
      that subject is that of the new state.
    - `fix` plans operations that mend what `check` reports.

    `left_to`: kinds (group, kind, rule id) of which another rule tells instead, in validation.

    Without any of these, it is the reader of the documents that finds it.
    """

    id: str
    summary: str
    severity: Severity
    check: Callable[[RuleContext], Iterable[Violation]] | None = None
    in_transform: When = "never"
    needs: frozenset[Need] = frozenset()
    collect: Callable[[RuleContext], Iterable[Observation]] | None = None
    finalize: Callable[[Sequence[LocatedObservation]], Iterable[Conclusion]] | None = None
    fold: Callable[[Sequence[Finding]], Iterable[Finding]] | None = None
    check_removed: Callable[[RuleContext], Iterable[Violation]] | None = None
    fix: Callable[[RuleContext], list[Operation]] | None = None
    left_to: tuple[tuple[str, str, str], ...] = ()
