"""Which nodes OpenYurt's conversion controller cordons, and for which the tool says so.

The controller is asked whether it cordons a node, and in which direction it then works, as its
condition says. The two states that the tool compares are the labels of the node in the cluster: as
the controller left them, and as `kubectl apply` has them changed.
"""

from collections.abc import Iterator
from typing import Any

from tests.oracle.asking import clusters, rules_by_object, stream
from tests.oracle.generated import node
from tests.oracle.nodes import REFUSED
from tests.oracle.vectors import Outcome, Vector

_RULES = {"Reverting": "HN302", "Converting": "HN306"}
"""The rule that reports what the condition of a cordoned node says."""


def expected(answer: dict[str, Any]) -> set[str]:
    """Return the rules that report what the controller does."""
    return {_RULES[answer["doing"]]} if answer["cordoned"] else set()


def converted(asked: tuple[Vector, ...]) -> Iterator[Outcome]:
    """Compare what a change of labels leads to, and which labels an ordinary user cannot change.

    What would become of a node whose update is refused is no question.
    """
    for pools, some in clusters(asked):
        old, new = (
            stream(
                node(vector["new"]["metadata"]["name"], vector["answer"][key]) for vector in some
            )
            for key in ("before", "after")
        )
        found = rules_by_object(new, old=old, pools=stream(pools))
        for vector in some:
            answer, rules = vector["answer"], found[vector["new"]["metadata"]["name"]]
            is_same = {REFUSED[rule] for rule in rules if rule in REFUSED} == {*answer["refused"]}
            is_same_pool = ("HN313" in rules) == ("reason" in answer)
            if not answer["refused"] and "reason" not in answer:
                is_same = is_same and rules & {*_RULES.values()} == expected(answer)
            yield vector, is_same and is_same_pool, ""


def started(asked: tuple[Vector, ...]) -> Iterator[Outcome]:
    """Compare what becomes of a node, of which all labels are known, when yurt-manager starts."""
    for pools, some in clusters(asked):
        found = rules_by_object(stream(vector["node"] for vector in some), pools=stream(pools))
        for vector in some:
            rules = found[vector["node"]["metadata"]["name"]]
            yield vector, rules & {"HN306"} == expected(vector["answer"]), ""
