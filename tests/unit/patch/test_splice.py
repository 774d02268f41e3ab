"""The contract of a splice: nothing but the operations, or an error; the self-check is on."""

from collections.abc import Iterator
from typing import Any

import pytest

from transformer.errors import InternalError, PatchError
from transformer.operations import Operation
from transformer.patch import splice as module
from transformer.patch import verify
from transformer.patch.edits import Edit
from transformer.patch.rewrite import rewrite
from transformer.patch.splice import splice
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse

TEXT = "# c\na: {b: 1}\nd: e\n"
ADD = [Operation("add", "/a/c", 2)]


def expected_of(text: str, operations: list[Operation]) -> Any:
    return verify.patched(construct(parse(text).root), operations)


def test_only_the_operations_change_the_text() -> None:
    assert splice(parse(TEXT), ADD, expected_of(TEXT, ADD)) == "# c\na: {b: 1, c: 2}\nd: e\n"


def test_without_operations_the_text_stays() -> None:
    assert splice(parse(TEXT), [], expected_of(TEXT, [])) == TEXT


@pytest.mark.parametrize(
    "expected",
    [
        {"a": {"b": 1}, "d": "e"},
        {"a": {"b": 1, "c": True}, "d": "e"},
        {"a": {"b": 1, "c": 2.0}, "d": "e"},
        {"a": {"b": 1, "c": 2}},
        None,
    ],
)
def test_a_text_that_would_mean_something_else_is_not_handed_out(expected: Any) -> None:
    with pytest.raises(InternalError):
        splice(parse(TEXT), ADD, expected)


WRONG: dict[str, list[Edit]] = {
    "nothing is edited": [],
    "another value is edited": [Edit(9, 9, "0"), Edit(11, 11, ", c: 2")],
    "a neighbour is lost": [Edit(11, 11, ", c: 2"), Edit(13, 18, "")],
    "a comment is made of it": [Edit(12, 12, " # c: 2")],
    "the text is no longer readable": [Edit(11, 11, ", c: 2]")],
    "a second document begins": [Edit(11, 11, ", c: 2"), Edit(13, 13, "---\n")],
    "a key stands twice": [Edit(11, 11, ", c: 2, c: 2")],
    "two edits overlap": [Edit(7, 12, "{b: 1, c: 2}"), Edit(11, 12, "}")],
    "an unknown alias is written": [Edit(11, 11, ", c: *x")],
    "no character of YAML": [Edit(11, 11, ", c: \x01")],
}


@pytest.mark.parametrize("case", WRONG)
def test_the_self_check_catches_a_wrong_edit(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(tree: object, placement: object) -> Iterator[Edit]:
        yield from WRONG[case]

    monkeypatch.setattr(module, "_edits", wrong)
    with pytest.raises(InternalError, match=r"overlap|would not (mean what|be readable: .)"):
        splice(parse(TEXT), ADD, expected_of(TEXT, ADD))


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        (TEXT, Operation("add", "/a/x/y", 1)),
        (TEXT, Operation("add", "/d/x", 1)),
        ("", Operation("add", "/a", 1)),
    ],
)
def test_an_operation_that_cannot_be_written_is_an_error(text: str, operation: Operation) -> None:
    with pytest.raises(PatchError):
        splice(parse(text), [operation], None)


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029", "\n\ufeff"])
def test_a_character_that_does_not_show_is_named_where_it_is_in_the_way(character: str) -> None:
    text = f"a:{character}b: 1\nd: e\n" if "\n" in character else f"a:{character}  b: 1\nd: e\n"
    with pytest.raises(PatchError, match=rf"U\+{ord(character[-1]):04X} does not show") as caught:
        splice(parse(text), ADD, expected_of(text, ADD))
    assert caught.value.offset == 1 + len(character)


def test_operations_are_relative_to_the_document() -> None:
    text = "kind: List\nitems:\n- a: 1\n- a: 2\n"
    operations = [Operation("add", "/b", 3).below("/items/1")]
    assert splice(parse(text), operations, expected_of(text, operations)) == text + "  b: 3\n"


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "\ufeff" + TEXT,
        TEXT.replace("\n", "\r\n"),
        '{"a": {"b": 1}, "d": "e"}',
        "---\n" + TEXT,
    ],
)
def test_a_rewritten_document_means_what_is_expected(text: str) -> None:
    new = rewrite(parse(text), ADD, expected_of(text, ADD))
    assert construct(parse(new).root) == {"a": {"b": 1, "c": 2}, "d": "e"}
    assert ("# c" in new) == ("# c" in text)
    assert ("\r\n" in new) == ("\r\n" in text)
    assert new.startswith("---") == text.startswith("---")
    assert new.startswith("\ufeff") == text.startswith("\ufeff")


def test_what_cannot_be_spliced_can_be_rewritten() -> None:
    text = "a: &x\n  p: {v: 1}\nb:\n  p: {v: 0}\n  <<: *x\n"
    operations = [Operation("add", "/b/p/m", 2)]
    expected = expected_of(text, operations)
    assert construct(parse(rewrite(parse(text), operations, expected)).root) == expected


@pytest.mark.parametrize("rest", ["d: #\n  e\n\n", "d: !!!int\n", "d: !!!int x\n"])
def test_what_the_round_trip_cannot_read_is_written_without_it(rest: str) -> None:
    text = f"a: {{b: 1}}\n{rest}"
    expected = expected_of(text, ADD)
    assert construct(parse(rewrite(parse(text), ADD, expected)).root) == expected
