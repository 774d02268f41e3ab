"""The tool says what a real control plane said when it was asked."""

import re
from collections import Counter

import pytest

from tests.cluster import pod_security
from tests.cluster.agreement import COMPARISONS, EXPLAINED, UNEXPLAINED, differences
from tests.cluster.vectors import JUDGES, vectors
from tests.cluster.verdicts import copies_of
from tests.oracle.asking import rules_by_object, stream
from tests.oracle.generated import pool
from tests.oracle.vectors import encode

_PATCH_FAILS = r"denied the request: (?:\w+ operation does not apply|error in \w+ for path)"


@pytest.mark.parametrize(("judge", "what"), COMPARISONS)
def test_the_tool_says_the_same_but_where_it_is_meant_not_to(judge: str, what: str) -> None:
    found = differences(judge, what)
    assert found.get(UNEXPLAINED, []) == []
    counts = Counter({explanation: len(names) for explanation, names in found.items()})
    assert counts <= Counter(EXPLAINED.get((judge, what), {}))


@pytest.mark.parametrize("judge", JUDGES)
def test_the_questions_that_were_asked_are_those_of_today(judge: str) -> None:
    asked = [{key: item for key, item in one.items() if key != "answer"} for one in vectors(judge)]
    wanted = JUDGES[judge].questions()
    assert list(map(encode, asked)) == list(map(encode, wanted)), (
        "run `make cluster-oracle REWRITE=1`"
    )


def test_a_pod_that_pod_security_refuses_is_found() -> None:
    namespaces = [
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {
                "name": name,
                **({"labels": {pod_security.ENFORCE: level}} if level is not None else {}),
            },
        }
        for name, level in pod_security.LEVELS.items()
    ]
    pods = [one["pod"] for one in vectors("pod-security")]
    found = rules_by_object(stream([pool("hangzhou", hostNetwork=True), *namespaces, *pods]))
    refused = [bool(one["answer"]["refused"]) for one in vectors("pod-security")]
    assert ["HN421" in found[pod["metadata"]["name"]] for pod in pods] == refused
    assert 0.1 < sum(refused) / len(refused) < 0.9


def test_copies_are_those_that_the_controller_makes() -> None:
    different, made = {}, 0
    for one in vectors("yurt-app-sets"):
        theirs = one["answer"].get("copies", {})
        ours = {copy.pool: copy.made for copy in copies_of(one["set"]) if not copy.fails}
        ours.pop("nowhere", None)  # the pool is not in the input: it may be in the cluster
        if "refused" not in one["answer"] and ours != theirs:
            different[one["name"]] = (ours, theirs)
        made += len(theirs)
    assert different == {}
    assert made > 400


def test_a_set_that_is_refused_for_a_patch_is_said_to_fail_and_none_that_is_taken() -> None:
    different, failing = [], 0
    for one in vectors("yurt-app-sets"):
        found, refused = copies_of(one["set"]), one["answer"].get("refused", "")
        fails = any(copy.fails for copy in found)
        failing += fails
        # The webhook stops at the first problem, which may be another one.
        is_right = not fails if not refused else fails or not re.search(_PATCH_FAILS, refused)
        if found and not is_right:
            different.append(one["name"])
    assert different == []
    assert failing > 100
