"""Validate a configuration: against its schema, and for settings that have no effect.

`schemas/config.schema.json` defines what a configuration may contain.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from transformer.config.package_data import read
from transformer.globs import flaw_of
from transformer.kubernetes.objects import value_at
from transformer.kubernetes.pod_template import ROWS
from transformer.kubernetes.schema.explain import Problem, problems
from transformer.pointer import join, split
from transformer.regexes import regex
from transformer.wording import any_of, clip, did_you_mean

_GLOB = regex(r"[*?\[\]{}]")


def check(config: Any, known_rules: Collection[str] = ()) -> list[Problem]:
    """Return where the plain value `config` does not match its schema, each problem once.

    Valid settings without effect are problems too: a component that no workload can match, a
    pattern that no file can match, and with `known_rules` (ids of transform and validation rules)
    an id of the right form that no rule has.
    """
    schema = json.loads(read("schemas/config.schema.json"))
    found = [_hinted(problem, config) for problem in problems(config, schema, "the configuration")]
    if not found:
        spec = config.get("spec") or {}
        found += _idle_components(spec)
        found += _invalid_patterns(spec)
        found += _same_clusters(spec)
        found += _no_days(spec)
        found += _unknown_rules(spec, known_rules) if known_rules else ()
    return list(dict.fromkeys(found))


def _hinted(problem: Problem, config: Any) -> Problem:
    """Add a hint to a problem of a component: what was probably intended."""
    at = split(problem.pointer)
    if problem.hint or at[:2] != ["spec", "components"] or len(at) < 5:
        return problem
    value = at[-1] if problem.at_key else value_at(config, problem.pointer)
    if not isinstance(value, str):
        return problem
    if _GLOB.search(value):
        return problem._replace(hint=f"{at[3]} cannot be globs: write each one in full")
    if at[3] != "kinds" and value != value.lower():
        return problem._replace(hint=f'did you mean "{clip(value.lower())}"?')
    return problem


def _idle_components(spec: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what no workload can match: a kind without pods, a generic name that is not listed."""
    rows = [row.kinds for row in ROWS] + [row["kinds"] for row in spec.get("podTemplates") or ()]
    known = sorted({kind for kinds in rows for kind in kinds})
    for index, entry in enumerate(spec.get("components") or ()):
        for key, choices in (("kinds", known), ("generic", entry.get("names", ()))):
            for place, word in enumerate(entry.get(key) or ()):
                if word not in choices:
                    pointer = join("/spec/components", index, key, place)
                    yield Problem(pointer, _IDLE[key].format(clip(word)), _near(word, choices))


_IDLE = {
    "kinds": 'the kind "{}" has no known pod template, so it cannot match any workload',
    "generic": 'the generic name "{}" is not one of the names of its component',
}


def _invalid_patterns(spec: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the patterns of files and folders that are invalid, or have no effect."""
    places = [
        (join("/spec", key, index), index, pattern)
        for key in ("scopes", "include", "exclude")
        for index, pattern in enumerate(spec.get(key) or ())
    ]
    places += [
        (join("/spec/clusters", number, "paths", index), index, pattern)
        for number, entry in enumerate(spec.get("clusters") or ())
        for index, pattern in enumerate(entry["paths"])
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
            message = f'the pattern "{clip(pattern)}" has no effect'
            yield Problem(place, message, "put it below the pattern that it is an exception to")


def _same_clusters(spec: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the names that two clusters have."""
    names = [entry["name"] for entry in spec.get("clusters") or ()]
    for index, name in enumerate(names):
        if name in names[:index]:
            message = f'there are two clusters called "{clip(name)}"'
            hint = "give each a name of its own, or put the paths of both under one"
            yield Problem(join("/spec/clusters", index, "name"), message, hint)


def _no_days(spec: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the `until` of suppressions that no calendar has."""
    for index, entry in enumerate(spec.get("ignore") or ()):
        try:
            date.fromisoformat(entry.get("until", "2000-01-01"))
        except ValueError:
            pointer = join("/spec/ignore", index, "until")
            yield Problem(pointer, f'there is no day "{entry["until"]}"', "write year-month-day")


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
