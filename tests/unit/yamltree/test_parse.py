"""A document of more values than anybody needs is refused before it takes all the memory."""

import pytest

from transformer.errors import InputError
from transformer.yamltree import parse as parse_module
from transformer.yamltree import parse_everyday, parse_yaml, syntax
from transformer.yamltree.parse import parse


@pytest.fixture(autouse=True)
def _few_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (parse_everyday, parse_yaml, parse_module, syntax):
        monkeypatch.setattr(module, "MAX_NODES", 100)


@pytest.mark.parametrize(
    "text",
    [
        "x: [" + "a," * 120 + "]",
        "x:\n" + "- a\n" * 120,
        "".join(f"k{number}: v\n" for number in range(60)),
        '{"x": [' + "1," * 120 + "1]}",
        '{"x": [' + '"a,",' * 60 + "1]}",
    ],
    ids=["flow", "items", "keys", "JSON", "JSON with commas in text"],
)
def test_too_many_values_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="more than 100 keys and values"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    ["x: |\n" + "  a, b\n" * 200, '{"x": "' + "," * 300 + '"}', "x: [" + "a," * 90 + "]"],
    ids=["lines", "JSON", "fewer"],
)
def test_commas_and_lines_within_text_do_not_count(text: str) -> None:
    assert parse(text).root is not None
