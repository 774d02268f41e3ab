"""The patches of one kustomization: for which objects they are, and what they set."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from transformer.errors import InputError
from transformer.inputs.builds.closure import Layer
from transformer.inputs.builds.correspondence import corresponding, value_at
from transformer.inputs.reading import value_of
from transformer.kubernetes.objects import Manifest, list_at, manifests
from transformer.pipeline.documents import Document, documents
from transformer.pipeline.kustomize_layers import Built, Patch, patch_of, target_of


class Entry(NamedTuple):
    """A patch of a kustomization: in a file, or a text at `pointer` of the kustomization.

    `is_late`: kustomize applies it after the kustomization has changed names.
    """

    pointer: str
    file: str = ""
    text: str = ""
    target: Mapping[str, Any] | None = None
    is_late: bool = False


class PatchDocument(NamedTuple):
    """One document of a patch, with its number and its plain value; `patch` says what it is for."""

    entry: Entry
    number: int
    document: Document
    value: Any
    patch: Patch

    def is_for(self, before: Built, after: Built) -> bool:
        """Whether it is for an object, which is `after` when the kustomization is done."""
        return self.patch.is_for(after if self.entry.is_late else before)


@dataclass(slots=True)
class Patches:
    """The patches of one kustomization, by the name of the object if they are for one."""

    named: dict[str, list[PatchDocument]] = field(default_factory=dict)
    targeted: list[PatchDocument] = field(default_factory=list)

    def of(self, before: Built, after: Built) -> Iterator[PatchDocument]:
        """Yield the patches for an object, which is `after` when the kustomization is done."""
        for name in dict.fromkeys(ref.name for ref in after.refs):
            yield from (one for one in self.named.get(name, ()) if one.is_for(before, after))
        yield from (one for one in self.targeted if one.is_for(before, after))


def read_patches(layer: Layer, read: Callable[[str], list[Document]]) -> Patches:
    """Return the patches of a kustomization; `read` returns the documents of a file, as written."""
    found = Patches()
    for entry in _entries(layer):
        with suppress(UnicodeEncodeError):
            texts = read(entry.file) if entry.file else documents([entry.text.encode()])
            for one in _read(entry, list(texts)):
                if one.patch.target is not None:
                    found.targeted.append(one)
                    continue
                for name in dict.fromkeys(ref.name for ref in one.patch.objects):
                    found.named.setdefault(name, []).append(one)
    return found


def _read(entry: Entry, texts: list[Document]) -> Iterator[PatchDocument]:
    target = None if entry.target is None else target_of(entry.target)
    for number, document in enumerate(texts):
        with suppress(InputError):
            value = value_of(document)
            if (patch := patch_of("", target, [value])) is not None:
                yield PatchDocument(entry, number, document, value, patch)


def _entries(layer: Layer) -> Iterator[Entry]:
    for name in ("patches", "patchesJson6902", "patchesStrategicMerge"):
        is_late = name == "patchesJson6902"
        for index, entry in enumerate(list_at(layer.value, name)):
            at = f"/{name}/{index}"
            if isinstance(entry, str):
                yield Entry(at, text=entry) if "\n" in entry else Entry(at, file=entry)
            elif isinstance(entry, dict):
                target = entry.get("target") if isinstance(entry.get("target"), dict) else None
                if isinstance(path := entry.get("path"), str):
                    yield Entry(at, file=path, target=target, is_late=is_late)
                elif isinstance(text := entry.get("patch"), str):
                    yield Entry(f"{at}/patch", text=text, target=target, is_late=is_late)


def place_that_sets(patch: PatchDocument, built: Manifest, at: str) -> str | None:
    """Return the pointer in a patch of what sets the value at `at` of an object, or None."""
    if isinstance(patch.value, list):
        return _step_that_sets(patch.value, at, value_at(built.value, at))
    for one in manifests(patch.value):
        return corresponding(one.value, built.value, at)
    return None


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
