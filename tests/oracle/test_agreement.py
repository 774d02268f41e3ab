"""The tool says what OpenYurt's and Kubernetes' own code said when it was asked."""

import random
from collections import Counter

import pytest

from tests.builders import HOST_NETWORK, POOL
from tests.effort import some
from tests.oracle import handmade
from tests.oracle.agreement import COMPARISONS, EXPLAINED, UNEXPLAINED, differences
from tests.oracle.generated import questions
from tests.oracle.pods import labels_of, template_of
from tests.oracle.vectors import encode, vectors
from transformer.placement.node_match import NodeLabels, match
from transformer.placement.truth import Truth


@pytest.mark.slow
@pytest.mark.parametrize("ask", COMPARISONS)
def test_the_tool_says_the_same_but_where_it_is_meant_not_to(ask: str) -> None:
    found = differences(ask, some(vectors(ask)))
    assert found.get(UNEXPLAINED, []) == []
    counts = Counter({explanation: len(names) for explanation, names in found.items()})
    assert counts <= Counter(EXPLAINED.get(ask, {}))


@pytest.mark.parametrize("ask", COMPARISONS)
def test_the_questions_that_were_asked_are_those_of_today(ask: str) -> None:
    asked = [
        {key: item for key, item in vector.items() if key != "answer"} for vector in vectors(ask)
    ]
    wanted = [*handmade.questions(ask), *questions(ask)]
    assert list(map(encode, asked)) == list(map(encode, wanted)), "run `make oracle REWRITE=1`"


@pytest.mark.parametrize(
    ("ask", "key"),
    [
        ("node-update", "refused"),
        ("pool-create", "refused"),
        ("pool-update", "refused"),
        ("pool-delete", "refused"),
        ("node-default", "reason"),
        ("node-convert", "refused"),
        ("node-convert", "cordoned"),
        ("node-start", "cordoned"),
        ("node-match", "selected"),
        ("node-match", "tolerated"),
        ("node-match", "uncordoned"),
        ("pod-security", "namespaces"),
        ("pod-security", "ports"),
    ],
)
def test_neither_yes_nor_no_is_a_rare_answer(ask: str, key: str) -> None:
    answers = [vector["answer"].get(key) for vector in vectors(ask)]
    if ask == "node-match" and isinstance(answers[0], list):
        answers = [one for answer in answers for one in answer]  # one for each node
    positive = [bool(answer) for answer in answers]
    assert 0.05 < sum(positive) / len(positive) < 0.95


def test_what_is_said_with_some_labels_unknown_holds_whatever_they_are() -> None:
    draw = random.Random(0)
    different, decided = [], 0
    for vector in vectors("node-match"):
        template = template_of(vector)
        for node, is_selected in zip(vector["nodes"], vector["answer"]["selected"], strict=True):
            labels = labels_of(node).known
            known = {key: value for key, value in labels.items() if draw.random() < 0.5}
            absent = [
                key for key in ("a", "b", "c", "x.io/d", POOL, HOST_NETWORK) if key not in labels
            ]
            truth = match(template, NodeLabels(known, draw.sample(absent, len(absent) // 2)))
            if truth is not Truth.UNKNOWN:
                decided += 1
                if (truth is Truth.TRUE) != is_selected:
                    different.append(vector["name"])
    assert different == []
    assert decided > 5_000


def test_the_scheduler_was_asked_about_more_than_20_000_pairs_of_a_pod_and_a_node() -> None:
    assert sum(len(vector["nodes"]) for vector in vectors("node-match")) > 20_000
