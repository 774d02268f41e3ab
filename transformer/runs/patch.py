"""The run of `patch`: all input is read and patched before anything is written."""

import os
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from transformer.findings import DocumentResult, Finding
from transformer.inputs.discovery import Source
from transformer.inputs.reading import (
    Readable,
    Signature,
    cannot_be_read,
    changed_meanwhile,
    chunks,
    signature,
)
from transformer.outputs.reporter import Reporter
from transformer.patch.json_patch import PatchOperation
from transformer.pipeline.context import RunContext
from transformer.pipeline.diagnostics import Origin
from transformer.pipeline.documents import documents
from transformer.pipeline.patch_document import patch_document
from transformer.pipeline.patch_targets import Examined, choose, examine
from transformer.runs.transform import Outputs


class JsonPatch(NamedTuple):
    """Operations, and the objects they are for, as `Kind/namespace/name` (None: the only one)."""

    operations: tuple[PatchOperation, ...]
    target: str | None = None


class _Read(NamedTuple):
    """What was read of a file, or of standard input (None), and why more could not be."""

    source: Source | None
    examined: list[Examined]
    finding: Finding | None = None
    seen: Signature | None = None


def run_patch(
    sources: Sequence[Source], patch: JsonPatch, context: RunContext, outputs: Outputs
) -> None:
    """Patch files, and pass on the results; none of them if something fails.

    Raises:
        OSError: standard output fails.
    """
    reads = []
    for source in sources:
        outputs.reporter.counts["files"] += 1
        reads.append(_read_file(source, patch, context))
    name = sources[0].name if len(sources) == 1 else "the input"
    _finish(reads, patch, context, outputs, name)


def run_patch_filter(
    stdin: Readable, name: str, patch: JsonPatch, context: RunContext, outputs: Outputs
) -> None:
    """Patch standard input, whose name is `name`, and pass on the results if nothing fails.

    Raises:
        OSError: standard input or standard output fails.
    """
    examined = _examined(stdin, Origin(name), patch, context)
    _finish([_Read(None, examined)], patch, context, outputs, name)


def _read_file(source: Source, patch: JsonPatch, context: RunContext) -> _Read:
    origin = Origin(source.name, source.is_named, relative=source.relative)
    try:
        with source.open() as file:
            seen = signature(os.fstat(file.fileno()))
            return _Read(source, _examined(file, origin, patch, context), None, seen)
    except OSError as error:
        return _Read(source, [], cannot_be_read(source, error))


def _examined(
    file: Readable, origin: Origin, patch: JsonPatch, context: RunContext
) -> list[Examined]:
    found = documents(chunks(file), max_document=context.max_document)
    return [examine(document, origin, context, patch.target) for document in found]


def _finish(
    reads: list[_Read], patch: JsonPatch, context: RunContext, outputs: Outputs, name: str
) -> None:
    """Patch what was read, and pass on the results, or only the findings if something fails."""
    every = [one for read in reads for one in read.examined]
    problems = [read.finding for read in reads if read.finding is not None]
    if not problems and not any(one.failed for one in every):
        problems += choose(every, patch.target, name)
    operations = () if problems else patch.operations
    results = [
        [patch_document(one, operations, context) for one in read.examined] for read in reads
    ]
    is_wrong = bool(problems) or any(map(_has_error, results))
    if not is_wrong:
        problems = _changed(reads, results)
    if is_wrong or problems:
        _tell(outputs.reporter, results, problems)
        return
    for read, of_file in zip(reads, results, strict=True):
        outputs.take(of_file, read.source)
    outputs.output.close()


def _tell(reporter: Reporter, results: list[list[DocumentResult]], problems: list[Finding]) -> None:
    """Report what is wrong, in documents and besides, and that nothing is written."""
    for result in chain.from_iterable(results):
        reporter.add(result._replace(data=result.source, changes=()))
    for found in problems:
        failed = found.rule == "HN901"
        reporter.add(
            DocumentResult(
                found.file, 1, b"", b"", "parsed", failed, (), (found,), documents=0, objects=0
            )
        )
    reporter.say("nothing is written, because something failed")


def _has_error(results: Iterable[DocumentResult]) -> bool:
    return any(
        one.failed or any(found.severity == "error" for found in one.findings) for one in results
    )


def _changed(reads: list[_Read], results: list[list[DocumentResult]]) -> list[Finding]:
    """Return findings on the files that would be edited, but have changed since they were read."""
    found = []
    for read, of_file in zip(reads, results, strict=True):
        source, is_edited = read.source, any(one.data != one.source for one in of_file)
        if source is not None and source.opener is None and is_edited:
            try:
                is_same = not source.path.is_file() or signature(source.path.stat()) == read.seen
            except OSError:
                is_same = False
            if not is_same:
                found.append(changed_meanwhile(source))
    return found
