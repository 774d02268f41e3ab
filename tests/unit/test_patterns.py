"""No regular expression of ours, or of our schemas, takes long over a text made for it.

Strings that its own characters make, repeated and with an end that does not fit, are given to each
pattern. What tries one after another all ways to take such a text apart would not come to an end;
and what only looks at each rest of it again takes hundreds of times as long.
"""

import ast
import importlib
import json
import pkgutil
import re
import sys
from collections import deque
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined]  # the parsers have no public name
from time import process_time
from typing import Any

import pytest

import transformer
from tests.cases import for_each
from tests.effort import some
from transformer.regexes import LazyPattern

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
LENGTH = 20_000
SEARCHED_LENGTH = 6_000
"""A pattern that is looked for is tried at each place of a text."""

SECONDS = 0.04
"""Of processor time; a text that is only read through takes a few thousandths."""


def _modules() -> Iterator[Any]:
    for found in pkgutil.walk_packages(transformer.__path__, "transformer."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def _patterns_in(value: Any) -> Iterator["re.Pattern[Any]"]:
    if isinstance(value, LazyPattern):
        yield re.compile(value.pattern, value.flags)
    elif isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list | set | frozenset):
        for item in value:
            yield from _patterns_in(item)
    elif isinstance(value, dict):
        yield from _patterns_in(list(value.values()))


def _schema_patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        yield from schema.get("patternProperties", ())
        schema = list(schema.values())
    if isinstance(schema, list):
        for item in schema:
            yield from _schema_patterns(item)


def patterns() -> dict[str, "re.Pattern[Any]"]:
    """Return all patterns, by where they are."""
    found: dict[str, re.Pattern[Any]] = {}
    for module in _modules():
        for name, value in vars(module).items():
            for pattern in _patterns_in(value):
                found[f"{module.__name__}.{name}: {pattern.pattern!r:.60}"] = pattern
    for path in sorted(SCHEMAS.glob("*.json")):
        for text in _schema_patterns(json.loads(path.read_text("utf-8"))):
            found[f"{path.name}: {text}"] = re.compile(text)
    return found


def _characters(parsed: Any) -> Iterator[int]:
    """Yield a character or two for each literal and class in a parsed pattern."""
    for operation, argument in parsed:
        if operation in (_constants.LITERAL, _constants.NOT_LITERAL):
            yield argument
        elif operation is _constants.IN:
            for kind, inner in argument:
                if kind is _constants.LITERAL:
                    yield inner
                elif kind is _constants.RANGE:
                    yield inner[0]
            yield ord("a")
        elif operation is _constants.BRANCH:
            for branch in argument[1]:
                yield from _characters(branch)
        elif operation in (_constants.ASSERT, _constants.ASSERT_NOT):
            yield from _characters(argument[1])
        elif operation is _constants.ATOMIC_GROUP:
            yield from _characters(argument)
        elif operation is _constants.SUBPATTERN:
            yield from _characters(argument[-1])
        elif operation in _REPEATS:
            yield from _characters(argument[2])


_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)


def _words(parsed: Any) -> Iterator[str]:
    """Yield the literal words of a pattern, which must come before anything else is tried."""
    word = ""
    for operation, argument in parsed:
        if operation is _constants.LITERAL:
            word += chr(argument)
            continue
        yield word
        word = ""
        if operation is _constants.SUBPATTERN:
            yield from _words(argument[-1])
        elif operation in _REPEATS:
            yield from _words(argument[2])
        elif operation is _constants.BRANCH:
            for branch in argument[1]:
                yield from _words(branch)
    yield word


def hostile_texts(pattern: "re.Pattern[Any]") -> Iterator[str]:
    """Yield texts that the pattern takes up and cannot bring to an end."""
    parsed = _parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE | _unicode(pattern))
    letters = dict.fromkeys(chr(code) for code in _characters(parsed))
    few = [*letters][:12]
    units = dict.fromkeys((*few, *(a + b for a in few[:6] for b in few[:6])))
    words = [word for word in dict.fromkeys(_words(parsed)) if len(word) > 1][:6]
    units.update(dict.fromkeys((*words, *(f"{word} " for word in words))))
    starts = ("", *(letter for letter in few[:4]))
    for unit in units:
        body = unit * (LENGTH // len(unit))
        for start in starts:
            yield f"{start}{body}\x01"


def _unicode(pattern: "re.Pattern[Any]") -> int:
    return re.UNICODE if isinstance(pattern.pattern, str) and not pattern.flags & re.ASCII else 0


@cache
def _searched() -> set[str]:
    """Return the names of patterns that are looked for, and not only tried at one place.

    A pattern that is part of a table counts, whatever is done with it; so do those of schemas.
    """
    names = set()
    for path in Path(*transformer.__path__).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in _LOOKING:
                match node.value:
                    case ast.Name(name) | ast.Attribute(attr=name):
                        names.add(name)
    return names


_LOOKING = ("search", "finditer", "findall", "sub", "subn", "split")


def _try(pattern: "re.Pattern[Any]", text: str, *, is_searched: bool) -> None:
    context: Any = text
    if isinstance(pattern.pattern, bytes):
        context = text.encode("latin-1", "replace")
    pattern.match(context)
    pattern.fullmatch(context)
    if is_searched:
        deque(pattern.finditer(context[-SEARCHED_LENGTH:]), maxlen=0)


def slow_texts(pattern: "re.Pattern[Any]", *, is_searched: bool = True) -> Iterator[str]:
    """Yield (the beginning of) each text over which the pattern takes long."""
    for text in hostile_texts(pattern):
        if all(_time(pattern, text, is_searched) > SECONDS for _ in range(3)):
            yield text[:20]


def _time(pattern: "re.Pattern[Any]", text: str, is_searched: bool) -> float:
    start = process_time()
    _try(pattern, text, is_searched=is_searched)
    return process_time() - start


PATTERNS = patterns()


@for_each(dict(some(tuple(PATTERNS.items()))))
def test_no_pattern_takes_long_over_a_text_made_for_it(name: str) -> None:
    variable = name.partition(":")[0].rpartition(".")[2]
    is_table = not isinstance(getattr(_module_of(name), variable, None), LazyPattern | re.Pattern)
    assert slow_text(PATTERNS[name], is_table or variable in _searched()) is None


@cache
def slow_text(pattern: "re.Pattern[Any]", is_searched: bool) -> str | None:
    """Return the first text over which the pattern, which several modules may have, takes long."""
    return next(slow_texts(pattern, is_searched=is_searched), None)


def _module_of(name: str) -> Any:
    return sys.modules.get(name.partition(":")[0].rpartition(".")[0])


@pytest.mark.parametrize("text", [r"(?:[ \t]*\n)*(?=\s*\{)", r'"(?:[^"\\]|\\.)*+"'])
def test_a_pattern_that_looks_at_each_rest_again_would_be_found(text: str) -> None:
    assert next(slow_texts(re.compile(text)))


@for_each(PATTERNS)
def test_no_group_is_repeated_possessively(name: str) -> None:
    assert not has_possessive_group(PATTERNS[name])


def has_possessive_group(pattern: "re.Pattern[Any]") -> bool:
    """Whether more than a character is repeated possessively.

    CPython up to 3.11.4 goes on from a wrong place where such a group fails in the middle of what
    it is to match (its issue 106052). An atomic group does the same and is right: `(?>(?:...)*)`.
    """
    parsed = _parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE | _unicode(pattern))
    return any(
        operation is _constants.POSSESSIVE_REPEAT and not _is_one_character(argument[2])
        for operation, argument in _operations(parsed)
    )


def _operations(parsed: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each operation of a parsed pattern, those within it too."""
    for operation, argument in parsed:
        yield operation, argument
        inner = argument if isinstance(argument, tuple | list) else (argument,)
        for part in inner:
            for below in part if isinstance(part, list) else (part,):
                if isinstance(below, _parser.SubPattern):
                    yield from _operations(below)


def _is_one_character(parsed: Any) -> bool:
    one = (_constants.LITERAL, _constants.NOT_LITERAL, _constants.IN, _constants.ANY)
    return len(parsed) == 1 and parsed[0][0] in one


@pytest.mark.parametrize(
    "text", [r"(?:\s|ab)*+", r"a(?:b(?:cd)++)?", r"(?=(?:ab)?+)", r"(?>(?:ab)*+)"]
)
def test_a_group_that_is_repeated_possessively_would_be_found(text: str) -> None:
    assert has_possessive_group(re.compile(text))


@pytest.mark.parametrize("text", [r"[ab]*+a++.?+\s{2,}+", r"(?>(?:ab)*)", r"(a*+)*"])
def test_characters_that_are_repeated_possessively_are_no_group(text: str) -> None:
    assert not has_possessive_group(re.compile(text))
