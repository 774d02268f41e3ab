"""Results as sentences."""

from transformer.findings import Change, Finding, ObjectRef
from transformer.report import as_text

REF = ObjectRef("apps", "v1", "Deployment", "shop", "web")
FINDING = Finding("HN402", "error", "it has no effect", "a.yaml", 7, 5, 0, object=REF)


def bracketed(text: str, what: str) -> str:
    return f"<{what}>{text}</{what}>"


def test_a_finding_names_place_severity_rule_object_and_what_to_do() -> None:
    assert as_text.finding(FINDING._replace(hint="move it")) == (
        "a.yaml:7:5: error[HN402]: Deployment/shop/web: it has no effect\n  help: move it"
    )


def test_an_object_that_the_message_names_is_not_named_twice() -> None:
    finding = FINDING._replace(message="the pods of Deployment/shop/web")
    assert as_text.finding(finding) == "a.yaml:7:5: error[HN402]: the pods of Deployment/shop/web"


def test_a_finding_without_an_object_is_told() -> None:
    assert as_text.finding(FINDING._replace(object=None)).endswith("[HN402]: it has no effect")


def test_a_change_names_place_rule_object_and_reason() -> None:
    step = {"op": "add", "path": "/metadata/labels/a", "value": "b"}
    change = Change("node-label", "a.yaml", 7, 0, "", REF, (step,), "because")
    assert as_text.change(change) == (
        'a.yaml:7: node-label: Deployment/shop/web: added label a="b" (because)'
    )


def test_parts_are_painted_by_what_they_are() -> None:
    assert as_text.finding(FINDING, bracketed).startswith(
        "<place>a.yaml:7:5:</place> <error>error[HN402]:</error> "
    )
    assert as_text.failure("a", "no", bracketed) == "<place>a:</place> <error>error:</error> no"


def test_control_characters_are_spelled_out() -> None:
    finding = FINDING._replace(file="a\nb", message="\x1b[31m\u2028", hint="\x00", object=None)
    assert as_text.finding(finding) == ("a\\nb:7:5: error[HN402]: \\x1b[31m\\u2028\n  help: \\x00")


def test_the_summary_leaves_out_what_is_nothing() -> None:
    from collections import Counter

    assert as_text.summary(Counter(documents=1)) == "1 document: 0 changed"
    counts = Counter(documents=3, files=2, changed=2, written=1, error=1, warning=2, parsed=3)
    assert as_text.summary(counts, "changed") == (
        "3 documents in 2 files: 2 changed, 1 file written, 1 error, 2 warnings"
    )
    assert as_text.summary(Counter(documents=2, objects=9, changed=3)) == (
        "2 documents: 3 of 9 objects changed"
    )
    assert as_text.summary(Counter(documents=2, objects=9, changed=3, uncounted=1)) == (
        "2 documents: 3 changed"
    )
    assert as_text.summary(counts, "would change", verbose=True).endswith(
        "2 warnings, 0 screened, 3 parsed, 0 edited"
    )
