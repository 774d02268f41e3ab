"""The results of a run: findings, changes, and a result for each document, as plain values.

Lines and columns are 1-based; `document` is the 0-based ordinal within its file; pointers are JSON
pointers (RFC 6901) relative to the object; `item` is the pointer of the object within its document.
"""

from typing import Any, Literal, NamedTuple, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "info"]


class ObjectRef(NamedTuple):
    """The identity of a Kubernetes object."""

    group: str
    version: str
    kind: str
    namespace: str
    name: str

    def as_dict(self) -> dict[str, str]:
        """Return the identity as a mapping."""
        return self._asdict()

    def __str__(self) -> str:
        """Return `Kind/namespace/name`, or `Kind/name` without a namespace."""
        parts = (self.kind, self.namespace, self.name) if self.namespace else (self.kind, self.name)
        return "/".join(parts)


MOST_RELATED = 100
"""The most further places that a report lists for a finding."""


class Related(NamedTuple):
    """A further place that a finding is about, with a message about it.

    `patches` are the files of the patches that its object gets from kustomizations.
    """

    file: str
    line: int
    column: int
    message: str
    object: ObjectRef | None = None
    document: int = 0
    item: str = ""
    pointer: str = ""
    patches: tuple[str, ...] = ()


class Affected(NamedTuple):
    """A workload copy that a violation breaks in `pools` (none: it would on the network of the
    host).

    `file`, `document` and `item` say which object it is, `template` is the pointer of its pod
    template, and `copy` the pool that the copy is for (empty: any).
    """

    file: str
    document: int
    item: str
    template: str
    copy: str
    pools: tuple[str, ...]


class Violation(NamedTuple):
    """What a rule found at `pointer` of one object; `severity` overrides that of the rule.

    `at_key`: the key at the pointer is wrong, not its value. `related` are further places. If it
    `is_each`, it is about each of them by itself, and `fold` of the rule words it. `other` is the
    name of a second object that it is about. `patches` are the files of patches of other objects
    that it also depends on. `affected` are the workload copies that it breaks, and `cause`
    says why in words that name no pool (empty: as `message`). Not `is_reported`: it is no finding,
    and says only what is `affected`. `mentioned` are places that the texts name. `built_hint` is
    the hint where a patch of kustomize, or a kustomization, has what is wrong: no rule edits these.
    """

    pointer: str
    message: str
    hint: str = ""
    severity: Severity | None = None
    at_key: bool = False
    related: tuple[Related, ...] = ()
    is_each: bool = False
    other: str = ""
    patches: tuple[str, ...] = ()
    affected: tuple[Affected, ...] = ()
    cause: str = ""
    is_reported: bool = True
    mentioned: tuple["Place", ...] = ()
    built_hint: str = ""


class TextEdit(NamedTuple):
    """Replace the text from `line` and `column` to `end_line` and `end_column` by `text`.

    The end is exclusive; an insertion ends where it begins. `column` and `end_column` count
    characters, `byte_column` and `end_byte_column` bytes of UTF-8.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    byte_column: int
    end_byte_column: int


class Fix(NamedTuple):
    """What `rules` of `transform`, or `validate --fix`, change in the object of a finding.

    `has_lone_cr`: a CR without LF ends a line of the file, as YAML has it. Most other programs do
    not break lines there, and would edit another one.
    """

    rules: tuple[str, ...]
    edits: tuple[TextEdit, ...]
    has_lone_cr: bool = False


class Finding(NamedTuple):
    """A violation with its place in the input.

    `related` are further places; a report has at most `MOST_RELATED` of `related_total`. `is_each`
    and `other` are those of the violation. `patches` are the files of the patches without which it
    was found: it never counts for the exit status.
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
    """The line of the input at `line`, without its end; empty if it is not known."""
    related: tuple[Related, ...] = ()
    related_total: int = 0
    is_each: bool = False
    other: str = ""
    clusters: tuple[str, ...] = ()
    """The names of the clusters in which it is so, if the configuration has clusters."""
    patches: tuple[str, ...] = ()
    mentioned: tuple["Place", ...] = ()
    """Places that the message names, as `file:line` or `in line N`."""

    built_hint: str = ""
    """That of the violation, until it is known where what was built comes from."""

    fix: Fix | None = None
    """The edits that resolve it, if that was asked for."""


class Place(NamedTuple):
    """Where in the input a finding is; the fields are those of `Finding`."""

    file: str
    line: int = 1
    column: int = 1
    document: int = 0
    item: str = ""
    object: ObjectRef | None = None
    pointer: str = ""
    excerpt: str = ""


def finding_at(place: Place, rule: str, severity: Severity, violation: Violation) -> Finding:
    """Return the finding of `rule` at `place`, with the severity of the violation if it has one."""
    return Finding(
        rule,
        violation.severity or severity,
        violation.message,
        hint=violation.hint,
        related=violation.related,
        related_total=len(violation.related),
        is_each=violation.is_each,
        other=violation.other,
        mentioned=violation.mentioned,
        built_hint=violation.built_hint,
        **place._asdict(),
    )


def shortened(found: Finding) -> Finding:
    """Return a finding with no more further places than a report has, and their number."""
    total = len(found.related)
    return found._replace(related=found.related[:MOST_RELATED], related_total=total)


UnseenKind: TypeAlias = Literal[
    "kustomization",
    "Flux Kustomization",
    "HelmRelease",
    "Application",
    "ApplicationSet",
    "chart",
    "templates",
    "remote",
    "patched",
    "deployed",
    "text",
    "pod template",
    "encrypted",
    "unread",
    "unread (old)",
    "static pods",
    "controlled",
    "no pool",
]


class Unseen(NamedTuple):
    """Something in the input that was not looked into: `what` it is, and `why` it was not.

    `name` says which one: an object, a folder, a file or a URL. `group`: those of a kind that are
    counted together, such as `with plugins`.
    """

    what: UnseenKind
    file: str
    line: int
    name: str
    why: str
    group: str = ""

    def as_dict(self) -> dict[str, str | int]:
        """Return it as a mapping, with a group only if it has one."""
        return {name: value for name, value in self._asdict().items() if name != "group" or value}


class Change(NamedTuple):
    """What one transform rule changed in one object: JSON patch operations as plain values.

    `file`, `line`, `document` and `item` are the place where the object begins.
    """

    rule: str
    file: str
    line: int
    document: int
    item: str
    object: ObjectRef
    operations: tuple[dict[str, Any], ...]
    reason: str = ""


class ObjectEdits(NamedTuple):
    """The edits of an object (its pointer is `item`), or of all objects that share text with it."""

    item: str
    edits: tuple[TextEdit, ...]


class ListItem(NamedTuple):
    """An item of a long List, in the bytes `document` of a List with this item only.

    `number` counts from 0. In the document, its bytes are those from `start` to `end`.
    """

    number: int
    document: bytes
    start: int
    end: int


Stage: TypeAlias = Literal["screened", "parsed", "edited"]


class DocumentResult(NamedTuple):
    """One document: its bytes before (`source`) and after (`data`), its changes and findings.

    `failed`: it cannot be read or edited; then `data` equals `source`. `continues`: this is a
    further piece of a document that is too large to be kept in memory. `is_patch`: a kustomization
    uses its file as a patch, so it contains no objects. `non_manifests`: why it is not a manifest,
    if that is reported for all files together (`pipeline.non_manifests`). `documents`: how many
    they are, if it is a run of documents that were passed on unread. `list_item`: what it is, if
    it is an item of a long List. `objects`: how
    many they are, None if that is not known of a List that was passed on unread. `edits` are those
    of each object, if that was asked for.
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
    documents: int = 1
    list_item: ListItem | None = None
    objects: int | None = 1
    edits: tuple[ObjectEdits, ...] = ()
