"""Where what is found in a built object comes from: its source, a patch, or the kustomization.

kustomize notes the file of each object in an annotation. A value that the source has too is there;
a value that one patch sets is in the patch. For the rest only the kustomization is known.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from transformer import pointer as pointers
from transformer.errors import InputError
from transformer.findings import Finding, ObjectRef, Place
from transformer.inputs.builds.closure import Closure
from transformer.inputs.builds.correspondence import MISSING, corresponding, value_at
from transformer.inputs.builds.objects import Objects, locator_of, read_objects
from transformer.inputs.builds.patches import PatchDocument, Patches, place_that_sets, read_patches
from transformer.inputs.builds.sources import SourceObject, Sources
from transformer.inputs.reading import value_of
from transformer.kubernetes.objects import Manifest, list_at, mapping_at
from transformer.position import Position
from transformer.yamltree.fast_load import fast_load

ORIGIN = "config.kubernetes.io/origin"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file, by its path and the pointer in one of its documents.

    `line` is a line (1-based) of the text there, if the place is in that text. `is_source`: it is
    in the source of the object.
    """

    file: str
    document: int
    pointer: str
    line: int = 0
    is_source: bool = False


@dataclass(slots=True)
class BuildOrigins:
    """Leads what is found in a build back to what went in.

    `folder` is the one that origins are relative to, `built` the file of what was built, and
    `moved` maps the start of a path in a copy to where it was copied from. `files` are those that
    any build has read.
    """

    root: str
    folder: str
    went_in: Closure
    built: Path
    moved: Mapping[str, str] = field(default_factory=dict)
    files: dict[str, Objects] = field(default_factory=dict)
    _built: Objects | None = None
    _sources: Sources | None = None
    _patches: dict[str, Patches] = field(default_factory=dict)

    def location(self, found: Finding | Place) -> Location:
        """Return where what a finding is about comes from."""
        built = self._at(found)
        if built is None:
            return self._at_root()
        source = self._source_of(built)
        if source is None:
            origin = self._origin_of(built)
            return self._generated(origin, built, found.pointer) if origin else self._at_root()
        at = _existing(found.pointer, built, source.manifest)
        inside = corresponding(source.manifest.value, built.value, at)
        if inside is not None:
            at = source.manifest.base + inside
            return Location(source.file, source.document, at, is_source=True)
        return self._patched(built, source, at) or self._at_root()

    def source_of(self, found: Finding | Place) -> ObjectRef | None:
        """Return the object in a source that a finding is about, or None if it is not known."""
        built = self._at(found)
        source = None if built is None else self._source_of(built)
        return None if source is None else source.manifest.ref

    def place_of(self, ref: ObjectRef) -> Location:
        """Return where an object comes from."""
        built = self._objects().called(ref)
        source = None if built is None else self._source_of(built)
        if source is None:
            return self._at_root()
        return Location(source.file, source.document, f"{source.manifest.base}/metadata/name")

    def _at_root(self) -> Location:
        return Location(self.root, 0, "")

    def _at(self, found: Finding | Place) -> Manifest | None:
        return self._objects().items().get((found.document, found.item))

    def _objects(self) -> Objects:
        if self._built is None:
            self._built = read_objects(self.built)
        return self._built

    def _origin_of(self, built: Manifest) -> str:
        """Return the path of the file that an object comes from, or an empty text."""
        text = built.annotations.get(ORIGIN)
        with suppress(InputError):
            told = mapping_at(fast_load(text)) if isinstance(text, str) else {}
            if isinstance(path := told.get("path") or told.get("configuredIn"), str):
                here = self._here(os.path.realpath(Path(self.folder, path)))
                return here if here in self.went_in.files else ""
        return ""

    def _source_of(self, built: Manifest) -> SourceObject | None:
        return self._all_sources().of(built.ref, self._origin_of(built))

    def _generated(self, origin: str, built: Manifest, at: str) -> Location:
        """Return the only literal of a generator that sets what is at `at` of a ConfigMap, or its
        file.
        """
        key, found = at.removeprefix("/data/"), []
        for document in self.objects_of(origin).documents[:1]:
            with suppress(InputError):
                every = list_at(mapping_at(value_of(document)), "configMapGenerator")
                found = [
                    f"/configMapGenerator/{number}/literals/{index}"
                    for number, one in enumerate(every)
                    if str(mapping_at(one).get("name")) in built.ref.name
                    for index, text in enumerate(list_at(mapping_at(one), "literals"))
                    if str(text).startswith(f"{key}=")
                ]
        return Location(origin, 0, found[0] if len(found) == 1 else "")

    def _all_sources(self) -> Sources:
        if self._sources is None:
            self._sources = Sources(self.went_in, self._here, self.objects_of)
        return self._sources

    def objects_of(self, file: str) -> Objects:
        """Return the objects of a file that went in; none if it cannot be read."""
        path = self.copied(file)
        if path not in self.files:
            self.files[path] = read_objects(Path(path))
        return self.files[path]

    def copied(self, file: str) -> str:
        """Return the path of the copy of a file, or its own.

        In the copy for our own transformer, kustomizations are other than the user wrote them.
        """
        for start, end in self.moved.items():
            is_for_ours = start.startswith(f"{self.folder}/")
            if not is_for_ours and file.startswith(f"{end}/"):
                return start + file[len(end) :]
        return file

    def _here(self, path: str) -> str:
        for start, end in self.moved.items():
            if path.startswith(f"{start}/"):
                return end + path[len(start) :]
        return path

    def _patched(self, built: Manifest, source: SourceObject, at: str) -> Location | None:
        """Return the only place in patches that sets what is at `at` of the built object."""
        found = {
            self._location_in(folder, patch, inside)
            for folder, before, after in self._all_sources().states(source, built)
            for patch in self._patches_in(folder).of(before, after)
            if (inside := place_that_sets(patch, built, at)) is not None
        }
        return found.pop() if len(found) == 1 else None

    def _patches_in(self, folder: str) -> Patches:
        if folder not in self._patches:
            layer = self.went_in.layers[folder]
            self._patches[folder] = read_patches(
                layer, lambda file: self.objects_of(self._named(layer.file.parent / file)).documents
            )
        return self._patches[folder]

    def _named(self, path: Path) -> str:
        return self._here(os.path.realpath(path))

    def _location_in(self, folder: str, patch: PatchDocument, inside: str) -> Location:
        file, entry = self.went_in.layers[folder].file, patch.entry
        if entry.file:
            return Location(self._named(file.parent / entry.file), patch.number, inside)
        locator = locator_of(patch.document.raw)
        line = locator.position(locator.offset(inside)).line
        return Location(self._named(file), 0, entry.pointer, line)


def _existing(at: str, built: Manifest, source: Manifest) -> str:
    """Return a pointer, or the nearest one above it at which either object has anything."""
    tokens = pointers.split(at)
    while tokens:
        above = pointers.join("", *tokens)
        if any(value_at(one.value, above) is not MISSING for one in (built, source)):
            return above
        tokens.pop()
    return ""


def placed(found: Finding, location: Location, origins: BuildOrigins, name: str) -> Finding:
    """Return a finding at a location in the file called `name`."""
    (line, column), excerpt = Position(1, 1), ""
    there = origins.objects_of(location.file)
    if location.document < len(there.documents):
        raw = there.documents[location.document].raw
        (line, column), excerpt = there.position(location.document, location.pointer)
        if location.line and excerpt[column - 1 : column] == "|":  # its lines are those of the text
            line += location.line
            below = raw.data.decode().splitlines()[line - raw.line]
            column, excerpt = len(below) - len(below.lstrip(" ")) + 1, below
    return found._replace(file=name, line=line, column=column, excerpt=excerpt)
