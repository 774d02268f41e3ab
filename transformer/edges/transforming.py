"""The `transform` command at work: inputs, pools, outputs and the exit status, around the pipeline.

Files are read twice: first for pools and for the patches that kustomizations name, then for real;
standard input once, with spooling where a pool is still to come.
"""

import os
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from transformer.edges.outputs import Output
from transformer.edges.reporting import Reporter
from transformer.edges.sources import KUSTOMIZATIONS, Source, discover
from transformer.edges.spool import FileSpool
from transformer.errors import InputError, SettingsError
from transformer.findings import DocumentResult, Finding
from transformer.manifest.manifest import mapping_at
from transformer.manifest.pools import PoolIndex
from transformer.pipeline.document import Origin
from transformer.pipeline.engine import Engine, add_pools
from transformer.pipeline.glue import parts
from transformer.pipeline.run import gather_pools, treat_all, treat_stream
from transformer.text.framing import frames
from transformer.yamltree.plain import to_plain
from transformer.yamltree.read import read

_CHUNK = 256 * 1024


@dataclass(slots=True)
class Inputs:
    """What a run reads. `sources` None: standard input."""

    sources: list[Source] | None
    pool_sources: list[Source]
    stdin: BinaryIO
    stdin_name: str = "<stdin>"
    is_pool_given: bool = False


@dataclass(frozen=True, slots=True)
class _Survey:
    """What the first pass found: pools by scope, patch files, and how each file was then."""

    pools: dict[str, PoolIndex] = field(default_factory=dict)
    patches: set[str] = field(default_factory=set)
    seen: dict[Path, tuple[int, ...]] = field(default_factory=dict)


def run(
    inputs: Inputs,
    engine: Engine,
    output: Output,
    reporter: Reporter,
    *,
    idle: Callable[[], None] = lambda: None,
    progress: Callable[[list[Source]], Iterable[Source]] = lambda sources: sources,
) -> None:
    """Read everything, tell `reporter`, write to `output`; `idle` is called before a wait.

    Raises:
        SettingsError: a file of pools cannot be read.
    """
    shared = PoolIndex()
    for value in engine.settings.inline_pools:
        add_pools(shared, value)
    for source in inputs.pool_sources:
        for value in _values(source, engine):
            add_pools(shared, value)
    if inputs.sources is None:
        pools = PoolIndex(shared, complete=inputs.is_pool_given)
        _run_stdin(inputs, engine.for_pools(pools), output, reporter, idle)
    else:
        _run_files(inputs.sources, engine, shared, output, reporter, progress)
    output.close()


def _run_stdin(
    inputs: Inputs,
    engine: Engine,
    output: Output,
    reporter: Reporter,
    idle: Callable[[], None],
) -> None:
    chunks = _chunks(inputs.stdin, idle)
    pieces = parts(frames(chunks, engine.max_document), strict=engine.settings.strict)
    output.begin(None)
    for result in treat_stream(pieces, Origin(inputs.stdin_name), engine, FileSpool):
        reporter.add(result)
        output.add(result)
    output.end()


def _run_files(
    sources: list[Source],
    engine: Engine,
    shared: PoolIndex,
    output: Output,
    reporter: Reporter,
    progress: Callable[[list[Source]], Iterable[Source]],
) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="hostnet-") if _has_pipes(sources) else _nothing() as tmp
    ):
        sources = [_regular(source, tmp) for source in sources]
        survey = _survey(sources, engine, shared)
        engines = {scope: engine.for_pools(pools) for scope, pools in survey.pools.items()}
        for source in progress(sources):
            origin = Origin(
                source.name, source.is_named, os.path.realpath(source.path) in survey.patches
            )
            output.begin(source)
            for result in _file_results(source, origin, engines[source.scope], survey):
                reporter.add(result)
                output.add(result)
            output.end()


class _nothing:
    def __enter__(self) -> str:
        return ""

    def __exit__(self, *_: object) -> None:
        pass


def _has_pipes(sources: Iterable[Source]) -> bool:
    return any(not source.path.is_file() for source in sources)


def _regular(source: Source, folder: str) -> Source:
    """Return `source`, copied to a file first if it can be read only once (a FIFO, /dev/fd/N)."""
    if source.path.is_file():
        return source
    handle, name = tempfile.mkstemp(dir=folder)
    try:
        with source.path.open("rb") as pipe, os.fdopen(handle, "wb") as copy:
            while chunk := pipe.read(_CHUNK):
                copy.write(chunk)
    except OSError:
        return source
    return Source(Path(name), source.name, source.is_named, source.scope)


def _survey(sources: list[Source], engine: Engine, shared: PoolIndex) -> _Survey:
    survey = _Survey()
    for source in sources:
        if source.scope not in survey.pools:
            survey.pools[source.scope] = PoolIndex(shared)
        try:
            with source.path.open("rb") as file:
                survey.seen[source.path] = _signature(file)
                scoped = engine.for_pools(survey.pools[source.scope])
                for part in parts(frames(_chunks(file), engine.max_document)):
                    gather_pools(part, scoped)
                if source.path.name in KUSTOMIZATIONS:
                    survey.patches.update(_patches(source))
        except OSError:
            continue
    for pools in survey.pools.values():
        pools.complete = True
    return survey


def _file_results(
    source: Source, origin: Origin, engine: Engine, survey: _Survey
) -> Iterator[DocumentResult]:
    try:
        with source.path.open("rb") as file:
            if survey.seen.get(source.path, _signature(file)) != _signature(file):
                yield _unreadable(source, "the file changed while it was read", "run again")
                return
            pieces = parts(
                frames(_chunks(file), engine.max_document), strict=engine.settings.strict
            )
            yield from treat_all(pieces, origin, engine)
    except OSError as error:
        hint = "check that it exists and may be read"
        yield _unreadable(source, f"cannot be read: {error.strerror}", hint)


def _unreadable(source: Source, message: str, hint: str) -> DocumentResult:
    finding = Finding("HN901", "error", message, source.name, 1, 1, 0, hint=hint)
    return DocumentResult(source.name, 1, b"", b"", "parsed", True, (), (finding,))


def _signature(file: BinaryIO) -> tuple[int, ...]:
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        return ()
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def _chunks(file: BinaryIO, idle: Callable[[], None] = lambda: None) -> Iterator[bytes]:
    """Yield what `file` has, as soon as it has it."""
    take = getattr(file, "read1", file.read)
    while True:
        idle()
        chunk = take(_CHUNK)
        if not chunk:
            return
        yield chunk


def _values(source: Source, engine: Engine) -> Iterator[object]:
    """Yield the plain value of each document of a file that the user named for its pools.

    Raises:
        SettingsError: it cannot be read, or is no YAML.
    """
    try:
        with source.path.open("rb") as file:
            for part in parts(frames(_chunks(file), engine.max_document)):
                yield to_plain(read(part.frame.data.decode()).root)
    except OSError as error:
        raise SettingsError(f"pools cannot be read from {source.name}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"pools cannot be read from {source.name}: not UTF-8") from None
    except InputError as error:
        raise SettingsError(
            f"pools cannot be read from {source.name}: {error.message}", hint=error.hint
        ) from None


def _patches(source: Source) -> Iterator[str]:
    """Yield the real paths of the files that a kustomization names as patches."""
    try:
        value = to_plain(read(source.path.read_bytes().decode()).root)
    except (OSError, UnicodeDecodeError, InputError):
        return
    kustomization = mapping_at(value)
    for field_name in ("patches", "patchesStrategicMerge", "patchesJson6902"):
        entries = kustomization.get(field_name)
        for entry in entries if isinstance(entries, list) else ():
            name = entry.get("path") if isinstance(entry, dict) else entry
            if isinstance(name, str) and "\n" not in name:
                yield os.path.realpath(source.path.parent / name)


def find_sources(paths: Iterable[str], engine: Engine, root: Path) -> list[Source]:
    """Return the files that a run's PATHs name, by the configuration's folders and globs."""
    settings = engine.settings
    return discover(
        paths,
        root=root,
        include=settings.include,
        exclude=settings.exclude,
        scopes=settings.scopes,
    )
