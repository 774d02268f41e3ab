"""One document: read it, let the rules plan, splice, and say what was done and found.

The only place that turns errors into findings, and offsets into lines and columns.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

from transformer.errors import InputError, InternalError, PatchError, TransformError
from transformer.findings import Change, DocumentResult, Finding, Severity, Violation
from transformer.manifest.manifest import Manifest, is_list, manifests
from transformer.manifest.pod_template import pod_templates
from transformer.patch import verify
from transformer.patch.operation import Operation, fold
from transformer.patch.splice import splice
from transformer.pipeline.engine import Engine, add_pool
from transformer.pipeline.glue import Part
from transformer.rules.base import Subject, ValidationRule
from transformer.rules.exempt import editable
from transformer.span import position_at
from transformer.text.framing import Opening
from transformer.yamltree.locate import offset_of
from transformer.yamltree.nodes import Sequence, Tree
from transformer.yamltree.plain import to_plain
from transformer.yamltree.read import read

_TEMPLATE = re.compile(r"^[^#\r\n]*?\{[{%]", re.MULTILINE)
_GLUED = re.compile(
    r"^[^#\r\n]*[^\s\"'{,\ufeff](?:apiVersion|kind):(?=\s)"
    r"|^[^#\r\n]*[^\s-]---[ \t]*$"
    r"|^[^#\r\n]*[^\s#]#[^\r\n]*\n(?:#[^\r\n]*\n)*(?=apiVersion:|kind:)",
    re.MULTILINE,
)
"""A line that ends with what should begin the next file: its head, its `---`, or its comment."""

_BREAK = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where documents come from. `file` is the name for messages.

    `is_named`: the user named it (a PATH, or standard input), it was not found in a folder.
    `is_patch`: a kustomization in the input names it as a patch.
    """

    file: str
    is_named: bool = True
    is_patch: bool = False


def treat_document(part: Part, origin: Origin, engine: Engine) -> DocumentResult:
    """Return the result for one document, which is read whatever the screen says of it.

    Raises:
        PoolsNeeded: it depends on a pool that later input may bring.
    """
    if part.continues:
        failed, frame = engine.settings.on_invalid == "fail", part.frame
        return DocumentResult(
            origin.file, frame.line, frame.data, frame.data, "parsed", failed, continues=True
        )
    document = _Document(part, origin, engine)
    try:
        value = document.read()
        document.plan(value)
        text = document.edited(value)
    except InputError as error:
        document.fail(error.rule, error)
    except (PatchError, InternalError) as error:
        document.fail("HN905", error)
    else:
        if text is not None:
            return document.result(text.encode())
    return document.result(None)


class _Document:
    """A document on its way: text and tree, and what has been planned and found so far."""

    def __init__(self, part: Part, origin: Origin, engine: Engine) -> None:
        self.part = part
        self.frame = part.frame
        self.origin = origin
        self.engine = engine
        self.text = ""
        self.tree = Tree("", None)
        self.operations: list[Operation] = []
        self.changes: list[Change] = []
        self.findings: list[Finding] = []
        self.failed = False

    def read(self) -> Any:
        """Return the plain value, text and tree noted."""
        frame = self.frame
        if frame.oversize:
            raise InputError(
                f"the document is larger than {self.engine.max_document} bytes",
                hint="separate its manifests with ---, or raise --max-document",
            )
        try:
            self.text = frame.data.decode()
        except UnicodeDecodeError as error:
            self.text = frame.data[: error.start].decode()
            raise InputError(
                "not UTF-8",
                offset=len(self.text),
                hint="Kubernetes manifests are UTF-8: convert the file",
            ) from None
        if self.part.problem is not None:
            raise self.part.problem
        self.tree = read(self.text)
        root = self.tree.root
        if isinstance(root, Sequence) and root.is_flow and self.origin.is_named:
            raise InputError(
                "an array is no Kubernetes manifest, and kubectl refuses it",
                offset=root.start,
                hint="wrap it in an object of `kind: List`, as its `items`",
            )
        return to_plain(root)

    def plan(self, value: Any) -> None:
        """Let the rules look at each manifest; `value` is patched on the way."""
        objects = list(manifests(value))
        is_stray = value is not None and not objects and not is_list(value)
        if is_stray and not self.origin.is_patch:
            self._report_no_kind("", "this document is no mapping")
        for manifest in objects:
            if not manifest.ref.kind or not manifest.ref.version:
                missing = "kind" if manifest.ref.version else "apiVersion"
                self._report_no_kind(manifest.base, f"this document has no {missing}")
                continue
            if not self.engine.world.pools.complete:
                add_pool(self.engine.world.pools, manifest)
            self._plan_object(manifest, value)
        opening = self.frame.opening
        if opening is Opening.GLUED or (opening is Opening.AFTER_END and value is not None):
            self._report_no_separator()

    def _plan_object(self, manifest: Manifest, document: Any) -> None:
        world = self.engine.world
        templates = pod_templates(manifest, world.rows)
        subject = Subject(manifest, templates, world, document, self.origin.is_patch)
        for rule in self.engine.checks_always:
            self._check(rule, subject)
        plans: dict[str, list[Operation]] = {}
        for transform in self.engine.rules:
            try:
                operations = transform.plan(subject)
            except PatchError as error:
                self._find(
                    transform.id, "error", manifest, Violation("", error.message, error.hint)
                )
            else:
                if operations:
                    plans[transform.id] = operations
        if not plans:
            return
        subject = replace(subject, planned=plans)
        for rule in self.engine.checks_wanted:
            self._check(rule, subject)
        is_first = True
        for transform in self.engine.rules:
            if transform.id in plans:
                operations = plans[transform.id] if is_first else transform.plan(subject)
                self._take(transform.id, editable(subject, operations), manifest)
                is_first = False

    def _take(self, rule: str, operations: list[Operation], manifest: Manifest) -> None:
        """Note a rule's operations and apply them to the plain value."""
        if not operations:
            return
        verify.patched(manifest.value, operations)
        self.operations.extend(operation.below(manifest.base) for operation in operations)
        at = position_at(self.text, offset_of(self.tree.root, manifest.base), self.frame.line)
        self.changes.append(
            Change(
                rule,
                self.origin.file,
                at.line,
                self.frame.ordinal,
                manifest.base,
                manifest.ref,
                tuple(operation.as_dict() for operation in operations),
            )
        )

    def edited(self, expected: Any) -> str | None:
        """Return the new text, which means `expected`, or None where nothing is to be done."""
        if not self.operations:
            return None
        operations = fold(self.operations)
        try:
            return splice(self.tree, operations, expected)
        except (PatchError, InternalError) as error:
            if not self.engine.allow_reformat:
                raise
            from transformer.patch.rewrite import rewrite

            text = rewrite(self.tree, operations, expected)
            at = position_at(self.text, error.offset or 0, self.frame.line)
            self._add(
                Finding(
                    "HN905",
                    "warning",
                    f"written anew: {error.message}",
                    self.origin.file,
                    at.line,
                    at.column,
                    self.frame.ordinal,
                )
            )
            return text

    def fail(self, rule: str, error: TransformError) -> None:
        """Report `error`; the document goes on as it came, if at all."""
        message, hint = error.message, error.hint
        severity: Severity = "error"
        is_unreadable = isinstance(error, InputError)
        if rule == "HN901" and (template := _TEMPLATE.search(self.text)):
            line = position_at(self.text, template.end(), self.frame.line).line
            message = f"this looks like a template (line {line}): {message}"
            hint = "render it first (helm template, kustomize build) and transform the result"
            if not self.origin.is_named:
                severity = "info"
        elif "expected <document start>" in message:
            hint = "files seem to run together here: put a --- line between them"
        elif is_unreadable and not hint and (glued := _GLUED.search(self.text)):
            line = position_at(self.text, glued.start(), self.frame.line).line
            hint = (
                f"in line {line} a file seems to be glued to one without a newline at its end;"
                " end each file with a newline"
            )
        if is_unreadable and self.engine.settings.on_invalid == "pass" and severity == "error":
            severity = "warning"
        self.failed = severity == "error"
        at = position_at(self.text, error.offset or 0, self.frame.line)
        self.operations, self.changes = [], []
        self._add(
            Finding(
                rule,
                severity,
                message,
                self.origin.file,
                at.line,
                at.column,
                self.frame.ordinal,
                hint=hint,
            )
        )

    def result(self, data: bytes | None) -> DocumentResult:
        """Return the result; `data` is the edited document, None where it was not edited."""
        frame = self.frame
        out = frame.data if data is None else data
        if frame.opening is Opening.GLUED and not self.failed:
            found = _BREAK.search(frame.data)
            out = b"---" + (found.group() if found else b"\n") + out
        return DocumentResult(
            self.origin.file,
            frame.line,
            frame.data,
            out,
            "parsed" if data is None else "edited",
            self.failed,
            tuple(self.changes),
            tuple(self.findings),
        )

    def _check(self, rule: ValidationRule, subject: Subject) -> None:
        assert rule.check is not None
        for violation in rule.check(subject):
            self._find(rule.id, rule.severity, subject.manifest, violation)

    def _find(
        self, rule: str, severity: Severity, manifest: Manifest, violation: Violation
    ) -> None:
        offset = offset_of(self.tree.root, manifest.base + violation.pointer)
        at = position_at(self.text, offset, self.frame.line)
        self._add(
            Finding(
                rule,
                violation.severity or severity,
                violation.message,
                self.origin.file,
                at.line,
                at.column,
                self.frame.ordinal,
                manifest.base,
                manifest.ref,
                violation.pointer,
                violation.hint,
            ),
            manifest,
        )

    def _report_no_kind(self, base: str, message: str) -> None:
        severity: Severity = "warning" if self.origin.is_named else "info"
        hint = "it is no Kubernetes manifest, and nothing in it is touched"
        if glued := _GLUED.search(self.text):
            line = position_at(self.text, glued.start(), self.frame.line).line
            hint = f"in line {line} a file seems to be glued to one without a newline at its end"
        self._report("HN903", severity, base, message, hint)

    def _report_no_separator(self) -> None:
        if self.frame.opening is Opening.GLUED:
            message = "no --- between this manifest and the one above; one was put in"
        else:
            message = "no --- after the ... above; kubectl drops what follows"
        self._report("HN904", "warning", "", message, "begin each manifest with a --- line")

    def _report(self, rule: str, severity: Severity, base: str, message: str, hint: str) -> None:
        at = position_at(self.text, offset_of(self.tree.root, base), self.frame.line)
        self._add(
            Finding(
                rule,
                "error" if self.engine.settings.strict else severity,
                message,
                self.origin.file,
                at.line,
                at.column,
                self.frame.ordinal,
                base,
                hint=hint,
            )
        )

    def _add(self, finding: Finding, manifest: Manifest | None = None) -> None:
        judged = self.engine.judge(finding, manifest.annotations if manifest else {})
        if judged is not None:
            self.findings.append(judged)
