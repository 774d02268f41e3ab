"""In which worlds objects are validated, and how findings of several worlds become one."""

import pytest

from transformer.findings import Finding
from transformer.pipeline.worlds import merged, reason_in
from transformer.rules.context import clusters_in_words

FOUND = Finding("HN411", "warning", "they can run there", "a.yaml", 3, 1, 0)


def of(*clusters: str) -> list[Finding]:
    return [FOUND._replace(clusters=(name,)) for name in clusters]


@pytest.mark.parametrize(
    ("clusters", "end"),
    [
        (("a",), " (cluster a)"),
        (("b", "a"), " (clusters a, b)"),
        (("a", "b", "c"), ""),
    ],
)
def test_of_several_worlds_one_finding_names_those_that_are_not_all(
    clusters: tuple[str, ...], end: str
) -> None:
    (found,) = merged(of(*clusters), {"a.yaml": ()}, ("a", "b", "c"))
    assert found.message == f"{FOUND.message}{end}"
    assert found.clusters == tuple(sorted(clusters))


def test_of_a_file_in_one_cluster_the_message_stays() -> None:
    assert merged(of("a"), {"b.yaml": ()}, ("a", "b")) == of("a")


def test_the_only_cluster_is_named_for_files_that_do_not_belong_to_it() -> None:
    (found,) = merged(of("a"), {"a.yaml": ()}, ("a",))
    assert found.message.endswith(" (cluster a)")


def test_what_concerns_no_cluster_is_reported_once_as_it_is() -> None:
    other = FOUND._replace(line=4)
    assert merged([FOUND, other, FOUND], {"a.yaml": ()}, ("a", "b")) == [FOUND, other]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["a"], "cluster a"),
        (["a", "b"], "clusters a, b"),
        (list("abcdefg"), "clusters a, b, c, d, e and 2 more"),
        ([""], "files that belong to no cluster"),
        (["a", ""], "cluster a and files that belong to no cluster"),
    ],
)
def test_clusters_are_named_in_words(names: list[str], words: str) -> None:
    assert clusters_in_words(names) == words


def test_a_reason_names_the_clusters_in_which_it_holds() -> None:
    assert reason_in("no Node in the input", ["a"], ["a", "b"]) == "no Node in cluster a"
    assert reason_in("no Node in the input", ["a", "b"], ["a", "b"]) == "no Node in the input"
    assert reason_in("the node label x", ["a"], ["a", "b"]) == "the node label x; cluster a"
