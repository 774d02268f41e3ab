"""The transform on manifests in any formatting, against a plain reference on plain values."""

from hypothesis import given
from hypothesis import strategies as st

from tests.property import loading, reference
from tests.property.manifests import Rendered, Stream, documents, is_component, streams
from transformer import Result, transform

STRICT = {
    "apiVersion": "transform.hostnet.io/v1alpha1",
    "kind": "HostnetTransform",
    "spec": {"strict": True},
}


def expected(value: object, pools: dict[str, bool]) -> object:
    return reference.label(reference.guard(value, is_component), pools)


def load(data: bytes) -> list[object]:
    return loading.load_all(data.decode())


@given(documents())
def test_the_output_means_what_the_webhooks_make_of_the_input(document: Rendered) -> None:
    result = transform(document.text.encode())
    assert not result.failed, result.findings
    wanted = expected(document.value, reference.host_network_pools([document.value]))
    assert loading.is_same(load(result.data), [wanted])


@given(documents())
def test_a_second_run_changes_nothing_and_plans_nothing(document: Rendered) -> None:
    once = transform(document.text.encode())
    twice = transform(once.data)
    assert twice.data == once.data
    assert twice.changes == ()


@given(documents())
def test_only_insertions_separate_output_from_input_where_nothing_is_replaced(
    document: Rendered,
) -> None:
    result = transform(document.text.encode())
    if result.data.decode() == document.text:
        return
    if "aliases" in document.features or any(
        step["op"] == "replace" for change in result.changes for step in change.operations
    ):
        return
    assert not deleted(document.text, result.data.decode()) or has_null(result, document)


def deleted(old: str, new: str) -> list[str]:
    """Return the pieces of `old` that `new` lacks, white space aside."""
    position = 0
    missing = []
    for character in old:
        found = new.find(character, position)
        if found < 0:
            missing.append(character)
        else:
            position = found + 1
    return [character for character in missing if not character.isspace()]


def has_null(result: Result, document: Rendered) -> bool:
    """Whether a value that was spelled out as null had to give way."""
    return "null" in document.text or "~" in document.text


@given(documents())
def test_the_screen_only_saves_work(document: Rendered) -> None:
    data = document.text.encode()
    assert transform(data).data == transform(data, config=STRICT).data


@given(streams(), st.data())
def test_a_stream_is_transformed_as_its_documents_are_given_the_same_pools(
    stream: Stream, data: st.DataObject
) -> None:
    result = transform(stream.text.encode())
    pools = reference.host_network_pools(document.value for document in stream.documents)
    wanted = [expected(document.value, pools) for document in stream.documents]
    names = [
        manifest["metadata"]["name"]
        for document in stream.documents
        for manifest in reference.manifests(document.value)
        if manifest.get("kind") == "NodePool"
    ]
    if len(names) == len(set(names)):
        assert loading.is_same(load(result.data), wanted)


