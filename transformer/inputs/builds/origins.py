"""Where what is found in a built object comes from: its source, a patch, or the kustomization.

kustomize notes the file of each object in an annotation. A value that the file has too is there; a
value that one patch sets is in the patch. For the rest only the kustomization is known.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from transformer import pointer as pointers
from transformer.errors import InputError
from transformer.findings import Finding, ObjectRef
from transformer.inputs.builds.closure import Closure, Layer
from transformer.inputs.reading import value_of
from transformer.kubernetes.objects import Manifest, list_at, manifests, mapping_at
from transformer.pipeline.documents import Document, documents
from transformer.pipeline.source_locator import SourceLocator
from transformer.position import Position
from transformer.text.framing import RawDocument
from transformer.yamltree.fast_load import fast_load
from transformer.yamltree.parse import parse

ORIGIN = "config.kubernetes.io/origin"
_MISSING: Any = object()


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file, by its path and the pointer in one of its documents.

    `line` is a line (1-based) of the text there, if the place is in that text.
    """

    file: str
    document: int
    pointer: str
    line: int = 0


@dataclass(slots=True)
class BuildOrigins:
    """Leads what is found in a build back to what went in.

    `folder` is the one that origins are relative to, `built` the file of what was built, and
    `moved` maps the start of a path in a copy to where it was copied from.
    """

    root: str
    folder: str
    went_in: Closure
    built: Path
    moved: Mapping[str, str] = field(default_factory=dict)
    _built: list[Document] | None = None
    _files: dict[str, list[Document]] = field(default_factory=dict)

    def location(self, found: Finding) -> Location:
        """Return where what a finding is about comes from."""
        built = self._object(found)
        if built is None:
            return self._at_root()
        origin = self._origin_of(built)
        source = self._source_of(built, origin)
        if source is None:
            return Location(origin, 0, "") if origin in self.went_in.files else self._at_root()
        document, manifest = source
        at = corresponding(manifest.value, built.value, found.pointer)
        if at is not None:
            return Location(origin, document, manifest.base + at)
        return self._patched(built, manifest, found.pointer) or self._at_root()

    def place_of(self, ref: ObjectRef) -> Location:
        """Return where an object comes from."""
        for document in self._documents():
            for manifest in manifests(value_of(document)):
                if manifest.ref == ref:
                    origin = self._origin_of(manifest)
                    source = self._source_of(manifest, origin)
                    if source is not None:
                        return Location(origin, source[0], f"{source[1].base}/metadata/name")
        return self._at_root()

    def _at_root(self) -> Location:
        return Location(self.root, 0, "")

    def _documents(self) -> list[Document]:
        if self._built is None:
            self._built = list(documents([self.built.read_bytes()]))
        return self._built

    def _object(self, found: Finding) -> Manifest | None:
        built = self._documents()
        if found.document >= len(built):
            return None
        objects = manifests(value_of(built[found.document]))
        return next((one for one in objects if one.base == found.item), None)

    def _origin_of(self, built: Manifest) -> str:
        """Return the path of the file that an object comes from, or an empty text."""
        text = built.annotations.get(ORIGIN)
        with suppress(InputError):
            told = mapping_at(fast_load(text)) if isinstance(text, str) else {}
            if isinstance(path := told.get("path") or told.get("configuredIn"), str):
                real = os.path.realpath(Path(self.folder, path))
                for start, end in self.moved.items():
                    if real.startswith(f"{start}/"):
                        return end + real[len(start) :]
                return real
        return ""

    def _source_of(self, built: Manifest, origin: str) -> tuple[int, Manifest] | None:
        """Return the only object in the file `origin` that `built` can come from."""
        name, candidates = built.ref.name, []
        for number, document in enumerate(self.documents_of(origin) if origin else ()):
            with suppress(InputError):
                for manifest in manifests(value_of(document)):
                    ref = manifest.ref
                    if (ref.group, ref.kind) == (built.ref.group, built.ref.kind):
                        candidates.append((number, manifest))
        same = [one for one in candidates if one[1].ref.name == name]
        inside = [one for one in candidates if one[1].ref.name and one[1].ref.name in name]
        longest = max((len(one.ref.name) for _, one in inside), default=0)
        inside = [one for one in inside if len(one[1].ref.name) == longest]
        found = same or inside
        if len(found) > 1:
            namespace = built.ref.namespace
            found = [one for one in found if one[1].ref.namespace == namespace] or found
        return found[0] if len(found) == 1 else None

    def documents_of(self, file: str) -> list[Document]:
        """Return the documents of a file that went in; none if it cannot be read."""
        if file not in self._files:
            self._files[file] = []
            with suppress(OSError):
                self._files[file] = list(documents([Path(self.copied(file)).read_bytes()]))
        return self._files[file]

    def copied(self, file: str) -> str:
        """Return the path of the copy of a file, or its own."""
        for start, end in self.moved.items():
            if file.startswith(f"{end}/"):
                return start + file[len(end) :]
        return file

    def _patched(self, built: Manifest, source: Manifest, at: str) -> Location | None:
        """Return the only place in patches that sets what is at `at` of the built object."""
        wanted = value_at(built.value, at)
        found = [
            location
            for layer in self.went_in.layers.values()
            for patch in _patches(layer)
            for location in self._sets(layer, patch, built, source, at, wanted)
        ]
        return found[0] if len(set(found)) == 1 else None

    def _sets(
        self,
        layer: Layer,
        patch: "_Patch",
        built: Manifest,
        source: Manifest,
        at: str,
        wanted: Any,
    ) -> Iterator[Location]:
        names = (source.ref.name, built.ref.name)
        file = os.path.realpath(layer.file)
        texts: Sequence[Any] = ()
        if patch.file:
            path = os.path.realpath(layer.file.parent / patch.file)
            file, texts = self._here(path), self.documents_of(self._here(path))
        else:
            file, texts = self._here(file), list(documents([patch.text.encode()]))
        for number, document in enumerate(texts):
            with suppress(InputError):
                value = value_of(document)
                inside = _within(value, patch.target, built, names, at, wanted)
                if inside is None:
                    continue
                if patch.file:
                    yield Location(file, number, inside)
                else:
                    line = _position(document.raw, inside)[0].line
                    yield Location(file, 0, patch.pointer, line)

    def _here(self, path: str) -> str:
        for start, end in self.moved.items():
            if path.startswith(f"{start}/"):
                return end + path[len(start) :]
        return path


@dataclass(frozen=True, slots=True)
class _Patch:
    """A patch of a kustomization: in a file, or a text at `pointer` of the kustomization."""

    pointer: str
    file: str = ""
    text: str = ""
    target: Mapping[str, Any] | None = None


def _patches(layer: Layer) -> Iterator[_Patch]:
    for name in ("patches", "patchesJson6902", "patchesStrategicMerge"):
        for index, entry in enumerate(list_at(layer.value, name)):
            at = f"/{name}/{index}"
            if isinstance(entry, str):
                yield _Patch(at, text=entry) if "\n" in entry else _Patch(at, file=entry)
            elif isinstance(entry, dict):
                target = entry.get("target") if isinstance(entry.get("target"), dict) else None
                if isinstance(path := entry.get("path"), str):
                    yield _Patch(at, file=path, target=target)
                elif isinstance(text := entry.get("patch"), str):
                    yield _Patch(f"{at}/patch", text=text, target=target)


def _within(
    value: Any,
    target: Mapping[str, Any] | None,
    built: Manifest,
    names: tuple[str, ...],
    at: str,
    wanted: Any,
) -> str | None:
    """Return the pointer in a patch that sets `wanted` at `at` of an object, or None."""
    if target is not None and not _is_meant(target, built, names):
        return None
    if isinstance(value, list):
        return _step_that_sets(value, at, wanted)
    patch = next(manifests(value), None)
    if patch is None:
        return None
    is_it = (patch.ref.group, patch.ref.kind) == (built.ref.group, built.ref.kind)
    if target is None and not (is_it and patch.ref.name in names):
        return None
    return corresponding(patch.value, built.value, at)


def _is_meant(target: Mapping[str, Any], built: Manifest, names: tuple[str, ...]) -> bool:
    def fits(key: str, *values: str) -> bool:
        wanted = target.get(key)
        with suppress(re.error):
            return not wanted or any(re.fullmatch(str(wanted), value) for value in values)
        return False

    ref = built.ref
    return (
        fits("kind", ref.kind)
        and fits("group", ref.group)
        and fits("version", ref.version)
        and fits("name", *names)
    )


def _step_that_sets(steps: list[Any], at: str, wanted: Any) -> str | None:
    """Return the pointer in RFC 6902 operations of the value that sets `wanted` at `at`."""
    for index, step in reversed(list(enumerate(steps))):
        if not isinstance(step, dict) or step.get("op") not in ("add", "replace"):
            continue
        path = str(step.get("path"))
        if at == path or at.startswith(f"{path}/"):
            inside = at[len(path) :]
        elif path.endswith("/-") and at.startswith(path[:-1]):
            _, _, rest = at[len(path) - 1 :].partition("/")
            inside = f"/{rest}" if rest else ""
        else:
            continue
        if value_at(step.get("value"), inside) == wanted:
            return f"/{index}/value{inside}"
    return None


def value_at(value: Any, at: str) -> Any:
    """Return what is at a pointer, or a value that equals nothing."""
    for token in pointers.split(at):
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
            value = value[int(token)]
        else:
            return _MISSING
    return value


def corresponding(source: Any, built: Any, at: str) -> str | None:
    """Return the pointer in `source` of what is at `at` in `built`, or None if it is not there.

    Items of lists correspond by their name, or by their index in lists of one length. Scalars must
    be equal, other than names and namespaces, which kustomize changes.
    """
    tokens, found = pointers.split(at), []
    for token in tokens:
        if isinstance(source, dict) and isinstance(built, dict) and token in source:
            if token not in built:
                return None
            source, built = source[token], built[token]
            found.append(token)
        elif isinstance(source, list) and isinstance(built, list) and token.isdecimal():
            index = _index_of(source, built, int(token))
            if index is None:
                return None
            source, built = source[index], built[int(token)]
            found.append(str(index))
        else:
            return None
    is_name = tokens[-2:] in (["metadata", "name"], ["metadata", "namespace"])
    is_collection = isinstance(source, dict | list) and type(source) is type(built)
    if not (is_collection or is_name or source == built):
        return None
    return pointers.join("", *found) if found else ""


def _index_of(source: list[Any], built: list[Any], index: int) -> int | None:
    if index >= len(built):
        return None
    name = mapping_at(built[index]).get("name")
    if name is not None:
        found = [at for at, item in enumerate(source) if mapping_at(item).get("name") == name]
        return found[0] if len(found) == 1 else None
    equal = [at for at, item in enumerate(source) if item == built[index]]
    if len(equal) == 1:
        return equal[0]
    return index if len(source) == len(built) else None


def placed(found: Finding, location: Location, origins: BuildOrigins, name: str) -> Finding:
    """Return a finding at a location in the file called `name`."""
    (line, column), excerpt = Position(1, 1), ""
    there = origins.documents_of(location.file)
    if location.document < len(there):
        raw = there[location.document].raw
        (line, column), excerpt = _position(raw, location.pointer)
        if location.line and excerpt[column - 1 : column] == "|":  # its lines are those of the text
            line += location.line
            below = raw.data.decode().splitlines()[line - raw.line]
            column, excerpt = len(below) - len(below.lstrip(" ")) + 1, below
    return replace(found, file=name, line=line, column=column, excerpt=excerpt)


def _position(raw: RawDocument, at: str) -> tuple[Position, str]:
    """Return the position of what is at a pointer of a document, and its line."""
    locator = SourceLocator(raw.line)
    with suppress(InputError, UnicodeDecodeError):
        locator.text = raw.data.decode()
        locator.root = parse(locator.text).root
        offset = locator.offset(at)
        return locator.position(offset), locator.excerpt(offset)
    return Position(raw.line, 1), ""
