"""The quick reader gives what the tree gives, or leaves the document to it."""

import pytest

from transformer.errors import InputError
from transformer.patch.verify import same
from transformer.yamltree import fast_load as module
from transformer.yamltree.construct import construct
from transformer.yamltree.fast_load import fast_load
from transformer.yamltree.parse import parse

EVERYDAY = [
    "a: 1\nb: [x, 'y', \"z\"]\nc:\n  d: |\n    text\n  e: ~\n",
    "# c\n---\nkind: Pod\nspec: {containers: [], on: yes, 017: 0x1F}\n...\n",
    "- a\n- {b: c}\n",
    "just text\n",
    '{"a": 1, "b": [1.0, 1e3, true, null, "\\ud83d\\ude00"], "c": {"d": {}}}\n',
    '---\n{"a": 18446744073709551616, "b": -0, "c": 1E400}\n'.replace("1E400", "1E40"),
    '{"a": {"b": "c"}}\n...\n# c\n',
]
LEFT_TO_THE_TREE = [
    "a: &x 1\nb: *x\n",
    "a: !!str 1\n",
    "base: {x: 1}\nb:\n  <<: {y: 2}\n",
    "\ufeffa: 1\n",
    "{a: b, c: {d}}\n",
    "a: ! 1\n",
    '{"a": "\\ud83d", "\\udE00": ["\\ud83d\\ude00"]}\n',
]


@pytest.mark.parametrize("text", [*EVERYDAY, *LEFT_TO_THE_TREE])
def test_the_value_is_that_of_the_tree(text: str) -> None:
    assert same(fast_load(text), construct(parse(text).root))


@pytest.mark.parametrize("text", EVERYDAY)
def test_everyday_documents_need_no_tree(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "parse", None)
    fast_load(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2\n",
        "a: 1\n---\nb: 2\n",
        "a: [\n",
        "? {a: b}\n: c\n",
        "~: 1\n",
        '{"a": 1, "a": 2}\n',
        '{"a": 1} {"b": 2}\n',
        '{"a": 1e400}\n',
        "[" * 300 + "]" * 300,
    ],
)
def test_what_the_tree_refuses_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse(text)
    with pytest.raises(InputError):
        fast_load(text)


@pytest.mark.parametrize(("above", "wanted"), [("", "a\u2028 b"), ("# c\n", "a\u2028b")])
def test_below_a_comment_json_is_yaml_in_which_a_line_separator_folds(
    above: str, wanted: str
) -> None:
    text = f'{above}{{"a":"a\u2028 b"}}'
    assert construct(parse(text).root) == fast_load(text) == {"a": wanted}
