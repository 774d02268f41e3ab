"""What the kustomizations of a run define: which files are patches, and which files they build."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from transformer.errors import InputError
from transformer.inputs.discovery import Source
from transformer.inputs.reading import Signature, documents_of, signature, value_of
from transformer.inputs.real_paths import RealPaths
from transformer.kubernetes.generators import KUSTOMIZATIONS
from transformer.kubernetes.objects import mapping_at
from transformer.pipeline.context import RunContext
from transformer.pipeline.diagnostics import Origin
from transformer.pipeline.documents import Document
from transformer.pipeline.kustomization_graph import (
    Kustomization,
    KustomizationGraph,
    listed,
    patch_files,
)


class _Content(NamedTuple):
    """What is in a file: the documents, and their plain values (none if one cannot be read)."""

    documents: list[Document]
    values: list[Mapping[str, Any]]


class _Read(NamedTuple):
    """The fields of `Kustomizations`."""

    documents: Mapping[Source, list[Document]]
    signatures: Mapping[Path, Signature]
    patches: frozenset[str]
    real: RealPaths
    contents: Mapping[str, _Content]
    values: Sequence[tuple[Source, Mapping[str, Any]]] = ()


class Kustomizations(_Read):
    """The kustomizations of a run. `documents` has what was read of each, for a later pass, and
    `signatures` the signature of the file at that time; `values` are the plain values, in the order
    of the graph.

    `patches` are the real paths of the files that they name as patches; `real` resolves paths.
    `contents` has what is in those that were read from Git, by the name of the blob.
    """

    @cached_property
    def graph(self) -> KustomizationGraph:
        """How they build the files; only some runs need to know."""
        return KustomizationGraph(
            [_kustomization(source.path.parent, value, self.real) for source, value in self.values]
        )

    def is_patch(self, source: Source) -> bool:
        """Whether a kustomization names this file as a patch."""
        return bool(self.patches) and self.real.of(source.path) in self.patches

    def origin(self, source: Source) -> Origin:
        """Return where the documents of a file come from."""
        return Origin(source.name, source.is_named, self.is_patch(source), source.relative)


def read_kustomizations(
    sources: Iterable[Source], context: RunContext, known: Kustomizations | None = None
) -> Kustomizations:
    """Return what the kustomizations among `sources` define.

    One that cannot be read is ignored here; a later pass reports it. Files with the same content as
    any of `known` are not read again.
    """
    real = known.real if known else RealPaths()
    contents = dict(known.contents) if known else {}
    read: dict[Source, list[Document]] = {}
    signatures: dict[Path, Signature] = {}
    patches: set[str] = set()
    values: list[tuple[Source, Mapping[str, Any]]] = []
    for source in sources:
        if source.path.name in KUSTOMIZATIONS:
            with suppress(OSError):
                if source.opener is None:
                    signatures[source.path] = signature(source.path.stat())
                content = contents.get(source.blob) or _content(source, context)
                if source.blob:
                    contents[source.blob] = content
                read[source] = content.documents
                for value in content.values:
                    names = patch_files(value)
                    patches.update(real.of(source.path.parent / name) for name in names)
                    values.append((source, value))
    return Kustomizations(read, signatures, frozenset(patches), real, contents, tuple(values))


def _content(source: Source, context: RunContext) -> _Content:
    """Return what is in a file.

    Raises:
        OSError: it cannot be read.
    """
    found = list(documents_of(source, context))
    try:
        return _Content(found, [mapping_at(value_of(document)) for document in found])
    except InputError:
        return _Content(found, [])


def _kustomization(folder: Path, value: Mapping[str, Any], real: RealPaths) -> Kustomization:
    return Kustomization(
        real.of(folder),
        tuple(real.of(folder / entry) for entry in listed(value)),
        bool(value.get("namespace")),
        bool(value.get("namePrefix") or value.get("nameSuffix")),
    )
