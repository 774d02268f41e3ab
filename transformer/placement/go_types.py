"""Values as the Go types of Deployments and StatefulSets hold, write and read them.

OpenYurt patches a workload in three steps: it writes the typed object as JSON, patches that, and
reads the outcome *into the same object*. `written` does the first, `read_into` the last. So

- fields that the type does not have are dropped, keys match without regard to case;
- what is missing from the outcome stays as it was; mappings merge; the items of a list merge with
  the old ones by index;
- null empties a pointer, a mapping or a list, and leaves anything else as it was;
- a value of the wrong type is an error.

The fields are data, `workload_types.json`, in Go's notation with the options of the JSON tags. The
test oracle writes it from `k8s.io/api` (`make oracle REWRITE=1`).

Source: Go's encoding/json, `Marshal` and `Unmarshal`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import PurePath
from typing import Any, NamedTuple, Protocol, cast

from transformer import pointer
from transformer.kubernetes.placeholders import is_placeholder
from transformer.placement.json_patch import Misfit, Node, plain
from transformer.regexes import regex


class Field(NamedTuple):
    """A field of a struct. `is_kept`: it is written whatever its value is."""

    name: str
    kind: str
    is_kept: bool


class _Loader(Protocol):
    def get_data(self, path: str) -> bytes: ...


@cache
def structs() -> Mapping[str, Mapping[str, Field]]:
    """Return the fields of each type by name. Only workloads with patches need them."""
    path = PurePath(__file__).with_name("workload_types.json")
    data = json.loads(cast("_Loader", __spec__.loader).get_data(str(path)))
    return {
        name: {key: _field(key, *tag.split(","), of=data) for key, tag in fields.items()}
        for name, fields in data.items()
    }


def _field(name: str, kind: str, *options: str, of: Mapping[str, Any]) -> Field:
    # Go leaves out no struct that is empty, unless the tag says `omitzero`.
    is_struct = kind in of or kind in _OWN
    is_kept = "omitzero" not in options if is_struct else "omitempty" not in options
    return Field(name, kind, is_kept)


_ZEROS: Mapping[str, Any] = {
    **{"string": "", "bool": False, "int32": 0, "int64": 0},
    **{"IntOrString": 0, "Quantity": "0", "Time": None, "FieldsV1": None},
}
_OWN = ("IntOrString", "Quantity", "Time", "FieldsV1")
"""Types that read and write JSON in their own way."""


def written(kind: str, value: Any) -> Any:
    """Return a plain value as Go writes it. What does not fit the type stays as it is."""
    if kind.startswith("*"):
        return None if value is None else written(kind[1:], value)
    if kind.startswith("[]"):
        if not isinstance(value, list):
            return value
        return [written(kind[2:], item) for item in value]
    if kind.startswith("map["):
        if not isinstance(value, dict):
            return value
        return {key: written(kind[4:-1], item) for key, item in value.items()}
    if kind in _ZEROS:
        return _ZEROS[kind] if value is None else value
    if value is not None and not isinstance(value, dict):
        return value
    return dict(_written_fields(structs()[kind], value or {}))


def _written_fields(
    fields: Mapping[str, Field], value: dict[str, Any]
) -> Iterator[tuple[str, Any]]:
    for name, its in fields.items():
        if name in value or its.is_kept:
            item = written(its.kind, value.get(name))
            is_set = item is not None if its.kind.startswith("*") else bool(item)
            if its.is_kept or is_set:
                yield name, item


def field_of(kind: str, key: str) -> Field | None:
    """Return the field of a struct that Go takes for `key`: the same name, or its letters."""
    fields = structs()[kind]
    return fields.get(key) or _folded(kind).get(_fold(key))


@cache
def _folded(kind: str) -> Mapping[str, Field]:
    return {_fold(name): its for name, its in structs()[kind].items()}


def _fold(key: str) -> str:
    return key.replace("\u017f", "s").lower()  # the long s; the Kelvin sign becomes a k anyway


def kind_at(kind: str, tokens: list[str]) -> str | None:
    """Return the type of what `tokens` lead to from a value of type `kind`, if there is one."""
    for token in tokens:
        kind = kind.lstrip("*")
        if kind.startswith("[]"):
            kind = kind[2:]
        elif kind.startswith("map["):
            kind = kind[4:-1]
        elif kind in _ZEROS or (its := field_of(kind, token)) is None:
            return None
        else:
            kind = its.kind
    return kind


class Reader(NamedTuple):
    """Reads a document into an object that is there.

    `base` is the pointer of the object in the manifest, `elsewhere` where in the manifest values
    of the object are written that are not below `base`, by their pointer within the object.
    `moved` gets the same of the outcome. What is written below `base`, or is a placeholder, may
    be of any type.
    """

    base: str
    elsewhere: Mapping[str, str]
    moved: dict[str, str]

    def read_into(self, kind: str, node: Node, old: Any, at: str = "") -> Any:
        """Return what becomes of `old` when `node` is read into it.

        Raises:
            Misfit: a value has the wrong type; the second argument is where it is written.
        """
        if kind.startswith("*"):
            return None if node.value is None else self.read_into(kind[1:], node, old, at)
        if is_placeholder(node.value):
            return node.value
        is_struct = kind not in _ZEROS and not kind.startswith(("[]", "map["))
        if node.value is None:
            return _after_null(kind, old, is_struct=is_struct)
        if not _fits(kind, node.value, is_struct=is_struct):
            if node.origin.startswith(f"{self.base}/"):
                return plain(node)
            raise Misfit(f"{_word(kind)} is needed here", node.origin)
        if kind.startswith("[]"):
            return self._list(kind[2:], node, old, at)
        if kind.startswith("map["):
            return self._mapping(kind[4:-1], node, old, at)
        return self._struct(kind, node, old, at) if is_struct else plain(node)

    def _list(self, kind: str, node: Node, old: Any, at: str) -> list[Any]:
        before = old if isinstance(old, list) else []
        return [
            self._child(kind, node, index, item, before[index] if index < len(before) else None, at)
            for index, item in enumerate(node.value)
        ]

    def _mapping(self, kind: str, node: Node, old: Any, at: str) -> dict[str, Any]:
        result = dict(old) if isinstance(old, dict) else {}
        self._keep(result, node, at)
        for key, item in node.value.items():
            result[key] = self._child(kind, node, key, item, _ZEROS.get(kind), at)
        return result

    def _struct(self, kind: str, node: Node, old: Any, at: str) -> dict[str, Any]:
        result = dict(old) if isinstance(old, dict) else {}
        self._keep(result, node, at)
        for key, item in sorted(node.value.items()):
            if (its := field_of(kind, key)) is not None:
                before = result.get(its.name)
                result[its.name] = self._child(its.kind, node, its.name, item, before, at)
        return result

    def _child(self, kind: str, parent: Node, key: str | int, node: Node, old: Any, at: str) -> Any:
        below = pointer.join(at, key)
        self.moved.pop(below, None)
        if node.origin != pointer.join(parent.origin, key):
            self.moved[below] = node.origin
        return self.read_into(kind, node, old, below)

    def _keep(self, old: Mapping[str, Any], node: Node, at: str) -> None:
        """Note where the entries of `old` are written, if they merge with what is not theirs."""
        if node.origin != self._origin(at):
            for key in old:
                below = pointer.join(at, key)
                self.moved[below] = self._origin(below)

    def _origin(self, at: str) -> str:
        return self.elsewhere.get(at, self.base + at)


def _after_null(kind: str, old: Any, *, is_struct: bool) -> Any:
    if kind in ("Quantity", "Time"):
        return _ZEROS[kind]
    if kind == "IntOrString":
        return old if isinstance(old, int) else 0
    return old if is_struct or kind in _ZEROS else None


_INTEGERS = {"int32": 2**31, "int64": 2**63, "IntOrString": 2**31}
_QUANTITY = regex(
    r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]?|[eE][-+]?[0-9]+)", re.ASCII
)
_TIME = regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)", re.ASCII)


def _fits(kind: str, value: Any, *, is_struct: bool) -> bool:
    if kind.startswith("[]"):
        return isinstance(value, list)
    if is_struct or kind.startswith("map["):
        return isinstance(value, dict)
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "Quantity":
        return _QUANTITY.fullmatch(_number_or_text(value).strip()) is not None
    if kind == "Time":
        return isinstance(value, str) and _TIME.fullmatch(value) is not None
    if isinstance(value, str):
        return kind in ("string", "IntOrString", "FieldsV1")
    return kind == "FieldsV1" or (kind in _INTEGERS and _is_integer(value, _INTEGERS[kind]))


def _is_integer(value: Any, bound: int) -> bool:
    """Whether a value is an integer, or a number that the API server writes as one."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return isinstance(value, int) and not isinstance(value, bool) and -bound <= value < bound


def _number_or_text(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if isinstance(value, str) else str(value) if is_number else ""


def _word(kind: str) -> str:
    if kind.startswith("[]"):
        return "a list"
    return _WORDS.get(kind, "a mapping")


_WORDS = {
    "string": "text",
    "bool": "true or false",
    "int32": "an integer",
    "int64": "an integer",
    "IntOrString": "an integer or text",
    "Quantity": "a quantity",
    "Time": "a time",
}
