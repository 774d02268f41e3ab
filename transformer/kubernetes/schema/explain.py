"""Why a plain value does not fit a JSON Schema (draft 2020-12), in sentences for people.

The messages of the validator are about the schema; these are about the value. Where a pattern, a
limit or a choice between alternatives can fail, the `title` in the schema names what is expected.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from transformer.kubernetes.schema.fast_check import SameSchema, fits
from transformer.pointer import join, split
from transformer.wording import any_of, clip, did_you_mean, dotted, shown

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

_TYPE_NAMES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "object": "a mapping",
    "string": "a string",
}
_YES_OR_NO = frozenset({"y", "yes", "on", "true", "n", "no", "off", "false"})


class Problem(NamedTuple):
    """An error in a value. `pointer` is that of the wrong value or, with `at_key`, of its key.

    For a missing key, it is that of the object without the key.
    """

    pointer: str
    message: str
    hint: str = ""
    at_key: bool = False


def problems(value: Any, schema: Mapping[str, Any], whole: str, at: str = "") -> list[Problem]:
    """Return what in `value` does not fit `schema`, each problem once.

    `whole` is the name of the value in messages. `at` is its pointer, if it is part of another
    value: then pointers begin there. A cache compares schemas by identity: do not modify them.
    """
    if fits(value, schema):
        return []
    base = [int(token) if token.isdecimal() else token for token in split(at)]
    return list(
        dict.fromkeys(
            problem
            for error in _validator(SameSchema(schema)).iter_errors(value)
            for specific in _specific(error)
            for problem in _explain(specific, schema, whole, base)
        )
    )


@lru_cache(maxsize=16)
def _validator(key: SameSchema) -> "Draft202012Validator":
    from jsonschema import Draft202012Validator  # slow; only needed if something may be wrong

    return Draft202012Validator(key.schema)


class _Fault(NamedTuple):
    """An error of the validator: `found` does not meet `asked`, the value of `keyword`."""

    pointer: str
    where: str
    found: Any
    keyword: str
    asked: Any
    schema: Mapping[str, Any]
    root: Mapping[str, Any]

    def problem(self, message: str, hint: str = "") -> Problem:
        return Problem(self.pointer, f"{self.where} {message}", hint)


def _specific(error: "ValidationError") -> "Iterator[ValidationError]":
    """Yield the errors within the one alternative that was intended, else `error` itself."""
    alternatives: dict[str | int, list[ValidationError]] = {}
    for inner in error.context:
        alternatives.setdefault(inner.relative_schema_path[0], []).append(inner)
    meant = [
        inners
        for inners in alternatives.values()
        if not any(inner.validator == "type" and not inner.relative_path for inner in inners)
    ]
    if len(meant) == 1:
        for inner in meant[0]:
            yield from _specific(inner)
    else:
        yield error


def _explain(
    error: "ValidationError", root: Mapping[str, Any], whole: str, base: list[str | int]
) -> Iterator[Problem]:
    path = [*base, *error.absolute_path]
    at, where, keyword = join("", *path), dotted(path) or whole, str(error.validator)
    own: Any = error.schema
    fault = _Fault(at, where, error.instance, keyword, error.validator_value, own, root)
    if "propertyNames" in list(error.absolute_schema_path)[-3:-1]:
        return _wrong_key(fault)
    return _EXPLAINED.get(keyword, _unfit)(fault)


def _wrong_key(fault: _Fault) -> Iterator[Problem]:
    """Explain a key (`found`) that the mapping at the pointer cannot have."""
    message = f"the key {shown(fault.found)} of {fault.where} is not {fault.schema['title']}"
    yield Problem(join(fault.pointer, fault.found), message, at_key=True)


def _unknown_keys(fault: _Fault) -> Iterator[Problem]:
    known = list(fault.schema.get("properties", {}))
    patterns = fault.schema.get("patternProperties", {})
    others = [pattern["title"] for pattern in patterns.values()]
    for key in fault.found:
        if key not in known and not any(re.search(pattern, key) for pattern in patterns):
            hint = (
                did_you_mean(key, known, patterns)
                or _home(key, SameSchema(fault.root))
                or f"it may hold {any_of(known + others)}"
            )
            message = f'unknown key "{clip(key)}" in {fault.where}'
            yield Problem(join(fault.pointer, key), message, hint, at_key=True)


def _missing_keys(fault: _Fault) -> Iterator[Problem]:
    for key in fault.asked:
        if key not in fault.found:
            yield fault.problem(f'lacks the key "{key}"')


def _wrong_type(fault: _Fault) -> Iterator[Problem]:
    asked = [fault.asked] if isinstance(fault.asked, str) else fault.asked
    wanted = [name for name in asked if name != "null"]
    hint = ""
    if "array" in wanted and isinstance(fault.found, str):
        hint = "write it as a list, even if it has one item"
    elif ("boolean" in wanted and str(fault.found).lower() in _YES_OR_NO) or (
        "integer" in wanted and isinstance(fault.found, str) and fault.found.isdecimal()
    ):
        hint = "write it without quotes"
    elif "string" in wanted and isinstance(fault.found, bool | int | float):
        hint = "put it in quotes"
    expected = any_of([_TYPE_NAMES[name] for name in wanted])
    yield fault.problem(f"is {shown(fault.found)}, expected {expected}", hint)


def _wrong_choice(fault: _Fault) -> Iterator[Problem]:
    choices = [fault.asked] if fault.keyword == "const" else fault.asked
    words = [choice for choice in choices if isinstance(choice, str) and choice]
    hint = did_you_mean(fault.found, words) if isinstance(fault.found, str) else ""
    yield fault.problem(f"is {shown(fault.found)}, expected {any_of(words)}", hint)


def _too_short(fault: _Fault) -> Iterator[Problem]:
    yield fault.problem("is empty")


def _unfit(fault: _Fault) -> Iterator[Problem]:
    """Explain a failed pattern, limit or choice between alternatives by the title of its schema."""
    alternatives = fault.schema.get("anyOf", ())
    if fault.keyword == "anyOf" and all("required" in option for option in alternatives):
        keys = [f'"{key}"' for option in alternatives for key in option["required"]]
        yield fault.problem(f"lacks {any_of(keys)}")
        return
    hint = ""
    if isinstance(fault.found, str):
        words = [word for option in alternatives for word in option.get("enum", ())]
        patterns = [option["pattern"] for option in alternatives if "pattern" in option]
        hint = did_you_mean(fault.found, words, patterns)
    yield fault.problem(f"is {shown(fault.found)}, expected {fault.schema['title']}", hint)


_EXPLAINED: Mapping[str, Callable[[_Fault], Iterator[Problem]]] = {
    "additionalProperties": _unknown_keys,
    "required": _missing_keys,
    "type": _wrong_type,
    "enum": _wrong_choice,
    "const": _wrong_choice,
    "minLength": _too_short,
    "minItems": _too_short,
    "minProperties": _too_short,
}


@lru_cache(maxsize=64)
def _home(key: str, root: SameSchema) -> str:
    """Return a hint if `key` belongs elsewhere, under objects (not lists)."""
    return _home_below(key, root.schema)


def _home_below(key: str, schema: Mapping[str, Any], where: str = "") -> str:
    for name, inner in schema.get("properties", {}).items():
        here = f"{where}.{name}" if where else name
        known = inner.get("properties", {})
        if key in known or any(re.search(p, key) for p in inner.get("patternProperties", {})):
            return f"it belongs under {here}"
        if hint := _home_below(key, inner, here):
            return hint
    return ""
