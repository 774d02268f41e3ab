"""The configuration as plain frozen data, and what is wrong with one that does not fit its schema.

`schemas/config.schema.json` says what a configuration may hold; `check` turns the validator's
complaints into sentences for people. Nothing here reads a file: a configuration file comes from
`config/config_file.py`, a functionConfig from whoever received it.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from transformer.globs import flaw_of, is_chosen, matches_object
from transformer.kubernetes.objects import value_at
from transformer.kubernetes.pod_template import ROWS
from transformer.kubernetes.schema.explain import Problem, problems
from transformer.pointer import join, split
from transformer.wording import any_of, clip, did_you_mean

_SEVERITY_KEY = re.compile(r"HN[0-9]{3}")
_GLOB = re.compile(r"[*?\[\]{}]")


@dataclass(frozen=True, slots=True)
class Suppression:
    """Findings to leave out: those of `rules` on an object and in a file; empty patterns fit all.

    `object` is `Kind/namespace/name` or `Kind/name`, with wildcards in each part; `file` is a
    pattern of gitignore. `line` is that of the entry in the configuration file, 0 where there is
    none.
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
    suppressions: tuple[Suppression, ...] = ()
    on_invalid: Literal["fail", "pass"] = "fail"
    strict: bool = False
    name: str = ""


def matches_suppression(ignore: Suppression, rule: str, object_ref: str, file: str) -> bool:
    """Say whether `ignore` leaves out a finding of `rule`.

    `object_ref` is `Kind/namespace/name`, or `Kind/name` for an object without a namespace, or
    empty where the finding is about no object. `file` is relative to the configuration's folder.
    """
    return (
        rule in ignore.rules
        and (not ignore.object or matches_object(object_ref, ignore.object))
        and (not ignore.file or is_chosen(file.replace("\\", "/"), (ignore.file,)))
    )


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
        suppressions=tuple(
            Suppression(
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

    What fits, and all the same can mean nothing, is a problem too: a component of which no
    workload can be one, a pattern that no file can match, and with `known_rules` (ids of rules of
    both sorts) an id of the right form that no rule has.
    """
    found = [_hinted(problem, config) for problem in problems(config, schema, "the configuration")]
    if not found:
        spec = config.get("spec") or {}
        found += _idle_components(spec)
        found += _invalid_patterns(spec)
        found += _unknown_rules(spec, known_rules) if known_rules else ()
    return list(dict.fromkeys(found))


def _hinted(problem: Problem, config: Any) -> Problem:
    """Add to a problem of a component what was probably meant by the text that is wrong."""
    at = split(problem.pointer)
    if problem.hint or at[:2] != ["spec", "components"] or len(at) < 5:
        return problem
    value = at[-1] if problem.at_key else value_at(config, problem.pointer)
    if not isinstance(value, str):
        return problem
    if _GLOB.search(value):
        return problem._replace(hint=f"{at[3]} are no globs: write each one in full")
    if at[3] != "kinds" and value != value.lower():
        return problem._replace(hint=f'did you mean "{clip(value.lower())}"?')
    return problem


def _idle_components(spec: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what no workload can agree with: a kind without pods, a generic name not listed."""
    rows = [row.kinds for row in ROWS] + [row["kinds"] for row in spec.get("podTemplates") or ()]
    known = sorted({kind for kinds in rows for kind in kinds})
    for index, entry in enumerate(spec.get("components") or ()):
        for key, choices in (("kinds", known), ("generic", entry.get("names", ()))):
            for place, word in enumerate(entry.get(key) or ()):
                if word not in choices:
                    pointer = join("/spec/components", index, key, place)
                    yield Problem(pointer, _IDLE[key].format(clip(word)), _near(word, choices))


_IDLE = {
    "kinds": 'no pod template is known in the kind "{}", so it can match nothing',
    "generic": 'the generic name "{}" is none of the names of its component',
}


def _invalid_patterns(spec: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the patterns of files and folders that are wrong, or have no effect."""
    places = [
        (join("/spec", key, index), index, pattern)
        for key in ("scopes", "include", "exclude")
        for index, pattern in enumerate(spec.get(key) or ())
    ]
    places += [
        (join("/spec/ignore", index, "file"), 0, entry["file"])
        for index, entry in enumerate(spec.get("ignore") or ())
        if "file" in entry
    ]
    for place, index, pattern in places:
        if flaw := flaw_of(pattern):
            yield Problem(place, f'invalid pattern "{clip(pattern)}"', flaw)
        elif index == 0 and pattern.startswith("!"):
            message = f'the pattern "{clip(pattern)}" takes nothing back'
            yield Problem(place, message, "put it below the pattern that it is an exception to")


def _near(word: str, words: Collection[str]) -> str:
    return did_you_mean(word, words) or f"one of {any_of(list(words))}"


def _unknown_rules(spec: Mapping[str, Any], known: Collection[str]) -> Iterator[Problem]:
    message = 'there is no rule "{}"'
    for rule in spec.get("rules") or ():
        if rule not in known:
            pointer = join("/spec/rules", rule)
            yield Problem(pointer, message.format(rule), did_you_mean(rule, known), at_key=True)
    for index, ignore in enumerate(spec.get("ignore") or ()):
        for place, rule in enumerate(ignore["rules"]):
            if rule not in known:
                pointer = join("/spec/ignore", index, "rules", place)
                yield Problem(pointer, message.format(rule), did_you_mean(rule, known))
