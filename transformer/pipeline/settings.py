"""The configuration as plain frozen data, and what is wrong with one that does not fit its schema.

`schemas/config.schema.json` says what a configuration may hold; `check` turns the validator's
complaints into sentences for people. Nothing here reads a file: a configuration file comes from
`edges/config_file.py`, a functionConfig from whoever received it.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from transformer.yamltree.pointer import join

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_SEVERITY_KEY = re.compile(r"HN[0-9]{3}")
_TYPE_NAMES = {
    "array": "a list",
    "boolean": "true or false",
    "object": "a mapping",
    "string": "a string",
}
_YES_OR_NO = frozenset({"y", "yes", "on", "true", "n", "no", "off", "false"})
_MAX_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Ignore:
    """Findings to leave out: those of `rules` on an object and in a file; empty patterns fit all.

    `object` is `Kind/namespace/name` or `Kind/name`, a glob in each part; `file` is a glob. `line`
    is that of the entry in the configuration file, 0 where there is none.
    """

    rules: tuple[str, ...]
    object: str = ""
    file: str = ""
    reason: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a configuration can say; what it leaves unsaid has the default given here.

    `transform_rules` holds only the rules switched on or off explicitly, by id; `severities` has
    `error`, `warning`, `info` or `off` by rule id. `components`, `pod_templates` and
    `inline_pools` are the plain objects of the schema; `pool_paths` are as written. `name` is that
    of the configuration file.
    """

    transform_rules: Mapping[str, bool] = field(default_factory=dict)
    severities: Mapping[str, str] = field(default_factory=dict)
    components: tuple[Mapping[str, Any], ...] = ()
    pod_templates: tuple[Mapping[str, Any], ...] = ()
    pool_paths: tuple[str, ...] = ()
    inline_pools: tuple[Mapping[str, Any], ...] = ()
    scopes: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    on_invalid: Literal["fail", "pass"] = "fail"
    strict: bool = False
    name: str = ""


class Problem(NamedTuple):
    """A fault of a configuration. `pointer` names the value at fault, or with `at_key` the key.

    A missing key is a fault of the object that lacks it.
    """

    pointer: str
    message: str
    hint: str = ""
    at_key: bool = False


def covers(ignore: Ignore, rule: str, object_ref: str, file: str) -> bool:
    """Say whether `ignore` leaves out a finding of `rule`.

    `object_ref` is `Kind/namespace/name`, or `Kind/name` for an object without a namespace, or
    empty where the finding is about no object. `file` is relative to the configuration's folder.
    """
    return (
        rule in ignore.rules
        and (not ignore.object or _fits_object(ignore.object, object_ref))
        and (not ignore.file or _fits_file(ignore.file, file))
    )


def _fits_object(pattern: str, object_ref: str) -> bool:
    kind, *middle, name = object_ref.split("/") if "/" in object_ref else ("", object_ref)
    wanted_kind, *wanted_middle, wanted_name = pattern.split("/")
    namespace = middle[0] if middle else ""
    return (
        fnmatchcase(kind, wanted_kind)
        and fnmatchcase(name, wanted_name)
        and (not wanted_middle or fnmatchcase(namespace, wanted_middle[0]))
    )


def _fits_file(pattern: str, file: str) -> bool:
    name = file.replace("\\", "/").removeprefix("./")
    bare = pattern.removeprefix("./")
    # `**/` stands for no folder as well; fnmatch alone would want a slash there.
    return fnmatchcase(name, bare) or fnmatchcase(name, bare.removeprefix("**/"))


def from_plain(config: Mapping[str, Any]) -> Settings:
    """Return the settings of a configuration in which `check` found no problem."""
    spec = config.get("spec") or {}
    rules = spec.get("rules") or {}
    pools = spec.get("pools") or ()
    return Settings(
        transform_rules={key: on for key, on in rules.items() if not _SEVERITY_KEY.fullmatch(key)},
        severities={
            key: severity or "off"
            for key, severity in rules.items()
            if _SEVERITY_KEY.fullmatch(key)
        },
        components=tuple(spec.get("components") or ()),
        pod_templates=tuple(spec.get("podTemplates") or ()),
        pool_paths=tuple(pool for pool in pools if isinstance(pool, str)),
        inline_pools=tuple(pool for pool in pools if not isinstance(pool, str)),
        scopes=tuple(spec.get("scopes") or ()),
        include=tuple(spec.get("include") or ()),
        exclude=tuple(spec.get("exclude") or ()),
        ignores=tuple(
            Ignore(
                rules=tuple(entry["rules"]),
                object=entry.get("object", ""),
                file=entry.get("file", ""),
                reason=entry["reason"],
            )
            for entry in spec.get("ignore") or ()
        ),
        on_invalid=spec.get("onInvalid", "fail"),
        strict=spec.get("strict", False),
    )


def check(
    config: Any, schema: Mapping[str, Any], known_rules: Collection[str] = ()
) -> list[Problem]:
    """Return what in the plain value `config` does not fit `schema`, each problem once.

    With `known_rules` (ids of rules of both sorts) an id of the right form that no rule has is a
    problem too.
    """
    from jsonschema import Draft202012Validator  # slow; only needed with a configuration

    problems = [
        problem
        for error in Draft202012Validator(schema).iter_errors(config)
        for telling in _telling(error)
        for problem in _explain(telling, schema)
    ]
    if not problems and known_rules:
        problems = list(_unknown_rules(config.get("spec") or {}, known_rules))
    return list(dict.fromkeys(problems))


class _Fault(NamedTuple):
    """What the validator found: `found` does not meet `asked`, the value of `keyword`."""

    pointer: str
    where: str
    found: Any
    keyword: str
    asked: Any
    schema: Mapping[str, Any]
    root: Mapping[str, Any]

    def problem(self, message: str, hint: str = "") -> Problem:
        return Problem(self.pointer, f"{self.where} {message}", hint)


def _telling(error: "ValidationError") -> "Iterator[ValidationError]":
    """Yield what is wrong within the one alternative that was meant, else `error` itself."""
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
            yield from _telling(inner)
    else:
        yield error


def _explain(error: "ValidationError", root: Mapping[str, Any]) -> Iterator[Problem]:
    path = error.absolute_path
    own: Any = error.schema
    keyword = str(error.validator)
    fault = _Fault(
        join("", *path), _dotted(path), error.instance, keyword, error.validator_value, own, root
    )
    return _EXPLAINED.get(keyword, _unfit)(fault)


def _unknown_keys(fault: _Fault) -> Iterator[Problem]:
    known = list(fault.schema.get("properties", {}))
    patterns = fault.schema.get("patternProperties", {})
    others = [pattern["title"] for pattern in patterns.values()]
    for key in fault.found:
        if key not in known and not any(re.search(pattern, key) for pattern in patterns):
            hint = (
                _did_you_mean(key, known, patterns)
                or _home(key, fault.root)
                or f"it may hold {_any_of(known + others)}"
            )
            message = f'unknown key "{_clip(key)}" in {fault.where}'
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
    elif "boolean" in wanted and str(fault.found).lower() in _YES_OR_NO:
        hint = "write it without quotes"
    elif "string" in wanted and isinstance(fault.found, bool | int | float):
        hint = "put it in quotes"
    expected = _any_of([_TYPE_NAMES[name] for name in wanted])
    yield fault.problem(f"is {_shown(fault.found)}, expected {expected}", hint)


def _wrong_choice(fault: _Fault) -> Iterator[Problem]:
    choices = [fault.asked] if fault.keyword == "const" else fault.asked
    words = [choice for choice in choices if isinstance(choice, str)]
    hint = _did_you_mean(fault.found, words) if isinstance(fault.found, str) else ""
    yield fault.problem(f"is {_shown(fault.found)}, expected {_any_of(words)}", hint)


def _too_short(fault: _Fault) -> Iterator[Problem]:
    yield fault.problem("is empty")


def _unfit(fault: _Fault) -> Iterator[Problem]:
    """Explain a failed pattern or choice between alternatives by the title of its schema."""
    alternatives = fault.schema.get("anyOf", ())
    if fault.keyword == "anyOf" and all("required" in option for option in alternatives):
        keys = [f'"{key}"' for option in alternatives for key in option["required"]]
        yield fault.problem(f"lacks {_any_of(keys)}")
        return
    hint = ""
    if isinstance(fault.found, str):
        words = [word for option in alternatives for word in option.get("enum", ())]
        patterns = [option["pattern"] for option in alternatives if "pattern" in option]
        hint = _did_you_mean(fault.found, words, patterns)
    yield fault.problem(f"is {_shown(fault.found)}, expected {fault.schema['title']}", hint)


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


def _unknown_rules(spec: Mapping[str, Any], known: Collection[str]) -> Iterator[Problem]:
    message = 'there is no rule "{}"'
    for rule in spec.get("rules") or ():
        if rule not in known:
            pointer = join("/spec/rules", rule)
            yield Problem(pointer, message.format(rule), _did_you_mean(rule, known), at_key=True)
    for index, ignore in enumerate(spec.get("ignore") or ()):
        for place, rule in enumerate(ignore["rules"]):
            if rule not in known:
                pointer = join("/spec/ignore", index, "rules", place)
                yield Problem(pointer, message.format(rule), _did_you_mean(rule, known))


def _did_you_mean(word: str, known: Collection[str], patterns: Iterable[str] = ()) -> str:
    """Return a hint if `word` looks like one of `known`, or fits a pattern in upper case."""
    if any(re.search(pattern, word.upper()) for pattern in patterns):
        return f'did you mean "{word.upper()}"?'
    folded = {name.lower().replace("-", ""): name for name in known}
    plain = word.lower().replace("-", "").replace("_", "")
    from difflib import get_close_matches  # rarely needed

    close = get_close_matches(plain[:_MAX_SHOWN], folded, n=1)
    return f'did you mean "{folded[close[0]]}"?' if close else ""


def _home(key: str, schema: Mapping[str, Any], where: str = "") -> str:
    """Return a hint if `key` has its place somewhere else, under objects (not lists) only."""
    for name, inner in schema.get("properties", {}).items():
        here = f"{where}.{name}" if where else name
        known = inner.get("properties", {})
        if key in known or any(re.search(p, key) for p in inner.get("patternProperties", {})):
            return f"it belongs under {here}"
        if hint := _home(key, inner, here):
            return hint
    return ""


def _dotted(path: Sequence[str | int]) -> str:
    """Return how people write the place: `spec.ignore[0].rules`."""
    text = ""
    for token in path:
        if isinstance(token, int):
            text += f"[{token}]"
        elif re.fullmatch(r"[\w-]+", token):
            text += f".{token}"
        else:
            text += f'["{_clip(token)}"]'
    return text.removeprefix(".") or "the configuration"


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f'"{_clip(value)}"'
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, Sequence) else str(value)


def _clip(text: str) -> str:
    """Return `text` on one line and short enough for a message."""
    line = " ".join(text.split())
    return line if len(line) <= _MAX_SHOWN else f"{line[: _MAX_SHOWN - 3]}..."


def _any_of(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
