"""Lazy patterns behave as compiled ones, and are compiled only when they are used."""

import pickle
import re

import pytest

from transformer.regexes import regex


def test_it_behaves_as_a_compiled_pattern() -> None:
    lazy = regex(r"(?P<key>[a-z]+)=(\d)", re.IGNORECASE)
    found = lazy.fullmatch("A=1")
    assert found is not None
    assert found["key"] == "A"
    assert lazy.sub(r"\2", "a=1 b=2") == "1 2"
    assert lazy.groups == 2
    assert regex(rb"a+").findall(b"aab a") == [b"aa", b"a"]


def test_it_is_compiled_only_when_it_is_used() -> None:
    lazy = regex("(")
    with pytest.raises(re.error):
        lazy.search("")


def test_it_can_be_sent_to_another_process() -> None:
    lazy = regex("a")
    assert lazy.match("a")
    assert pickle.loads(pickle.dumps(lazy)).match("a")
