"""`validate --fix`: the edits of `transform --write`, and the fixes of rules, in place."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from transformer.errors import reason_of
from transformer.findings import Change, DocumentResult, Finding
from transformer.inputs.discovery import Source
from transformer.inputs.reading import unreadable
from transformer.kubernetes.pools import Pool
from transformer.outputs.reporter import Reporter
from transformer.outputs.terminal import Progress
from transformer.outputs.writers import InPlace
from transformer.pipeline.context import RunContext
from transformer.runs.transform import Inputs, Outputs, run_transform


class Fixed(NamedTuple):
    """The changes, and findings on files that cannot be written or edits that cannot be spliced."""

    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()


_KEPT = ("HN905", "HN306")
"""What the fixes themselves bring about: the validation that follows does not see it any more."""


class _Fixing(InPlace):
    """Writes in place, and records the changes."""

    def __init__(self) -> None:
        super().__init__(Reporter(None))
        self.changes: list[Change] = []
        self.findings: list[Finding] = []
        self._planned: list[Change] = []

    def begin(self, source: Source | None) -> None:
        super().begin(source)
        self._planned = []

    def add(self, result: DocumentResult) -> None:
        super().add(result)
        self._planned.extend(result.changes)
        self.findings.extend(found for found in result.findings if found.rule in _KEPT)

    def wrote(self, source: Source) -> None:
        self.changes.extend(self._planned)

    def refused(self, source: Source, error: OSError) -> None:
        message = f"the file cannot be written: {reason_of(error)}"
        self.findings.append(unreadable(source, message, "nothing in it was fixed"))


def fix(
    sources: Sequence[Source],
    pool_sources: Sequence[Source],
    context: RunContext,
    former_pools: Mapping[str, Pool],
) -> Fixed:
    """Fix `sources` in place, except for suppressed findings; a file in which a document cannot be
    read is not changed. `former_pools` are those of the old state, by name.

    If a NodePool was fixed, a second run follows: only then can its Nodes be labelled.
    """
    fixing = _Fixing()
    context = context.with_cluster(context.cluster._replace(former_pools=former_pools)).for_fix()
    for context_now in (context.with_fixes(), context):
        done = len(fixing.changes)
        outputs = Outputs(fixing, Reporter(None), Progress())
        run_transform(Inputs(list(sources)), pool_sources, context_now, outputs)
        if not any(change.rule.startswith("HN") for change in fixing.changes[done:]):
            break
    return Fixed(tuple(fixing.changes), tuple(dict.fromkeys(fixing.findings)))
