"""Whether a plain value fits a JSON Schema: a fast yes if it does.

A validator that explains errors takes milliseconds for an object, and long to import. Nearly all
objects are valid, so a schema is first compiled to plain functions that return yes or no. A no is
not final: a keyword that is unknown here, or a rare comparison, is also a no, and then the
validator decides. `explain.problems` does both.

Schemas must not contain circular references.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import NoneType
from typing import Any, TypeAlias

Check: TypeAlias = Callable[[Any], bool]

_ALL_TYPES = (dict, list, str, bool, int, float, NoneType)
_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (NoneType,),
}
_WORDS = (str, bool, NoneType)
_SILENT = frozenset({"$schema", "$id", "$defs", "title", "description", "default", "type", "then"})


@dataclass(slots=True, eq=False)
class SameSchema:
    """A schema as the key of a cache; compared by identity, because its content is large."""

    schema: Mapping[str, Any]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameSchema) and self.schema is other.schema

    def __hash__(self) -> int:
        return id(self.schema)


def fits(value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether `value` certainly fits `schema`."""
    return _compiled(SameSchema(schema))(value)


@lru_cache(maxsize=16)
def _compiled(key: SameSchema) -> Check:
    return _check(key.schema, key.schema)


def _check(schema: Any, root: Mapping[str, Any]) -> Check:
    """Return the check of one schema within `root`."""
    if isinstance(schema, bool):
        return _yes if schema else _no
    by_type: dict[type, list[Check]] = {kind: [] for kind in _types(schema)}
    for keyword, asked in schema.items():
        if keyword in _SILENT:
            continue
        kinds, make = _KEYWORDS.get(keyword, (_ALL_TYPES, lambda *_: _no))
        made = make(asked, schema, root)
        for kind in kinds:
            if kind in by_type:
                by_type[kind].append(made)
    checks = {kind: _all(parts) for kind, parts in by_type.items()}

    def check(value: Any) -> bool:
        found = checks.get(type(value))
        return found is not None and found(value)

    return check


def _types(schema: Mapping[str, Any]) -> tuple[type, ...]:
    asked = schema.get("type")
    if asked is None:
        return _ALL_TYPES
    names = [asked] if isinstance(asked, str) else asked
    return tuple(kind for name in names for kind in _TYPES[name])


def _yes(_: Any) -> bool:
    return True


def _no(_: Any) -> bool:
    return False


def _all(parts: Sequence[Check]) -> Check:
    if len(parts) < 2:
        return parts[0] if parts else _yes

    def check(value: Any) -> bool:
        for part in parts:  # noqa: SIM110 -- faster than all()
            if not part(value):
                return False
        return True

    return check


_Make: TypeAlias = Callable[[Any, Mapping[str, Any], Mapping[str, Any]], Check]
"""A function of the value of a keyword, its schema, and the root schema."""


def _reference(asked: str, _: Any, root: Mapping[str, Any]) -> Check:
    name = asked.removeprefix("#/$defs/")
    return _check(root["$defs"][name], root)


def _choice(asked: Collection[Any], _: Any, __: Any) -> Check:
    """Numbers are left to the validator, because in Python 1 equals True."""
    plain = {choice for choice in asked if isinstance(choice, _WORDS)}
    return lambda value: isinstance(value, _WORDS) and value in plain


def _pattern(asked: str, _: Any, __: Any) -> Check:
    search = re.compile(asked).search
    return lambda value: search(value) is not None


def _properties(asked: Mapping[str, Any], _: Any, root: Mapping[str, Any]) -> Check:
    checks = [(name, _check(inner, root)) for name, inner in asked.items()]

    def check(value: Any) -> bool:
        for name, inner in checks:  # noqa: SIM110 -- faster than all()
            if name in value and not inner(value[name]):
                return False
        return True

    return check


def _pattern_properties(asked: Mapping[str, Any], _: Any, root: Mapping[str, Any]) -> Check:
    checks = [(re.compile(pattern).search, _check(inner, root)) for pattern, inner in asked.items()]
    return lambda value: all(
        inner(item) for key, item in value.items() for search, inner in checks if search(key)
    )


def _other_properties(asked: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Check:
    known = schema.get("properties", {}).keys()
    if patterns := [re.compile(pattern).search for pattern in schema.get("patternProperties", ())]:
        inner = _check(asked, root)
        return lambda value: all(
            inner(item)
            for key, item in value.items()
            if key not in known and not any(search(key) for search in patterns)
        )
    if asked is False:
        return lambda value: value.keys() <= known
    inner = _check(asked, root)
    if known:
        return lambda value: all(inner(value[key]) for key in value.keys() - known)
    return lambda value: all(map(inner, value.values()))


def _of_each(asked: Any, _: Any, root: Mapping[str, Any]) -> Check:
    inner = _check(asked, root)
    return lambda value: all(map(inner, value))


def _any_of(asked: Sequence[Any], _: Any, root: Mapping[str, Any]) -> Check:
    options = [_check(option, root) for option in asked]
    return lambda value: any(option(value) for option in options)


def _all_of(asked: Sequence[Any], _: Any, root: Mapping[str, Any]) -> Check:
    return _all([_check(part, root) for part in asked])


def _condition(asked: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Check:
    """Only for an `if` that compares properties with words, for which a no is certain."""
    properties = asked.get("properties", {})
    words = {name: frozenset(inner.get("enum", ())) for name, inner in properties.items()}
    is_simple = asked.keys() == {"properties", "required"} and all(
        inner.keys() == {"enum"} and all(isinstance(word, str) for word in inner["enum"])
        for inner in properties.values()
    )
    if not is_simple or asked["required"] != list(words) or "else" in schema:
        return _no
    then = _check(schema["then"], root)

    def check(value: Any) -> bool:
        for name, choices in words.items():
            found = value.get(name)
            if not isinstance(found, str) or found not in choices:
                return True
        return then(value)

    return check


_KEYWORDS: Mapping[str, tuple[Collection[type], _Make]] = {
    "$ref": (_ALL_TYPES, _reference),
    "enum": (_ALL_TYPES, _choice),
    "const": (_ALL_TYPES, lambda asked, schema, root: _choice([asked], schema, root)),
    "anyOf": (_ALL_TYPES, _any_of),
    "allOf": (_ALL_TYPES, _all_of),
    "if": ((dict,), _condition),
    "properties": ((dict,), _properties),
    "patternProperties": ((dict,), _pattern_properties),
    "additionalProperties": ((dict,), _other_properties),
    "propertyNames": ((dict,), _of_each),
    "required": ((dict,), lambda asked, _, __: lambda value: all(key in value for key in asked)),
    "minProperties": ((dict,), lambda asked, _, __: lambda value: len(value) >= asked),
    "items": ((list,), _of_each),
    "minItems": ((list,), lambda asked, _, __: lambda value: len(value) >= asked),
    "maxItems": ((list,), lambda asked, _, __: lambda value: len(value) <= asked),
    "pattern": ((str,), _pattern),
    "minLength": ((str,), lambda asked, _, __: lambda value: len(value) >= asked),
    "maxLength": ((str,), lambda asked, _, __: lambda value: len(value) <= asked),
    "minimum": ((int, float), lambda asked, _, __: lambda value: value >= asked),
    "maximum": ((int, float), lambda asked, _, __: lambda value: value <= asked),
}
