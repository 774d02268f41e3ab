"""Files without a manifest, file by file: what is told at once, and what of all together."""

import pytest

from transformer.findings import MOST_RELATED, Finding, shortened
from transformer.pipeline.non_manifests import NonManifests
from transformer.rules.documents.hn903_no_kind import fold


def finding(file: str, line: int = 1) -> Finding:
    return Finding("HN903", "info", "this document has no kind", file, line, 1, 0, excerpt="a: 1")


def told(*documents: tuple[str, str]) -> tuple[list[Finding], list[Finding]]:
    """Return what is told at once of documents that are `stranger`, `manifest` or `blank`, and at
    the end.
    """
    non_manifests = NonManifests()
    at_once: list[Finding] = []
    for line, (file, what) in enumerate(documents, 1):
        found = [finding(file, line)] if what == "stranger" else []
        at_once += non_manifests.add(file, found, is_blank=what == "blank")
    return at_once, list(map(shortened, fold(list(non_manifests.finalize()))))


def test_one_file_keeps_its_own_words() -> None:
    assert told(("a", "stranger")) == ([], [finding("a")])


def test_several_files_are_one_finding_at_the_first_that_names_the_others() -> None:
    at_once, (found,) = told(("a", "stranger"), ("b", "manifest"), ("c", "stranger"))
    assert at_once == []
    assert (found.file, found.line, found.message) == ("a", 1, "2 files hold no manifest")
    assert [(also.file, also.line) for also in found.related] == [("c", 3)]
    assert (found.related_total, found.excerpt) == (1, "")


def test_a_file_counts_once_however_many_documents_it_has() -> None:
    at_once, (found,) = told(*[("a", "stranger")] * 3, ("b", "stranger"))
    assert at_once == []
    assert found.message == "2 files hold no manifest"


@pytest.mark.parametrize("order", [["stranger", "manifest"], ["manifest", "stranger"]])
def test_a_document_beside_a_manifest_is_told_of_at_once(order: list[str]) -> None:
    at_once, rest = told(*(("a", what) for what in order))
    assert [found.message for found in at_once] == ["this document has no kind"]
    assert rest == []


def test_what_is_blank_is_no_manifest() -> None:
    assert told(("a", "blank"), ("a", "stranger"), ("a", "blank")) == ([], [finding("a", 2)])
    assert told(("a", "blank")) == ([], [])


def test_no_more_places_are_named_than_a_finding_may_have() -> None:
    _, (found,) = told(*((str(number), "stranger") for number in range(MOST_RELATED + 50)))
    assert found.message == f"{MOST_RELATED + 50} files hold no manifest"
    assert (len(found.related), found.related_total) == (MOST_RELATED, MOST_RELATED + 49)
