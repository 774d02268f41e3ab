import json
import math
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from transformer.errors import InputError
from transformer.yamltree.parse_json import parse_json
from transformer.yamltree.scalars import resolve
from transformer.yamltree.syntax import MAX_DEPTH, Alias, Mapping, Node, Scalar, Sequence

HALF_PAIR = re.compile("[\ud800-\udfff]")


def plain(node: Node | None) -> Any:
    """Return the plain value of a tree."""
    if isinstance(node, Mapping):
        return {plain(key): plain(value) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    assert isinstance(node, Scalar)
    return resolve(node.text, node.style, node.tag)


def nodes_in(node: Node | None) -> Iterator[Node]:
    """Yield `node` and every node below it."""
    assert node is not None
    yield node
    if isinstance(node, Mapping):
        for key, value in node.entries:
            yield from nodes_in(key)
            yield from nodes_in(value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from nodes_in(item)


def refusal(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        parse_json(text)
    return caught.value


def standard(text: str) -> Any:
    """Read JSON with the standard library, as strictly as kubectl reads an object and its numbers.

    Half a surrogate pair becomes U+FFFD. Raises: ValueError, also for a float beyond its range and
    for a key given twice.
    """

    def integer(digits: str) -> int | float:
        return int(digits) if -(2**63) <= int(digits) < 2**63 else float(digits)

    def finite(digits: str) -> float:
        if math.isinf(float(digits)):
            raise ValueError(digits)
        return float(digits)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = {whole(key): whole(value) for key, value in pairs}
        if len(found) < len(pairs):
            raise ValueError("a key is given twice")
        return found

    def whole(value: Any) -> Any:
        if isinstance(value, list):
            return list(map(whole, value))
        return HALF_PAIR.sub("\ufffd", value) if isinstance(value, str) else value

    read = json.loads(text, parse_int=integer, parse_float=finite, object_pairs_hook=unique)
    return whole(read)


def test_every_node_has_its_span_with_quotes_and_brackets() -> None:
    text = ' {"a": [1, "b"],\n"c": {}}\n'
    tree = parse_json(text)
    assert tree.text == text
    assert tree.is_json
    assert not tree.has_aliases
    assert [text[node.start : node.end] for node in nodes_in(tree.root)] == [
        '{"a": [1, "b"],\n"c": {}}',
        '"a"',
        '[1, "b"]',
        "1",
        '"b"',
        '"c"',
        "{}",
    ]


def test_nodes_are_in_flow_style_with_strings_quoted_and_the_rest_plain() -> None:
    root = parse_json('{"k": ["s", -1.5e3, true, false, null]}').root
    assert isinstance(root, Mapping)
    key, value = root.entries[0]
    assert key == Scalar(1, 4, "k", '"', None, None, 1)
    assert isinstance(value, Sequence)
    assert (root.is_flow, value.is_flow) == (True, True)
    assert [(item.text, item.style) for item in value.items if isinstance(item, Scalar)] == [
        ("s", '"'),
        ("-1.5e3", ""),
        ("true", ""),
        ("false", ""),
        ("null", ""),
    ]


def test_the_outer_start_of_a_node_is_its_start() -> None:
    for node in nodes_in(parse_json(r'{"a": {"b\n": [0, "c", "\u0041", []]}}').root):
        assert not isinstance(node, Alias)
        assert node.outer == node.start


@pytest.mark.parametrize(
    ("source", "content"),
    [
        (r'"\ud83d\ude00"', "\U0001f600"),
        (r'"\ud83d"', "\ufffd"),
        (r'"\ude00\ud83d"', "\ufffd\ufffd"),
        (r'"\"\\\/\b\f\n\r\t"', '"\\/\b\f\n\r\t'),
        ('"\x7f"', "\x7f"),
        ('"\u2028\x85"', "\u2028\x85"),
        ('""', ""),
    ],
)
def test_strings_are_decoded(source: str, content: str) -> None:
    for text in (f'{{"k":{source}}}', f'{{{source}:"k"}}', f'{{"k":[{source}]}}'):
        scalars = [node for node in nodes_in(parse_json(text).root) if isinstance(node, Scalar)]
        found = {node.text: text[node.start : node.end] for node in scalars}
        assert found[content] == source


@pytest.mark.parametrize("before", ["", "\ufeff", " \n\r\t", "\ufeff\r\n "])
@pytest.mark.parametrize("after", ["", "\n", " \r\n\t"])
def test_white_space_around_the_object_and_a_byte_order_mark_are_allowed(
    before: str, after: str
) -> None:
    root = parse_json(before + "{}" + after).root
    assert root == Mapping(len(before), len(before) + 2, (), True, None, None, len(before))


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("", 0, "expected `{`, found the end of the text"),
        ("\ufeff\n", 2, "expected `{`, found the end of the text"),
        ("\ufeff\ufeff{}", 1, "expected `{`, found U+FEFF"),
        ("\x0b{}", 0, "expected `{`, found U+000B"),
        ("true", 0, "expected `{`, found `true`"),
        ("{} {}", 3, "expected nothing more after the JSON object, found `{`"),
        ("{}\n---", 3, "expected nothing more after the JSON object, found `---`"),
        ("{", 1, "expected a key in double quotes, found the end of the text"),
        ("{a: 1}", 1, "expected a key in double quotes, found `a`"),
        ('{"a":1,}', 7, "expected a key in double quotes, found `}`"),
        ("{,}", 1, "expected a key in double quotes, found `,`"),
        ('{"a" 1}', 5, "expected `:` after the key, found `1`"),
        (r'{"\n"', 5, "expected `:` after the key, found the end of the text"),
        ('{"a":}', 5, "expected a JSON value, found `}`"),
        ('{"a": ', 6, "expected a JSON value, found the end of the text"),
        ('{"a":1 "b":2}', 7, 'expected `,` or `}`, found `"`'),
        ('{"a":"b"', 8, "expected `,` or `}`, found the end of the text"),
        ('{"a":[1,]}', 8, "expected a JSON value, found `]`"),
        ('{"a":[1 2]}', 8, "expected `,` or `]`, found `2`"),
        ('{"a":[1}', 7, "expected `,` or `]`, found `}`"),
        ('{"a":[', 6, "expected a JSON value, found the end of the text"),
        ('{"a":01}', 5, "expected a JSON value, found `01`"),
        ('{"a":-}', 5, "expected a JSON value, found `-`"),
        ('{"a":+1}', 5, "expected a JSON value, found `+1`"),
        ('{"a":.5}', 5, "expected a JSON value, found `.5`"),
        ('{"a":1.}', 5, "expected a JSON value, found `1.`"),
        ('{"a":1e}', 5, "expected a JSON value, found `1e`"),
        ('{"a":1_0}', 5, "expected a JSON value, found `1_0`"),
        ('{"a":\u0661}', 5, "expected a JSON value, found `\u0661`"),
        ('{"a":NaN}', 5, "expected a JSON value, found `NaN`"),
        ('{"a":-Infinity}', 5, "expected a JSON value, found `-Infinity`"),
        ('{"a":nullx}', 5, "expected a JSON value, found `nullx`"),
        ('{"a":True}', 5, "expected a JSON value, found `True`"),
        ("{\"a\":'b'}", 5, "expected a JSON value, found `'`"),
        ('{"a":1e400}', 5, "this number is beyond the range of a float"),
        ('{"a":"b\tc"}', 7, "the control character U+0009 in a JSON string is not escaped"),
        ('{"a\n":1}', 3, "the control character U+000A in a JSON string is not escaped"),
        ('{"a":"b', 5, "this JSON string has no closing quote"),
        ('{"a', 1, "this JSON string has no closing quote"),
        ('{"a":"b\\', 5, "this JSON string has no closing quote"),
        (r'{"a":"b\x41"}', 7, "this is no escape sequence of JSON"),
        (r'{"a":"b\u12"}', 7, "this is no escape sequence of JSON"),
        (r'{"a":"\\\ud83d\uq"}', 14, "this is no escape sequence of JSON"),
    ],
)
def test_what_is_no_json_is_refused_where_it_stands(text: str, offset: int, message: str) -> None:
    error = refusal(text)
    assert (error.message, error.offset, error.rule) == (message, offset, "HN901")


def test_a_number_of_many_digits_is_refused_only_beyond_the_range_of_a_float() -> None:
    assert plain(parse_json('{"a":0.' + "1" * 400 + "}").root) == {"a": float("0." + "1" * 400)}
    assert refusal('{"a":' + "1" * 400 + "}").offset == 5


def test_an_array_at_the_root_is_refused_with_a_hint() -> None:
    error = refusal('\n[{"kind": "Pod"}]')
    assert error.offset == 1
    assert "array" in error.message
    assert "`kind: List`" in error.hint


def test_a_key_given_twice_is_named_with_the_line_of_the_first() -> None:
    text = '{"x": 1,\r\n"a": {"k": 1},\n"k": [\n{"k": 2, "b": 0, "k": 3}]}'
    error = refusal(text)
    assert error.rule == "HN902"
    assert error.offset == text.rindex('"k"')
    assert error.message == "duplicate key 'k' in a mapping"
    assert error.other == text.index('"k": 2')


def test_keys_are_compared_after_decoding() -> None:
    error = refusal(r'{"k": 1, "\u006b": 2}')
    assert (error.rule, error.offset) == ("HN902", 9)


def test_keys_that_differ_in_case_are_different_keys() -> None:
    assert plain(parse_json('{"k": 1, "K": 2}').root) == {"k": 1, "K": 2}


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_collections_may_be_nested_to_the_limit_and_no_deeper(opening: str, closing: str) -> None:
    def nested(depth: int) -> str:
        return '{"a":' + opening * (depth - 1) + "0" + closing * (depth - 1) + "}"

    parse_json(nested(MAX_DEPTH))
    error = refusal(nested(MAX_DEPTH + 1))
    assert error.message == "objects and arrays are nested more than 200 deep"
    assert error.offset == 5 + (MAX_DEPTH - 1) * len(opening)
    assert "200 deep" in refusal('{"a":' + opening * 100_000).message


def _is_readable(text: str) -> bool:
    try:
        standard(text)
    except ValueError:
        return False
    return True


_TEXTS = st.text(st.characters(exclude_categories=()), max_size=8)
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXTS
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=20,
)
_BLANKS = st.text(" \t\n\r", max_size=3)


@given(
    value=st.dictionaries(_TEXTS, _VALUES, max_size=4),
    indent=st.none() | st.integers(0, 4) | st.just("\t"),
    blanks=st.tuples(_BLANKS, _BLANKS, _BLANKS, _BLANKS, _BLANKS, _BLANKS),
    ensure_ascii=st.booleans(),
)
def test_any_object_in_any_style_is_read_as_the_standard_library_reads_it(
    value: dict[str, Any], indent: int | str | None, blanks: tuple[str, ...], ensure_ascii: bool
) -> None:
    separators = (f"{blanks[0]},{blanks[1]}", f"{blanks[2]}:{blanks[3]}")
    dumped = json.dumps(value, indent=indent, separators=separators, ensure_ascii=ensure_ascii)
    text = blanks[4] + dumped + blanks[5]
    assume(HALF_PAIR.search(text) is None)  # no UTF-8 can hold it
    assume(_is_readable(text))  # two keys may become one where surrogates are joined
    tree = parse_json(text)
    assert plain(tree.root) == standard(text)
    for node in nodes_in(tree.root):
        assert plain(node) == standard(text[node.start : node.end])


@given(st.text('{}[]":,\\u019ae.- \ntruefalsn\x01', max_size=12))
def test_any_text_is_either_read_as_the_standard_library_reads_it_or_refused(body: str) -> None:
    text = "{" + body
    if _is_readable(text):
        assert plain(parse_json(text).root) == standard(text)
    else:
        offset = refusal(text).offset
        assert offset is not None
        assert 0 <= offset <= len(text)
