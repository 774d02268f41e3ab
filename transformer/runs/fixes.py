"""The edits that resolve findings, as `transform` and `validate --fix` would make them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from transformer.findings import DocumentResult, Finding, Fix, TextEdit
from transformer.inputs.comparison import States
from transformer.inputs.discovery import Source
from transformer.kubernetes.pools import Pool
from transformer.outputs.reporter import Reporter
from transformer.outputs.terminal import Progress
from transformer.outputs.writers import Output
from transformer.pipeline.context import RunContext
from transformer.regexes import regex
from transformer.runs.transform import Inputs, Outputs, run_transform

_LONE_CR = regex(rb"\r(?!\n)")

_Object: TypeAlias = tuple[str, int, str]
"""File, document and item."""


class _Edits(Output):
    """Keeps the edits of objects, and the rules that make them; and files that would stay as they
    are, because of something in them that fails, or in which a lone CR ends a line.
    """

    def __init__(self) -> None:
        self.rules = defaultdict[_Object, list[str]](list)
        self.edits: dict[_Object, tuple[TextEdit, ...]] = {}
        self.failed = set[str]()
        self.with_lone_cr = set[str]()

    def add(self, result: DocumentResult) -> None:
        if _LONE_CR.search(result.source):
            self.with_lone_cr.add(result.file)
        if result.failed:
            self.failed.add(result.file)
        for change in result.changes:
            self.rules[change.file, change.document, change.item].append(change.rule)
            for own in result.edits:
                if own.item == change.item:
                    self.edits[change.file, change.document, change.item] = own.edits


def with_fixes(
    findings: Sequence[Finding],
    states: States,
    pool_sources: Sequence[Source],
    context: RunContext,
    former_pools: Mapping[str, Pool],
) -> tuple[Finding, ...]:
    """Return the findings, those that an edit resolves with the edits of their object.

    What is found in builds gets none: the sources are not where it is.
    """
    context = context.with_cluster(context.cluster._replace(former_pools=former_pools))
    context = context.for_fix().with_fixes()._replace(keeps_edits=True)
    resolved_by = {"HN904": ("HN904",), **{one.id: one.suppressed_with for one in context.rules}}
    resolvable = {rule for rules in resolved_by.values() for rule in rules}
    files = {found.file for found in findings if found.rule in resolvable}
    sources = [source for source in states.new if source.name in files]
    if not sources or states.folders:
        return tuple(findings)
    others = tuple(source for source in states.new if source.name not in files)
    kept = _Edits()
    inputs = Inputs(sources, context_files=(*others, *states.new_context))
    run_transform(inputs, pool_sources, context, Outputs(kept, Reporter(None), Progress()))

    def fixed(found: Finding) -> Finding:
        at = (found.file, found.document, found.item)
        rules = tuple(dict.fromkeys(kept.rules.get(at, ())))
        if (
            at in kept.edits
            and found.file not in kept.failed
            and any(found.rule in resolved_by[rule] for rule in rules)
        ):
            fix = Fix(rules, kept.edits[at], found.file in kept.with_lone_cr)
            return found._replace(fix=fix)
        return found

    return tuple(map(fixed, findings))
