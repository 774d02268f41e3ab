"""In which list of a kustomization does a configuration stand: `transformers` or `validators`?

kustomize does not tell a plugin, and wants opposite things. From a validator it refuses even an
untouched echo, so one has to print nothing; from a transformer nothing means that all resources are
to be deleted (both measured, kustomize 5.8.1; for the former see its issue 5036). An echo to a
validator fails loudly, so that is what to do wherever it cannot be told for sure.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from transformer.errors import InputError
from transformer.inputs.reading import value_of, values
from transformer.kubernetes.generators import KUSTOMIZATIONS
from transformer.kubernetes.objects import manifests, mapping_at
from transformer.pipeline.documents import documents
from transformer.pipeline.kustomization_graph import LISTS
from transformer.text.framing import MAX_DOCUMENT

_DEEPEST = 10
"""So many kustomizations may stand within each other."""


class _Unknown(Exception):
    """Something is named that cannot be looked into: a URL, a file that is not there."""


def is_validator(root: Path, kind: str) -> bool:
    """Whether in the folder `root` a kustomization surely names objects of `kind` as validators,
    and not as transformers.
    """
    kustomization = _kustomization(root)
    try:
        in_transformers = _names(root, kustomization, "transformers", kind)
    except _Unknown:
        return False
    with suppress(_Unknown):
        return not in_transformers and _names(root, kustomization, "validators", kind)
    return False


def _names(root: Path, kustomization: dict[str, Any], field: str, kind: str) -> bool:
    """Whether an entry of the list means an object of `kind`.

    Raises:
        _Unknown: that cannot be told of all entries.
    """
    kinds = [
        manifest.ref.kind
        for entry in _listed(kustomization, field)
        for value in _objects(root, entry, _DEEPEST)
        for manifest in manifests(value)
    ]
    return kind in kinds


def _kustomization(folder: Path) -> dict[str, Any]:
    for name in KUSTOMIZATIONS:
        if (folder / name).is_file():
            for value in _in_file(folder / name):
                return mapping_at(value)
    return {}


def _listed(kustomization: dict[str, Any], field: str) -> list[str]:
    entries = kustomization.get(field)
    return [one for one in entries if isinstance(one, str)] if isinstance(entries, list) else []


def _objects(root: Path, entry: str, depth: int) -> Iterator[Any]:
    """Yield the plain values that an entry means: inline, those of a file, or of a folder."""
    if inline := _inline(entry):
        yield from inline
        return
    path = root / entry
    if not path.is_dir():
        yield from _in_file(path)
        return
    kustomization = _kustomization(path)
    if not kustomization or not depth or _listed(kustomization, "generators"):
        raise _Unknown(entry)
    for field in LISTS:
        for below in _listed(kustomization, field):
            yield from _objects(path, below, depth - 1)


def _inline(entry: str) -> list[Any]:
    """Return the objects that an entry holds itself, or none: it is a path."""
    try:
        found = [value_of(part) for part in documents([entry.encode()])]
    except InputError:
        return []
    return found if any(mapping_at(value).get("kind") for value in found) else []


def _in_file(path: Path) -> Iterator[Any]:
    try:
        with path.open("rb") as file:
            yield from values(file, MAX_DOCUMENT)
    except (OSError, InputError, ValueError):
        raise _Unknown(str(path)) from None
