"""Which kustomizations build a file, and whether they change the identity of its objects.

A kustomization that sets a namespace, or a prefix or suffix of names, gives objects another
identity; objects that different kustomizations build do not conflict.
"""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from transformer.rules.context import NOT_LISTED, KustomizationUsage

LISTS = ("resources", "bases", "components")
"""Fields of a kustomization that name files and folders with objects."""

PATCHES = ("patches", "patchesStrategicMerge", "patchesJson6902")
"""Fields of a kustomization that name patches, or have them."""


class Kustomization(NamedTuple):
    """A kustomization in `folder`; `entries` are the files and folders that it lists."""

    folder: str
    entries: tuple[str, ...]
    moves: bool = False
    renames: bool = False


def listed(value: Mapping[str, Any]) -> Iterator[str]:
    """Yield the files and folders that a kustomization lists, as written."""
    for name in LISTS:
        entries = value.get(name)
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, str) and "\n" not in entry and "\0" not in entry:
                yield entry


def patch_files(value: Mapping[str, Any]) -> Iterator[str]:
    """Yield the files that a kustomization names as patches, as written."""
    for name in PATCHES:
        entries = value.get(name)
        for entry in entries if isinstance(entries, list) else ():
            file = entry.get("path") if isinstance(entry, dict) else entry
            if isinstance(file, str) and "\n" not in file and "\0" not in file:
                yield file


class KustomizationGraph:
    """How the files of a run are built, according to its kustomizations."""

    def __init__(self, kustomizations: Sequence[Kustomization] = ()) -> None:
        self.all = kustomizations
        self._folders = {kustomization.folder for kustomization in kustomizations}
        self._listed_by: dict[str, list[int]] = {}
        for number, kustomization in enumerate(kustomizations):
            for entry in dict.fromkeys(kustomization.entries):
                self._listed_by.setdefault(entry, []).append(number)
        self._known: dict[tuple[int, ...], KustomizationUsage] = {}

    def of(self, file: str) -> KustomizationUsage:
        """Return how a file is built; it is spelled as in the entries of the kustomizations."""
        direct = tuple(self._listed_by.get(file, ()))
        if not direct:
            is_left_out = posixpath.dirname(file) in self._folders
            return KustomizationUsage(is_left_out=True) if is_left_out else NOT_LISTED
        if direct not in self._known:
            self._known[direct] = self._usage(direct)
        return self._known[direct]

    def _usage(self, direct: Sequence[int]) -> KustomizationUsage:
        found: set[int] = set()
        ahead = list(direct)
        while ahead:
            number = ahead.pop()
            if number not in found:
                found.add(number)
                ahead += self._above(number)
        roots = {number for number in found if not self._above(number)}
        return KustomizationUsage(
            tuple(sorted(roots or found)),  # in a cycle there is no root
            any(self.all[number].moves for number in found),
            any(self.all[number].renames for number in found),
        )

    def _above(self, number: int) -> Sequence[int]:
        return self._listed_by.get(self.all[number].folder, ())
