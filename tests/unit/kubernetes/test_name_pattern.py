"""Patterns of names: those of RE2, anchored, and never slow."""

import re
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transformer.kubernetes.name_pattern import matches


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("", "anything"),
        ("web", "web"),
        ("w.b|api", "api"),
        ("^web$", "web"),
        ("web-[0-9]{1,2}", "web-12"),
        ("web-[0-9]{2,}", "web-123"),
        ("web-[^0-9-]+", "web-ab"),
        ("[]a-c-]+", "b]-"),
        ("(?i)WEB", "web"),
        ("(?i:W)eb", "web"),
        ("(?P<name>web)", "web"),
        ("(?<name>web)", "web"),
        ("w(?is).b", "w\nB"),
        (r"\Aweb\z", "web"),
        (r"\w+-\d+", "a_1-7"),
        (r"\bweb\b-\W?\D\S", "web-ab"),
        (r"a\.b\x41\x{42}", "a.bAB"),
        (r"\Qa.b\E", "a.b"),
        (r"\Qa.b", "a.b"),
        ("[[:alpha:]]+[[:^alpha:]]", "ab1"),
        (r"[\d\-x]+", "1-x"),
        ("a{b}", "a{b}"),
        ("a{,2}", "a{,2}"),
        ("a{1,b}", "a{1,b}"),
        ("a*?b+?c??", "aabbc"),
        ("(a|b)*", ""),
        ("()", ""),
    ],
)
def test_a_pattern_matches_a_whole_name(pattern: str, name: str) -> None:
    assert matches(pattern, name)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("web", "web-1"),
        ("eb", "web"),
        ("web|api", "web-api"),
        ("WEB", "web"),
        ("(?i:W)EB", "web"),
        ("a.c", "a\nc"),
        (r"we\bb", "web"),
        (r"\Bweb", "web"),
        ("a{2,3}", "aaaa"),
        ("a^b", "ab"),
    ],
)
def test_it_does_not_match_another_name(pattern: str, name: str) -> None:
    assert not matches(pattern, name)


@pytest.mark.parametrize(
    "pattern",
    [
        *("[", "(", ")", "*", "a**", "a{2,1}", "a{1001}", "[z-a]", "[[:x:]]", "\\", r"\pL", r"\8"),
        *("(?<a", "(?=a)", "(?x)a", r"\x{110000}", r"\xzz", "(" * 60 + "a" + ")" * 60, "a" * 1001),
    ],
)
def test_what_kustomize_refuses_or_no_name_needs_matches_nothing(pattern: str) -> None:
    assert not any(matches(pattern, name) for name in ("a", "", pattern))


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+",
        "(((((((((((a*)*)*)*)*)*)*)*)*)*)*)*b",
        "(.*){1000}x",
        "(a?){1000}" * 3 + "b",
        ".*" * 400 + "x",
        "(((a{1000}){1000}){1000}){1000}",
        "(" * 49 + "a*" + ")*" * 49 + "b",
    ],
)
def test_no_pattern_takes_long(pattern: str) -> None:
    before = process_time()
    assert not matches(pattern, "a" * 252 + "-")
    assert process_time() - before < 5


_ATOMS = st.sampled_from(["a", "b", "-", ".", "[ab]", "[^a]", r"\w", r"\d", "1", "^", "$", r"\b"])
_SIGNS = st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,}", "*?"])


def _more(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
        st.tuples(inner, _SIGNS).map(lambda two: f"({two[0]}){two[1]}"),
    )


@given(st.recursive(_ATOMS, _more, max_leaves=8), st.text("ab-1", max_size=6))
def test_python_says_the_same(pattern: str, name: str) -> None:
    assert matches(pattern, name) is bool(re.fullmatch(pattern, name, re.ASCII))
