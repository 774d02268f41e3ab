"""Plain values to text in the style asked for; what is written reads back as the same value."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transformer.patch import render
from transformer.patch.render import BlockStyle, FlowStyle
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse

GUARD = {"key": "nodepool.openyurt.io/hostnetwork", "operator": "NotIn", "values": ["true"]}
TERM = {"matchExpressions": [GUARD]}

# Go's JSON and libyaml refuse lone surrogates and most control characters in raw text.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["true", "y", "No", "~", "null", "017", "1e3", "1_000", "2020-01-01", "<<", "=", "- a", "a: b"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
steps = st.integers(1, 8)
styles = st.tuples(steps, st.integers(0, 4), st.integers(2, 5)).map(lambda one: BlockStyle(*one))


def loaded(text: str) -> Any:
    return construct(parse(text).root)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("NotIn", "NotIn"),
        ("nodepool.openyurt.io/hostnetwork", "nodepool.openyurt.io/hostnetwork"),
        ("a-b_c", "a-b_c"),
        ("true", '"true"'),
        ("y", '"y"'),
        ("Off", '"Off"'),
        ("tRue", "tRue"),
        ("null", '"null"'),
        ("", '""'),
        ("12", '"12"'),
        ("-a", '"-a"'),
        ("a b", '"a b"'),
        ("a: b", '"a: b"'),
        ("# a", '"# a"'),
        ("it's", '"it\'s"'),
        (".inf", '".inf"'),
        ('say "hi"', '"say \\"hi\\""'),
        ("back\\slash", '"back\\\\slash"'),
        ("a\nb\n", '"a\\nb\\n"'),
        ("😀", '"😀"'),
        (True, "true"),
        (None, "null"),
        (5, "5"),
        (1.5, "1.5"),
        ({}, "{}"),
        ([], "[]"),
    ],
)
def test_a_scalar_is_quoted_where_it_must_be(value: Any, text: str) -> None:
    assert render.scalar(value) == text
    assert loaded(f"- {text}") == [value]


@pytest.mark.parametrize(
    ("value", "quote", "text"),
    [
        ("true", "'", "'true'"),
        ("word", "'", "'word'"),
        ("word", '"', '"word"'),
        ("it's", "'", '"it\'s"'),
        ("a\nb", "'", '"a\\nb"'),
        (True, "'", "true"),
    ],
)
def test_a_quote_is_kept_where_there_is_a_choice(value: Any, quote: str, text: str) -> None:
    assert render.scalar(value, quote) == text


def test_long_text_is_not_folded() -> None:
    text = render.scalar("wörd " * 100)
    assert "\n" not in text
    assert loaded(f"- {text}") == ["wörd " * 100]


@pytest.mark.parametrize(
    ("style", "lines"),
    [
        (
            BlockStyle(),
            ["terms:", "- matchExpressions:", "  - key: K", "    values:", '    - "true"'],
        ),
        (
            BlockStyle(dash=2),
            [
                "terms:",
                "  - matchExpressions:",
                "      - key: K",
                "        values:",
                '          - "true"',
            ],
        ),
        (
            BlockStyle(step=4, gap=4),
            [
                "terms:",
                "-   matchExpressions:",
                "    -   key: K",
                "        values:",
                '        -   "true"',
            ],
        ),
        (
            BlockStyle(flow_keys=frozenset({"values"})),
            ["terms:", "- matchExpressions:", "  - key: K", '    values: ["true"]'],
        ),
    ],
)
def test_blocks_are_laid_out_as_asked(style: BlockStyle, lines: list[str]) -> None:
    value = [{"matchExpressions": [{"key": "K", "values": ["true"]}]}]
    assert render.entry_lines("terms", value, 0, style) == lines
    shifted = render.entry_lines("terms", value, 3, style)
    assert shifted == ["   " + line for line in lines]


def test_a_mapping_below_a_key_is_a_step_to_the_right() -> None:
    value = {"b": {"c": 1}, "d": [], "e": {}}
    lines = render.entry_lines("a", value, 2, BlockStyle(step=3))
    assert lines == ["  a:", "     b:", "        c: 1", "     d: []", "     e: {}"]


def test_nested_sequences_begin_on_one_line() -> None:
    lines = render.block_lines([[1, {"a": 2, "b": 3}], []], 0, BlockStyle(gap=3))
    assert lines == ["-  -  1", "   -  a: 2", "      b: 3", "-  []"]


@pytest.mark.parametrize(
    ("style", "text"),
    [
        (FlowStyle(), '{a: [1, "true"], b: {}, "yes": null}'),
        (FlowStyle(pad=" "), '{ a: [1, "true"], b: {}, "yes": null }'),
        (FlowStyle(is_json=True), '{"a": [1, "true"], "b": {}, "yes": null}'),
        (FlowStyle(",", ":", is_json=True), '{"a":[1,"true"],"b":{},"yes":null}'),
    ],
)
def test_flow_is_written_on_one_line(style: FlowStyle, text: str) -> None:
    assert render.flow({"a": [1, "true"], "b": {}, "yes": None}, style) == text


def test_pretty_json_has_the_step_and_the_colon_asked_for() -> None:
    lines = render.flow_lines({"a": ["é"], "b": {}}, FlowStyle(step="\t", is_json=True))
    assert lines == ["{", '\t"a": [', '\t\t"é"', "\t],", '\t"b": {}', "}"]


@given(st.dictionaries(texts, values, min_size=1, max_size=4), styles, st.integers(0, 6))
def test_blocks_read_back(value: dict[str, Any], style: BlockStyle, column: int) -> None:
    lines = render.block_lines(value, column, style)
    assert loaded("\n".join(lines)) == value
    assert all("\n" not in line for line in lines)


@given(st.lists(values, min_size=1, max_size=4), styles)
def test_sequences_read_back(value: list[Any], style: BlockStyle) -> None:
    assert loaded("a:\n" + "\n".join(render.block_lines(value, 2, style))) == {"a": value}


@given(st.dictionaries(texts, values, max_size=4), st.sampled_from(["", " "]))
def test_flow_reads_back(value: dict[str, Any], pad: str) -> None:
    assert loaded("- " + render.flow(value, FlowStyle(pad=pad))) == [value]
    assert json.loads(render.flow(value, FlowStyle(",", ":", is_json=True))) == value
    assert (
        json.loads("\n".join(render.flow_lines(value, FlowStyle(step="  ", is_json=True)))) == value
    )
