"""The first pass over files, for resources that other documents depend on.

Pools may come after their nodes, and a kustomization after its patches, so a run reads all files
before it transforms or validates any.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from transformer.errors import InputError, SettingsError, reason_of
from transformer.inputs.discovery import Source
from transformer.inputs.reading import Signature, chunks, counted, documents_in, signature, values
from transformer.kubernetes.objects import manifests
from transformer.kubernetes.pools import PoolIndex, is_pool, pool_of
from transformer.pipeline.context import RunContext
from transformer.pipeline.documents import Document, alone

if TYPE_CHECKING:
    from transformer.inputs.kustomizations import Kustomizations


class Prescan(NamedTuple):
    """The signature of each file that was read, and the files that cannot be read."""

    signatures: dict[Path, Signature]
    unread: list[Source]


def prescan(
    sources: Iterable[Source],
    kustomizations: "Kustomizations",
    context: RunContext,
    mentions: Callable[[bytes], bool],
    take: Callable[[Source, Document], object],
    done: Callable[[int], object] = lambda _: None,
) -> Prescan:
    """Pass the documents of the files to `take`, from top to bottom.

    Patches are skipped, and so are small files if `mentions` is false for their bytes. `done` is
    called with the number of bytes that have been read. The second pass reports what cannot be
    read.
    """
    found = Prescan(dict(kustomizations.signatures), [])
    for source in sources:
        is_patch = kustomizations.is_patch(source)
        known = kustomizations.documents.get(source)
        try:
            if known is not None:
                done(sum(len(document.raw.data) for document in known))
            elif source.opener is None:
                found.signatures[source.path] = signature(source.path.stat())
            for document in known or documents_that(mentions, source, context, done):
                if not is_patch:
                    take(source, document)
        except OSError:
            found.unread.append(source)
    return found


def documents_that(
    mentions: Callable[[bytes], bool],
    source: Source,
    context: RunContext,
    done: Callable[[int], object] = lambda _: None,
) -> Iterator[Document]:
    """Yield the documents of a file; none of it if it is small and `mentions` is false for its
    bytes, and none of a run of plain documents for which it is false.

    Raises:
        OSError: it cannot be read.
    """
    with source.open() as file:
        pieces = counted(chunks(file), done)
        head, more = next(pieces, b""), next(pieces, b"")
        if more or len(head) > context.max_document or mentions(head):
            whole = chain((head, more), pieces)
            for document in documents_in(whole, source, context, in_runs=True):
                if document.raw.documents == 1 or mentions(document.raw.data):
                    yield from alone(document)


def pool_index(given: Iterable[Any], *, complete: bool = False) -> PoolIndex:
    """Return an index of the pools in plain values."""
    index = PoolIndex(complete=complete)
    for value in given:
        index.give(pool_of(manifest) for manifest in manifests(value) if is_pool(manifest))
    return index


def given_pools(sources: Iterable[Source], context: RunContext) -> Iterator[Any]:
    """Yield the plain values of the pools in the settings and in `sources` (`--pools`).

    Raises:
        SettingsError: a file cannot be read, or is not YAML.
    """
    yield from context.settings.inline_pools
    for source in sources:
        try:
            with source.open() as file:
                yield from values(file, context.max_document)
        except OSError as error:
            reason, hint = reason_of(error), "check the permissions of the file"
        except InputError as error:
            reason, hint = error.message, error.hint
        else:
            continue
        message = f"the pools cannot be read: {reason}"
        raise SettingsError(message, file=source.name, hint=hint)
