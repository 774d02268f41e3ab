import json
from base64 import b64encode
from typing import Any

import pytest

from transformer.kubernetes.embedded import embedded
from transformer.kubernetes.objects import manifests
from transformer.yamltree.parse import parse
from transformer.yamltree.syntax import Tree

DAEMON_SET = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy}
"""


def holder(kind: str = "ConfigMap", api_version: str = "v1", **fields: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "h"}, **fields}


def found(value: Any) -> list[tuple[str, str]]:
    (manifest,) = manifests(value)
    return [(at, str(inner.ref)) for at, inner in embedded(manifest, lambda data: True)]


def test_each_document_of_a_text_is_found_and_each_item_of_a_list() -> None:
    items = {"apiVersion": "v1", "kind": "List", "items": [holder("Service"), holder("Pod")]}
    text = f"# first\n{DAEMON_SET}---\n{json.dumps(items)}\n---\nno: manifest\n"
    here = "/data/a.yaml"
    expected = [(here, "DaemonSet/kube-proxy"), (here, "Service/h"), (here, "Pod/h")]
    assert found(holder(data={"a.yaml": text})) == expected


@pytest.mark.parametrize(
    ("kind", "key", "is_encoded"),
    [
        ("ConfigMap", "data", False),
        ("ConfigMap", "binaryData", True),
        ("Secret", "stringData", False),
        ("Secret", "data", True),
    ],
)
def test_texts_are_decoded_where_the_kind_encodes_them(
    kind: str, key: str, is_encoded: bool
) -> None:
    encoded = b64encode(DAEMON_SET.encode()).decode()
    right, wrong = (encoded, DAEMON_SET) if is_encoded else (DAEMON_SET, encoded)
    told = [(f"/{key}/x", "DaemonSet/kube-proxy")]
    assert found(holder(kind) | {key: {"x": right}}) == told
    assert found(holder(kind) | {key: {"x": wrong}}) == []
    assert found(holder(kind, "example.com/v1") | {key: {"x": right}}) == []
    assert found(holder("Widget") | {key: {"x": right}}) == []


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        "",
        "apiVersion: [",
        "apiVersion: {{ .Version }}",
        "apiVersion: v1\nkind: Pod\n  bad: indent",
        "apiVersion: &a [*a]",
        "apiVersion: " + "[" * 100_000,
        '{"apiVersion": ' + "[" * 100_000,
        "apiVersion: v1",
        "apiVersion",
        "\ud800 apiVersion: v1",
        "apiVersion: !!int x",
        "<<: apiVersion",
    ],
)
def test_what_is_no_manifest_is_passed_over(text: Any) -> None:
    assert found(holder(data={"a": text, "b": DAEMON_SET})) == [("/data/b", "DaemonSet/kube-proxy")]


def test_bytes_that_are_no_text_are_passed_over() -> None:
    binary = b64encode(b"\xff\xfeapiVersion").decode()
    values = {"a": binary, "b": "*", "c": "YQ", "d": "ä"}
    assert found(holder(binaryData=values)) == []


@pytest.mark.parametrize("api_version", ["template.openshift.io/v1", "v1"])
def test_the_objects_of_a_template_are_found(api_version: str) -> None:
    objects = ["text", holder("Pod"), {"kind": "Pod"}, None, holder(data={"a": DAEMON_SET})]
    assert found(holder("Template", api_version, objects=objects)) == [
        ("/objects/1", "Pod/h"),
        ("/objects/4", "ConfigMap/h"),
        ("/objects/4", "DaemonSet/kube-proxy"),
    ]


@pytest.mark.parametrize("objects", [None, "x", {"a": 1}])
def test_a_template_without_a_list_of_objects_holds_nothing(objects: Any) -> None:
    assert found(holder("Template", objects=objects)) == []


def test_texts_in_texts_are_opened_to_a_limit() -> None:
    def wrapped(times: int) -> dict[str, Any]:
        text = DAEMON_SET if times == 1 else json.dumps(wrapped(times - 1))
        return holder(data={"a": text})

    assert ("/data/a", "DaemonSet/kube-proxy") in found(wrapped(3))
    assert ("/data/a", "DaemonSet/kube-proxy") not in found(wrapped(4))


def test_a_text_is_parsed_only_if_its_bytes_may_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def note(text: str) -> Tree:
        parsed.append(text)
        return parse(text)

    monkeypatch.setattr("transformer.kubernetes.embedded.parse", note)
    texts = {
        "a": DAEMON_SET,
        "b": "kube-proxy without the word that each manifest has",
        "c": f"{DAEMON_SET}---\napiVersion: v1\nkind: Pod\n",
    }
    (manifest,) = manifests(holder(data=texts))
    assert list(embedded(manifest, lambda data: False)) == []
    assert parsed == []
    inner = [one.ref.kind for _, one in embedded(manifest, lambda data: b"Pod" in data)]
    assert (inner, len(parsed)) == (["Pod"], 1)
