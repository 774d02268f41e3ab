"""Whether a kustomization lists a configuration under `transformers` or under `validators`.

kustomize does not tell this to a plugin, and requires opposite outputs. It refuses any output of a
validator, even the unchanged resources, so a validator must print nothing; an empty output of a
transformer deletes all resources (both measured with kustomize 5.8.1; for the former see its issue
5036). A validator that prints the resources fails visibly, so they are printed if the list is not
certain.
"""

from collections.abc import Iterator
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
"""The maximum depth of nested kustomizations."""


class _Unknown(Exception):
    """An entry cannot be read: it is a URL, or a file that does not exist."""


def is_validator(root: Path, kind: str) -> bool:
    """Whether the kustomization in the folder `root` certainly lists objects of `kind` as
    validators, and not as transformers.
    """
    kustomization = _kustomization(root)
    try:
        if kind in _kinds(root, _listed(kustomization, "transformers")):
            return False
        return kind in _kinds(root, _listed(kustomization, "validators"))
    except _Unknown:
        return False


def _kinds(root: Path, entries: list[str]) -> list[str]:
    """Return the kinds of the objects that the entries of a list contain.

    Raises:
        _Unknown: an entry cannot be read.
    """
    return [
        manifest.ref.kind
        for entry in entries
        for value in _objects(root, entry, _DEEPEST)
        for manifest in manifests(value)
    ]


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
    """Yield the plain values of an entry: inline ones, those of a file, or those of a folder."""
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
    """Return the inline objects of an entry, or an empty list if it is a path."""
    try:
        found = [value_of(document) for document in documents([entry.encode()])]
    except InputError:
        return []
    return found if any(mapping_at(value).get("kind") for value in found) else []


def _in_file(path: Path) -> Iterator[Any]:
    try:
        with path.open("rb") as file:
            yield from values(file, MAX_DOCUMENT)
    except (OSError, InputError, ValueError):
        raise _Unknown(str(path)) from None
