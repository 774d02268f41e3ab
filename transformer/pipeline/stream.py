"""One document after another: screen, then treat what can matter.

Parts in, one `DocumentResult` for each out, one document in memory at a time. Nothing here opens,
prints or exits.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from typing import Protocol, TypeAlias

from transformer.errors import InputError
from transformer.findings import DocumentResult
from transformer.kubernetes.objects import manifests
from transformer.kubernetes.pools import PoolsNeeded
from transformer.pipeline.context import Engine, add_pool
from transformer.pipeline.diagnostics import Origin
from transformer.pipeline.documents import Part
from transformer.pipeline.transform_document import remarks, treat_document
from transformer.text.framing import Opening
from transformer.text.prefilter import matters, mentions_node, mentions_pool
from transformer.yamltree.construct import to_plain
from transformer.yamltree.parse import read

_GROUP = 100
"""Parts of a spool that are treated together."""


class Spool(Protocol):
    """Holds parts until the end of the input is known; yields them in the same order."""

    def append(self, part: Part) -> None:
        """Add a part."""

    def __iter__(self) -> Iterator[Part]:
        """Yield the parts, once."""


Do: TypeAlias = Callable[[Sequence[tuple[Part, Origin]]], Sequence[DocumentResult]]
"""Returns the result of each document, read without regard to the screen, in their order; or of
none, where they had better be treated one after another.
"""

Treat: TypeAlias = Callable[[Sequence[Part], Origin, Engine], Iterator[DocumentResult]]
"""Yields the result of each of some parts, in their order."""


def in_turn(parts: Sequence[Part], origin: Origin, engine: Engine) -> Iterator[DocumentResult]:
    """Yield the result of each part, one after another (the plain `Treat`)."""
    return (treat(part, origin, engine) for part in parts)


def shared_out(do: Do) -> Treat:
    """Return what treats parts by `do`, which may work on several at once, as far as it can.

    Only documents that depend on no pool, and bring none, are done so: order and spooling stay as
    they are one after another.
    """

    def by(parts: Sequence[Part], origin: Origin, engine: Engine) -> Iterator[DocumentResult]:
        screened = [is_screened(part, engine) for part in parts]
        heavy = [
            index
            for index, part in enumerate(parts)
            if not (engine.needs_all_pools or screened[index]) and needs_no_pool(part)
        ]
        done = dict(zip(heavy, do([(parts[index], origin) for index in heavy]), strict=False))
        for index, part in enumerate(parts):
            if screened[index]:
                yield pass_on(part, origin, engine)
            else:
                yield done.get(index) or treat_document(part, origin, engine)

    return by


def treat_all(
    groups: Iterable[Sequence[Part]], origin: Origin, engine: Engine, by: Treat = in_turn
) -> Iterator[DocumentResult]:
    """Yield the result of each part; the engine's pools must be complete."""
    for group in groups:
        yield from by(group, origin, engine)


def treat_stream(
    groups: Iterable[Sequence[Part]],
    origin: Origin,
    engine: Engine,
    spool: Callable[[], Spool],
    by: Treat = in_turn,
) -> Iterator[DocumentResult]:
    """Yield the result of each part, gathering pools on the way.

    While nothing depends on a pool not yet seen, results leave at once. From the first document
    that does, parts are put into a spool until the input has ended (SPEC, section 8).
    """
    remaining = iter(groups)
    for group in remaining:
        done = 0
        try:
            for result in by(group, origin, engine):
                yield result
                done += 1
        except PoolsNeeded:
            held = spool()
            for part in chain(group[done:], chain.from_iterable(remaining)):
                held.append(part)
                gather_pools(part, engine)
            engine.world.pools.complete = True
            yield from treat_all(_grouped(held), origin, engine, by)
            return


def _grouped(parts: Iterable[Part]) -> Iterator[list[Part]]:
    remaining = iter(parts)
    while group := list(islice(remaining, _GROUP)):
        yield group


def gather_pools(part: Part, engine: Engine) -> None:
    """Add the NodePools in `part` to the engine's pools; what cannot be read is left for later."""
    frame = part.frame
    if frame.oversize or not mentions_pool(frame.data):
        return
    for piece in part.pieces:
        with suppress(InputError, UnicodeDecodeError):
            value = to_plain(read(piece.frame.data.decode()).root)
            for manifest in manifests(value):
                add_pool(engine.world.pools, manifest)


def treat(part: Part, origin: Origin, engine: Engine) -> DocumentResult:
    """Return the result for one document; what the screen lets pass is not read.

    Raises:
        PoolsNeeded: it depends on a pool that later input may bring.
    """
    if is_screened(part, engine):
        return pass_on(part, origin, engine)
    return treat_document(part, origin, engine)


def is_screened(part: Part, engine: Engine) -> bool:
    """Whether a part may pass without being read."""
    frame = part.frame
    return (
        part.problem is None
        and not part.manifests
        and not frame.oversize
        and frame.opening is not Opening.GLUED
        and not engine.settings.strict
        and not matters(engine.screen, frame.data)
    )


def pass_on(part: Part, origin: Origin, engine: Engine) -> DocumentResult:
    """Return the result for a document that is not read."""
    frame = part.frame
    findings = remarks(part, origin, engine)
    return DocumentResult(
        origin.file,
        frame.line,
        frame.data,
        frame.data,
        "screened",
        findings=findings,
        is_patch=origin.is_patch,
    )


def needs_no_pool(part: Part) -> bool:
    """Whether a part can be treated without pools, and brings none: no Node is in it."""
    return not part.frame.oversize and not mentions_node(part.frame.data)
