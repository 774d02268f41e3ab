"""Whether a finding is suppressed, switched off, or reported, and with which severity.

A suppression is an entry of the configuration's `ignore`, or an annotation of an object. HN906
reports those that are unused, and HN907 entries whose time is over. An entry of the configuration
is checked only if the run saw an object that it matches, so that a run over some files does not
report entries for others.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from transformer.findings import Finding, ObjectRef, Place, Severity, Violation, finding_at
from transformer.kubernetes.well_known import IGNORE_ANNOTATION
from transformer.pipeline.settings import Settings, Suppression, matches_suppression
from transformer.rules.registry import validation_rules
from transformer.wording import without_patches

SuppressedBy: TypeAlias = int | Literal["annotation"]
"""What suppresses a finding: the index of an entry of the configuration's `ignore`, or the object's
annotation.
"""


Subject: TypeAlias = tuple[ObjectRef | None, str]
"""What an entry matches: an object, and a file relative to the configuration's folder."""


def _nothing_else(_: Finding | Place) -> Iterable[Subject]:
    return ()


class SuppressedFinding(NamedTuple):
    """A finding that `by` suppresses."""

    found: Finding
    by: SuppressedBy


class FindingPolicy(NamedTuple):
    """The suppressions and severities of a configuration.

    `also_known` yields what else the object of a finding is, if it was built from others.
    """

    settings: Settings
    also_known: Callable[[Finding | Place], Iterable[Subject]] = _nothing_else

    def suppressed_by(
        self,
        rule: str,
        ref: ObjectRef | None,
        annotations: Mapping[str, Any],
        file: str,
        at: Finding | Place | None = None,
    ) -> SuppressedBy | None:
        """Return what suppresses a finding, or None.

        `annotations` are those of the object; `file` is relative to the configuration's folder.
        `at` is the finding, or its place.
        """
        if rule in suppressed_rules(annotations):
            return "annotation"
        entries = enumerate(self.settings.suppressions)
        own = [
            (index, entry)
            for index, entry in entries
            if rule in entry.rules and not entry.is_expired
        ]
        others = self.also_known(at) if own and at is not None else ()
        subjects = [(ref, file), *others]
        for index, entry in own:
            if any(matches_suppression(entry, rule, _named(one), path) for one, path in subjects):
                return index
        return None

    def is_reported(
        self, rule: str, ref: ObjectRef | None, annotations: Mapping[str, Any], file: str
    ) -> bool:
        """Whether findings of a rule on an object are reported: it is not off, nor suppressed."""
        return (
            self.settings.severities.get(rule) != "off"
            and self.suppressed_by(rule, ref, annotations, file) is None
        )

    def settle(
        self, found: Finding, by: SuppressedBy | None = None, patches: Sequence[str] = ()
    ) -> Finding | SuppressedFinding | None:
        """Return a finding with its effective severity, or None if its rule is off.

        `by` is what suppresses it, or None; `patches` are the files of patches without which it was
        found.
        """
        if by is not None:
            return SuppressedFinding(found, by)
        severity = self.settings.severities.get(found.rule, found.severity)
        if severity == "off":
            return None
        found = found if severity == found.severity else found._replace(severity=severity)
        return before_patches(found, tuple(patches)) if patches else found


_MILDER: Mapping[Severity, Severity] = {"error": "warning", "warning": "info", "info": "info"}

_WORKLOAD_EDITS = frozenset({"cni-isolation", "host-network-pods", "keep-off", "pod-guard"})


def is_about_workloads(rule: str) -> bool:
    """Whether the findings of a rule are about pods, and what they need."""
    return rule.startswith("HN4") or rule in _WORKLOAD_EDITS


def before_patches(found: Finding, patches: tuple[str, ...]) -> Finding:
    """Return a finding on an object before patches of kustomizations: they may be the remedy."""
    return found._replace(
        severity=_MILDER[found.severity],
        message=f"{found.message} ({without_patches(patches)})",
        patches=patches,
    )


def suppressed_rules(annotations: Mapping[str, Any]) -> list[str]:
    """Return the rule ids that an object's annotations suppress."""
    value = annotations.get(IGNORE_ANNOTATION)
    return value.replace(",", " ").split() if isinstance(value, str) else []


class SuppressionRequest(NamedTuple):
    """The annotation of an object at `at`, which suppresses the rules in `ids`."""

    ids: tuple[str, ...]
    at: Place


_Object: TypeAlias = tuple[str, int, str]
"""File, document, and item."""


class SuppressionUsage:
    """Records which suppressions are used, and reports those that are not."""

    def __init__(self, policy: FindingPolicy) -> None:
        self._policy = policy
        self._entries = policy.settings.suppressions
        self._requests: list[SuppressionRequest] = []
        self._used: set[tuple[_Object | int, str]] = set()
        """Rules, each with the object whose annotation suppresses it, or the index of an entry."""

        self._entries_matched: set[int] = set()

    def add(
        self,
        requests: Iterable[SuppressionRequest],
        suppressed: Iterable[SuppressedFinding],
        refs: Sequence[ObjectRef],
        file: str,
    ) -> None:
        """Add the suppressions in a document, its suppressed findings and its objects.

        `file` is relative to the configuration's folder.
        """
        self._requests.extend(requests)
        for one in suppressed:
            self.use(one)
        self._see(refs, file)

    def see(self, files: Iterable[tuple[str, Sequence[ObjectRef]]]) -> None:
        """Add the objects in further files, as long as there are entries that match none yet."""
        for file, refs in files:
            if len(self._entries_matched) == len(self._entries):
                return
            self._see(refs, file)

    def _see(self, refs: Sequence[ObjectRef], file: str) -> None:
        for index, entry in enumerate(self._entries):
            if index not in self._entries_matched and any(
                matches_suppression(entry, entry.rules[0], str(ref), file) for ref in refs
            ):
                self._entries_matched.add(index)

    def use(self, suppressed: SuppressedFinding) -> None:
        """Record that a suppression is used."""
        found, by = suppressed
        place = (found.file, found.document, found.item)
        self._used.add((place if by == "annotation" else by, found.rule))

    def findings(self, checked_rules: Collection[str]) -> Iterator[Finding]:
        """Yield a finding for each suppression of rules in `checked_rules` that is unused, and for
        each whose time is over.
        """
        known = {rule.id for rule in validation_rules()}
        for request in self._requests:
            place = (request.at.file, request.at.document, request.at.item)
            unused = [rule for rule in request.ids if (place, rule) not in self._used]
            yield from self._settled(request.at, "HN906", _unused(unused, checked_rules, known))
        for index, entry in enumerate(self._entries):
            if index not in self._entries_matched or not entry.line:
                continue
            at = Place(self._policy.settings.name, entry.line)
            if entry.is_expired:
                yield from self._settled(at, "HN907", [_expired(entry)])
                continue
            unused = [rule for rule in entry.rules if (index, rule) not in self._used]
            yield from self._settled(at, "HN906", _unused(unused, checked_rules, known))

    def _settled(self, at: Place, rule: str, violations: Iterable[Violation]) -> Iterator[Finding]:
        for violation in violations:
            settled = self._policy.settle(finding_at(at, rule, "warning", violation))
            if isinstance(settled, Finding):
                yield settled


def _named(ref: ObjectRef | None) -> str:
    return str(ref) if ref else ""


def _expired(entry: Suppression) -> Violation:
    of = entry.object or entry.file
    where = f" for {of}" if of else ""
    message = f"the suppression of {', '.join(entry.rules)}{where} ended on {entry.until}"
    return Violation("", message, "resolve what it covers and remove it, or give it a later day")


def _unused(
    rules: list[str], checked_rules: Collection[str], known: Collection[str]
) -> Iterator[Violation]:
    """Yield the violations for `rules` that are suppressed but have no findings."""
    unknown = [rule for rule in rules if rule not in known]
    if unknown:
        message = f"there is no rule {', '.join(unknown)} to suppress here"
        yield Violation("", message, "`hostnet-transform rules` lists them")
    unused = [rule for rule in rules if rule in checked_rules]
    if unused:
        message = f"unused suppression of {', '.join(unused)}"
        yield Violation("", message, "remove it, so that new findings are reported")
