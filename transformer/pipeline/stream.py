"""One document after another: apply the prefilter, then transform what may need an edit.

Documents in, one `DocumentResult` for each out, one document in memory at a time. Nothing here
opens, prints or exits.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from typing import Protocol, TypeAlias

from transformer.errors import InputError
from transformer.findings import DocumentResult
from transformer.kubernetes.nodes import is_node
from transformer.kubernetes.objects import manifests
from transformer.kubernetes.pools import PoolsNeeded
from transformer.pipeline.context import RunContext, add_pool
from transformer.pipeline.diagnostics import Origin
from transformer.pipeline.documents import Document, alone
from transformer.pipeline.list_items import list_item
from transformer.pipeline.transform_document import opening_findings, transform_document
from transformer.placement.pod_security import add_level
from transformer.text.list_items import begins_list
from transformer.text.prefilter import (
    marks,
    may_match,
    mentions_node,
    mentions_pod_security,
    mentions_pool,
    with_collected,
)
from transformer.text.raw_document import Opening, RawDocument, picked
from transformer.yamltree.parse import load

_GROUP = 100
"""Documents of a spool that are transformed together."""


class Spool(Protocol):
    """Holds documents until the end of the input is known; yields them in the same order."""

    def append(self, document: Document) -> None:
        """Add a document."""

    def __iter__(self) -> Iterator[Document]:
        """Yield the documents, once."""


Do: TypeAlias = Callable[[Sequence[tuple[Document, Origin]]], Sequence[DocumentResult]]
"""Returns the result of each document, which is read whatever the prefilter says, in order; or no
results, if the documents are better transformed one after another.
"""

TransformBatch: TypeAlias = Callable[
    [Sequence[Document], Origin, RunContext], Iterator[DocumentResult]
]
"""Yields the result of each of some documents, in order."""


def in_turn(
    documents: Sequence[Document], origin: Origin, context: RunContext
) -> Iterator[DocumentResult]:
    """Yield the result of each document, one after another (the plain `TransformBatch`).

    Raises:
        PoolsNeeded: one depends on a pool that later input may define.
    """
    for document in documents:
        if is_filtered_out(document, context):
            yield pass_on(document, origin, context)
        else:
            yield transform_document(document, origin, context)


def shared_out(do: Do) -> TransformBatch:
    """Return a `TransformBatch` that uses `do`, which may work on several documents at once.

    `do` gets only documents that neither depend on a pool nor define one: order and spooling are
    the same as one after another.
    """

    def by(
        documents: Sequence[Document], origin: Origin, context: RunContext
    ) -> Iterator[DocumentResult]:
        filtered_out = [is_filtered_out(document, context) for document in documents]
        heavy = [
            index
            for index, document in enumerate(documents)
            if not (context.needs_all_pools or filtered_out[index]) and needs_no_pool(document)
        ]
        done = dict(zip(heavy, do([(documents[index], origin) for index in heavy]), strict=False))
        for index, document in enumerate(documents):
            if filtered_out[index]:
                yield pass_on(document, origin, context)
            else:
                yield done.get(index) or transform_document(document, origin, context)

    return by


def transform_all(
    groups: Iterable[Sequence[Document]],
    origin: Origin,
    context: RunContext,
    by: TransformBatch = in_turn,
) -> Iterator[DocumentResult]:
    """Yield the result of each document; the pools of `context` must be complete."""
    for group in groups:
        yield from by(_parted(group, context), origin, context)


def transform_as_it_comes(
    groups: Iterable[Sequence[Document]],
    origin: Origin,
    context: RunContext,
    spool: Callable[[], Spool],
    by: TransformBatch = in_turn,
) -> Iterator[DocumentResult]:
    """Yield the result of each document, and collect pools on the way.

    As long as no document depends on an unknown pool, results are yielded at once. From the first
    document that does, documents are put into a spool until the end of the input.
    """
    remaining = (_parted(group, context) for group in groups)
    for group in remaining:
        done = 0
        for document in group if context.needs_all_pools else ():
            collect(document, context, pools=False)  # pools are taken where they stand
        try:
            for result in by(group, origin, context):
                yield result
                done += 1
        except PoolsNeeded:
            held = spool()
            for document in chain(group[done:], chain.from_iterable(remaining)):
                held.append(document)
                collect(document, context)
            context.cluster.pools.complete = True
            yield from transform_all(_grouped(held), origin, context, by)
            return


def _parted(documents: Sequence[Document], context: RunContext) -> list[Document]:
    """Return the documents, of runs those that matter alone; the other runs need no reading."""
    return [part for document in documents for part in _parts(document, context)]


def _parts(document: Document, context: RunContext) -> Iterable[Document]:
    run = document.raw
    if run.documents == 1:
        return (document,)
    if context.reads_all:
        return alone(document)
    prefilter = context.prefilter
    if context.needs_all_pools:
        prefilter = with_collected(prefilter)

    def matters(data: bytes) -> bool:
        return may_match(context.prefilter, data) or mentions_collected(data, context)

    return map(Document, picked(run, marks(prefilter, run.data), matters))


def _grouped(documents: Iterable[Document]) -> Iterator[list[Document]]:
    remaining = iter(documents)
    while group := list(islice(remaining, _GROUP)):
        yield group


def mentions_collected(data: bytes, context: RunContext) -> bool:
    """Whether `data` may contain what `collect` adds."""
    if not context.needs_all_pools:
        return mentions_pool(data)
    return mentions_node(data) or mentions_pod_security(data)  # Node stands for NodePool too


def collect(document: Document, context: RunContext, *, pools: bool = True) -> None:
    """Add what `document` tells of the cluster; a later pass reports what cannot be read.

    That is its NodePools, and if a rule needs all pools, its Nodes and levels of Pod Security too.
    """
    raw = document.raw
    if raw.oversize or raw.documents > 1 or not mentions_collected(raw.data, context):
        return
    cluster = context.cluster
    for piece in document.pieces:
        with suppress(InputError):
            for manifest in manifests(load(piece.raw.data)):
                if pools:
                    add_pool(cluster.pools, manifest)
                if context.needs_all_pools and is_node(manifest):
                    cluster.nodes.add(manifest)
                add_level(cluster.namespaces, manifest)


def is_filtered_out(document: Document, context: RunContext) -> bool:
    """Whether a document can be passed on without being read."""
    raw = document.raw
    return raw.documents > 1 or (
        document.problem is None
        and not document.manifests
        and not raw.oversize
        and raw.opening is not Opening.GLUED
        and not context.reads_all
        and not may_match(context.prefilter, raw.data)
    )


def pass_on(document: Document, origin: Origin, context: RunContext) -> DocumentResult:
    """Return the result for a document that is not read."""
    raw = document.raw
    return DocumentResult(
        origin.file,
        raw.line,
        raw.source,
        raw.source,
        "screened",
        findings=opening_findings(document, origin, context),
        continues=raw.first_item > 0,
        list_item=list_item(raw),
        objects=None if _may_be_list(raw) else raw.documents,
        is_patch=origin.is_patch,
        documents=raw.documents,
    )


def _may_be_list(raw: RawDocument) -> bool:
    return raw.documents == 1 and raw.item is None and begins_list(raw.data)


def needs_no_pool(document: Document) -> bool:
    """Whether a document can be transformed without pools: it contains no Node."""
    return not document.raw.oversize and not mentions_node(document.raw.data)
