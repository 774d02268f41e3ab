"""What the everyday reader takes and what it leaves; that it is right, a property test shows."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.manifests import guarded
from transformer.errors import InputError
from transformer.yamltree import parse_everyday as module
from transformer.yamltree.construct import construct
from transformer.yamltree.fast_load import fast_load
from transformer.yamltree.parse import parse
from transformer.yamltree.parse_everyday import parse_everyday
from transformer.yamltree.parse_yaml import parse_yaml
from transformer.yamltree.syntax import Tree

TAKEN = (
    "a: b",
    "a: b\n",
    "a: b\r\n",
    "a: b\r\nc:\r\n- d\r\n",
    "---\na: b\n",
    "# c\n\n--- # c\n\n# c\na: b\n",
    "a: b # c\n# c\n   # c\n  \nc: d",
    "a:\n",
    "a:",
    "a: # c\nb:\n",
    "a:\n  b:\n    c: d\n  e: f\ng: h\n",
    "a:\n# c\n    # c\n  b: c\n",
    "a:\n- b\n- c: d\n  e: f\n-\n- - g\n  - h\ni: j\n",
    "a:\n  - b\n  -   c: d\n      e: f\n  -\n    g: h\n",
    "- - - a\n    - b\n- c\n-\n- d:\n  - e\n",
    "  a: b\n  c: d\n",
    "a:\n-\nb: c\n",
    "-\n  a: b\n",
    "'a': \"b\"\n\"c d\": 'it''s'\n'': \"\"\n",
    'a: " b # c: d "\nc: \' "d" \'\n',
    "a#b: c#d\na:b: c:d\na/b.c: -d\n",
    "a: - \n".replace(" - ", " -x"),
    "a: b 'c' \"d\" {e} [f], & * ! | > % @ `\n",
    "1: a\n1.5: b\ny: c\n0x1f: d\n",
    "a: 1\nb: ~\nc: null\nd: .5\ne: off\n",
    "a: []\nb: {}\nc: [ ]\nd: { }\n",
    "a: [b, 'c', \"d, e\", -f, g h ]\nb: {a: b, 'c': \"d\" , e f: g}\n",
    "- [a]\n- {a: b} # c\n",
    "a: |\n  b\n   c\n\n  # d\n\te: f\n".replace("\te", "  e"),
    "a: |-\n  b\n\n\nc: |+\n  d\n\n\ne: |\n  f\n\n",
    "a: | # c\n  b\n  \n     \n  \tc\n# d\ne: f\n",
    "a: |\n\n\n  b",
    "- |\n b\n- c: |\n   d\n  e: f\n",
    "a:\n- |\n  b\n- c\n",
    "a: |\r\n  b\r\n\r\n  c\r\nd: e\r\n",
    "é: \U0001f600\n",
    ".a: b\n..b: c\n",
    "#\ta\na: b #\tc\n",
)


@pytest.mark.parametrize("text", TAKEN)
def test_everyday_yaml_has_the_tree_that_libyaml_gives(text: str) -> None:
    assert parse_everyday(text) == parse_yaml(text)


LEFT = {
    "nothing": ("", "\n", "# c\n", "---\n", "--- # c\n\n"),
    "a root that is no block collection": (
        *("a\n", "'a'\n", "[]\n", "{a: b}\n", "|\n a\n", "--- a\n"),
    ),
    "other features": (
        *("&a a: b\n", "a: &a b\n", "a: *a\n", "*a : b\n", "a: !!str b\n", "!!str a: b\n"),
        *("? a\n: b\n", "a:\n  <<: {b: c}\n", "%YAML 1.1\n---\na: b\n", "a: b\n...\n"),
        *("a: >\n  b\n", 'a: "\\n"\n', '"\\n": a\n'),
    ),
    "two documents": (
        *("a: b\n---\n", "---\n---\na: b\n", "a: b\n--- # c\nc: d\n", "---\na: b\n---\n"),
    ),
    "scalars of several lines": (
        *("a: b\n  c\n", "a: 'b\n  c'\n", 'a: "b\n  c"\n', "a:\n  b\n", "-\n  b\n"),
        *("- a\n  - b\n", "a: b\n\n  c: d\n", "a: [b,\n  c]\n", "a: {\n  }\n", "- a\n b: c\n"),
    ),
    "duplicates": (
        *("a: b\na: c\n", "a: b\n'a': c\n", "1: a\n0x1: b\n", "y: a\ntrue: b\n"),
        *("a: {b: c, b: d}\n",),
    ),
    "keys that kubectl refuses": (
        *("~: a\n", "null: a\n", "a: {~: b}\n", "18446744073709551615: a\n"),
    ),
    "colons": (
        *("a: b: c\n", "a: b:\n", "a : b\n", "a:\tb\n", ": a\n", "a: :b\n", "a: b :c\n"),
        *("a:: b: c\n", "a: [b: c]\n", "a: [b:c]\n", "a: {b:c}\n", "a: {b : c}\n"),
        *("a: {b: c: d}\n", "'a' : b\n"),
    ),
    "comments without a blank": (
        *("a: 'b'#c\n", "a: []#c\n", "a: |#c\n  b\n", "a:\n-#c\n", "---#c\na: b\n"),
    ),
    "quotes": ("a: 'b' c\n", 'a: "b\n', "a: 'b\n", "a: ''b'\n", "'a'b: c\n"),
    "indicators": (
        *("a: %b\n", "a: @b\n", "a: `b\n", "a: ,b\n", "a: ]\n", "a: }\n", "a: -\n", "a: - b\n"),
        *("a: ?b\n", "-a: b\n", "... a: b\n", "...: b\n", "a: [b\n", "a: [b]]\n", "a: [b] c\n"),
    ),
    "flow collections in each other": ("a: [[]]\n", "a: [{b: c}]\n", "a: {b: []}\n"),
    "odd flow collections": (
        *("a: [b,]\n", "a: [,b]\n", "a: [-]\n", "a: [- b]\n", "a: {b}\n", "a: {b: }\n"),
        *("a: [b #c\n", "a: [b#c]\n", "a: [b?]\n", "a: ['b'c]\n", "a: {<<: b}\n"),
        *(f"a: [{'b, ' * 400}b]\n",),
    ),
    "tabs": (
        *("a:\tb\n", "\ta: b\n", "a: b\t\n", "a: b\t# c\n", "a: 'b\tc'\n", "a: b\n\t\nc: d\n"),
        *("-\ta\n",),
    ),
    "characters": (
        *("\ufeffa: b\n", "a: b\ufeff\n", "a: b\x85c: d\n", "a: b\u2028\n", "a: b # \u2029\n"),
        *("a: \x01\n", "a: \x7f\n", "a: \x9f\n", "a: \ufffe\n", "a: b\rc: d\n"),
        *("# a\rb: c\nd: e\n", "a: |\n  b\x85c\n", "a: |\n  b\n  \x00\n", "a: |\n  \ufeff\n"),
        *("# \x1b\na: b\n",),
    ),
    "odd literal blocks": (
        *("a: |2\n  b\n", "a: |-2\n  b\n", "a: |\n", "a: |", "a: |\nb: c\n", "a: |\n\n\n"),
        *("a: |\n   \n  b\n", "a: |\n  b\n \n", "a: |\n  b\n \n  c\n", "a: |\n  b\n c\n"),
        *("a: |\n \tb\n", "a: |\n  b\n \tc\n", "  a: |\n  b\n", "a:\n- |\nb\n"),
        *("a: |\n  b\n # c\n  d\n", "a: |\n" + "  b\n" * 10_100),
    ),
    "odd indentation": (
        *("a:\n    b: c\n  d: e\n", "a: b\n  c: d\n", " a: b\nc: d\n", "- a\n - b\n"),
        *("a: b\n- c\n", "- a\nb: c\n", "a:\n  - b\n c: d\n", "a:\n  - b\n  c: d\n"),
        *("- a: b\n c: d\n", "a:\n  b: c\n- d\n"),
    ),
    "long keys": (f"{'a' * 1001}: b\n", f"'{'a' * 1030}': b\n"),
    "depth": (
        *("- - - - - a\n", "".join(" " * level + "a:\n" for level in range(120))),
        *("".join(" " * level + "-\n" for level in range(210)),),
    ),
}


@pytest.mark.parametrize(
    "text", [pytest.param(one, id=f"{why}: {one!r:.30}") for why in LEFT for one in LEFT[why]]
)
def test_everything_else_is_left_to_libyaml(text: str) -> None:
    assert parse_everyday(text) is None


def test_a_document_that_may_have_too_many_nodes_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_NODES", 10)
    assert parse_everyday("a: b\nc: d\n") == parse_yaml("a: b\nc: d\n")
    assert parse_everyday("a: b\nc: dd\n") is None


def test_values_of_one_text_are_not_shared() -> None:
    text = "a: [b]\nc: {d: [e]}\n".replace("{d: [e]}", "[b]")
    first, second = (construct(parse(text).root) for _ in range(2))
    first["a"].append("x")
    assert first["c"] == second["a"] == ["b"]


def test_what_is_remembered_of_a_line_does_not_depend_on_where_it_is() -> None:
    line = "a: [b, {c}]\n".replace("{c}", "c")
    for text in (line, f"# c\n{line}", f"x: y\n{line}"):
        assert parse_everyday(text) == parse_yaml(text)


def test_no_more_is_remembered_than_a_few_lines() -> None:
    for number in range(3000):
        parse_everyday(f"a{number}: {'b' * number}\n")
    remembered = module._remembered.cache_info()
    assert remembered.currsize <= 1024


def test_a_manifest_is_parsed_without_libyaml_unless_it_is_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(text: str) -> Tree:
        raise AssertionError(text)

    text = guarded().decode()
    assert parse(text, is_check=True) == parse(text)
    assert fast_load(text) == construct(parse(text).root)
    monkeypatch.setattr("transformer.yamltree.parse_yaml.parse_yaml", refuse)
    monkeypatch.setattr("transformer.yamltree.fast_load_yaml.load_yaml", refuse)
    assert parse(text).root
    checks: tuple[Callable[[str], Any], ...] = (partial(parse, is_check=True), fast_load)
    for check in checks:
        with pytest.raises(AssertionError):
            check(text)


def test_errors_are_those_of_libyaml() -> None:
    with pytest.raises(InputError, match="duplicate key") as caught:
        parse("a: b\na: c\n")
    assert caught.value.offset == 5
