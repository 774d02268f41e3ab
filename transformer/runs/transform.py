"""The run of `transform`: inputs, pools, outputs and reports around the pipeline.

Files are read twice: first for pools and for the patches that kustomizations name, then to
transform them. Standard input is read once; documents are spooled if a pool may still follow.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from transformer.findings import DocumentResult, Finding
from transformer.inputs.discovery import Source
from transformer.inputs.prescan import given_pools, pool_index, prescan
from transformer.inputs.reading import (
    RawStream,
    Signature,
    as_regular,
    cannot_be_read,
    changed_meanwhile,
    chunks,
    hold_list,
    signature,
    size_of,
)
from transformer.inputs.spool import FileSpool
from transformer.outputs.reporter import Reporter
from transformer.outputs.terminal import Progress
from transformer.outputs.writers import Output
from transformer.pipeline.context import RunContext
from transformer.pipeline.diagnostics import Origin
from transformer.pipeline.documents import Document, batches
from transformer.pipeline.list_items import item_batches
from transformer.pipeline.stream import (
    TransformBatch,
    collect,
    mentions_collected,
    shared_out,
    transform_all,
    transform_as_it_comes,
)
from transformer.pipeline.transform_document import transform_document
from transformer.rules.exempt import BY_PLACEMENT
from transformer.runs.workers import MOST_WORKERS, Workers
from transformer.text.raw_document import RawBatch

if TYPE_CHECKING:
    from transformer.inputs.kustomizations import Kustomizations
    from transformer.pipeline.patched_sources import PatchedSources


class Inputs(NamedTuple):
    """What a run reads: `sources`, or `stdin` if they are None.

    The pools and kustomizations in `context_files` apply to the sources; these files themselves are
    not transformed. `roots` are the PATHs that are folders.
    """

    sources: list[Source] | None = None
    stdin: RawStream | None = None
    context_files: tuple[Source, ...] = ()
    roots: tuple[str, ...] = ()


class Outputs(NamedTuple):
    """Where the results of a run go. `idle` is called before a wait for standard input."""

    output: Output
    reporter: Reporter
    progress: Progress
    idle: Callable[[], object] = lambda: None

    def take(self, results: Iterable[DocumentResult], source: Source | None) -> None:
        """Pass on the results of one file, or of standard input (None)."""
        self.output.begin(source)
        for result in results:
            self.reporter.add(result)
            self.output.add(result)
            self.progress.advance(len(result.source))
        self.output.end()


def run_transform(
    inputs: Inputs,
    pool_sources: Sequence[Source],
    context: RunContext,
    outputs: Outputs,
    *,
    is_pool_given: bool = False,
    workers: int = MOST_WORKERS,
) -> None:
    """Read everything, and pass on the results.

    `is_pool_given`: `pool_sources` have all pools (`--pools`), so that standard input need not be
    read to its end before a Node can be transformed. `workers` is the maximum number of additional
    processes.

    Raises:
        SettingsError: a file of pools cannot be read.
        OSError: standard input or standard output fails.
    """
    given = tuple(given_pools(pool_sources, context))
    if inputs.sources is not None:
        _run_files(inputs.sources, inputs, context, given, outputs, workers)
    elif inputs.stdin is not None:
        pools = pool_index(given, complete=is_pool_given)
        _run_stdin(inputs.stdin, context.with_pools(pools), outputs, workers)
    outputs.output.close()


def _run_stdin(stdin: RawStream, context: RunContext, outputs: Outputs, workers: int) -> None:
    pieces = _batches(stdin.batches(outputs.idle), context, is_stream=True)
    with _workers(context, workers) as by:
        results = transform_as_it_comes(pieces, Origin(stdin.name), context, FileSpool, by)
        outputs.take(results, None)


def _run_files(
    sources: list[Source],
    inputs: Inputs,
    context: RunContext,
    given: tuple[Any, ...],
    outputs: Outputs,
    workers: int,
) -> None:
    """Transform `sources`, with the pools and kustomizations of the context files as well.

    The pools of a file are those of all clusters that it belongs to: if they differ, nothing that
    depends on them is changed.
    """
    with _all_regular(sources) as files:
        prescanned = files
        if files and inputs.context_files:  # the same order, whichever of them are the sources
            every = (*files, *inputs.context_files)
            prescanned = sorted(every, key=lambda source: source.relative)
        outputs.progress.expect(sum(map(size_of, prescanned)) + sum(map(size_of, files)))
        from transformer.inputs.kustomizations import read_kustomizations  # only for files

        kustomizations = read_kustomizations(prescanned, context)
        if any(rule.id in BY_PLACEMENT for rule in context.rules):
            context = _with_patched_sources(context, kustomizations, prescanned, inputs.roots)
        contexts = {
            clusters: context.with_pools(pool_index(given))
            for clusters in dict.fromkeys(source.clusters for source in prescanned)
        }

        def take(source: Source, document: Document) -> None:
            for clusters, of_them in contexts.items():  # usually there is only one
                if clusters == source.clusters or not set(clusters).isdisjoint(source.clusters):
                    collect(document, of_them)

        def mentions(data: bytes) -> bool:
            return mentions_collected(data, context)

        done = outputs.progress.advance
        seen = prescan(prescanned, kustomizations, context, mentions, take, done).signatures
        for of_them in contexts.values():
            of_them.cluster.pools.complete = True
        with _workers(context, workers) as by:
            for source in files:
                outputs.reporter.counts["files"] += 1
                origin = kustomizations.origin(source)
                if context.patched_sources is not None:
                    origin = _listed(origin, source, kustomizations, context.patched_sources)
                results = _file_results(source, origin, contexts[source.clusters], seen, by)
                outputs.take(results, source)


def _with_patched_sources(
    context: RunContext,
    kustomizations: "Kustomizations",
    sources: Sequence[Source],
    roots: Sequence[str],
) -> RunContext:
    """Return a context that knows which patches may decide where the pods of an object run."""
    from transformer.inputs.deployed_layers import read_deployed_layers  # few runs need it
    from transformer.inputs.patched_sources import read_patched_sources

    deployed = read_deployed_layers(sources, roots, context, kustomizations.real)
    patched = read_patched_sources(kustomizations, sources, context, deployed=deployed)
    return context._replace(patched_sources=patched, keeps_severity=True)


def _listed(
    origin: Origin, source: Source, kustomizations: "Kustomizations", patched: "PatchedSources"
) -> Origin:
    """Return where the documents of a file come from, with the kustomizations that list it."""
    listed_by = patched.listed_by(kustomizations.real.of(source.path))
    return origin._replace(usage=origin.usage._replace(listed_by=tuple(listed_by)))


@contextmanager
def _workers(context: RunContext, most: int) -> Iterator[TransformBatch]:
    """Yield the `TransformBatch` that uses several processors; any cluster of `context` will do."""

    def work(task: tuple[Document, Origin]) -> DocumentResult:
        return transform_document(*task, context)

    with Workers(work, most) as workers:
        yield shared_out(workers.share)


@contextmanager
def _all_regular(sources: list[Source]) -> Iterator[list[Source]]:
    """Yield the sources, those that can be read only once copied to files."""
    from transformer.inputs.temp_copies import folder_for_copies  # only for files

    with folder_for_copies() as folder:
        yield [as_regular(source, folder) for source in sources]


def _batches(
    raw: Iterable[RawBatch], context: RunContext, *, is_stream: bool = False
) -> Iterator[list[Document]]:
    strict, most = context.settings.strict, context.max_document
    return batches(raw, is_stream=is_stream, strict=strict, max_document=most)


def _file_results(
    source: Source,
    origin: Origin,
    context: RunContext,
    seen: Mapping[Path, Signature],
    by: TransformBatch,
) -> Iterator[DocumentResult]:
    """Yield the results of a file, if it has not changed since it was `seen` in the first pass."""
    try:
        with source.open() as file:
            before = signature(os.fstat(file.fileno()))
            if seen.get(source.path, before) != before:
                yield _failed(changed_meanwhile(source))
                return
            raw = item_batches(chunks(file), context.max_document, hold_list, in_runs=True)
            yield from transform_all(_batches(raw, context), origin, context, by)
            if signature(source.path.stat()) != before:
                yield _failed(changed_meanwhile(source))
    except OSError as error:
        yield _failed(cannot_be_read(source, error))


def _failed(finding: Finding) -> DocumentResult:
    return DocumentResult(finding.file, 1, b"", b"", "parsed", True, (), (finding,))
