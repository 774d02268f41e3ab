"""What becomes of an object that kustomizations in the input build: which patches it gets, whether
our own transformer handles it, and what it is called.

An object is followed from its file up to each outermost kustomization: through the components of
each that lists it, then through that one itself (`kustomize_layers.py`). What Flux and Argo CD
deploy (`deployed_layers.py`) is outermost, too.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from transformer.kubernetes.objects import Manifest
from transformer.kubernetes.pools import is_pool
from transformer.pipeline.kustomization_graph import Kustomization
from transformer.pipeline.kustomize_layers import Built, Layer, as_source
from transformer.rules.context import AS_IT_IS, PatchedSource

_MOST_STEPS = 3_000
"""After so many kustomizations an object is not followed any further."""


class PatchedSources:
    """What becomes of the objects of a run, according to its kustomizations.

    `deployed` are the numbers of those that Flux or Argo CD deploy: as such they build nothing.
    `not_built` are the files of the patches that these add.
    """

    def __init__(
        self,
        kustomizations: Sequence[Kustomization],
        layers: Sequence[Layer],
        deployed: Collection[int] = (),
        not_built: Collection[str] = (),
    ) -> None:
        self._all = kustomizations
        self._layers = layers
        self._deployed = frozenset(deployed)
        self._not_built = not_built
        self._in_folder: dict[str, list[int]] = {}
        self._listed_by: dict[str, list[int]] = {}
        for number, kustomization in enumerate(kustomizations):
            self._in_folder.setdefault(kustomization.folder, []).append(number)
            for entry in dict.fromkeys(kustomization.entries):
                self._listed_by.setdefault(entry, []).append(number)
        self._changing = frozenset(self._found_changing())

    def __bool__(self) -> bool:
        """Whether anything may become of any object."""
        return bool(self._changing)

    def listed_by(self, file: str) -> Sequence[int]:
        """Return the kustomizations that list a file, which is spelled as in their entries."""
        return self._listed_by.get(file, ())

    def of(self, listed_by: Sequence[int], manifest: Manifest) -> PatchedSource:
        """Return what becomes of an object in a file that some kustomizations list."""
        if self._changing.isdisjoint(listed_by):
            return AS_IT_IS
        ends = list(_Walk(self).ends(listed_by, as_source(manifest)))
        patches = tuple(dict.fromkeys(file for end in ends for file in end.patches))
        ends = [end for end in ends if not end.is_deleted]
        handled = [end.handled for end in ends]
        namespaces = tuple(dict.fromkeys(end.refs[-1].namespace for end in ends))
        is_same = is_pool(manifest) or namespaces == (manifest.ref.namespace,)
        return PatchedSource(
            patches,
            frozenset.intersection(*handled) if handled else frozenset(),
            () if is_same else namespaces,
            any(end.refs[-1].name != manifest.ref.name for end in ends),
            tuple(file for file in patches if file in self._not_built),
            tuple(dict.fromkeys(file for end in ends for file in end.deciding)),
        )

    def above(self, number: int) -> Sequence[int]:
        """Return the kustomizations that list the folder of one."""
        return self._listed_by.get(self._all[number].folder, ())

    def components_in(self, number: int, after: str) -> Iterator[int]:
        """Yield the components that a kustomization lists, or those after the folder `after`."""
        folders = self._layers[number].components
        for folder in folders[folders.index(after) + 1 :] if after in folders else folders:
            yield from self._in_folder.get(folder, ())

    def apply(self, number: int, built: Built) -> Built:
        """Return an object as a kustomization passes it on, without its components."""
        return self._layers[number].apply(built)

    def is_deployed(self, number: int) -> bool:
        """Whether what a kustomization builds is only what deployments from its folder build."""
        return number in self._deployed

    def folder(self, number: int) -> str:
        return self._all[number].folder

    def _found_changing(self) -> set[int]:
        """Return the kustomizations that change what they get, or pass it to one that does."""
        found: set[int] = set()
        ahead = [number for number, one in enumerate(self._layers) if one.matters]
        while ahead:
            number = ahead.pop()
            if number not in found:
                found.add(number)
                layer, folder = self._layers[number], self._all[number].folder
                # What it lists passes through it; a component also gets what lists it.
                ahead += [
                    below
                    for entry in (*self._all[number].entries, *layer.components)
                    for below in self._in_folder.get(entry, ())
                ]
                ahead += [
                    above
                    for above in self._listed_by.get(folder, ())
                    if folder in self._layers[above].components
                ]
        return found


@dataclass(slots=True)
class _Walk:
    """The way of one object."""

    sources: PatchedSources
    left: int = _MOST_STEPS

    def ends(self, listed_by: Sequence[int], source: Built) -> Iterator[Built]:
        """Yield the object as each outermost kustomization builds it."""
        ahead = [(number, "", source, frozenset[int]()) for number in listed_by]
        seen: set[tuple[int, str, Built]] = set()
        for number, component, built, passed in ahead:  # which grows
            if number in passed or (number, component, built) in seen or self.left < 0:
                continue
            seen.add((number, component, built))
            passed |= {number}
            built = self._through(number, component, built, passed)
            above = self.sources.above(number)
            if not above and self.sources.is_deployed(number):
                continue
            if built.is_deleted or not above or passed.issuperset(above):
                yield built
                continue
            folder = self.sources.folder(number)
            ahead += [(one, folder, built, passed) for one in above]

    def _through(self, number: int, after: str, built: Built, passed: frozenset[int]) -> Built:
        """Return the object after the components of a kustomization and the kustomization."""
        self.left -= 1
        for component in self.sources.components_in(number, after):
            if component not in passed and self.left >= 0:
                built = self._through(component, "", built, passed | {component})
        return self.sources.apply(number, built)
