"""What is said of one document: findings with their lines and columns, weighed and collected.

The only place that turns offsets into lines and columns.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from transformer.errors import InputError, TransformError
from transformer.findings import Change, Finding, ObjectRef, Severity, Violation
from transformer.kubernetes.objects import Manifest
from transformer.pipeline.context import RunContext, SuppressedBy
from transformer.pipeline.parse_hints import advice, explained, template
from transformer.position import Lines, Position, position_at
from transformer.rules.base import NOT_LISTED, KustomizationUsage
from transformer.text.framing import RawDocument
from transformer.yamltree.locate import Places
from transformer.yamltree.syntax import Node

_HEAD = (b"apiVersion", b"kind")
"""What stands in each manifest."""

_NONE: Mapping[str, Any] = {}

LONG_LINE = 1000
"""A longer line is not shown: minified JSON would be kept whole for each finding in it."""

_NEAR = 1000
"""Up to this offset it is quicker to count lines than to make a table of them."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where documents come from. `file` is the name for messages; `relative` the same from the
    configuration's folder, which is what the patterns of its `ignore` are about.

    `is_named`: the user named it (a PATH, or standard input), it was not found in a folder.
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
        """What patterns are matched against."""
        return self.relative or self.file


_OF_TEMPLATES = "HN419"
"""Says itself how bad it is that a template needs an edit."""


class SuppressedFinding(NamedTuple):
    """A finding that was left out, because of what `by` says."""

    found: Finding
    by: SuppressedBy


@dataclass(slots=True)
class DiagnosticCollector:
    """The findings of one document, whose `text` and `root` are set once they are known.

    `suppressed` tells of those that are left out on purpose, `non_manifests` of those that are told
    of all files together. `template_comment`: which comment shows that it is a template (empty:
    none).
    """

    raw: RawDocument
    origin: Origin
    context: RunContext
    text: str = ""
    root: Node | None = None
    findings: list[Finding] = field(default_factory=list)
    suppressed: list[SuppressedFinding] = field(default_factory=list)
    non_manifests: list[Finding] = field(default_factory=list)
    template_comment: str = ""
    _lines: Lines | None = None
    _told: str | None = None
    _places: Places | None = None

    def position(self, pointer: str) -> Position:
        """Return where in the file the value at `pointer` (from the document's root) stands."""
        return self._at(self._offset(pointer))

    def line_at(self, offset: int) -> int:
        """Return the line in the file of an offset in the document's text."""
        return self._at(offset).line

    def _offset(self, pointer: str, *, at_key: bool = False) -> int:
        if self._places is None or self.root is not self._places.root:
            self._places = Places(self.root)
        return self._places.offset_of(pointer, at_key=at_key)

    def _at(self, offset: int) -> Position:
        if offset < _NEAR:
            return position_at(self.text, offset, self.raw.line)
        if self._lines is None:
            self._lines = Lines(self.text, self.raw.line)
        return self._lines.position(offset)

    def report_violation(
        self, rule: str, severity: Severity, manifest: Manifest, found: Violation
    ) -> None:
        """Note what a rule found in a manifest."""
        self._add(self.finding(rule, severity, manifest, found), manifest.annotations)

    def finding(
        self, rule: str, severity: Severity, manifest: Manifest, found: Violation
    ) -> Finding:
        """Return what a rule found in a manifest, with its place.

        Of a template it is no error: what it says is not known before it is rendered.
        """
        severity = found.severity or severity
        if self.template_comment and rule != _OF_TEMPLATES and severity == "error":
            severity = "warning" if self.origin.is_named else "info"
        return self._place(
            rule,
            severity,
            found.message,
            self._offset(manifest.base + found.pointer, at_key=found.at_key),
            manifest.base,
            manifest.ref,
            found.pointer,
            found.hint,
        )

    def report_issue_at(
        self, rule: str, severity: Severity, message: str, hint: str, offset: int
    ) -> None:
        """Note something about the text at `offset`; with `--strict` an error."""
        if self.context.settings.strict:
            severity = "error"
        self._add(self._place(rule, severity, message, offset, hint=hint))

    def report_document_issue(
        self, rule: str, severity: Severity, message: str, hint: str, base: str = ""
    ) -> None:
        """Note something about the document, or the item at `base`; with `--strict` an error."""
        if self.context.settings.strict:
            severity = "error"
        told = self._advice()
        found = self._place(rule, severity, message, self._offset(base), base, hint=told or hint)
        is_non_manifest = rule == "HN903" and not self.origin.is_named and not told
        self._add(found, into=self.non_manifests if is_non_manifest else self.findings)

    def report_error(self, rule: str, error: TransformError, changes: list[Change]) -> bool:
        """Note why the document cannot be read or edited; return whether that is an error.

        `changes`: what was to be done, to name the object that it concerns. No configuration
        hushes this up; only `onInvalid` lets pass what cannot be read.
        """
        severity: Severity = "error"
        if isinstance(error, InputError):
            error = explained(error, self.text)
        message, hint = error.message, error.hint
        may_be = rule in ("HN901", "HN902")
        if may_be and (found := template(self.text, rule)) is not None:
            message = f"{found.what} (line {self._at(found.offset).line}): {message}"
            hint = found.hint
            if not self.origin.is_named:
                severity = "info"
        if self.context.lenient_on_non_manifests and not all(
            map(self.raw.data.__contains__, _HEAD)
        ):
            severity = "info"
        if isinstance(error, InputError):
            hint = hint or self._advice()
            may_pass = rule in ("HN901", "HN902") and self.context.settings.on_invalid == "pass"
            if severity == "error" and may_pass:
                severity = "warning"
        if error.other is not None:
            message += f" (compare line {self._at(error.other).line})"
        concerned = self._concerned(error, changes)
        at = error.offset or 0
        if concerned is not None and error.offset is None:
            at = self._offset(concerned.item)
        item = concerned.item if concerned else ""
        ref = concerned.object if concerned else None
        self.findings.append(self._place(rule, severity, message, at, item, ref, hint=hint))
        return severity == "error"

    def report_reformat(self, error: TransformError, changes: list[Change]) -> None:
        """Note that the document is written anew because of `error`."""
        concerned = self._concerned(error, changes)
        item = concerned.item if concerned else ""
        at = self._offset(item) if error.offset is None else error.offset
        ref = concerned.object if concerned else None
        message = f"written anew: {error.message}"
        self._add(self._place("HN905", "warning", message, at, item, ref))

    def _concerned(self, error: TransformError, changes: list[Change]) -> Change | None:
        """Return a change of the object that `error` is about: the last that begins above it."""
        above = [
            change
            for change in changes
            if error.offset is None or self._offset(change.item) <= error.offset
        ]
        return above[-1] if above else changes[0] if changes else None

    def _advice(self) -> str:
        """Return what is to be done where the text shows what probably went wrong, or nothing."""
        if self._told is None:  # a list may hold many items of which it is asked
            found = advice(self.text)
            self._told = ""
            if found is not None:
                line = self._at(found.offset).line
                self._told = f"{found.before}in line {line}{found.after}"
        return self._told

    def _place(
        self,
        rule: str,
        severity: Severity,
        message: str,
        offset: int,
        item: str = "",
        ref: ObjectRef | None = None,
        pointer: str = "",
        hint: str = "",
    ) -> Finding:
        at = self._at(offset)
        return Finding(
            rule,
            severity,
            message,
            self.origin.file,
            at.line,
            at.column,
            self.raw.ordinal,
            item,
            ref,
            pointer,
            hint,
            self._excerpt(offset),
        )

    def _add(
        self,
        found: Finding,
        annotations: Mapping[str, Any] = _NONE,
        into: list[Finding] | None = None,
    ) -> None:
        """Take in a finding as the configuration and the object's `annotations` want it."""
        file = self.origin.relative_name
        by = self.context.suppression_of(found.rule, found.object, annotations, file)
        if by is not None:
            self.suppressed.append(SuppressedFinding(found, by))
        elif (weighed := self.context.weigh(found)) is not None:
            (self.findings if into is None else into).append(weighed)

    def _excerpt(self, offset: int) -> str:
        """Return the line that `offset` is in."""
        reach = max(offset - LONG_LINE, 0)
        start = max(self.text.rfind(end, reach, offset) for end in "\r\n") + 1
        if start == 0 and reach:
            return ""
        ends = (self.text.find(end, offset, offset + LONG_LINE) for end in "\r\n")
        end = min((at for at in ends if at >= 0), default=len(self.text))
        line = self.text[start:end].removeprefix("\ufeff")
        return line if len(line) <= LONG_LINE else ""
