"""Where the items of a List begin and end, and which Lists are read whole."""

from io import BytesIO

import pytest

from transformer.pipeline.list_items import item_batches
from transformer.text.raw_document import RawDocument

HEAD = "apiVersion: v1\nitems:\n"
TAIL = "kind: List\nmetadata:\n  resourceVersion: ''\n"
ITEM = "- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: {}\n"
A, B, C = map(ITEM.format, "abc")
OBJECT = '{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"{}"}}}}'
X, Y = map(OBJECT.format, "xy")


def read(text: str, limit: int = 1 << 20, size: int = 1 << 18) -> list[RawDocument]:
    data = text.encode()
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    batches = item_batches(chunks, limit, BytesIO, long_list=0)
    found = [raw for batch in batches for raw in batch.documents]
    assert b"".join(raw.source for raw in found) == data
    return found


def items(text: str, **options: int) -> list[str]:
    """Return the own text of each item; a List that is read whole has none."""
    return [
        raw.data[raw.item.start : raw.item.end].decode()
        for raw in read(text, **options)
        if raw.item is not None
    ]


def indented(text: str, by: int) -> str:
    return "".join(" " * by + line for line in text.splitlines(keepends=True))


@pytest.mark.parametrize("size", [1, 7, 1 << 18])
@pytest.mark.parametrize("by", [0, 2, 5])
def test_items_at_any_indentation(by: int, size: int) -> None:
    wanted = [indented(one, by) for one in (A, B, C)]
    assert items(HEAD + "".join(wanted) + TAIL, size=size) == wanted


@pytest.mark.parametrize("size", [1, 7, 1 << 18])
@pytest.mark.parametrize("between", [",", ", ", ",\n  ", "\n,\n"])
def test_items_of_json(between: str, size: int) -> None:
    text = f'{{"apiVersion": "v1", "items": [ {X}{between}{Y} ], "kind": "List"}}\n'
    assert items(text, size=size) == [X, Y]


def test_an_item_is_a_list_with_all_that_is_above_and_below_the_items() -> None:
    first, second = read(HEAD + A + B + TAIL)
    assert first.data.decode() == HEAD + A + TAIL
    assert second.data.decode() == HEAD + B + TAIL
    assert second.item is not None
    assert (second.item.number, second.item.line, second.item.column) == (1, 7, 1)


def test_a_json_item_knows_its_column_and_what_is_beside_it() -> None:
    text = f'{{"kind": "List", "items": [{X}, {Y}]}}\n'
    item = read(text)[1].item
    assert item is not None
    assert item.column == text.index(Y) + 1
    assert item.before.decode() == text[: text.index(Y)]
    assert item.after == b"]}"


ITEM_OF = "- apiVersion: v1\n  kind: ConfigMap\n  data:\n    a: {}\n"


@pytest.mark.parametrize(
    "item",
    [
        ITEM_OF.format("\n      b: 1 # it's\n"),
        ITEM_OF.format('"x # y"'),
        ITEM_OF.format("'it''s'"),
        ITEM_OF.format("{b: [1, 2]}"),
        ITEM_OF.format('"a\n      b"'),
        ITEM_OF.format("|\n      - x\n      kind: 'y\n\n      #@ z"),
        ITEM_OF.format("|\n      {{ range }} '\n"),
        ITEM_OF.format("&x 1\n    b: *x"),
        "-\n  kind: ConfigMap\n  apiVersion: v1\n",
        "- # a comment\n  kind: ConfigMap\n  apiVersion: v1\n# another\n\n",
        "- kind: ConfigMap\r\n  apiVersion: v1\r\n",
        "- {apiVersion: v1, kind: ConfigMap}\n",
    ],
)
def test_items_that_are_read_one_by_one(item: str) -> None:
    assert items(HEAD + A + item + B + TAIL) == [A, item, B]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + A + B + TAIL.replace("List", "Many"),
        HEAD + A + B + "kind: List\nmetadata:\nmetadata:\n",
        HEAD + A + B + "kind: List\nitems: []\n",
        HEAD + A + ITEM_OF.format('"x\n- y"') + B + TAIL,
        HEAD + A + ITEM_OF.format("'x\nmetadata: y'") + B + TAIL,
        HEAD + A + ITEM_OF.format("[x,\ny]") + B + TAIL + "b: {\n}\n",
        HEAD + ITEM_OF.format("&x 1") + ITEM_OF.format("*x") + TAIL,
        HEAD + A + ITEM_OF.format("1 #@ ytt") + TAIL,
        HEAD + A + ITEM_OF.format("1 # {{ helm }}") + TAIL,
        HEAD + A + ITEM_OF.format("x\u2028- y: z") + TAIL,
        HEAD + A + ITEM_OF.format("x\rmore: y") + TAIL,
        HEAD + indented(A, 2) + B + TAIL,
        HEAD + indented(A, 2) + " x: y\n" + TAIL,
        HEAD.replace("items", '"items"') + A + TAIL,
        HEAD.replace("items:", "items: # c") + "x: y\n" + A + TAIL,
        f"kind: List\nitems: [{X}, {Y}]\n",
        f'{{"kind": "List", "items": [{X}, 1]}}',
        f'{{"kind": "List", "items": [{X}, {Y}], "items": []}}',
        f'{{"kind": "List", "items": [{X}, {Y}',
        f'{{"kind": "Many", "items": [{X}, {Y}]}}',
        f"{HEAD}{A}{B}metadata:\n  note: {'x' * 20_000}\nkind: List\n",
        f"metadata:\n  note: {'x' * 20_000}\nkind: List\n{HEAD}{A}{B}",
        HEAD + TAIL,
    ],
)
def test_what_cannot_be_cut_is_read_whole(text: str) -> None:
    (raw,) = read(text)
    assert raw.data.decode() == text
    assert not raw.oversize


def test_a_list_that_is_glued_to_a_manifest_is_read_whole() -> None:
    assert not items(HEAD + A + TAIL + HEAD + B + TAIL)


def test_lists_and_other_documents_stay_in_order() -> None:
    texts = [A[2:].replace("\n  ", "\n"), HEAD + A + B + TAIL, "a: 1\n", HEAD + C + TAIL]
    found = read("---\n".join(texts), size=10)
    assert [raw.ordinal for raw in found] == [0, 1, 1, 2, 3]
    assert [raw.first_item for raw in found] == [0, 0, 1, 0, 0]


def test_the_limit_is_for_an_item() -> None:
    text = HEAD + A * 100 + TAIL
    assert len(items(text, limit=200, size=50)) == 100
    long = HEAD + A + ITEM_OF.format("x" * 300) + TAIL
    found = read(long, limit=200, size=50)
    assert all(raw.oversize for raw in found)
    assert {(raw.ordinal, raw.long_item) for raw in found} == {(0, 1)}
    assert [raw.line for raw in found] == [1, *(long[:at].count("\n") + 1 for at in (200, 400))]


@pytest.mark.parametrize("size", [7, 1 << 18])
def test_the_item_of_json_that_is_too_long_is_known(size: int) -> None:
    objects = ",".join([X, Y, OBJECT.format("x" * 300), X])
    text = f'{{"kind":"List","apiVersion":"v1","items":[{objects}]}}'
    found = read(text, limit=200, size=size)
    assert {(raw.oversize, raw.long_item) for raw in found} == {(True, 2)}
