"""A change in words, such as `added label x="y"`, instead of a pointer into the object."""

import json
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from transformer.findings import Change
from transformer.pointer import unescape
from transformer.regexes import regex

_AFFINITY = regex(
    r"(?P<template>.*)/spec/affinity"
    r"(?:/nodeAffinity(?:/required\w+(?:/nodeSelectorTerms(?:/(?P<term>\d+|-)(?:/.*)?)?)?)?)?"
)
_METADATA = regex(
    r"(?P<template>.*)/metadata(?:/(?P<kind>labels|annotations)(?:/(?P<key>[^/]+))?)?"
)
_TAINTS = regex(r"/spec/taints(?:/-)?")
_FIELD = regex(r"(?P<template>.*)/spec/(?P<name>\w+)")
_USUAL_TEMPLATES = ("", "/spec/template", "/spec/jobTemplate/spec/template")
_LONG = 60
_WITHOUT_VALUE = {"remove": "removed", "move": "moved", "copy": "copied"}


def describe(change: Change) -> str:
    """Return what the operations of `change` do; without operations, a `---` line was added."""
    if not change.operations:
        return "added a --- line above it"
    described = [_describe(operation) for operation in change.operations]
    phrases = []
    for (verb, place), group in groupby(described, key=lambda entry: entry[:2]):
        whats = list(dict.fromkeys(what for _, _, whats in group for what in whats))
        phrases.append(f"{verb} {_joined(whats)}{place}")
    return "; ".join(_merged(phrases))


def describe_with_reason(change: Change) -> str:
    """Return what `change` does, and why if the rule says so."""
    return describe(change) + (f" ({change.reason})" if change.reason else "")


def _describe(operation: dict[str, Any]) -> tuple[str, str, list[str]]:
    """Return the verb, the place (with a blank before it), and what is added or set."""
    if "value" not in operation:
        source = f"{operation['from']} to " if "from" in operation else ""
        return _WITHOUT_VALUE[operation["op"]], "", [source + operation["path"]]
    path, value = operation["path"], operation["value"]
    verb = "added" if operation["op"] == "add" else "set"
    if path == "/spec" and isinstance(value, dict) and list(value) == ["taints"]:
        path, value = "/spec/taints", value["taints"]
    if found := _METADATA.fullmatch(path):
        return verb, _template(found["template"]), list(_entries(found, value))
    if _TAINTS.fullmatch(path):
        taints = value if isinstance(value, list) else [value]
        return verb, "", [f"taint {_taint(taint)}" for taint in taints]
    if found := _AFFINITY.fullmatch(path):
        what = [f"node affinity {text}" for text in _requirements(value)]
        term = found["term"]
        place = f" in term {int(term) + 1}" if term and term != "-" else ""
        return "added", place + _template(found["template"]), what
    if (found := _FIELD.fullmatch(path)) and not isinstance(value, dict | list):
        place = _template(found["template"])
        return verb, place, [f"{found['name']}: {json.dumps(value)}"]
    return verb, "", [path]


def _merged(phrases: list[str]) -> Iterator[str]:
    """Yield the phrases; those that differ only by the number of a term become one."""
    alike = re.compile(r"(.* in term) (\d+)(.*)")
    keyed = ((alike.fullmatch(phrase), phrase) for phrase in phrases)
    for key, group in groupby(keyed, lambda pair: pair[0] and (pair[0][1], pair[0][3])):
        found = list(group)
        if key and len(found) > 1:
            yield f"{key[0]}s {_joined([match[2] for match, _ in found if match])}{key[1]}"
        else:
            yield from (phrase for _, phrase in found)


def _requirements(value: Any) -> Iterator[str]:
    if isinstance(value, dict) and "operator" in value:
        yield f"{value.get('key')} {value['operator']} {json.dumps(value.get('values', []))}"
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _requirements(item)


def _entries(found: re.Match[str], value: Any) -> Iterator[str]:
    """Yield the labels and annotations that are set."""
    if found["key"]:
        value = {unescape(found["key"]): value}
    for kind, entries in ({found["kind"]: value} if found["kind"] else value).items():
        for key, item in entries.items():
            yield f"{kind.removesuffix('s')} {_entry(key, item)}"


def _template(pointer: str) -> str:
    """Return a place such as ` of spec.tasks[1].template`, or nothing for the usual templates."""
    if pointer in _USUAL_TEMPLATES:
        return ""
    tokens = (f"[{token}]" if token.isdigit() else f".{token}" for token in pointer.split("/")[1:])
    return f" of {unescape(''.join(tokens)).lstrip('.')}"


def _entry(key: str, value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return f"{key}={text}" if len(text) <= _LONG else key


def _taint(taint: Any) -> str:
    if not isinstance(taint, dict):
        return json.dumps(taint)
    value = f"={taint['value']}" if taint.get("value") else ""
    return f"{taint.get('key')}{value}:{taint.get('effect')}"


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
