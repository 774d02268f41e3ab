"""The result of a validation, which each format renders."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from transformer.findings import Change, Finding, Severity, Unseen


class RuleHelp(NamedTuple):
    """The documentation of a rule.

    `text` is the text of its module (paragraphs and indented examples); `summary` says how severe
    a finding is, which command reports it, and when.
    """

    id: str
    title: str
    severity: Severity
    text: str
    summary: str = ""


class LeftOut(NamedTuple):
    """How many findings are not reported because `where` (a baseline, the old state) has them.

    `unneeded` are entries of the baseline that are larger than needed, and `elsewhere` entries
    about what is not in the input.
    """

    where: str
    findings: int
    unneeded: Sequence[str] = ()
    elsewhere: Sequence[str] = ()


class Report(NamedTuple):
    """The findings of a run, in the order of the files, and within a file from top to bottom.

    `documents` and `files` are counts. `rule_ids` are the ids of all rules, and `checks` those of
    the validation rules that are enabled; `rules` returns the documentation of all, which takes
    time. `skipped_rules` pairs a reason (`no Node in the input`) with the ids of the rules that had
    nothing to check for it. `undecided` pairs what is missing (`the node label zone`) with the
    number of workloads of which it is therefore unknown whether they can run on host-network pools.
    `version` returns that of the tool, which takes time. `changes` are those of `--fix`.
    `is_blank`: all documents are empty. `unseen` is what was not looked into, kind by kind.
    `left_out` says which findings are known and not among them. `warns` is told of what a format
    has no room for.
    """

    documents: int
    files: int
    findings: Sequence[Finding]
    rules: Callable[[], Sequence[RuleHelp]] = tuple
    skipped_rules: Sequence[tuple[str, Sequence[str]]] = ()
    undecided: Sequence[tuple[str, int]] = ()
    version: Callable[[], str] = str
    changes: Sequence[Change] = ()
    checks: Sequence[str] = ()
    is_blank: bool = False
    unseen: Sequence[Unseen] = ()
    rule_ids: Sequence[str] = ()
    left_out: Sequence[LeftOut] = ()
    warns: Callable[[str], object] = str
