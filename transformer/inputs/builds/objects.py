"""The objects of a file that goes into a build, or comes out: each document is parsed once."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from transformer.errors import InputError
from transformer.findings import ObjectRef
from transformer.inputs.reading import value_of
from transformer.kubernetes.objects import Manifest, manifests
from transformer.pipeline.documents import Document, documents
from transformer.pipeline.source_locator import SourceLocator
from transformer.position import Position
from transformer.text.raw_document import RawDocument
from transformer.yamltree.parse import decode, parse

Place: TypeAlias = tuple[int, str]
"""The number of a document, and the pointer of an object in it."""


@dataclass(slots=True)
class Objects:
    """The documents of a file, and the objects in those that can be read."""

    documents: list[Document]
    _at: dict[Place, Manifest] | None = None
    _places: dict[ObjectRef, Place] = field(default_factory=dict)
    _last: tuple[int, SourceLocator] | None = None

    def items(self) -> dict[Place, Manifest]:
        """Return the objects by their places."""
        if self._at is None:
            self._at = {
                (number, manifest.base): manifest
                for number, document in enumerate(self.documents)
                for manifest in _objects_in(document)
            }
        return self._at

    def called(self, ref: ObjectRef) -> Manifest | None:
        """Return the first object of a name."""
        if not self._places:
            self._places = {one.ref: at for at, one in reversed(self.items().items())}
        return self.items().get(self._places[ref]) if ref in self._places else None

    def position(self, number: int, at: str) -> tuple[Position, str]:
        """Return the position of what is at a pointer of a document, and its line."""
        if self._last is None or self._last[0] != number:  # the next finding is often close by
            self._last = number, locator_of(self.documents[number].raw)
        locator = self._last[1]
        offset = locator.offset(at)
        return locator.position(offset), locator.excerpt(offset)


def read_objects(file: Path) -> Objects:
    """Return the objects of a file; none if it cannot be read."""
    with suppress(OSError):
        return Objects(list(documents([file.read_bytes()])))
    return Objects([])


def locator_of(raw: RawDocument) -> SourceLocator:
    """Return what finds places in a document; if it cannot be read, that is its first line."""
    locator = SourceLocator(raw)
    with suppress(InputError):
        locator.text = decode(raw.data)
        locator.root = parse(locator.text).root
    return locator


def _objects_in(document: Document) -> Iterator[Manifest]:
    with suppress(InputError):
        yield from manifests(value_of(document))
