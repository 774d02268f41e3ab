"""The edits of `transform --write`, without a word about them, and those of rules that are off."""

from collections.abc import Sequence

from transformer.findings import DocumentResult
from transformer.inputs.comparison import PossibleEdits
from transformer.inputs.discovery import Source
from transformer.outputs.reporter import Reporter
from transformer.outputs.terminal import Progress
from transformer.outputs.writers import InPlace, Output
from transformer.pipeline.context import RunContext
from transformer.rules.exempt import BY_PLACEMENT
from transformer.rules.registry import transform_rules
from transformer.runs.transform import Inputs, Outputs, run_transform


def edit_in_place(
    sources: Sequence[Source],
    roots: Sequence[str],
    pool_sources: Sequence[Source],
    context: RunContext,
) -> tuple[bool, PossibleEdits]:
    """Edit the files of `sources`, which were found in the folders `roots`.

    Return whether any was changed, and what the rules that are off would edit besides, of those
    that edit where pods run.
    """
    possible = _Changes()
    on = {rule.id for rule in context.rules}
    off = [rule for rule in transform_rules() if rule.id in BY_PLACEMENT - on]
    inputs = Inputs(list(sources), roots=tuple(roots))
    _run(inputs, pool_sources, context.with_rules(off), possible, Reporter(None))
    reporter = Reporter(None)
    _run(inputs, pool_sources, context, InPlace(reporter), reporter)
    return bool(reporter.counts["written"]), frozenset(possible.found)


def _run(
    inputs: Inputs,
    pool_sources: Sequence[Source],
    context: RunContext,
    output: Output,
    reporter: Reporter,
) -> None:
    outputs = Outputs(output, reporter, Progress())
    run_transform(inputs, pool_sources, context, outputs)


class _Changes(Output):
    """Records what would be changed."""

    def __init__(self) -> None:
        self.found: set[tuple[str, str, int]] = set()

    def add(self, result: DocumentResult) -> None:
        self.found.update((one.rule, one.file, one.line) for one in result.changes)
