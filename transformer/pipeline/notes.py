"""What is said of one document: findings with their lines and columns, weighed and collected.

The only place that turns offsets into lines and columns.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from transformer.errors import InputError, TransformError
from transformer.findings import Change, Finding, ObjectRef, Severity, Violation
from transformer.manifest.manifest import Manifest
from transformer.pipeline.engine import Engine
from transformer.span import Lines, Position, position_at
from transformer.text.framing import Frame
from transformer.yamltree.locate import offset_of
from transformer.yamltree.nodes import Node

_TEMPLATE = re.compile(r"^[^#\r\n]*?\{[{%]", re.MULTILINE)
_GLUED = re.compile(
    r"^[^#\r\n]*[^\s\"'{,\ufeff](?:apiVersion|kind):(?=\s)"
    r"|^[^#\r\n]*[^\s-]---[ \t]*$"
    r"|^[^#\r\n]*[^\s#]#[^\r\n]*\n(?:#[^\r\n]*\n)*(?=apiVersion:|kind:)",
    re.MULTILINE,
)
"""A line that ends with what should begin the next file: its head, its `---`, or its comment."""

_NEAR = 1000
"""Up to this offset it is quicker to count lines than to make a table of them."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where documents come from. `file` is the name for messages; `relative` the same from the
    configuration's folder, which is what the patterns of its `ignore` are about.

    `is_named`: the user named it (a PATH, or standard input), it was not found in a folder.
    `is_patch`: a kustomization in the input names it as a patch.
    """

    file: str
    is_named: bool = True
    is_patch: bool = False
    relative: str = ""


@dataclass(slots=True)
class Notes:
    """The findings of one document, whose `text` and `root` are set once they are known."""

    frame: Frame
    origin: Origin
    engine: Engine
    text: str = ""
    root: Node | None = None
    findings: list[Finding] = field(default_factory=list)
    _lines: Lines | None = None

    def position(self, pointer: str) -> Position:
        """Return where in the file the value at `pointer` (from the document's root) stands."""
        return self._at(offset_of(self.root, pointer))

    def _at(self, offset: int) -> Position:
        if offset < _NEAR:
            return position_at(self.text, offset, self.frame.line)
        if self._lines is None:
            self._lines = Lines(self.text, self.frame.line)
        return self._lines.position(offset)

    def violation(
        self, rule: str, severity: Severity, manifest: Manifest, found: Violation
    ) -> None:
        """Note what a rule found in a manifest."""
        self._add(
            rule,
            found.severity or severity,
            found.message,
            self.position(manifest.base + found.pointer),
            manifest.base,
            manifest.ref,
            found.pointer,
            found.hint,
            manifest.annotations,
        )

    def remark(
        self, rule: str, severity: Severity, message: str, hint: str, base: str = ""
    ) -> None:
        """Note something about the document, or the item at `base`; with `--strict` an error."""
        if self.engine.settings.strict:
            severity = "error"
        self._add(rule, severity, message, self.position(base), base, hint=self._glued() or hint)

    def failure(self, rule: str, error: TransformError, changes: list[Change]) -> bool:
        """Note why the document cannot be read or edited; return whether that is an error.

        `changes`: what was to be done, to name the object that it concerns. No configuration
        hushes this up; only `onInvalid` lets pass what cannot be read.
        """
        severity: Severity = "error"
        message, hint = error.message, error.hint
        if rule == "HN901" and (template := _TEMPLATE.search(self.text)):
            line = self._at(template.end()).line
            message = f"this looks like a template (line {line}): {message}"
            hint = "render it first (helm template, kustomize build) and transform the result"
            if not self.origin.is_named:
                severity = "info"
        if isinstance(error, InputError):
            hint = hint or self._glued()
            may_pass = rule in ("HN901", "HN902") and self.engine.settings.on_invalid == "pass"
            if severity == "error" and may_pass:
                severity = "warning"
        if error.other is not None:
            message += f" (compare line {self._at(error.other).line})"
        concerned = self._concerned(error, changes)
        at = self._at(error.offset or 0)
        if concerned is not None and error.offset is None:
            at = self.position(concerned.item)
        self._add(
            rule,
            severity,
            message,
            at,
            concerned.item if concerned else "",
            concerned.object if concerned else None,
            hint=hint,
            is_judged=False,
        )
        return severity == "error"

    def rewritten(self, error: TransformError, changes: list[Change]) -> None:
        """Note that the document is written anew because of `error`."""
        concerned = self._concerned(error, changes)
        item = concerned.item if concerned else ""
        at = self.position(item) if error.offset is None else self._at(error.offset)
        ref = concerned.object if concerned else None
        self._add("HN905", "warning", f"written anew: {error.message}", at, item, ref)

    def _concerned(self, error: TransformError, changes: list[Change]) -> Change | None:
        """Return a change of the object that `error` is about: the last that begins above it."""
        above = [
            change
            for change in changes
            if error.offset is None or offset_of(self.root, change.item) <= error.offset
        ]
        return above[-1] if above else changes[0] if changes else None

    def _glued(self) -> str:
        glued = _GLUED.search(self.text)
        if glued is None:
            return ""
        line = self._at(glued.start()).line
        return (
            f"in line {line} a file seems to be glued to one without a newline at its end;"
            " end each file with a newline"
        )

    def _add(
        self,
        rule: str,
        severity: Severity,
        message: str,
        at: Position,
        item: str = "",
        ref: ObjectRef | None = None,
        pointer: str = "",
        hint: str = "",
        annotations: Mapping[str, Any] | None = None,
        is_judged: bool = True,
    ) -> None:
        finding: Finding | None = Finding(
            rule,
            severity,
            message,
            self.origin.file,
            at.line,
            at.column,
            self.frame.ordinal,
            item,
            ref,
            pointer,
            hint,
        )
        if is_judged and finding is not None:
            file = self.origin.relative or self.origin.file
            finding = self.engine.judge(finding, annotations or {}, file)
        if finding is not None:
            self.findings.append(finding)
