"""The first pass over files: pools, patches that kustomizations name, and how each file was then.

Pools may come after the nodes that belong to them, and a kustomization after its patches, so a run
over files looks at all of them before it treats any (SPEC, sections 3 and 8).
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from transformer.errors import InputError, SettingsError
from transformer.inputs.discovery import Source
from transformer.inputs.reading import Signature, chunks, signature, values
from transformer.kubernetes.generators import KUSTOMIZATIONS
from transformer.kubernetes.objects import manifests, mapping_at
from transformer.kubernetes.pools import PoolIndex, is_pool, pool_of
from transformer.pipeline.context import RunContext
from transformer.pipeline.documents import Document, documents
from transformer.pipeline.stream import gather_pools
from transformer.text.prefilter import mentions_pool

_PATCH_FIELDS = ("patches", "patchesStrategicMerge", "patchesJson6902")


class Prescan(NamedTuple):
    """`engines` by scope, each with its pools; `patches` are real paths."""

    engines: dict[str, RunContext]
    patches: set[str]
    seen: dict[Path, Signature]

    def is_patch(self, source: Source) -> bool:
        """Whether a kustomization among the files names this one as a patch."""
        return is_among(source, self.patches)


def prescan(
    sources: Iterable[Source],
    context: RunContext,
    given: Iterable[Any],
    done: Callable[[int], object] = lambda _: None,
) -> Prescan:
    """Return what the files hold; `given` are values whose pools belong to every scope.

    `done` is told the size of each file when it has been read. A file that cannot be opened is
    left for the second pass, which reports it.
    """
    given, sources = tuple(given), tuple(sources)
    found = Prescan({}, patch_files(sources, context.max_document), {})
    for source in sources:
        if source.scope not in found.engines:
            found.engines[source.scope] = context.with_pools(pool_index(given))
        try:
            with source.open() as file:
                status = os.fstat(file.fileno())
                found.seen[source.path] = signature(status)
                scoped = found.engines[source.scope]
                if not found.is_patch(source):
                    for document in _parts_with_pools(file, status.st_size, context.max_document):
                        gather_pools(document, scoped)
        except OSError:
            continue
        done(status.st_size)
    for scoped in found.engines.values():
        scoped.cluster.pools.complete = True
    return found


def _parts_with_pools(file: BinaryIO, size: int, max_document: int) -> Iterator[Document]:
    """Yield the parts of a file, none of a small one whose bytes show that it holds no pool."""
    pieces = chunks(file)
    head = next(pieces, b"")
    if len(head) < size or mentions_pool(head):
        yield from documents(chain((head,), pieces), max_document=max_document)


def patch_files(sources: Iterable[Source], max_document: int) -> set[str]:
    """Return the real paths of the files that a kustomization among `sources` names as patches."""
    found: set[str] = set()
    for source in sources:
        if source.path.name in KUSTOMIZATIONS:
            with suppress(OSError):
                found.update(_patches(source, max_document))
    return found


def is_among(source: Source, patches: Collection[str]) -> bool:
    """Whether `source` is one of the files that `patch_files` has found."""
    return bool(patches) and os.path.realpath(source.path) in patches


def pool_index(given: Iterable[Any], *, complete: bool = False) -> PoolIndex:
    """Return an index of the pools in plain values."""
    index = PoolIndex(complete=complete)
    for value in given:
        index.give(pool_of(manifest) for manifest in manifests(value) if is_pool(manifest))
    return index


def given_pools(sources: Iterable[Source], context: RunContext) -> Iterator[Any]:
    """Yield the plain values that hold the pools the user named: settings, `--pools`.

    Raises:
        SettingsError: a file cannot be read, or is no YAML.
    """
    yield from context.settings.inline_pools
    for source in sources:
        try:
            with source.open() as file:
                yield from values(file, context.max_document)
        except OSError as error:
            reason, hint = (error.strerror or "unknown error").lower(), "check that it may be read"
        except InputError as error:
            reason, hint = error.message, error.hint
        else:
            continue
        message = f"the pools cannot be read: {reason}"
        raise SettingsError(message, file=source.name, hint=hint)


def kustomizations_in(source: Source, max_document: int) -> list[dict[str, Any]]:
    """Return what is in the file of a kustomization; nothing if it cannot be understood.

    Raises:
        OSError: it cannot be read.
    """
    try:
        with source.open() as file:
            return [mapping_at(value) for value in values(file, max_document)]
    except InputError:
        return []


def _patches(source: Source, max_document: int) -> Iterator[str]:
    """Yield the real paths of the files that a kustomization names as patches."""
    for kustomization in kustomizations_in(source, max_document):
        for name_of_field in _PATCH_FIELDS:
            entries = kustomization.get(name_of_field)
            for entry in entries if isinstance(entries, list) else ():
                name = entry.get("path") if isinstance(entry, dict) else entry
                if isinstance(name, str) and "\n" not in name and "\0" not in name:
                    yield os.path.realpath(source.path.parent / name)
