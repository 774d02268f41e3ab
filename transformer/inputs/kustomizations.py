"""How the kustomizations among the files of a run build the other files."""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from transformer.inputs.discovery import Source
from transformer.inputs.prescan import kustomizations_in
from transformer.kubernetes.generators import KUSTOMIZATIONS
from transformer.pipeline.kustomization_graph import Kustomization, KustomizationGraph, listed


def kustomization_graph(sources: Iterable[Source], max_document: int) -> KustomizationGraph:
    """Return how the kustomizations among `sources` build files, which are named by real paths."""
    found: list[Kustomization] = []
    for source in sources:
        if source.path.name in KUSTOMIZATIONS:
            with suppress(OSError):
                values = kustomizations_in(source, max_document)
                found += (_kustomization(source.path.parent, value) for value in values)
    return KustomizationGraph(found)


def _kustomization(folder: Path, value: Mapping[str, Any]) -> Kustomization:
    return Kustomization(
        os.path.realpath(folder),
        tuple(os.path.realpath(folder / entry) for entry in listed(value)),
        bool(value.get("namespace")),
        bool(value.get("namePrefix") or value.get("nameSuffix")),
    )
