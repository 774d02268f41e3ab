"""What the kustomizations of a run define: which files are patches, and which files they build."""

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from transformer.errors import InputError
from transformer.inputs.discovery import Source
from transformer.inputs.reading import Signature, documents_of, signature, value_of
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


class Kustomizations(NamedTuple):
    """The kustomizations of a run. `documents` has what was read of each, for a later pass, and
    `signatures` the signature of the file at that time; `values` are the plain values, in the order
    of the graph.

    `patches` are the real paths of the files that they name as patches.
    """

    documents: Mapping[Source, list[Document]]
    signatures: Mapping[Path, Signature]
    patches: frozenset[str]
    graph: KustomizationGraph
    values: Sequence[tuple[Source, Mapping[str, Any]]] = ()

    def is_patch(self, source: Source) -> bool:
        """Whether a kustomization names this file as a patch."""
        return bool(self.patches) and os.path.realpath(source.path) in self.patches

    def origin(self, source: Source) -> Origin:
        """Return where the documents of a file come from."""
        return Origin(source.name, source.is_named, self.is_patch(source), source.relative)


def read_kustomizations(sources: Iterable[Source], context: RunContext) -> Kustomizations:
    """Return what the kustomizations among `sources` define.

    One that cannot be read is ignored here; a later pass reports it.
    """
    read: dict[Source, list[Document]] = {}
    signatures: dict[Path, Signature] = {}
    patches: set[str] = set()
    graph: list[Kustomization] = []
    values: list[tuple[Source, Mapping[str, Any]]] = []
    for source in sources:
        if source.path.name in KUSTOMIZATIONS:
            with suppress(OSError, InputError):
                if source.opener is None:
                    signatures[source.path] = signature(source.path.stat())
                read[source] = list(documents_of(source, context))
                for value in [mapping_at(value_of(document)) for document in read[source]]:
                    names = patch_files(value)
                    patches.update(os.path.realpath(source.path.parent / name) for name in names)
                    graph.append(_kustomization(source.path.parent, value))
                    values.append((source, value))
    all_of = KustomizationGraph(graph)
    return Kustomizations(read, signatures, frozenset(patches), all_of, tuple(values))


def _kustomization(folder: Path, value: Mapping[str, Any]) -> Kustomization:
    return Kustomization(
        os.path.realpath(folder),
        tuple(os.path.realpath(folder / entry) for entry in listed(value)),
        bool(value.get("namespace")),
        bool(value.get("namePrefix") or value.get("nameSuffix")),
    )
