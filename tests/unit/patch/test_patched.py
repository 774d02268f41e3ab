"""JSON patches into text: layouts that once went wrong, and what shows the rules of the rest."""

from typing import Any

import pytest

from tests.cases import for_each
from transformer.errors import PatchError
from transformer.patch.json_patch import operations_from
from transformer.patch.patched import planned, spliced
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse


def patched(text: str, *operations: dict[str, Any]) -> str:
    tree = parse(text)
    plan, expected = planned(construct(tree.root), operations_from(operations))
    return spliced(tree, plan, expected)


def put(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


G = {"k": "v"}

OVER_BLOCK_SCALARS: dict[str, tuple[str, Any, str]] = {
    "a word": ("a:\n  b: |+\n    x\nc: 1\n", "v", "a:\n  b: v\nc: 1\n"),
    "a block": ("a:\n  b: |+\n    x\nc: 1\n", G, "a:\n  b:\n    k: v\nc: 1\n"),
    "text": ("a:\n  b: |+\n    x\nc: 1\n", "y\nz\n", "a:\n  b: |\n    y\n    z\nc: 1\n"),
    "blank lines": ("a:\n  b: |+\n    x\n\n\nc: 1\n", G, "a:\n  b:\n    k: v\n\n\nc: 1\n"),
    "blanks": ("a:\n  b: |\n    x\n     \nc: 1\n", G, "a:\n  b:\n    k: v\nc: 1\n"),
    "crlf": ("a:\r\n  b: |+\r\n    x\r\n\r\nc: 1\r\n", 1, "a:\r\n  b: 1\r\n\r\nc: 1\r\n"),
    "at the end": ("a:\n  b: |+\n    x\n\n", G, "a:\n  b:\n    k: v\n\n"),
    "without a line break": ("a:\n  b: |+\n    x", G, "a:\n  b:\n    k: v"),
    "an anchor": ("a:\n  b: &n |+\n    x\n\nc: 1\n", G, "a:\n  b: &n\n    k: v\n\nc: 1\n"),
}


@for_each([*OVER_BLOCK_SCALARS])
def test_the_line_breaks_behind_a_block_scalar_stay(case: str) -> None:
    text, value, expected = OVER_BLOCK_SCALARS[case]
    assert patched(text, put("/a/b", value)) == expected


BELOW_BLOCK_SCALARS = {
    "kept": ("a: |+\n  x\nb: 1\n\nc: 2\n", "a: |+\n  x\nc: 2\n"),
    "kept, and a comment": ("a: |+\n  x\n# d\nb: 1\n\n# e\nc: 2\n", "a: |+\n  x\n# e\nc: 2\n"),
    "kept, at the end": ("a: |+\n  x\nb: 1\n\n", "a: |+\n  x\n"),
    "kept, in a list": (
        "a:\n- - |+\n    x\nb: 1\n\nc: 2\n",
        "a:\n- - |+\n    x\nc: 2\n",
    ),
    "clipped": ("a: |\n  x\nb: 1\n\nc: 2\n", "a: |\n  x\n\nc: 2\n"),
    "blanks": ("a: |\n  x\nb: 1\n    \n\nc: 2\n", "a: |\n  x\nc: 2\n"),
    "crlf": ("a: |+\r\n  x\r\nb: 1\r\n\r\nc: 2\r\n", "a: |+\r\n  x\r\nc: 2\r\n"),
}


@for_each([*BELOW_BLOCK_SCALARS])
def test_no_blank_line_becomes_content_of_a_block_scalar(case: str) -> None:
    text, expected = BELOW_BLOCK_SCALARS[case]
    assert patched(text, {"op": "remove", "path": "/b"}) == expected


HIDDEN: list[tuple[str, dict[str, Any], str]] = [
    ("a: |-\n  \x85b{a: b}\n", {"op": "move", "from": "/b{a", "path": "/c"}, "U+0085"),
    ("a:\n\ufeff# b\n- c\n- d\n", {"op": "add", "path": "/a/0", "value": 1}, "U+FEFF"),
    ("\ufeff\ufeffa:\n", {"op": "add", "path": "/b", "value": 1}, "U+FEFF"),
    ("\u2028a:\n", {"op": "add", "path": "/b", "value": 1}, "U+2028"),
]


@for_each(HIDDEN)
def test_a_character_that_hides_the_place_is_named(case: tuple[str, dict[str, Any], str]) -> None:
    text, operation, character = case
    with pytest.raises(PatchError) as caught:
        patched(text, operation)
    assert f": the character {character} does not show" in caught.value.message


@for_each([put("/a", "x"), put("/a", G), {"op": "add", "path": "/b", "value": 1}])
def test_a_value_that_is_not_indented_is_named(operation: dict[str, Any]) -> None:
    with pytest.raises(PatchError, match="a value is no deeper than its key") as caught:
        patched("a: !\n|\n", operation)
    assert caught.value.offset == 5


@for_each([("|+\n    x\n\n- 1\n", "\n- 1\n"), ("|-\n    x\n\n- 1\n", "\n- 1\n")])
def test_a_block_scalar_in_a_list_goes_without_the_line_breaks_behind_it(
    case: tuple[str, str],
) -> None:
    scalar, rest = case
    assert patched(f"- {scalar}", put("/0", G)) == f"- k: v\n{rest}"
    assert patched(f"- {scalar}", put("/0", [1, 2])) == f"- - 1\n  - 2\n{rest}"


@for_each(["1.19.0", "1.19.0-rc.1", "v2", "10.0.0.1", "1.2.3+7", "example.com:5000/a/b-c:1.2@x"])
def test_a_version_or_an_image_has_no_quotes_where_one_without_is_replaced(version: str) -> None:
    text = "a: 1.18.2 # c\nb: {c: 1.18.2}\nd: '1.18.2'\n"
    new = patched(text, put("/a", version), put("/b/c", version), put("/d", version))
    assert new == text.replace("1.18.2", version)


@for_each(["5m", "1h30m", "0.5s", "1.5Gi", "256Mi", "250m", "10G", "25%"])
def test_a_quantity_has_no_quotes_where_something_without_is_replaced(quantity: str) -> None:
    text = "a: 10m # c\nb: {c: 10m}\nd: '10m'\n"
    new = patched(text, put("/a", quantity), put("/b/c", quantity), put("/d", quantity))
    assert new == text.replace("10m", quantity)


@for_each(["1.19", "1e3", "1E", "5e3m", "0x1f", "2026-11-30", "12:30:45", "1_000", "1.2.", "true"])
def test_what_could_be_something_else_has_quotes(text: str) -> None:
    assert patched("a: 1.18.2\n", put("/a", text)) == f'a: "{text}"\n'
    assert patched("{a: 1.18.2}\n", put("/a", text)) == f'{{a: "{text}"}}\n'


ABOVE_TABS = {
    "the last value": ('{a: b, c: "d"\n\t}\n', put("/c", None), "{a: b, c: null,\n\t}\n"),
    "the first value": ('{a: "b"\n\t, c: d}\n', put("/a", None), "{a: null,\n\t c: d}\n"),
    "before a comment": ('{a: "b" # e\n\t, c: d}\n', put("/a", 1), "{a: 1 # e\n\t, c: d}\n"),
    "an item": ('{a: [b, "d"\n\t]}\n', put("/a/1", 1), "{a: [b, 1,\n\t]}\n"),
    "what is left": (
        '{a: b, c: "d"\n\t}\n',
        {"op": "remove", "path": "/c"},
        "{a: b,\n\t}\n",
    ),
    "what is left above": (
        '{a: b,\n\tc: "d"\n\t}\n',
        {"op": "remove", "path": "/c"},
        "{a: b,\n\t}\n",
    ),
    "JSON": ('{"a": 1, "b": 2\n\t}\n', {"op": "remove", "path": "/b"}, '{"a": 1\n\t}\n'),
}


@for_each([*ABOVE_TABS])
def test_no_plain_scalar_is_left_above_a_tab(case: str) -> None:
    text, operation, expected = ABOVE_TABS[case]
    assert patched(text, operation) == expected


def test_a_key_of_several_lines_gets_a_question_mark_with_its_value() -> None:
    assert patched("a: {b\n  c, d}\n", put("/a/b c", 1)) == "a: {? b\n  c: 1, d}\n"


@for_each(["[{\n    b: 1,\n  }, {\n    c: 2,\n  }]", "[{\n    b: 1\n  }, 2, {c: 3}]"])
def test_an_item_of_several_lines_goes_up_to_the_next_one(items: str) -> None:
    first, _, rest = items.partition("}, ")
    assert patched(f"a: {items}\n", *gone("/a/0")) == f"a: [{rest}\n", first


ANCHORED = {
    "a word": ("- &n x\n- *n\n", "- &n\n  - 1\n- x\n"),
    "a tag": ("- !!str &n x\n- *n\n", "- &n\n  - 1\n- x\n"),
    "a tag behind": ("- &n !!str x\n- *n\n", "- &n\n  - 1\n- x\n"),
    "a list in brackets": ("- &n [x]\n- *n\n", "- &n [1]\n- - x\n"),
    "a mapping in braces": ("- &n {a: x}\n- *n\n", "- &n\n  - 1\n- a: x\n"),
    "a comment": ("- &n x # c\n- *n\n", "- &n # c\n  - 1\n- x\n"),
    "a block scalar": ("- &n |\n  x\n- *n\n", '- &n\n  - 1\n- "x\\n"\n'),
}


@for_each([*ANCHORED])
def test_a_block_goes_below_the_anchor_of_an_item(case: str) -> None:
    text, expected = ANCHORED[case]
    assert patched(text, put("/0", [1])) == expected


def gone(*paths: str) -> list[dict[str, Any]]:
    return [{"op": "remove", "path": path} for path in paths]


MERGED = {
    "what a << brings, and is set again": (
        "a: &n {p: 1, q: 2}\nb:\n  <<: *n\n  p: 3\n  r: 4\n",
        gone("/b/p"),
        "a: &n {p: 1, q: 2}\nb:\n  q: 2\n  r: 4\n",
    ),
    "all that a << brings": (
        "a: &n {p: 1}\nb:\n  <<: *n\n  p: 3\n  r: 4\n",
        gone("/b/p"),
        "a: &n {p: 1}\nb:\n  r: 4\n",
    ),
    "all that a << brings, above it": (
        "a: &n {p: 1}\nb:\n  r: 4\n  <<: *n\n",
        gone("/b/p"),
        "a: &n {p: 1}\nb:\n  r: 4\n",
    ),
    "all that there is": (
        "a: &n {p: 1}\nb: # c\n  <<: *n\n  p: 3\nd: 1\n",
        gone("/b/p"),
        "a: &n {p: 1}\nb: {} # c\nd: 1\n",
    ),
    "in braces": (
        "a: &n {p: 1, q: 2}\nb: {<<: *n, p: 3, r: 4}\nc: {p: 3, <<: *n}\nd: {<<: *n, p: 3,}\n",
        gone("/b/p", "/c/p", "/d/p"),
        "a: &n {p: 1, q: 2}\nb: {q: 2, r: 4}\nc: {q: 2}\nd: {q: 2,}\n",
    ),
    "in braces, all that a << brings": (
        "a: &n {p: 1}\nb: {<<: *n, p: 3, r: 4}\nc: {r: 4, <<: *n, p: 3}\nd: {p: 3, <<: *n}\n",
        gone("/b/p", "/c/p", "/d/p"),
        "a: &n {p: 1}\nb: {r: 4}\nc: {r: 4}\nd: {}\n",
    ),
    "behind a dash": (
        "- &n {p: 1}\n- <<: *n\n  p: 3\n  r: 4\n",
        gone("/1/p"),
        "- &n {p: 1}\n- r: 4\n",
    ),
}


@for_each([*MERGED])
def test_what_is_removed_is_not_brought_by_a_merge(case: str) -> None:
    text, operations, expected = MERGED[case]
    assert patched(text, *operations) == expected


SHARED = "x: &n 1\ny: *n\n"
NEIGHBORS = {
    "entries": ("a:\n  b: 1\n  # c\n  c: 2\n  d: 3\n", gone("/a/b", "/a/c"), "a:\n  d: 3\n"),
    "behind a dash": (
        "a:\n- b: 1\n  c: 2\n  d: 3\n",
        gone("/a/0/b", "/a/0/c"),
        "a:\n- d: 3\n",
    ),
    "in braces": ("a: {b: 1, c: 2, d: 3}\n", gone("/a/b", "/a/c"), "a: {d: 3}\n"),
    "the last in braces": ("a: {b: 1, c: 2, d: 3}\n", gone("/a/c", "/a/d"), "a: {b: 1}\n"),
    "lines in braces": (
        "a: {\n  b: 1,\n  c: 2,\n  d: 3\n}\n",
        gone("/a/c", "/a/d"),
        "a: {\n  b: 1\n}\n",
    ),
    "all": ("a:\n  b: 1\n  c: 2\n", gone("/a/b", "/a/c"), "a: {}\n"),
}


@for_each([*NEIGHBORS])
def test_neighbors_go_at_once_and_one_after_the_other(case: str) -> None:
    text, operations, expected = NEIGHBORS[case]
    assert patched(text, *operations) == expected
    assert patched(SHARED + text, *operations) == SHARED + expected


def test_the_last_lines_go_at_once_from_a_text_without_a_line_break() -> None:
    text = "a: 1\nb: &n 2\nc: *n"
    assert patched(text, *gone("/b", "/c")) == "a: 1"


@for_each(["\n", "\r\n", "\r"])
def test_blank_lines_below_the_first_entry_of_an_item_stay(line_break: str) -> None:
    near, far = ("- b: 1\n  c: 2\n", "- b: 1\n\n  c: 2\n")
    for text, expected in (near, "- c: 2\n"), (far, "-\n\n  c: 2\n"):
        new = patched(text.replace("\n", line_break), *gone("/0/b"))
        assert new == expected.replace("\n", line_break)


MOVED = {
    "a scalar": ("# c\n{k}: v  # d\n  # e\n", "# c\n{k}: v  # d\n  # e\n"),
    "a block scalar": ("{k}: | # c\n  x\n  # d\n", "{k}: | # c\n  x\n  # d\n"),
    "a comment below a block scalar": ("{k}: |\n    x\n  # d\n", "{k}: |\n  x\n # d\n"),
    "a mapping": (
        "# c\n{k}: # d\n  # e\n  v: 1 # f\n  # g\n",
        "# c\n{k}: # d\n  # e\n  v: 1 # f\n  # g\n",
    ),
    "a list": (
        "# c\n{k}: # d\n# e\n- v # f\n  # g\n",
        "# c\n{k}: # d\n# e\n- v # f\n  # g\n",
    ),
    "a list in brackets": ("# c\n{k}: [v] # d\n", "# c\n{k}: [v] # d\n"),
    "brackets over lines": ("# c\n{k}: [\n  v] # d\n", "# c\n{k}: # d\n- v\n"),
    "quotes over lines": ('# c\n{k}: "v\n  w" # d\n', '# c\n{k}: "v w" # d\n'),
    "a tag": ("# c\n{k}: !!str 1 # d\n", '# c\n{k}: "1" # d\n'),
    "an anchor": ("# c\n{k}: &n v # d\n", "# c\n{k}: v # d\n"),
}


@for_each([*MOVED])
def test_what_is_moved_takes_its_comments_along(case: str) -> None:
    old, new = (text.replace("{k}", key) for text, key in zip(MOVED[case], "km", strict=True))
    moved = {"op": "move", "from": "/k", "path": "/m"}
    assert patched(f"a: 0\n{old}\nz: 0\n", moved) == f"a: 0\n\nz: 0\n{new}"


def test_what_is_moved_into_a_list_takes_its_comments_along() -> None:
    text = "a:\n- x\n# c\nk: v # d\n  # e\nz: 0\n"
    moved = {"op": "move", "from": "/k", "path": "/a/0"}
    assert patched(text, moved) == "a:\n# c\n- v # d\n  # e\n- x\nz: 0\n"
    block = "a:\n- x\n# c\nk: # d\n  # e\n  v: 1\nz: 0\n"
    assert patched(block, moved) == "a:\n# c\n# e\n- v: 1 # d\n- x\nz: 0\n"
    back = {"op": "move", "from": "/a/0", "path": "/k"}
    assert patched("a:\n# c\n- v # d\n  # e\n- x\n", back) == "a:\n- x\n# c\nk: v # d\n  # e\n"


@for_each(["x\n", "x\ny", "x\ny\n"])
def test_a_text_with_line_breaks_is_a_block(text: str) -> None:
    header, lines = ("|" if text[-1] == "\n" else "|-"), text.strip().replace("\n", "\n  ")
    expected = f"a: {header}\n  {lines}\nb: 1\n"
    assert patched("a: 0\nb: 1\n", put("/a", text)) == expected
    assert patched("a: |\n  z\nb: 1\n", put("/a", text)) == expected
    assert patched("b: 1\n", {"op": "add", "path": "/a", "value": text}).endswith(expected[:-5])


def test_an_operation_that_does_not_fit_is_named() -> None:
    with pytest.raises(PatchError) as caught:
        patched("a: {b: 1}\n", put("/a/b", 2), put("/a/c", 3))
    assert caught.value.message == "operation 2 of 2 (replace /a/c): there is no /a/c"
    assert caught.value.pointer == "/a/c"


@for_each(["", "---\n"])
def test_json_has_escapes_for_what_is_no_yaml(marker: str) -> None:
    text = f'{marker}{{"a": 1}}\n'
    strange = "del\x7f nel\x85 ls\u2028 bom\ufeff é 😀"
    escaped = "del\\u007f nel\\u0085 ls\\u2028 bom\\ufeff é 😀"
    assert patched(text, put("/a", strange)) == f'{marker}{{"a": "{escaped}"}}\n'
    added = {"op": "add", "path": "/\x7f", "value": {"\x85": 1}}
    assert patched(text, added) == f'{marker}{{"a": 1, "\\u007f": {{"\\u0085": 1}}}}\n'


def test_what_is_around_the_place_is_copied_as_it_was() -> None:
    text = "a:\n  b: {c: 1, z: 2}\n  c: 3\n"
    copied = {"op": "copy", "from": "/a", "path": "/a/b"}
    assert construct(parse(patched(text, copied)).root) == {
        "a": {"b": {"b": {"c": 1, "z": 2}, "c": 3}, "c": 3}
    }


def test_json_stays_json() -> None:
    text = '{"a": {"b": [1, 2]}}\n'
    new = patched(text, put("/a/b/0", "x"), {"op": "move", "from": "/a/b", "path": "/c"})
    assert new == '{"a": {}, "c": ["x", 2]}\n'
