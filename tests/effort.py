"""How much is tried: all of it on a build server, a part where a developer waits for it."""

import os
import random
from typing import TypeVar

import pytest

T = TypeVar("T")

IS_ALL_TRIED = os.environ.get("HOSTNET_REQUIRE_TOOLS") == "1"

only_in_ci = pytest.mark.skipif(
    not IS_ALL_TRIED,
    reason="takes long and breaks rarely: runs under HOSTNET_REQUIRE_TOOLS=1, as in CI",
)


def tried(number: int) -> int:
    """Return a number of random cases, or a third of it (at least one) where not all are tried."""
    return number if IS_ALL_TRIED else max(1, number // 3)


def some(cases: tuple[T, ...]) -> tuple[T, ...]:
    """Return all cases, or every third, others in each run, where not all are tried."""
    return cases if IS_ALL_TRIED else cases[random.randrange(3) :: 3]
