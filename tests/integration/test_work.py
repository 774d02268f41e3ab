"""How much work a document costs, counted and not timed: it is the same on every machine."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.integration.cli_runs import invoke
from tests.manifests import guarded

PLAIN = b"---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c%d\ndata:\n  key: value\n"


def _calls(work: Callable[[], object]) -> int:
    """Return how many Python functions `work` calls."""
    number = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal number
        number += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return number


def _stream(number: int, every: int = 0) -> bytes:
    """Return `number` plain documents; after `every` of them comes one that needs a guard."""
    parts = []
    for index in range(number):
        parts.append(PLAIN % index)
        if every and index % every == 0:
            parts.append(b"---\n" + guarded(f"g{index}"))
    return b"".join(parts)


@pytest.mark.parametrize(
    ("every", "most"),
    [
        pytest.param(0, 5, id="none matters: its last line is looked at, in a pipe"),
        pytest.param(500, 20, id="few matter: their neighbours are cut off with them"),
    ],
)
def test_a_document_that_does_not_matter_costs_next_to_nothing(every: int, most: int) -> None:
    small, large = (_stream(number, every) for number in (2000, 10_000))
    edits = 8000 // every if every else 0
    one = _calls(partial(invoke, "-q", stdin=guarded("a"))) if every else 0
    assert invoke("-q", stdin=small).status == 0  # what is made once is made
    calls = [_calls(partial(invoke, "-q", stdin=data)) for data in (small, large)]
    assert (calls[1] - calls[0] - edits * one) / 8000 < most
