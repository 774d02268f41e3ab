"""A message names its object, and a word that happens to be the object's name does not count. What
does not show is escaped.
"""

import pytest

from transformer.findings import Finding, ObjectRef
from transformer.report.formatting import clean, message, message_and_hint


def found(kind: str, name: str, message: str, namespace: str = "", hint: str = "") -> Finding:
    ref = ObjectRef("", "v1", kind, namespace, name)
    return Finding("HN414", "warning", message, "a.yaml", 1, 1, 0, object=ref, hint=hint)


@pytest.mark.parametrize(
    ("kind", "namespace", "name", "text"),
    [
        ("Pod", "shop", "web", "the guard is added to Pod/shop/web, which exists already"),
        ("Pod", "", "web", "Pod/web (annotated) lacks it"),
        ("Node", "", "edge-1", "node edge-1 is in pool quay"),
        ("NodePool", "", "quay.east", "hostNetwork of NodePool quay.east is lost"),
        ("NodePool", "", "quay", "it is lost for NodePool quay."),
    ],
)
def test_an_object_that_the_message_names_is_not_named_twice(
    kind: str, namespace: str, name: str, text: str
) -> None:
    assert message(found(kind, name, text, namespace)) == text


@pytest.mark.parametrize(
    ("kind", "namespace", "name", "text"),
    [
        ("Widget", "", "template", "no pod template is known here"),
        ("Pod", "", "template", "the pod template has no containers"),
        ("Node", "", "selector", "an empty node-selector term"),
        ("Pod", "shop", "web", "Pod/web is another one"),
        ("Pod", "", "web", "Pod/web-2 has that port"),
        ("Pod", "", "web", "Pod/web.old has that port"),
        ("Pod", "", "web", "Pod/web/2 has that port"),
        ("Pod", "", "a", "a port is taken"),
        ("NodePool", "", "east", "hostNetwork of NodePool quay.east is lost"),
        ("NodePool", "", "quay", "hostNetwork of NodePool quay.east is lost"),
    ],
)
def test_any_other_object_stands_in_front(kind: str, namespace: str, name: str, text: str) -> None:
    whole = f"{kind}/{namespace}/{name}" if namespace else f"{kind}/{name}"
    assert message(found(kind, name, text, namespace)) == f"{whole}: {text}"


def test_of_an_object_without_a_name_the_kind_is_said() -> None:
    assert message(found("Pod", "", "it is wrong")) == "Pod: it is wrong"
    assert message(found("Pod", "", "Pod is wrong")) == "Pod: Pod is wrong"


@pytest.mark.parametrize(("file", "folder"), [("a/b/kustomization.yaml", "a/b"), ("x.yaml", ".")])
def test_a_kustomization_without_a_name_is_known_by_its_folder(file: str, folder: str) -> None:
    ref = ObjectRef("kustomize.config.k8s.io", "v1beta1", "Kustomization", "", "")
    one = Finding("HN424", "warning", "it is wrong", file, 1, 1, 0, object=ref)
    assert message(one) == f"Kustomization {folder}: it is wrong"


def test_what_is_about_no_object_is_the_message() -> None:
    assert message(Finding("HN901", "error", "no YAML", "a.yaml", 1, 1, 0)) == "no YAML"


def test_what_to_do_comes_last() -> None:
    assert message_and_hint(found("Pod", "web", "it is wrong", hint="mend it")) == (
        "Pod/web: it is wrong; mend it"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m\x9b\n\u2028", r"\x1b[31m\x9b\n\u2028"),
        ("a\u202eb\u202c \u2066c\u2069\u200f\u061c", r"a\u202eb\u202c \u2066c\u2069\u200f\u061c"),
        ("we\u200bb\u200d\u2060\ufeff\xad\u3164", r"we\u200bb\u200d\u2060\ufeff\xad\u3164"),
        ("\U000e0041\U0001d173", r"\U000e0041\U0001d173"),
    ],
)
def test_what_does_not_show_is_escaped(text: str, shown: str) -> None:
    assert clean(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "caf\xe9 \u540d\u524d \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
        "\u845b\U000e0100 \u2764\ufe0f \U0001f600 \u3000 \xa0",
        "\\u202e",
    ],
)
def test_what_shows_stays(text: str) -> None:
    assert clean(text) == text
