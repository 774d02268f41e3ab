"""What OpenYurt's conversion controller does to nodes, and what the tool can know of it from Git.

`test_agreement` compares the labels in the cluster, without a difference. Here manifests are
compared as they may be in Git, where the label that says whether a node is an edge worker can be
left out. One kind of difference is meant to be: an edge worker that leaves a *Cloud* pool is
reverted as well, but no manifest of it shows that it is an edge worker. OpenYurt makes no node of
such a pool one; to report every node that leaves a Cloud pool would be wrong nearly always.
"""

from collections import defaultdict

import pytest

from tests.oracle.asking import clusters, stream
from tests.oracle.conversions import expected
from tests.oracle.generated import EDGE_WORKER, POOL
from tests.oracle.vectors import Vector, vectors
from transformer import validate

_UNKNOWN = ("if it is an edge worker", "unless it is an edge worker already")
_STAYS = "in the cluster the node stays in the pool"


def is_taken(vector: Vector) -> bool:
    """Whether the webhook takes the update."""
    return not vector["answer"]["refused"] and "reason" not in vector["answer"]


def is_hidden_worker_of_a_cloud_pool(vector: Vector) -> bool:
    """Whether an edge worker is in a Cloud pool, and its manifests do not show what it is."""
    manifests = [vector[state]["metadata"]["labels"] for state in ("old", "new")]
    return vector["answer"]["before"][POOL] == "cloud" and not any(
        EDGE_WORKER in labels for labels in manifests
    )


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, str]]:
    """The messages of HN302 and HN306 by rule, by the name of the node."""
    messages: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for pools, some in clusters(vectors("node-convert")):
        old, new = (stream(vector[state] for vector in some) for state in ("old", "new"))
        for finding in validate(new, old=old, pools=stream(pools)):
            if finding.object is not None and finding.rule in ("HN302", "HN306"):
                messages[finding.object.name][finding.rule] = finding.message
    return messages


def test_at_least_a_thousand_changes_are_taken_and_many_lead_to_a_cordon() -> None:
    taken = [vector for vector in vectors("node-convert") if is_taken(vector)]
    assert len(taken) >= 1_000
    for doing in ("Converting", "Reverting"):
        assert sum(vector["answer"]["doing"] == doing for vector in taken) >= 150


@pytest.mark.slow
def test_no_cordon_is_missed_where_manifests_do_not_say_who_is_an_edge_worker(
    told: dict[str, dict[str, str]],
) -> None:
    missed = [
        vector
        for vector in vectors("node-convert")
        if is_taken(vector)
        and expected(vector["answer"]) - told.get(vector["new"]["metadata"]["name"], {}).keys()
    ]
    assert all(map(is_hidden_worker_of_a_cloud_pool, missed))
    assert 0 < len(missed) < 50


@pytest.mark.slow
def test_what_does_not_come_true_was_said_to_depend_on_what_is_not_known(
    told: dict[str, dict[str, str]],
) -> None:
    for vector in filter(is_taken, vectors("node-convert")):
        messages = told.get(vector["new"]["metadata"]["name"], {})
        for rule in messages.keys() - expected(vector["answer"]):
            assert any(text in messages[rule] for text in (*_UNKNOWN, _STAYS)), vector["name"]


def test_only_the_controller_and_the_node_may_change_the_label_of_an_edge_worker() -> None:
    at = f"metadata.labels.{EDGE_WORKER}"
    asked = vectors("node-convert")
    assert sum(at in vector["answer"]["refused"] for vector in asked) > 100
    for vector in asked:
        labels = [
            (vector["answer"][state] or {}).get(EDGE_WORKER, "") for state in ("before", "after")
        ]
        assert (at in vector["answer"]["refused"]) == (labels[0] != labels[1])
        assert at not in vector["answer"]["byController"] + vector["answer"]["byNode"]
