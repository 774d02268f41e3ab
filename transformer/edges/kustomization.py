"""In which list of a kustomization does a configuration stand: `transformers` or `validators`?

kustomize does not tell a plugin, and wants opposite things. From a validator it refuses even an
untouched echo, so one has to print nothing; from a transformer nothing means that all resources are
to be deleted (both measured, kustomize 5.8.1; for the former see its issue 5036).
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from transformer.edges.reading import value_of, values
from transformer.edges.sources import KUSTOMIZATIONS
from transformer.errors import InputError
from transformer.manifest.manifest import mapping_at
from transformer.pipeline.glue import parts
from transformer.text.framing import MAX_DOCUMENT, frames

_DEEPEST = 10
"""So many kustomizations may stand within each other."""


def is_validator(root: Path, kind: str) -> bool:
    """Whether in the folder `root` a kustomization names objects of `kind` as validators only."""
    kustomization = _kustomization(root)
    return _names(root, kustomization, "validators", kind) and not _names(
        root, kustomization, "transformers", kind
    )


def _names(root: Path, kustomization: dict[str, Any], field: str, kind: str) -> bool:
    return any(
        mapping_at(value).get("kind") == kind
        for entry in _listed(kustomization, field)
        for value in _objects(root, entry, _DEEPEST)
    )


def _kustomization(folder: Path) -> dict[str, Any]:
    for name in KUSTOMIZATIONS:
        for value in _in_file(folder / name):
            return mapping_at(value)
    return {}


def _listed(kustomization: dict[str, Any], field: str) -> list[str]:
    entries = kustomization.get(field)
    return [one for one in entries if isinstance(one, str)] if isinstance(entries, list) else []


def _objects(root: Path, entry: str, depth: int) -> Iterator[Any]:
    """Yield the plain values that an entry means: inline, those of a file, or of a folder."""
    if "\n" in entry:
        with suppress(InputError):
            for part in parts(frames([entry.encode()])):
                yield value_of(part.frame)
        return
    path = root / entry
    if path.is_dir() and depth:
        for below in _listed(_kustomization(path), "resources"):
            yield from _objects(path, below, depth - 1)
    else:
        yield from _in_file(path)


def _in_file(path: Path) -> Iterator[Any]:
    with suppress(OSError, InputError, ValueError), path.open("rb") as file:
        yield from values(file, MAX_DOCUMENT)
