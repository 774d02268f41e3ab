"""What is said of a text that cannot be read, or is no manifest, is what probably happened."""

import pytest

from transformer.errors import InputError
from transformer.pipeline.parse_hints import advice, explained, template
from transformer.yamltree.parse import parse

POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n"


def told(text: str) -> InputError:
    """Return the explained error of a text that cannot be read."""
    with pytest.raises(InputError) as caught:
        parse(text)
    return explained(caught.value, text)


@pytest.mark.parametrize(
    ("marker", "hint"),
    [("----", "write `---`"), ("------ ", "write `---`"), ("---kind", "put a newline")],
)
def test_what_is_meant_as_a_separator_is_named(marker: str, hint: str) -> None:
    rest = ": Pod\n" if marker.endswith("kind") else "\n"
    text = f"{POD}{marker}{rest}{POD}"
    error = told(text)
    assert error.rule == ("HN902" if marker == "---kind" else "HN901")
    assert error.offset == text.index(marker.strip())
    assert f"`{marker.strip()}` is not a document separator" in error.message
    assert hint in error.hint


def test_of_two_such_lines_the_lower_is_named_and_the_upper_is_the_other() -> None:
    text = f"---{POD}---{POD}"
    error = told(text)
    assert (error.offset, error.other) == (text.rindex("---"), 0)


def test_what_stands_below_the_error_has_nothing_to_do_with_it() -> None:
    text = f"a: b: c\n{POD}----\n"
    error = told(text)
    assert "document separator" not in error.message
    assert error.offset == text.index(": c")


@pytest.mark.parametrize(
    "text", ["a: '\n  ----\n  b: c\n", "a: [b\n- ----\n", "a: b----\nc: d: e\n"]
)
def test_dashes_within_a_line_or_a_text_are_no_separator(text: str) -> None:
    assert "document separator" not in told(text).message


@pytest.mark.parametrize("is_last", [False, True])
@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a:\n\u00a0 b: c\n  d: e", "no-break space (U+00A0) in the line above"),
        ("\u00a0a: b: c", "no-break space (U+00A0) in this line"),
        ("a: b\n\u2003 e: f: g", "em space (U+2003) in this line"),
    ],
)
def test_a_strange_blank_in_front_of_the_line_or_of_the_one_above_is_named(
    text: str, hint: str, is_last: bool
) -> None:
    text += "" if is_last else "\nx: y\n"
    with pytest.raises(InputError) as caught:
        parse(text)
    error = explained(caught.value, text)
    assert hint in error.hint
    assert "use an ordinary space" in error.hint
    assert (error.offset, error.message) == (caught.value.offset, caught.value.message)


def test_a_strange_blank_further_up_has_nothing_to_do_with_it() -> None:
    assert told("\u00a0a: b\nc: d\ne: f: g\n").hint == ""
    assert told("a: b: c\n\u00a0d: e\n").hint == ""


def test_an_error_without_a_place_is_at_the_end() -> None:
    error = explained(InputError("m"), f"{POD}----\n")
    assert error.offset == len(POD)


def test_a_hint_that_is_there_stays() -> None:
    error = InputError("m", offset=0, hint="h")
    assert explained(error, "\u00a0a: b\n").hint == "h"


@pytest.mark.parametrize(
    ("text", "rule", "what"),
    [
        ("a: {{ b }}\n", "HN901", "a template"),
        ("{% if a %}\n", "HN901", "a template"),
        ("a: b\n# {{ c }}\n", "HN902", "a template"),
        ("a: b\n#@ if c:\n", "HN902", "a ytt template"),
        ("a: {{ b }}\n#@ if c:\n", "HN901", "a ytt template"),
    ],
)
def test_a_template_is_said_to_be_one(text: str, rule: str, what: str) -> None:
    found = template(text, rule)
    assert found is not None
    assert found.what.endswith(what)
    assert "render it first" in found.hint


@pytest.mark.parametrize(
    ("text", "rule"), [("a: {{ b }}\n", "HN902"), ("a: b\n", "HN901"), ("a: b#@c\n", "HN901")]
)
def test_other_texts_are_no_template(text: str, rule: str) -> None:
    assert template(text, rule) is None


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("a: bapiVersion: v1\nkind: Pod\n", 2),
        ("- bkind: Pod\nmetadata: {}\n", 0),
        ("a: b---\nkind: Pod\n", 0),
        ("a: b---\n# c\napiVersion: v1\n", 0),
        ("a: b# c\nkind: Pod\n", 0),
        ("a: b# c\n# d\n# e\napiVersion: v1\n", 0),
    ],
)
def test_a_line_that_ends_with_what_begins_the_next_file_is_found(text: str, at: int) -> None:
    found = advice(text)
    assert found is not None
    assert text[: found.offset].count("\n") == 0
    assert "joined" in found.after


@pytest.mark.parametrize(
    "text",
    [
        "image: x\nmy-apiVersion: v1\ntargetkind: Deployment\nkind: a\n",
        "a:\n  needs-kind:\n    name: x\n",
        "a: |\n  b|---\n  kind: c\n",
        "a: 'kind: b'\nkind: c\n",
        "a: b---\nc: d\n",
        "# of the akind: b\nkind: c\n",
        "a: b # c\nkind: d\n",
        "a: -----BEGIN-----\nkind: d\n",
    ],
)
def test_a_key_that_merely_ends_like_a_head_is_no_glued_file(text: str) -> None:
    assert advice(text) is None


@pytest.mark.parametrize(("blank", "name"), [("\u00a0", "no-break space"), (" \u3000 ", "ideog")])
def test_a_strange_blank_in_front_of_a_head_is_the_advice(blank: str, name: str) -> None:
    found = advice(f"apiVersion: v1\n{blank}kind: Pod\n")
    assert found is not None
    assert found.offset == len("apiVersion: v1\n")
    assert found.before.startswith(name)
    assert found.before.endswith(" next to kind ")
    assert found.after == ": use an ordinary space"


def test_a_strange_blank_behind_a_head_is_the_advice_too() -> None:
    found = advice("apiVersion: v1\nkind\u00a0: Pod\n")
    assert found is not None
    assert found.before == "no-break space (U+00A0) next to kind "


def test_a_byte_order_mark_in_front_of_a_head_is_none() -> None:
    assert advice("\ufeffkind: Pod\n") is None


def test_a_separator_that_is_none_is_the_advice_of_a_text_without_a_head() -> None:
    found = advice("---" + POD)
    assert found is not None
    assert found == (
        0,
        "`---apiVersion` ",
        " is not a document separator: put a newline after `---`",
    )
