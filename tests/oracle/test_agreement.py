"""The tool says what OpenYurt's and Kubernetes' own code said when it was asked."""

import random
from collections import Counter

import pytest

from tests.oracle import handmade
from tests.oracle.agreement import COMPARISONS, EXPLAINED, UNEXPLAINED, differences
from tests.oracle.generated import questions
from tests.oracle.pods import template_of
from tests.oracle.vectors import encode, vectors
from transformer.kubernetes.node_match import NodeLabels, Truth, match


@pytest.mark.slow
@pytest.mark.parametrize("ask", COMPARISONS)
def test_the_tool_says_the_same_but_where_it_is_meant_not_to(ask: str) -> None:
    found = differences(ask)
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
    ],
)
def test_neither_yes_nor_no_is_a_rare_answer(ask: str, key: str) -> None:
    positive = [bool(vector["answer"].get(key)) for vector in vectors(ask)]
    assert 0.05 < sum(positive) / len(positive) < 0.95


def test_what_is_said_with_some_labels_unknown_holds_whatever_they_are() -> None:
    draw = random.Random(0)
    different, decided = [], 0
    for vector in vectors("node-match"):
        labels = vector["node"]["metadata"]["labels"]
        known = {key: value for key, value in labels.items() if draw.random() < 0.5}
        absent = [key for key in ("a", "b", "c", "x.io/d") if key not in labels]
        truth = match(template_of(vector), NodeLabels(known, draw.sample(absent, len(absent) // 2)))
        if truth is not Truth.UNKNOWN:
            decided += 1
            if (truth is Truth.TRUE) != vector["answer"]["selected"]:
                different.append(vector["name"])
    assert different == []
    assert decided > 1_000
