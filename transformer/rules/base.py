"""What a rule is.

A transform rule plans RFC 6902 operations for one object, a validation rule yields violations.
Both work on plain values; neither knows about offsets or YAML text.

A check that needs several objects has two steps: `collect` records facts about each object, and
`finalize` looks at the facts that belong together after all of the input is read.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from transformer.findings import Affected, Finding, ObjectRef, Place, Severity, Violation
from transformer.operations import Operation
from transformer.rules.context import RuleContext, Subject

LooksAt: TypeAlias = Literal["nodes", "components", "annotated", "templates"]


class TransformRule(NamedTuple):
    """A rule that edits. `plan` returns operations relative to the object (none: nothing to do).

    `looks_at`: the documents that it could edit: Nodes, workloads of the CNI catalog, pod templates
    with one of our annotations, or any pod template. Other documents are not read.

    `plan` may raise `PatchError` (the object is malformed) and `PoolsNeeded`. `reason` returns
    in a few words why it applies to an object for which something is planned. `unfixable` yields
    what the rule cannot do, and why. `suppressed_with` is the validation rule, if any, that reports
    where this rule is not applied yet.
    """

    id: str
    summary: str
    looks_at: frozenset[LooksAt]
    plan: Callable[[RuleContext], list[Operation]]
    reason: Callable[[RuleContext], str]
    unfixable: Callable[[RuleContext], Iterable[Violation]] | None = None
    suppressed_with: tuple[str, ...] = ()


class Observation(NamedTuple):
    """A fact about one object that matters together with facts about other objects.

    Facts of one rule with the same `key` (in the same cluster) belong together. `pointer` is the
    place within the object. `value` is plain and small: text, numbers, and tuples of these.
    """

    key: str
    pointer: str = ""
    value: Any = None


class LocatedObservation(NamedTuple):
    """The value of an observation, and the place of the object that it is about.

    `suppressed_by` is what suppresses a finding on it, if anything does. `patches` are the files of
    the patches that its source gets from kustomizations, for rules about workloads.
    """

    value: Any
    place: Place
    suppressed_by: Any = None
    patches: tuple[str, ...] = ()

    @property
    def object(self) -> ObjectRef:
        """The object that it is about."""
        assert self.place.object is not None
        return self.place.object


def affected(
    located: LocatedObservation, template: str, copy: str, pools: tuple[str, ...]
) -> Affected:
    """Return a workload copy of the object that an observation is about."""
    place = located.place
    return Affected(place.file, place.document, place.item, template, copy, pools)


def patches_of(every: Iterable[LocatedObservation]) -> tuple[str, ...]:
    """Return the files of the patches of some observations."""
    return tuple(dict.fromkeys(file for located in every for file in located.patches))


Conclusion: TypeAlias = tuple[LocatedObservation, Violation]
"""What `finalize` yields: a violation, and the observation at whose place it is reported."""

When: TypeAlias = Literal["always", "wanted", "never"]

Need: TypeAlias = Subject | Literal["old"]
"""What the input must contain for a rule to check anything (`old`: an old state)."""


class ValidationRule(NamedTuple):
    """A rule that reports. `in_transform` says whether `transform` runs its `check` too.

    `wanted`: only on objects for which a transform rule plans something. `validate` runs all.

    - `check` looks at one object; it is not called for patches.
    - `collect` records facts about one object, and `finalize` gets those of one key, once, in the
      order of the input, and yields at which of them there is something to report.
      Without `alone`, it does not get those that are the only ones with their key.
    - `fold` combines findings of a whole run.
    - `check_removed` looks at an object of the old state that no longer exists; its `cluster` is
      that of the new state.
    - `fix` plans operations that fix what `check` reports.
    - `apart`: `collect` looks at objects in files that belong to no cluster only together with
      each other, not together with those of every cluster.
    - `as_built`: `collect` gets the object once for each namespace that kustomizations move it to.

    `on`: the objects that `check`, `collect` and `check_removed` get (empty: all). `left_to`: kinds
    (group, kind, rule id) that another rule reports instead, in validation.

    `compares`: with an old state it does not report all that it reports without one, because that
    was so before, or because another rule reports the change.

    `places`: `finalize` says which workload copies break because of other objects (`affected`).

    A rule without any of these is reported while documents are read, or by the run as a whole.
    """

    id: str
    summary: str
    severity: Severity
    check: Callable[[RuleContext], Iterable[Violation]] | None = None
    needs: tuple[Need, ...] = ()
    in_transform: When = "never"
    collect: Callable[[RuleContext], Iterable[Observation]] | None = None
    finalize: Callable[[Iterable[LocatedObservation]], Iterable[Conclusion]] | None = None
    fold: Callable[[Sequence[Finding]], Iterable[Finding]] | None = None
    check_removed: Callable[[RuleContext], Iterable[Violation]] | None = None
    fix: Callable[[RuleContext], list[Operation]] | None = None
    alone: bool = False
    apart: bool = False
    as_built: bool = False
    on: tuple[Subject, ...] = ()
    left_to: tuple[tuple[str, str, str], ...] = ()
    compares: bool = False
    places: bool = False


class ValidationRules:
    """Validation rules in their order, and those of them that look at an object."""

    def __init__(self, rules: Iterable[ValidationRule] = ()) -> None:
        self._all = tuple(rules)
        self._known: dict[frozenset[Subject], tuple[ValidationRule, ...]] = {}
        self._checking: dict[frozenset[Subject], tuple[ValidationRule, ...]] = {}
        self._collecting: dict[frozenset[Subject], tuple[ValidationRule, ...]] = {}

    def __iter__(self) -> Iterator[ValidationRule]:
        return iter(self._all)

    def on(self, context: RuleContext) -> tuple[ValidationRule, ...]:
        """Return the rules that look at the object of a context."""
        subjects = context.subjects
        if subjects not in self._known:
            self._known[subjects] = tuple(
                rule for rule in self._all if not rule.on or not subjects.isdisjoint(rule.on)
            )
        return self._known[subjects]

    def checking_on(self, context: RuleContext) -> tuple[ValidationRule, ...]:
        """Return those of them that have a `check`."""
        subjects = context.subjects
        if subjects not in self._checking:
            rules = self.on(context)
            self._checking[subjects] = tuple(rule for rule in rules if rule.check is not None)
        return self._checking[subjects]

    def collecting_on(self, context: RuleContext) -> tuple[ValidationRule, ...]:
        """Return those of them that have a `collect`."""
        subjects = context.subjects
        if subjects not in self._collecting:
            rules = self.on(context)
            self._collecting[subjects] = tuple(rule for rule in rules if rule.collect is not None)
        return self._collecting[subjects]
