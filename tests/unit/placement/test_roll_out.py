"""How many pods of a Deployment may be missing, as its controller rounds (`ResolveFenceposts`)."""

from typing import Any

import pytest

from transformer.placement.roll_out import unavailable

ALL = 2**31 - 1


def rolling(surge: Any = None, missing: Any = None) -> dict[str, Any]:
    found = {"maxSurge": surge, "maxUnavailable": missing}
    return {"rollingUpdate": {key: value for key, value in found.items() if value is not None}}


@pytest.mark.parametrize(
    ("replicas", "strategy", "expected"),
    [
        # The default is 25 %, and rounds down.
        (1, None, 0),
        (3, {}, 0),
        (3, {"type": "RollingUpdate"}, 0),
        (3, {"type": None}, 0),
        (3, {"rollingUpdate": None}, 0),
        (4, {}, 1),
        (7, {}, 1),
        (8, {}, 2),
        (None, {}, 0),
        # Numbers and percentages.
        (3, rolling(1, 0), 0),
        (3, rolling(0, 1), 1),
        (3, rolling(1, 2), 2),
        (10, rolling("10%", "30%"), 3),
        (10, rolling("10%", "39%"), 3),
        (3, rolling("100%", "33%"), 0),
        (3, rolling(1, "34%"), 1),
        (3, rolling(1, "100%"), 3),
        # The surge rounds up.
        (1, rolling("1%", "1%"), 0),
        # Both at 0 would never go on.
        (3, rolling(0, 0), 1),
        (3, rolling("0%", "0%"), 1),
        (3, rolling(0), 1),
        (3, rolling(0, "25%"), 1),
        # No more than there are.
        (2, rolling(1, 5), 2),
        (0, {}, 0),
        # Pods are removed first.
        (3, {"type": "Recreate"}, ALL),
        # Not valid, or not known: nothing is said of it.
        (3, rolling(1, "some"), ALL),
        (3, rolling("1", 0), ALL),
        (3, rolling(True, 0), ALL),
        (3, rolling("${SURGE}", 0), ALL),
        (3, {"type": "${STRATEGY}"}, ALL),
        ("${REPLICAS}", {}, ALL),
        (True, {}, ALL),
        ("3", {}, ALL),
    ],
)
def test_how_many_pods_may_be_missing(replicas: Any, strategy: Any, expected: int) -> None:
    assert unavailable({"replicas": replicas, "strategy": strategy}) == expected


def test_a_deployment_that_says_nothing_has_one_pod_that_may_not_be_missing() -> None:
    assert unavailable({}) == 0
