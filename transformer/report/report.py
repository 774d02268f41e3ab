"""What a validation has to tell, as the reporters get it."""

from collections.abc import Sequence
from dataclasses import dataclass

from transformer.findings import Change, Finding, Severity


@dataclass(frozen=True, slots=True)
class RuleHelp:
    """A rule as people read of it.

    `text` is its documentation (paragraphs, indented examples), `standing` a sentence that says
    how bad it is, and who runs it when.
    """

    id: str
    title: str
    severity: Severity
    text: str
    standing: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of a run, in the order of the files and in each from top to bottom.

    `rules` are all the rules there are, `checks` the ids of those in force that only check.
    `skipped_rules` pairs a reason (`no Node in the input`) with the ids of the rules that for it
    had nothing to judge. `version` is that of the tool. `changes` are what `--fix` did. `is_blank`:
    there was nothing in any document.
    """

    documents: int
    files: int
    findings: Sequence[Finding]
    rules: Sequence[RuleHelp] = ()
    skipped_rules: Sequence[tuple[str, Sequence[str]]] = ()
    version: str = ""
    changes: Sequence[Change] = ()
    checks: Sequence[str] = ()
    is_blank: bool = False
