"""A key with a blank that is none is found, and the blank has a name."""

import pytest

from transformer.kubernetes.invisible_characters import misspelt, strange_blank


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("\u00a0kind", "no-break space (U+00A0)"),
        ("kind\u200b", "zero width space (U+200B)"),
        (" \u3000 kind", "ideographic space (U+3000)"),
        ("\ufeffkind", "zero width no-break space (U+FEFF)"),
    ],
)
def test_a_strange_blank_around_a_key_is_named(key: str, name: str) -> None:
    assert misspelt({"a": [{"b": 1}, {key: "Pod"}]}, "kind") == (f"/a/1/{key}", "kind", name)


@pytest.mark.parametrize("key", ["kind", " kind", "kinds", "my\u00a0kind", "\u00a0Kind"])
def test_other_keys_are_spelt_as_they_are(key: str) -> None:
    assert misspelt({key: "Pod"}, "kind") is None


def test_plain_blanks_are_not_strange() -> None:
    assert strange_blank(" \tkind") is None
