"""A pointer leads to the text that decides the value, aliases and merge keys followed."""

import pytest

from transformer.yamltree.locate import Places
from transformer.yamltree.parse import parse


def place(text: str, at: str, mark: str = "$") -> tuple[int, int]:
    """Return where `at` leads in `text` without its `mark`, and where the mark stood."""
    expected = text.index(mark)
    text = text.replace(mark, "")
    return Places(parse(text).root).offset_of(at), expected


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("$a: 1\n", ""),
        ("# note\n$a: 1\n", ""),
        ("\ufeff$a: 1\n", ""),
        ("a: $1\n", "/a"),
        ("a:\n  $b: 1\n", "/a"),
        ("a:\n  b: $1\n", "/a/b"),
        ("a:\n- 1\n- $2\n", "/a/1"),
        ("a:\n- b: 1\n- b: $2\n", "/a/1/b"),
        ("a: {b: [1, $2]}\n", "/a/b/1"),
        ("a/b: {c~d: $1}\n", "/a~1b/c~0d"),
        ('{"a": {"b": [1, $2]}}', "/a/b/1"),
    ],
)
def test_a_pointer_leads_to_its_value(text: str, at: str) -> None:
    found, expected = place(text, at)
    assert found == expected


@pytest.mark.parametrize(
    ("text", "at"),
    [("$a:\n", "/a"), ("a:\n  $b:\n  c: 1\n", "/a/b"), ("a: {$b: , c: 1}\n", "/a/b")],
)
def test_an_empty_value_is_where_its_key_is(text: str, at: str) -> None:
    found, expected = place(text, at)
    assert found == expected


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("$a: 1\n", "/a"),
        ("$a:\n  # what it is for\n\n  b: 1\n", "/a"),
        ("a:\n  $b: >-\n    long\n", "/a/b"),
        ("a:\n- b: 1\n- $b:\n  - 2\n", "/a/1/b"),
        ('{"a": {$"b": [1, 2]}}', "/a/b"),
        ("a: &x {$c: [1]}\nb: *x\n", "/b/c"),
        ("a: &x {c: [1]}\n$b: *x\n", "/b"),
        ("a: &x {$c: [1]}\nb:\n  <<: *x\n", "/b/c"),
        ("a:\n- $1\n", "/a/0"),
        ("a:\n  $b: 1\n", "/a/c"),
        ("? $a\n: 1\n", "/a"),
    ],
)
def test_a_pointer_leads_to_its_key_where_that_is_asked_for(text: str, at: str) -> None:
    expected = text.index("$")
    root = parse(text.replace("$", "")).root
    assert Places(root).offset_of(at, at_key=True) == expected


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("a: &x {c: 1}\nb: $*x\n", "/b"),
        ("a: &x {c: $1}\nb: *x\n", "/b/c"),
        ("a: &x {c: [1, $2]}\nb: &y {d: *x}\ne: *y\n", "/e/d/c/1"),
        ("a: &x [1, $2]\nb: *x\n", "/b/1"),
    ],
)
def test_an_alias_is_where_it_stands_and_what_is_below_is_at_its_anchor(text: str, at: str) -> None:
    found, expected = place(text, at)
    assert found == expected


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("m: &m {a: $1}\nx:\n  <<: *m\n", "/x/a"),
        ("m: &m {a: 1}\nx:\n  <<: *m\n  a: $2\n", "/x/a"),
        ("m: &m {a: $1}\nx:\n  a: 2\n  <<: *m\n", "/x/a"),
        ("m: &m {a: $1}\nn: &n {a: 2}\nx:\n  <<: [*m, *n]\n", "/x/a"),
        ("m: &m {a: 1}\nn: &n {a: 2, c: $3}\nx:\n  <<: [*m, *n]\n", "/x/c"),
        ("x: {<<: {a: $1}}\n", "/x/a"),
        ("m: &m {a: {b: $1}}\nn: &n {<<: *m}\nx: {<<: *n}\n", "/x/a/b"),
        ("m: &m {$a: , b: 1}\nx: {<<: *m}\n", "/x/a"),
    ],
)
def test_a_merge_key_is_followed_to_the_mapping_that_decides(text: str, at: str) -> None:
    found, expected = place(text, at)
    assert found == expected


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("$a: 1\n", "/b"),
        ("a:\n  $b: 1\n", "/a/c"),
        ("a:\n  $b: 1\n", "/a/c/d"),
        ("a: $1\n", "/a/b"),
        ("$a:\n", "/a/b/c"),
        ("a: $[1, 2]\n", "/a/2"),
        ("a: $[1, 2]\n", "/a/-"),
        ("a: $[1, 2]\n", "/a/x"),
        ("m: &m {a: 1}\nx:\n  $<<: *m\n", "/x/b"),
        ("m: &m {a: 1}\nx: $*m\n", "/x/b"),
    ],
)
def test_what_is_missing_is_where_its_nearest_parent_is(text: str, at: str) -> None:
    found, expected = place(text, at)
    assert found == expected


@pytest.mark.parametrize("at", ["", "/a"])
def test_in_an_empty_document_everything_is_at_the_start(at: str) -> None:
    assert Places(parse("# nothing\n").root).offset_of(at) == 0
