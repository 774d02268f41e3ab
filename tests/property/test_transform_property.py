"""The transform on manifests in any formatting, against a plain reference on plain values."""

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.property import loading, reference
from tests.property.manifests import (
    YAML_LAYOUTS,
    Rendered,
    Stream,
    documents,
    is_component,
    streams,
)
from transformer import Result, transform

STRICT = {
    "apiVersion": "transform.hostnet.io/v1alpha1",
    "kind": "HostnetTransform",
    "spec": {"strict": True},
}

REFUSALS = (
    "is set here and again by the << below it",
    "does not show, but moves what follows it",
    "nothing can be added behind it",
)
"""What the messages say where an edit cannot be spliced."""

SPELLINGS_OF_NOTHING = set("{}[]~nulNUL \t\r\n")
"""What may give way to a value: an empty collection, or null in any spelling."""


def transformed(text: str) -> Result:
    """Return the result; what cannot be spliced is an error, and left out here."""
    result = transform(text.encode())
    refusals = [finding.message for finding in result.findings if finding.rule == "HN905"]
    assert result.failed == bool(refusals), result.findings
    assert all(any(known in message for known in REFUSALS) for message in refusals), refusals
    assume(not result.failed)
    return result


def expected(value: object, pools: dict[str, bool]) -> object:
    return reference.label(reference.guard(value, is_component), pools)


def load(data: bytes, features: frozenset[str] = frozenset()) -> list[object]:
    text = data.decode()
    if "layout:json" in features:
        return [json.loads(text.removeprefix("\ufeff"))]
    return loading.load_all(text)


@given(documents())
def test_the_output_means_what_the_webhooks_make_of_the_input(document: Rendered) -> None:
    result = transformed(document.text)
    wanted = expected(document.value, reference.host_network_pools([document.value]))
    assert loading.is_same(load(result.data, document.features), [wanted])


@given(documents())
def test_a_second_run_changes_nothing_and_plans_nothing(document: Rendered) -> None:
    once = transformed(document.text)
    twice = transform(once.data)
    assert twice.data == once.data
    assert twice.changes == ()


@given(documents())
def test_nothing_of_the_input_is_lost_but_spellings_of_nothing(document: Rendered) -> None:
    result = transformed(document.text)
    replaces = any(step["op"] == "replace" for made in result.changes for step in made.operations)
    assume(not replaces and "anchors" not in document.features)
    assume(not any(feature.startswith(("alias", "merge")) for feature in document.features))
    rest = iter(substance(result.data.decode()))
    assert all(character in rest for character in substance(document.text))


def substance(text: str) -> str:
    return "".join(character for character in text if character not in SPELLINGS_OF_NOTHING)


@pytest.mark.slow
@given(documents())
def test_the_screen_only_saves_work(document: Rendered) -> None:
    data = document.text.encode()
    assert transform(data).data == transform(data, config=STRICT).data


@given(streams(layouts=YAML_LAYOUTS))
def test_a_stream_is_transformed_as_its_documents_are_given_the_same_pools(
    stream: Stream,
) -> None:
    names = [
        manifest["metadata"]["name"]
        for document in stream.documents
        for manifest in reference.manifests(document.value)
        if manifest.get("kind") == "NodePool"
    ]
    assume(len(names) == len(set(names)))
    result = transformed(stream.text)
    pools = reference.host_network_pools(document.value for document in stream.documents)
    wanted = [expected(document.value, pools) for document in stream.documents]
    assert loading.is_same(load(result.data), wanted)


@pytest.mark.slow
@given(streams(line_ends=st.just("\n")))
def test_a_stream_joined_by_markers_gives_the_joined_documents(stream: Stream) -> None:
    """The line end that the joint brings is a neighbour too, and is the documents' own here."""
    pools = "\n---\n".join(document.text for document in stream.documents).encode()
    assume(not transform(pools).failed)
    single = [transform(document.text.encode(), pools=pools) for document in stream.documents]
    whole = transform(stream.text.encode(), pools=pools)
    for result in single:
        assert result.data.removeprefix(b"\xef\xbb\xbf") in whole.data
