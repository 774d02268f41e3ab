"""Comments that are program are told from text that only looks like them."""

import pytest

from transformer.yamltree.parse import parse
from transformer.yamltree.template_comments import find_template_comment


@pytest.mark.parametrize(
    ("text", "comment"),
    [
        ("#@ load(x)\na: b\n", "#@ load(x)"),
        ("a: b #@ if x:\n", "#@ if x:"),
        ("a: #@ value\n", "#@ value"),
        ("#@overlay/match by=1\n---\na: b\n", "#@overlay/match by=1"),
        ("a: b\n#@ end", "#@ end"),
        ("a: b\r\n#@ end  \r\n", "#@ end"),
        ("a: b\r#@ end\r", "#@ end"),
        ("\ufeff#@ x\na: b\n", "#@ x"),
        ("a:\n- b\n# {{- if .Values.c }}\n- d\n", "# {{- if .Values.c }}"),
        ("a: b # {% if c %}\n", "# {% if c %}"),
        ("a: [b, # {{ c }}\n  d]\n", "# {{ c }}"),
        ("a: |\n  text\n# {{ c }}\n", "# {{ c }}"),
        ("a: |  #@ b\n  text\n", "#@ b"),
        ("a: [b]  #@ c\n", "#@ c"),
        ("- >- # {{ c }}\n  #@ text\n", "# {{ c }}"),
        ("a: |  #@ b\n\nc: d\n", "#@ b"),
        ("a: 'b' # c\nd: e # {{ f }}\n", "# {{ f }}"),
        ("# plain\n#@ x\na: b\n", "#@ x"),
        ("a: &b c\ne: *b #@ f\n", "#@ f"),
    ],
)
def test_the_first_such_comment_is_found(text: str, comment: str) -> None:
    assert find_template_comment(parse(text)) == (text.index(comment), comment)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: b\n",
        "a: '#@ if x:'\n",
        'a: "b #@ c"\n',
        'a: "b\n  #@ c"\n',
        "a: |\n  #@ if x:\n  b\n",
        "a: >-\n  b\n\n  # {{ c }}\n",
        "a: b#@ c\n",
        "a: b#{{c}}\n",
        "'#@ a': b\n",
        "'a #@ b': c\n",
        "? 'a\n  # {{ b }}'\n: c\n",
        "a: b {{ c }}\n",
        "a: '{{ b }}' # c\n",
        "a: b # c { d }\n",
        "a: b # c @ d\n",
        "# a #@ b\nc: d\n",
        "#! ytt ignores this\na: b\n",
        '{"a": "#@ b", "c": "# {{ d }}"}',
    ],
)
def test_text_and_other_comments_are_none(text: str) -> None:
    assert find_template_comment(parse(text)) is None
