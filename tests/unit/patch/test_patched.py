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


@for_each([("|+\n    x\n\n- 1\n", "\n- 1\n"), ("|-\n    x\n\n- 1\n", "\n- 1\n")])
def test_a_block_scalar_in_a_list_goes_without_the_line_breaks_behind_it(
    case: tuple[str, str],
) -> None:
    scalar, rest = case
    assert patched(f"- {scalar}", put("/0", G)) == f"- k: v\n{rest}"
    assert patched(f"- {scalar}", put("/0", [1, 2])) == f"- - 1\n  - 2\n{rest}"


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


def test_an_operation_that_does_not_fit_is_named() -> None:
    with pytest.raises(PatchError) as caught:
        patched("a: {b: 1}\n", put("/a/b", 2), put("/a/c", 3))
    assert caught.value.message == "operation 2 of 2 (replace /a/c): there is no /a/c"
    assert caught.value.pointer == "/a/c"


def test_json_stays_json() -> None:
    text = '{"a": {"b": [1, 2]}}\n'
    new = patched(text, put("/a/b/0", "x"), {"op": "move", "from": "/a/b", "path": "/c"})
    assert new == '{"a": {}, "c": ["x", 2]}\n'
