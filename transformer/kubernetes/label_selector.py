"""Label selectors as text: `app=web,tier in (front, back),!canary`."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from transformer.regexes import regex

_TOKEN = regex(r"\s*(==|!=|[=!(),<>]|[^\s=!(),<>]+)")


class _Requirement(NamedTuple):
    """`operator` is `in`, `notin`, `exists`, `gone`, `>` or `<`."""

    key: str
    operator: str
    values: tuple[str, ...] = ()


def selects(selector: str, labels: Mapping[str, str]) -> bool:
    """Whether a selector selects an object with `labels` (also: its annotations).

    An empty one selects everything, one that kustomize refuses nothing.
    """
    required = _parsed(selector)
    return required is not None and all(_is_met(one, labels) for one in required)


def _is_met(required: _Requirement, labels: Mapping[str, str]) -> bool:
    key, operator, values = required
    if operator == "gone":
        return key not in labels
    if operator == "notin":
        return labels.get(key) not in values
    if key not in labels:
        return False
    if operator in ("<", ">"):
        try:
            found, limit = int(labels[key]), int(values[0])
        except ValueError:
            return False
        return found < limit if operator == "<" else found > limit
    return operator == "exists" or labels[key] in values


@lru_cache(maxsize=1000)
def _parsed(selector: str) -> tuple[_Requirement, ...] | None:
    tokens = [found[1] for found in _TOKEN.finditer(selector)]
    try:
        return tuple(_requirements(tokens))
    except (IndexError, ValueError):
        return None


def _requirements(tokens: list[str]) -> Iterator[_Requirement]:
    """Yield the requirements; the tokens are used up.

    Raises:
        IndexError: the selector ends too early.
        ValueError: it is not a selector.
    """
    tokens.reverse()
    while tokens:
        yield _requirement(tokens)
        if tokens:
            _expect(tokens.pop(), ",")
            if not tokens:
                raise IndexError


def _requirement(tokens: list[str]) -> _Requirement:
    if tokens[-1] == "!":
        tokens.pop()
        return _Requirement(_word(tokens), "gone")
    key = _word(tokens)
    if not tokens or tokens[-1] == ",":
        return _Requirement(key, "exists")
    operator = tokens.pop()
    if operator in ("in", "notin"):
        _expect(tokens.pop(), "(")
        values = [_value(tokens)]
        while (separator := tokens.pop()) == ",":
            values.append(_value(tokens))
        _expect(separator, ")")
        return _Requirement(key, operator, tuple(values))
    if operator in ("=", "=="):
        return _Requirement(key, "in", (_value(tokens),))
    if operator == "!=":
        return _Requirement(key, "notin", (_value(tokens),))
    if operator in ("<", ">"):
        return _Requirement(key, operator, (_word(tokens),))
    raise ValueError(operator)


def _value(tokens: list[str]) -> str:
    """Take a value, which may be empty."""
    return "" if not tokens or tokens[-1] in (",", ")") else _word(tokens)


def _word(tokens: list[str]) -> str:
    word = tokens.pop()
    if word in ("=", "==", "!", "!=", "(", ")", ",", "<", ">"):
        raise ValueError(word)
    return word


def _expect(token: str, wanted: str) -> None:
    if token != wanted:
        raise ValueError(token)
