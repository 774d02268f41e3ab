"""The corpus of the benchmark is what it claims to be. Nothing is timed here."""

from collections import Counter
from typing import Any

import pytest
import yaml

from bench import corpus
from transformer import transform


def objects(documents: list[corpus.Document]) -> list[dict[str, Any]]:
    return [yaml.load(document.text, Loader=yaml.CSafeLoader) for document in documents]


@pytest.mark.parametrize("mix", corpus.MIXES)
def test_each_document_is_one_object_of_its_own(mix: str) -> None:
    found = objects(corpus.take(mix, 300))
    identities = {(value["kind"], value["metadata"]["name"]) for value in found}
    assert len(identities) == len(found) == 300
    assert all(value["apiVersion"] for value in found)


@pytest.mark.parametrize("mix", corpus.MIXES)
def test_a_mix_is_the_same_each_time(mix: str) -> None:
    assert corpus.take(mix, 100) == corpus.take(mix, 150)[:100]


@pytest.mark.parametrize("mix", corpus.MIXES)
def test_as_many_edits_are_made_as_the_mix_says(mix: str) -> None:
    documents = corpus.take(mix, 100)
    result = transform(corpus.joined(documents))
    assert not result.failed
    assert not result.findings
    rules = Counter(change.rule for change in result.changes)
    wanted = Counter(document.edit for document in documents)
    assert rules["pod-guard"] + rules["cni-isolation"] == wanted["requirement"]
    assert rules["node-label"] == wanted["label"]


def test_edited_deployments_have_the_size_that_is_claimed() -> None:
    small = [len(document.text.encode()) for document in corpus.take("small", 3000)]
    assert 450 <= min(small) <= max(small) <= 550
    sizes = [len(document.text.encode()) for document in corpus.take("all edited", 3000)]
    assert min(sizes) >= 1000
    assert max(sizes) <= 1400
    assert 1150 <= sum(sizes) / len(sizes) <= 1250


def test_edited_deployments_hold_comments_and_flow_text_and_no_terms() -> None:
    documents = corpus.take("all edited", 20)
    assert all("# " in document.text and "{name: http" in document.text for document in documents)
    assert any("affinity:" in document.text for document in documents)
    assert not any("nodeSelectorTerms" in document.text for document in documents)


def test_the_mixed_cluster_holds_what_it_claims() -> None:
    documents = corpus.take("mixed", 10 + 4 * 30)
    assert Counter(value["kind"] for value in objects(documents)) == {
        "NodePool": 2,
        "Node": 5,
        "DaemonSet": 2,
        "Deployment": 1 + 30,
        "Service": 30,
        "ConfigMap": 30,
        "ServiceAccount": 30,
    }
    assert Counter(document.edit for document in documents[10:]) == {"requirement": 10, "": 110}


def test_the_untouched_mix_needs_no_edit() -> None:
    assert not any(document.edit for document in corpus.take("untouched", 200))
