"""The documents that a run of `validate` goes through, in the order of the input, in batches.

Of a file that is known from an earlier run, the results stand in their place.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from transformer.findings import Finding
from transformer.inputs.comparison import States
from transformer.inputs.discovery import Source
from transformer.inputs.kustomizations import Kustomizations
from transformer.inputs.reading import cannot_be_read, documents_of
from transformer.inputs.real_paths import RealPaths
from transformer.pipeline.context import RunContext
from transformer.pipeline.diagnostics import Origin
from transformer.pipeline.documents import Document
from transformer.pipeline.validate_document import DocumentDiagnostics
from transformer.runs.remembered import Known, Remembered
from transformer.text.prefilter import is_blank

_BATCH = 512
"""Documents that are distributed together."""

_BATCH_BYTES = 8 * 1024 * 1024


Task: TypeAlias = tuple[Document, Origin, tuple[str, ...]]


class Item(NamedTuple):
    """A document to validate, or one of which the result is `known`; `key` stands for its file."""

    origin: Origin
    key: str
    task: Task | None = None
    known: Known | None = None


def listed_by(
    states: States, context: RunContext, real: RealPaths
) -> Callable[[Source], Sequence[int]]:
    """Return what returns the kustomizations that list a file, or that get what was built."""
    patched = context.patched_sources
    if patched is None:
        return lambda _: ()
    from transformer.inputs.patched_sources import as_built  # only for kustomizations

    went_in = {one.relative: real.of(one.path.parent) for one in states.went_in}

    def listing(source: Source) -> Sequence[int]:
        is_built = source.name in states.usages
        folder = went_in.get(source.relative, "")
        return patched.listed_by(as_built(folder) if is_built else real.of(source.path))

    return listing


def items(
    states: States,
    context: RunContext,
    kustomizations: Kustomizations,
    known: Remembered,
    cannot_read: Callable[[Finding], object],
) -> Iterator[Item]:
    """Yield the documents of all files; `cannot_read` is called for files that cannot be read."""
    real = kustomizations.real
    listing = listed_by(states, context, real)
    for source in states.new:
        built = states.usages.get(source.name)
        usage = built or kustomizations.graph.of(real.of(source.path))
        usage = usage._replace(listed_by=tuple(listing(source)))
        origin = kustomizations.origin(source)._replace(usage=usage)
        key = known.key(source, origin)
        if (found := known.of(key)) is not None:
            yield from (Item(origin, key, known=one) for one in found)
            continue
        try:
            for document in documents_of(source, context):
                yield Item(origin, key, (document, origin, source.clusters))
        except OSError as error:
            known.forget(key)
            cannot_read(cannot_be_read(source, error))


def results(
    batch: Sequence[Item],
    do: Callable[[Sequence[Task]], Sequence[DocumentDiagnostics]],
    known: Remembered,
) -> Iterator[tuple[Origin, Known]]:
    """Yield the result of each document, and remember those that are new."""
    found = iter(do([item.task for item in batch if item.task is not None]))
    for item in batch:
        one = item.known
        if item.task is not None:
            one = Known(next(found), is_blank(item.task[0].raw.data))
            known.add(item.key, *one)
        assert one is not None
        yield item.origin, one


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    size = 0
    for item in items:
        batch.append(item)
        size += len(item.task[0].raw.data) if item.task is not None else 0
        if len(batch) == _BATCH or size > _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
