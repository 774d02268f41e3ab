"""One document after another: screen, then treat what can matter.

Parts in, one `DocumentResult` for each out, one document in memory at a time. Nothing here opens,
prints or exits.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from transformer.errors import InputError
from transformer.findings import DocumentResult
from transformer.manifest.manifest import manifests
from transformer.manifest.pools import PoolsNeeded
from transformer.pipeline.document import treat_document
from transformer.pipeline.engine import Engine, add_pool
from transformer.pipeline.glue import Part
from transformer.pipeline.notes import Origin
from transformer.text.framing import Opening
from transformer.text.screen import matters, mentions_pool
from transformer.yamltree.plain import to_plain
from transformer.yamltree.read import read


class Spool(Protocol):
    """Holds parts until the end of the input is known; yields them in the same order."""

    def append(self, part: Part) -> None:
        """Add a part."""

    def __iter__(self) -> Iterator[Part]:
        """Yield the parts, once."""


def treat_all(parts: Iterable[Part], origin: Origin, engine: Engine) -> Iterator[DocumentResult]:
    """Yield the result of each part; the engine's pools must be complete."""
    return (treat(part, origin, engine) for part in parts)


def treat_stream(
    parts: Iterable[Part], origin: Origin, engine: Engine, spool: Callable[[], Spool]
) -> Iterator[DocumentResult]:
    """Yield the result of each part, gathering pools on the way.

    While nothing depends on a pool not yet seen, results leave at once. From the first document
    that does, parts are put into a spool until the input has ended (SPEC, section 8).
    """
    remaining = iter(parts)
    for part in remaining:
        try:
            result = treat(part, origin, engine)
        except PoolsNeeded:
            held = spool()
            held.append(part)
            gather_pools(part, engine)
            for later in remaining:
                held.append(later)
                gather_pools(later, engine)
            engine.world.pools.complete = True
            yield from treat_all(held, origin, engine)
            return
        yield result


def gather_pools(part: Part, engine: Engine) -> None:
    """Add the NodePools in `part` to the engine's pools; what cannot be read is left for later."""
    frame = part.frame
    if frame.oversize or not mentions_pool(frame.data):
        return
    try:
        value = to_plain(read(frame.data.decode()).root)
    except (InputError, UnicodeDecodeError):
        return
    for manifest in manifests(value):
        add_pool(engine.world.pools, manifest)


def treat(part: Part, origin: Origin, engine: Engine) -> DocumentResult:
    """Return the result for one document; what the screen lets pass is not read.

    Raises:
        PoolsNeeded: it depends on a pool that later input may bring.
    """
    frame = part.frame
    if (
        part.problem is None
        and not frame.oversize
        and frame.opening is not Opening.GLUED
        and not engine.settings.strict
        and not matters(engine.screen, frame.data)
    ):
        return DocumentResult(origin.file, frame.line, frame.data, frame.data, "screened")
    return treat_document(part, origin, engine)
