"""A manifest: one Kubernetes object, anywhere in a document."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from transformer import pointer
from transformer.findings import ObjectRef

_LONGEST = 1000
"""The most characters of a name to keep; Kubernetes allows at most 253."""

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Described:
    """An object, or a pod template: the plain `value` of a mapping with `metadata` and `spec`."""

    value: dict[str, Any]

    @property
    def metadata(self) -> dict[str, Any]:
        found = self.value.get("metadata")
        return found if isinstance(found, dict) else {}

    @property
    def annotations(self) -> dict[str, Any]:
        found = self.metadata.get("annotations")
        return found if isinstance(found, dict) else {}

    @property
    def labels(self) -> dict[str, Any]:
        found = self.metadata.get("labels")
        return found if isinstance(found, dict) else {}

    @property
    def spec(self) -> dict[str, Any]:
        found = self.value.get("spec")
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class Manifest(Described):
    """One object. `base` is its pointer within the document's value."""

    base: str
    ref: ObjectRef

    @property
    def is_named(self) -> bool:
        """Whether it has a name of its own, and not one that `generateName` generates."""
        return bool(text_of(self.metadata.get("name")))


def mapping_at(value: Any, *keys: str) -> dict[str, Any]:
    """Return the mapping below `keys`, or an empty one if there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def list_at(value: Any, key: str) -> list[Any]:
    """Return the list below `key`, or an empty one if there is none."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def controller_of(manifest: "Manifest") -> str | None:
    """Return `Kind name` of the controller that owns an object, or None if there is none."""
    for owner in list_at(manifest.metadata, "ownerReferences"):
        if isinstance(owner, dict) and owner.get("controller") is True:
            return f"{owner.get('kind', '')} {owner.get('name', '')}".strip() or "another object"
    return None


def manifests(
    value: Any, base: str = "", inherited: tuple[str, str] = ("", ""), *, first: int = 0
) -> Iterator[Manifest]:
    """Yield the manifests of a document's plain value: itself, or the items of its List kinds.

    A mapping without apiVersion or kind is yielded too, with empty names in its `ref`; other values
    are not. Items of a `<Kind>List` may omit the apiVersion and kind that the list implies
    (`inherited`), as in the lists of the API server. `first` is the number of the first item.
    """
    if not isinstance(value, dict):
        return
    api_version = text_of(value.get("apiVersion")) or inherited[0]
    kind = text_of(value.get("kind")) or inherited[1]
    items = value.get("items")
    if kind.endswith("List") and (isinstance(items, list) or (items is None and "items" in value)):
        of_kind = kind.removesuffix("List")
        below = (api_version, of_kind) if of_kind not in ("", "Resource") else ("", "")
        for index, item in enumerate(items or (), first):
            yield from manifests(item, pointer.join(base, "items", index), below)
        return
    yield Manifest(value, base, _ref(value, api_version, kind))


def as_a_whole(value: dict[str, Any]) -> "Manifest":
    """Return the plain value of a document as one object, also if it is a List."""
    api_version, kind = text_of(value.get("apiVersion")), text_of(value.get("kind"))
    return Manifest(value, "", _ref(value, api_version, kind))


def _ref(value: Any, api_version: str, kind: str) -> ObjectRef:
    group, _, version = _name(api_version).rpartition("/")
    metadata = mapping_at(value, "metadata")
    return ObjectRef(
        group,
        version,
        _name(kind),
        _name(metadata.get("namespace")),
        _name(metadata.get("name")) or _name(metadata.get("generateName")),
    )


def mappings_in(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each mapping in `value`, in the order in which they begin, with its pointer."""
    ahead = [("", value)]
    while ahead:
        at, found = ahead.pop()
        if isinstance(found, dict):
            yield at, found
            below = [
                (pointer.join(at, name), item)
                for name, item in found.items()
                if isinstance(item, dict | list)
            ]
        else:
            items = enumerate(found) if isinstance(found, list) else ()
            below = [(f"{at}/{i}", item) for i, item in items if isinstance(item, dict | list)]
        ahead += reversed(below)


def keys_in(value: Any) -> set[str]:
    """Return the keys of all mappings in `value`."""
    keys: set[str] = set()
    ahead = [value]
    while ahead:
        found = ahead.pop()
        if isinstance(found, dict):
            keys.update(found)
            ahead += found.values()
        elif isinstance(found, list):
            ahead += found
    return keys


def places_of(value: Any, key: str) -> Iterator[tuple[str, Any]]:
    """Yield the pointers at which a mapping in `value` has `key`, and what it has there."""
    if key not in keys_in(value):
        return  # no pointers need to be made
    for at, mapping in mappings_in(value):
        if key in mapping:
            yield pointer.join(at, key), mapping[key]


def value_at(value: Any, at: str) -> Any:
    """Return the value at pointer `at` of a plain value, which must exist."""
    for token in pointer.split(at):
        value = value[int(token)] if isinstance(value, list) else value[token]
    return value


def is_list(value: Any) -> bool:
    """Whether the value of a document is of a List kind, whose items are the manifests."""
    is_mapping = isinstance(value, dict)
    return is_mapping and text_of(value.get("kind")).endswith("List") and "items" in value


def text_of(value: object) -> str:
    """Return `value`, or an empty string if it is not text."""
    return value if isinstance(value, str) else ""


def _name(value: Any) -> str:
    """Return `value` as a name that identifies an object, short enough to repeat in findings."""
    text = text_of(value)
    if len(text) <= _LONGEST:
        return text
    from hashlib import sha256  # only for names that Kubernetes refuses

    return f"{text[:_SHOWN]}...{sha256(text.encode(errors='surrogatepass')).hexdigest()[:16]}"
