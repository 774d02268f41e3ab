"""The repository that `validate` is measured with is what it claims to be."""

from collections import Counter
from typing import Any

import pytest
import yaml

from bench import corpus, repository
from bench.remarkable import REMARKABLE, expected
from transformer import validate

NUMBER = 1000


def objects(*, before: bool = False) -> list[dict[str, Any]]:
    return [
        yaml.load(document.text, Loader=yaml.CSafeLoader)
        for file in repository.files(NUMBER, before=before)
        for document in file.documents
    ]


def stream(*, before: bool = False) -> bytes:
    files = repository.files(NUMBER, before=before)
    return b"".join(corpus.joined(file.documents) for file in files)


def test_there_are_as_many_documents_as_were_asked_for() -> None:
    assert len(objects()) == NUMBER


def test_it_refuses_to_be_smaller_than_it_can_be() -> None:
    with pytest.raises(ValueError, match="200 documents or more"):
        list(repository.files(repository.FEWEST - 1))


@pytest.mark.parametrize("number", [repository.FEWEST, 3333])
def test_any_other_number_is_kept_to(number: int) -> None:
    assert sum(len(file.documents) for file in repository.files(number)) == number


def test_it_is_the_same_each_time() -> None:
    assert list(repository.files(NUMBER)) == list(repository.files(NUMBER))


def test_no_file_stands_twice_and_none_is_long() -> None:
    files = list(repository.files(NUMBER))
    assert len({file.path for file in files}) == len(files)
    assert all(len(file.documents) <= 100 for file in files)


def test_only_the_one_duplicate_has_the_name_of_another_object() -> None:
    names = Counter(
        (value["kind"], value["metadata"].get("namespace"), value["metadata"]["name"])
        for value in objects()
    )
    assert [name for name, number in names.items() if number > 1] == [
        ("Service", "storefront", "checkout-0000")
    ]


def test_it_holds_all_kinds_that_it_claims() -> None:
    kinds = Counter(value["kind"] for value in objects())
    assert {*kinds} == {
        *("NodePool", "Node", "DaemonSet", "Deployment", "Service", "ConfigMap", "ServiceAccount")
    }
    assert kinds["Node"] >= NUMBER // 20


def test_the_old_state_differs_in_one_file() -> None:
    pairs = zip(repository.files(NUMBER), repository.files(NUMBER, before=True), strict=True)
    assert [now.path for now, before in pairs if now != before] == ["remarkable.yaml"]


@pytest.mark.parametrize("with_old", [False, True])
def test_it_has_the_findings_that_it_claims_and_no_others(*, with_old: bool) -> None:
    found = validate(stream(), old=stream(before=True) if with_old else None)
    assert Counter(finding.rule for finding in found) == expected(REMARKABLE, with_old=with_old)
