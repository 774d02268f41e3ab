"""The findings of one document: collected, with their places, suppressions and severities."""

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from transformer.errors import InputError, TransformError
from transformer.findings import Change, Finding, ObjectRef, Place, Severity, Violation, finding_at
from transformer.kubernetes.generators import KUSTOMIZATIONS
from transformer.kubernetes.objects import Manifest
from transformer.pipeline.context import RunContext
from transformer.pipeline.parse_hints import advice, explained, template
from transformer.pipeline.source_locator import SourceLocator
from transformer.pipeline.suppressions import SuppressedFinding, is_about_workloads
from transformer.rules.base import ValidationRule
from transformer.rules.context import (
    AS_IT_IS,
    NOT_LISTED,
    KustomizationUsage,
    PatchedSource,
    RuleContext,
)
from transformer.text.raw_document import RawDocument

_HEAD = (b"apiVersion", b"kind")
"""Keys of every manifest."""

_NONE: Mapping[str, Any] = {}


class Origin(NamedTuple):
    """Where documents come from. `file` is the name in messages; `relative` is the path from the
    configuration's folder, which the patterns of its `ignore` match.

    `is_named`: the user named it (a PATH, or standard input); it was not found in a folder.
    `is_patch`: a kustomization in the input names it as a patch. `usage`: how kustomizations in
    the input build it.
    """

    file: str
    is_named: bool = True
    is_patch: bool = False
    relative: str = ""
    usage: KustomizationUsage = NOT_LISTED

    @property
    def relative_name(self) -> str:
        """The path that patterns are matched against."""
        return self.relative or self.file


_OF_TEMPLATES = "HN419"
"""The rule that itself decides the severity of its findings in templates."""


class DiagnosticCollector:
    """The findings of one document.

    `suppressed` are the suppressed ones, `non_manifests` those that are reported once for all files
    together. `template_comment`: which comment shows that the document is a template (empty: none).
    """

    def __init__(self, raw: RawDocument, origin: Origin, context: RunContext) -> None:
        self.raw = raw
        self.origin = origin
        self.context = context
        self.findings: list[Finding] = []
        self.suppressed: list[SuppressedFinding] = []
        self.non_manifests: list[Finding] = []
        self.template_comment = ""
        self.source = SourceLocator(raw)
        self._known_advice: str | None = None
        self._known_patched: dict[str, PatchedSource] = {}

    def report_violation(
        self, rule: str, severity: Severity, manifest: Manifest, found: Violation
    ) -> None:
        """Report what a rule found in a manifest.

        In a template it is not an error: the values are not known before it is rendered. Of the
        source of a kustomization, nothing that our own transformer handles there is reported.
        """
        patched = self.patched(manifest)
        if rule in patched.handled:
            return
        severity = found.severity or severity
        if self.template_comment and rule != _OF_TEMPLATES and severity == "error":
            severity = "warning" if self.origin.is_named else "info"
        violation = found._replace(severity=severity)
        offset = self.source.offset(manifest.base + found.pointer, at_key=found.at_key)
        place = self.place(manifest.base, manifest.ref, found.pointer, offset=offset)
        is_milder = is_about_workloads(rule) and not self.context.keeps_severity
        patches = patched.patches if is_milder else ()
        self._add(finding_at(place, rule, severity, violation), manifest.annotations, patches)

    def patched(self, manifest: Manifest) -> PatchedSource:
        """Return what kustomizations do to a manifest."""
        known, listed_by = self.context.patched_sources, self.origin.usage.listed_by
        if known is None or not listed_by:
            return AS_IT_IS
        if manifest.base not in self._known_patched:
            self._known_patched[manifest.base] = known.of(listed_by, manifest)
        return self._known_patched[manifest.base]

    def run_checks(self, rules: Iterable[ValidationRule], rule_context: RuleContext) -> None:
        """Report what the checks of rules find in an object."""
        for rule in rules:
            if rule.check is not None:
                for violation in rule.check(rule_context):
                    self.report_violation(rule.id, rule.severity, rule_context.manifest, violation)

    def drop_settled(self, rules: Iterable[ValidationRule], rule_context: RuleContext) -> None:
        """Drop what the checks of rules no longer find in an object, now that it is edited."""
        base = rule_context.manifest.base
        reported = {one.rule for one in self.findings if one.item == base}
        again = {rule.id: rule.check for rule in rules if rule.check and rule.id in reported}
        left = {(rule, one.pointer) for rule, check in again.items() for one in check(rule_context)}
        self.findings = [
            one
            for one in self.findings
            if one.item != base or one.rule not in again or (one.rule, one.pointer) in left
        ]

    def pointers(self, manifest: Manifest) -> set[str]:
        """Return the pointers at which there are findings on an object."""
        return {found.pointer for found in self.findings if found.item == manifest.base}

    def place(
        self,
        item: str,
        ref: ObjectRef | None = None,
        pointer: str = "",
        *,
        offset: int | None = None,
        with_excerpt: bool = True,
    ) -> Place:
        """Return the place at `offset`, or at `pointer` in the item if `offset` is None."""
        at = self.source.offset(item + pointer) if offset is None else offset
        return Place(
            self.origin.file,
            *self.source.position(at),
            self.raw.ordinal,
            item,
            ref,
            pointer,
            self.source.excerpt(at) if with_excerpt else "",
        )

    def report_issue_at(self, rule: str, severity: Severity, issue: Violation, offset: int) -> None:
        """Report an issue of the text at `offset`; with `--strict` it is an error."""
        self._add(self._issue(rule, severity, issue, offset))

    def report_document_issue(
        self, rule: str, severity: Severity, message: str, hint: str, base: str = ""
    ) -> None:
        """Report an issue of the document, or of an item; with `--strict` it is an error."""
        known = self._advice()
        issue = Violation("", message, known or hint)
        found = self._issue(rule, severity, issue, self.source.offset(base), base)
        is_non_manifest = rule == "HN903" and not self.origin.is_named and not known
        self._add(found, into=self.non_manifests if is_non_manifest else self.findings)

    def _issue(
        self, rule: str, severity: Severity, issue: Violation, offset: int, item: str = ""
    ) -> Finding:
        severity = "error" if self.context.settings.strict else severity
        return finding_at(self.place(item, offset=offset), rule, severity, issue)

    def report_error(self, rule: str, error: TransformError, changes: list[Change]) -> bool:
        """Report why the document cannot be read or edited; return whether that is an error.

        `changes`: the planned changes, to name the object that the error concerns. Suppressions do
        not apply; only `onInvalid` tolerates a document that cannot be read.
        """
        severity: Severity = "error"
        if isinstance(error, InputError):
            error = explained(error, self.source.text)
        message, hint = error.message, error.hint
        is_unreadable = rule in ("HN901", "HN902")
        if is_unreadable and (found := template(self.source.text, rule)) is not None:
            message = f"{found.what} (line {self._line(found.offset)}): {message}"
            hint = found.hint
            if not self.origin.is_named:
                severity = "info"
        is_kustomization = posixpath.basename(self.origin.file) in KUSTOMIZATIONS
        is_lenient = self.context.lenient_on_non_manifests and not is_kustomization
        if is_lenient and not all(map(self.raw.data.__contains__, _HEAD)):
            severity = "info"
        if isinstance(error, InputError):
            hint = hint or self._advice()
            may_pass = is_unreadable and self.context.settings.on_invalid == "pass"
            if severity == "error" and may_pass:
                severity = "warning"
        if error.other is not None:
            message += f" (compare line {self._line(error.other)})"
        self.findings.append(
            self._concerning(error, changes, rule, severity, Violation("", message, hint))
        )
        return severity == "error"

    def report_reformat(self, error: TransformError, changes: list[Change]) -> None:
        """Report that the document is re-serialized because of `error`."""
        violation = Violation("", f"re-serialized: {error.message}")
        self._add(self._concerning(error, changes, "HN905", "warning", violation))

    def _concerning(
        self,
        error: TransformError,
        changes: list[Change],
        rule: str,
        severity: Severity,
        violation: Violation,
    ) -> Finding:
        """Return the finding for `error`, at the object that it concerns if that is known."""
        above = [
            change
            for change in changes
            if error.offset is None or self.source.offset(change.item) <= error.offset
        ]
        concerned = above[-1] if above else changes[0] if changes else None
        item, ref = (concerned.item, concerned.object) if concerned else ("", None)
        at = error.offset
        if at is None:
            at = self.source.offset(item) if concerned else 0
        place = self.place(item, ref, offset=at)
        return finding_at(place, rule, severity, violation)

    def _line(self, offset: int) -> int:
        return self.source.position(offset).line

    def _advice(self) -> str:
        """Return a hint if the text shows what is probably wrong, or an empty string."""
        if self._known_advice is None:  # many items of a list may need it
            found = advice(self.source.text)
            self._known_advice = ""
            if found is not None:
                line = self._line(found.offset)
                self._known_advice = f"{found.before}in line {line}{found.after}"
        return self._known_advice

    def _add(
        self,
        found: Finding,
        annotations: Mapping[str, Any] = _NONE,
        patches: Sequence[str] = (),
        into: list[Finding] | None = None,
    ) -> None:
        """Add a finding as the configuration, the object's `annotations`, and the `patches` that it
        gets, require.
        """
        policy = self.context.policy
        file = self.origin.relative_name
        by = policy.suppressed_by(found.rule, found.object, annotations, file, found)
        settled = policy.settle(found, by, patches)
        if isinstance(settled, SuppressedFinding):
            self.suppressed.append(settled)
        elif settled is not None:
            (self.findings if into is None else into).append(settled)
