"""The Python API: bytes in, a result out. No output, and no state shared between calls."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from transformer.config.package_data import read as resource
from transformer.config.package_data import schemas
from transformer.errors import (
    InputError,
    PatchError,
    PatchTestError,
    SettingsError,
    TransformError,
)
from transformer.findings import Change, DocumentResult, Finding
from transformer.inputs.discovery import Source
from transformer.inputs.prescan import pool_index
from transformer.inputs.reading import chunks as chunks_of
from transformer.inputs.reading import value_of
from transformer.inputs.spool import FileSpool
from transformer.pipeline import settings as configuration
from transformer.pipeline.context import RunContext, build
from transformer.pipeline.diagnostics import Origin
from transformer.pipeline.documents import batches, documents
from transformer.pipeline.stream import Spool, transform_as_it_comes
from transformer.text.framing import raw_batches


class Result(NamedTuple):
    """The result of transforming a stream of manifests.

    `data` is the whole transformed stream; documents that failed are in it unchanged. `failed`: at
    least one document failed.
    """

    data: bytes
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    failed: bool = False


def transform(
    data: bytes,
    *,
    pools: bytes | None = None,
    config: Mapping[str, Any] | None = None,
    name: str = "<data>",
) -> Result:
    """Transform the manifests in `data` (YAML or JSON, any number of documents).

    `pools` is a stream of NodePools in addition to those in `data`; if it is set, `data` is not
    searched ahead for more. `config` is a configuration object (`apiVersion`, `kind`, `spec`), as
    in `.hostnet-transform.yaml`; paths in it are not read. `name` is the file name in findings.

    Raises:
        SettingsError: the configuration is invalid.
        InputError: `pools` cannot be read.
    """
    results = list(_results([data], pools, config, name, list, in_runs=True))
    return Result(
        b"".join(result.data for result in results),
        tuple(change for result in results for change in result.changes),
        tuple(finding for result in results for finding in result.findings),
        any(result.failed for result in results),
    )


def validate(
    data: bytes,
    *,
    old: bytes | None = None,
    pools: bytes | None = None,
    config: Mapping[str, Any] | None = None,
    name: str = "<data>",
) -> tuple[Finding, ...]:
    """Return the findings on the manifests in `data`, from top to bottom.

    `old` is an old state; if it is set, every change from it is validated as well. `pools` are
    NodePools in addition to those in `data`. `config` and `name` are as for `transform`.

    Raises:
        SettingsError: the configuration is invalid.
        InputError: `pools` cannot be read.
    """
    from transformer.inputs.comparison import States  # slow to import, and only needed here
    from transformer.runs.validate import run_validate, told

    context = build(_settings(config), _components(), schemas=_schemas())
    given = _values(pools or b"")
    new_state, old_state = (
        None if state is None else [_source(state, name)] for state in (data, old)
    )
    states = States(new_state or (), old_state, (*context.settings.inline_pools, *given))
    return told(run_validate(states, context, workers=0), states, context)


def splice(
    data: bytes, operations: Sequence[Mapping[str, Any]], *, target: str | None = None
) -> bytes:
    """Return `data` (YAML or JSON) with a JSON patch spliced in; all other bytes stay.

    `operations` are those of RFC 6902, as mappings: `add`, `remove`, `replace`, `move`, `copy` and
    `test`, applied one after the other. `target` is the object that they are for, as
    `Kind/namespace/name` or `Kind/name`, with `*` for any text; every object that it matches is
    patched. Without it, `data` has to hold one object, of which the kind does not matter.

    The result has been read again, and means what the operations make of the values in `data`.

    Raises:
        SettingsError: `operations` are no JSON patch, or `target` cannot match an object.
        InputError: a document cannot be read.
        PatchTestError: a `test` fails.
        PatchError: an operation does not fit the object, or cannot be written into its text; or it
            is not certain which object is meant.
    """
    from transformer.patch.json_patch import flaws, operations_from  # only needed here
    from transformer.pipeline.patch_document import patch_document
    from transformer.pipeline.patch_targets import check_target, choose, examine

    wrong = next(flaws(operations), None)
    if wrong is not None:
        raise SettingsError(wrong.message, hint=wrong.hint)
    if target is not None:
        check_target(target)
    context, origin = _default_context(), Origin("<data>")
    every = [examine(one, origin, context, target) for one in documents([data])]
    _raise_first(found for one in every for found in one.findings)
    _raise_first(choose(every, target, "<data>"))
    patch = operations_from(operations)
    results = [patch_document(one, patch, context) for one in every]
    _raise_first(found for result in results for found in result.findings)
    return b"".join(result.data for result in results)


def _raise_first(findings: Iterable[Finding]) -> None:
    """Raise the first finding that is an error as an exception that names its place."""
    for found in findings:
        if found.severity == "error":
            error = _ERRORS.get(found.rule, PatchError)
            object_of = f"{found.object}: " if found.object else ""
            message = f"line {found.line}: {object_of}{found.message}"
            raise error(message, hint=found.hint)


_ERRORS: dict[str, type[TransformError]] = {
    "HN901": InputError,
    "HN902": InputError,
    "HN904": InputError,
    "patch-test": PatchTestError,
}
"""The exceptions for findings of `splice`, by their rules; for others, it is a PatchError."""


def _source(data: bytes, name: str) -> Source:
    return Source(
        Path(name), name, True, relative=name, opener=lambda: BytesIO(data), is_stream=True
    )


def transform_stream(
    source: BinaryIO,
    *,
    pools: bytes | None = None,
    config: Mapping[str, Any] | None = None,
    name: str = "<stream>",
) -> Iterator[DocumentResult]:
    """Yield a result for each document of `source`, as soon as it is known.

    The `data` of all results is the transformed stream. Arguments and errors are as for
    `transform`.
    """
    return _results(chunks_of(source), pools, config, name, FileSpool)


def _results(
    chunks: Iterable[bytes],
    pools: bytes | None,
    config: Mapping[str, Any] | None,
    name: str,
    spool: Callable[[], Spool],
    *,
    in_runs: bool = False,
) -> Iterator[DocumentResult]:
    context = _context(config)
    given = _values(pools or b"")
    index = pool_index((*context.settings.inline_pools, *given), complete=pools is not None)
    strict, most = context.settings.strict, context.max_document
    raw = raw_batches(chunks, most, in_runs=in_runs)
    pieces = batches(raw, is_stream=True, strict=strict, max_document=most)
    return transform_as_it_comes(pieces, Origin(name), context.with_pools(index), spool)


def _values(pools: bytes) -> list[Any]:
    return [value_of(document) for document in documents([pools], is_stream=True)]


def _context(config: Mapping[str, Any] | None) -> RunContext:
    return _default_context() if config is None else build(_settings(config), _components())


def _settings(config: Mapping[str, Any] | None) -> configuration.Settings:
    if config is None:
        return configuration.Settings()
    from transformer.config.check import check  # slow to import, and only needed here
    from transformer.config.resolve import as_of_today

    for problem in check(config):
        raise SettingsError(f"{problem.pointer or '/'}: {problem.message}", hint=problem.hint)
    return as_of_today(configuration.from_plain(config))


@cache
def _default_context() -> RunContext:
    return build(configuration.Settings(), _components())


_schemas = cache(schemas)


def _components() -> Any:
    return json.loads(resource("kubernetes/components.json"))
