"""Our reader against kubectl's, as recorded: the same value, or refused by both."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.kubectl.differences import (
    COUNTS,
    DIFFERENCES,
    explained,
    is_same_as_by_kubectl,
    keys_that_stand_twice,
    read_by_us,
)
from tests.kubectl.documents import documents
from tests.kubectl.vectors import Vector, recorded
from transformer.errors import InputError

EXPLANATIONS = (Path(__file__).parents[2] / "docs" / "yaml.md").read_text(encoding="utf-8")


def test_we_read_what_kubectl_reads_but_for_what_is_explained() -> None:
    unexplained = [
        f"{vector.yaml!r}: kubectl: {vector.json or vector.refused}; we: {ours!r}"
        for vector, ours in _differences()
        if not explained(vector, ours)
    ]
    assert not unexplained, "\n".join(unexplained[:10])


def test_each_explanation_is_needed_no_more_often_than_it_was_and_documented() -> None:
    assert Counter(explained(vector, ours) for vector, ours in _differences()) <= Counter(COUNTS)
    for name in DIFFERENCES:
        assert f"| {name} |" in EXPLANATIONS


@pytest.mark.parametrize(
    ("text", "twice"),
    [
        ("a: 1\nb: {a: 1, c: 2}\nd: [a, a]\n", set()),
        ("a: 1\nb: {c: 1, c: 2}\n", {"c"}),
        ("1: a\n0x1: b\n", {"1"}),
        ("'d': a\nd: b\n", {"d"}),
        ("y: a\ntrue: b\n", {"true"}),
        ("a: &x b\n*x : c\nb: d\n", {"b"}),
        ("a: [&x b, &x c]\n*x : c\nb: d\n", set()),
        ('{"a": {"b": 1, "\\u0062": 2}}', {"b"}),
    ],
)
def test_keys_that_stand_twice_are_found(text: str, twice: set[str]) -> None:
    assert keys_that_stand_twice(text) == twice


def test_the_record_holds_the_documents_that_are_made_today() -> None:
    assert [vector[:2] for vector in _recorded()] == list(documents())


def test_most_documents_are_read_and_many_are_refused() -> None:
    read = sum(vector.json is not None for vector in _recorded())
    assert read > 3500
    assert len(_recorded()) - read > 1000


@cache
def _recorded() -> list[Vector]:
    return list(recorded())


def _differences() -> Iterator[tuple[Vector, Any]]:
    return iter(_all_differences())


@cache
def _all_differences() -> list[tuple[Vector, Any]]:
    found = []
    for vector in _recorded():
        ours: Any
        try:
            ours = read_by_us(vector.yaml)
        except InputError as error:
            ours = error
        if vector.json is None:
            is_same = isinstance(ours, InputError)
        else:
            is_same = is_same_as_by_kubectl(vector, ours)
        if not is_same:
            found.append((vector, ours))
    return found
