"""The plain value of a tree: aliases, merge keys as kubectl applies them, tags."""

from typing import Any

import pytest

from transformer.errors import InputError
from transformer.yamltree.construct import construct, deciding, merged
from transformer.yamltree.parse_yaml import parse_yaml
from transformer.yamltree.syntax import Mapping


def value_of(text: str) -> Any:
    return construct(parse_yaml(text).root)


def mapping_of(text: str, key: str) -> Mapping:
    root = parse_yaml(text).root
    assert isinstance(root, Mapping)
    node = root.entries[root.keys.index(key)][1]
    assert isinstance(node, Mapping)
    return node


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("a\n", "a"),
        ("a: [1, yes, ~, 'x', 1.5, 017, {}]\n", {"a": [1, True, None, "x", 1.5, 15, {}]}),
        ("a: !!str 1\nb: !!int '2'\nc: !!float 3\n", {"a": "1", "b": 2, "c": 3.0}),
        ("y: 1\n", {"true": 1}),
        ("a:\nb: ''\n", {"a": None, "b": ""}),
    ],
)
def test_a_tree_is_a_plain_value(text: str, value: Any) -> None:
    assert value_of(text) == value


def test_what_an_alias_repeats_is_not_shared() -> None:
    value = value_of("a: &a {b: [1]}\nc: *a\nd: *a\n")
    value["c"]["b"].append(2)
    assert value == {"a": {"b": [1]}, "c": {"b": [1, 2]}, "d": {"b": [1]}}


ANCHORS = "m: &m {a: 1, b: 2}\nn: &n {a: 3, c: 4}\n"


@pytest.mark.parametrize(
    ("entries", "value"),
    [
        ("<<: *m", {"a": 1, "b": 2}),
        ("<<: *m\n  b: 5", {"a": 1, "b": 5}),
        ("b: 5\n  <<: *m", {"a": 1, "b": 2}),
        ("b: 5\n  <<: *m\n  a: 6", {"a": 6, "b": 2}),
        ("<<: [*m, *n]", {"a": 1, "b": 2, "c": 4}),
        ("<<: [*n, *m]", {"a": 3, "b": 2, "c": 4}),
        ("<<: {a: 7}", {"a": 7}),
        ("<<: [{a: 7}, *m]", {"a": 7, "b": 2}),
        ("<<: []", {}),
        ("<<: {<<: *m, c: 8}\n  d: 9", {"a": 1, "b": 2, "c": 8, "d": 9}),
        ("'<<': *m", {"<<": {"a": 1, "b": 2}}),
    ],
)
def test_a_merge_overrides_what_is_above_and_is_overridden_below(entries: str, value: Any) -> None:
    assert value_of(f"{ANCHORS}x:\n  {entries}\n")["x"] == value


@pytest.mark.parametrize(
    ("key", "merges"),
    [
        ("<<", True),
        ("! <<", True),
        ('! "<<"', True),
        ("!!merge <<", True),
        ("!!merge '<<'", True),
        ("&x <<", True),
        ('"<<"', False),
        ("!!str <<", False),
    ],
)
def test_what_a_merge_key_is_as_kubectl_reads_it(key: str, merges: bool) -> None:
    value = value_of(f"a: &a {{k: v}}\nb:\n  {key}: *a\n")
    assert value["b"] == ({"k": "v"} if merges else {"<<": {"k": "v"}})


@pytest.mark.parametrize("value", ["1", "[1]", "[*m, 1]", "", "[[*m]]"])
def test_only_mappings_can_be_merged(value: str) -> None:
    text = f"{ANCHORS}x:\n  <<: {value}\n"
    with pytest.raises(InputError) as caught:
        value_of(text)
    assert "<<" in caught.value.message
    assert caught.value.offset is not None
    assert caught.value.offset >= text.index("<<")


@pytest.mark.parametrize("text", ["a: !!int x\n", "a: [!!bool maybe]\n", "a: !!null x\n"])
def test_a_scalar_that_does_not_fit_its_tag_is_refused_where_it_is(text: str) -> None:
    with pytest.raises(InputError) as caught:
        value_of(text)
    assert caught.value.offset is not None
    assert text[caught.value.offset :].rstrip("\n]") in ("x", "maybe")


def test_the_providers_of_a_merge_come_strongest_first() -> None:
    node = mapping_of(f"{ANCHORS}x:\n  <<: [*m, {{z: 1}}, *n]\n", "x")
    assert [construct(provider) for provider in merged(node.entries[0][1])] == [
        {"a": 1, "b": 2},
        {"z": 1},
        {"a": 3, "c": 4},
    ]


@pytest.mark.parametrize(
    ("entries", "key", "value"),
    [
        ("a: 9", "a", 9),
        ("<<: *m\n  a: 9", "a", 9),
        ("<<: *m", "a", 1),
        ("a: 9\n  <<: *m", "a", 1),
        ("<<: [*n, *m]", "b", 2),
        ("<<: [*n, *m]", "a", 3),
        ("<<: {<<: *m}", "b", 2),
    ],
)
def test_the_entry_that_decides_a_key_is_found(entries: str, key: str, value: Any) -> None:
    node = mapping_of(f"{ANCHORS}x:\n  {entries}\n", "x")
    own, found = deciding(node)[key]
    assert (construct(own), construct(found)) == (key, value)
    assert construct(node)[key] == value


def test_a_key_that_nothing_decides_is_not_found() -> None:
    assert deciding(mapping_of(f"{ANCHORS}x:\n  <<: *m\n", "x")).keys() == {"a", "b"}
