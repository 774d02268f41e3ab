"""The `transform` command at work: inputs, pools, outputs and reports around the pipeline.

Files are read twice: first for pools and for the patches that kustomizations name, then for real;
standard input once, with spooling where a pool is still to come.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from transformer.findings import DocumentResult, Finding
from transformer.inputs.discovery import Source
from transformer.inputs.prescan import Prescan, given_pools, pool_index, prescan
from transformer.inputs.reading import RawStream, as_regular, chunks, is_regular, signature, size_of
from transformer.inputs.spool import FileSpool
from transformer.outputs.reporter import Reporter
from transformer.outputs.terminal import Progress
from transformer.outputs.writers import Output
from transformer.pipeline.context import RunContext
from transformer.pipeline.diagnostics import Origin
from transformer.pipeline.documents import Document, batches
from transformer.pipeline.stream import (
    TransformBatch,
    shared_out,
    transform_all,
    transform_as_it_comes,
)
from transformer.pipeline.transform_document import transform_document
from transformer.runs.workers import Workers
from transformer.text.framing import RawBatch, raw_batches


class Inputs(NamedTuple):
    """What a run reads: `sources`, or `stdin` where they are None.

    The pools and kustomizations of `context_files` count for the sources; these files themselves
    are not transformed.
    """

    sources: list[Source] | None = None
    stdin: RawStream | None = None
    context_files: tuple[Source, ...] = ()


class Outputs(NamedTuple):
    """Where a run's results go. `idle` is called before a wait for standard input."""

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
) -> None:
    """Read everything, and pass on the results.

    `is_pool_given`: `pool_sources` hold all the pools there are (`--pools`), so that standard input
    need not be read to its end before a Node is decided.

    Raises:
        SettingsError: a file of pools cannot be read.
        OSError: standard input or standard output fails.
    """
    given = tuple(given_pools(pool_sources, context))
    if inputs.sources is not None:
        _run_files(inputs.sources, inputs.context_files, context, given, outputs)
    elif inputs.stdin is not None:
        pools = pool_index(given, complete=is_pool_given)
        _run_stdin(inputs.stdin, context.with_pools(pools), outputs)
    outputs.output.close()


def _run_stdin(stdin: RawStream, context: RunContext, outputs: Outputs) -> None:
    pieces = _batches(stdin.batches(outputs.idle), context, is_stream=True)
    with _workers(context) as by:
        results = transform_as_it_comes(pieces, Origin(stdin.name), context, FileSpool, by)
        outputs.take(results, None)


def _run_files(
    sources: list[Source],
    context_files: tuple[Source, ...],
    context: RunContext,
    given: tuple[Any, ...],
    outputs: Outputs,
) -> None:
    """Treat `sources`, with the pools and kustomizations of `context_files` too."""
    with _all_regular(sources) as files:
        prescanned = files
        if files and context_files:  # in one order, whichever of them are the sources
            prescanned = sorted((*files, *context_files), key=lambda source: source.relative)
        outputs.progress.expect(sum(map(size_of, prescanned)) + sum(map(size_of, files)))
        found = prescan(prescanned, context, given, outputs.progress.advance)
        with _workers(context) as by:
            for source in files:
                outputs.reporter.counts["files"] += 1
                outputs.take(_file_results(source, found, by), source)


@contextmanager
def _workers(context: RunContext) -> Iterator[TransformBatch]:
    """Yield what treats parts, many of them on several processors; `context` in any world."""

    def work(task: tuple[Document, Origin]) -> DocumentResult:
        return transform_document(*task, context)

    with Workers(work) as workers:
        yield shared_out(workers.share)


@contextmanager
def _all_regular(sources: list[Source]) -> Iterator[list[Source]]:
    """Yield the sources, those that can be read only once copied to files."""
    if all(map(is_regular, sources)):
        yield sources
        return
    from transformer.inputs.temp_copies import temp_folder  # rarely needed

    with temp_folder() as folder:
        yield [as_regular(source, folder) for source in sources]


def _batches(
    raw: Iterable[RawBatch], context: RunContext, *, is_stream: bool = False
) -> Iterator[list[Document]]:
    strict, most = context.settings.strict, context.max_document
    return batches(raw, is_stream=is_stream, strict=strict, max_document=most)


def _file_results(source: Source, found: Prescan, by: TransformBatch) -> Iterator[DocumentResult]:
    context = found.engines[source.scope]
    origin = Origin(source.name, source.is_named, found.is_patch(source), source.relative)
    try:
        with source.open() as file:
            before = signature(os.fstat(file.fileno()))
            if found.seen.get(source.path, before) != before:
                yield _failed(changed_meanwhile(source))
                return
            yield from transform_all(
                _batches(raw_batches(chunks(file), context.max_document), context),
                origin,
                context,
                by,
            )
            if signature(source.path.stat()) != before:
                yield _failed(changed_meanwhile(source))
    except OSError as error:
        yield _failed(cannot_be_read(source, error))


def changed_meanwhile(source: Source) -> Finding:
    """Return the finding that a file is no longer what it was when it was first looked at."""
    return unreadable(source, "the file was changed while it was read", "run again")


def cannot_be_read(source: Source, error: OSError) -> Finding:
    """Return the finding that a file cannot be opened or read."""
    reason = (error.strerror or "unknown error").lower()
    hint = "check that it is a file, and may be read"
    return unreadable(source, f"the file cannot be read: {reason}", hint)


def unreadable(source: Source, message: str, hint: str) -> Finding:
    return Finding("HN901", "error", message, source.name, 1, 1, 0, hint=hint)


def _failed(finding: Finding) -> DocumentResult:
    return DocumentResult(finding.file, 1, b"", b"", "parsed", True, (), (finding,))
