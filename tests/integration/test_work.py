"""How much work a document costs, counted and not timed: it is the same on every machine."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli_runs import invoke
from tests.integration.hook_repository import add, commit, hook, start
from tests.manifests import guarded
from transformer.inputs import kustomizations
from transformer.inputs.git.repository import Repository

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


@pytest.fixture(autouse=True)
def one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other processes do is not counted."""
    monkeypatch.setattr("transformer.runs.workers._processors", lambda: 1)


def _more_calls(*args: str, less: bytes, more: bytes) -> int:
    """Return how many more functions the second of two inputs takes to be filtered."""
    assert invoke(*args, stdin=less).status == 0  # what is made once is made
    calls = [_calls(partial(invoke, *args, stdin=data)) for data in (less, more)]
    return calls[1] - calls[0]


@pytest.mark.parametrize(
    "every",
    [
        pytest.param(0, id="none matters"),
        pytest.param(500, id="few matter: their neighbours are not looked at"),
    ],
)
def test_a_document_that_does_not_matter_costs_nothing(every: int) -> None:
    """Whatever is done is done for a chunk, or for a document that is edited."""
    edits = 8000 // every if every else 0
    calls = _more_calls("-q", less=_stream(2000, every), more=_stream(10_000, every))
    assert (calls - edits * _calls_of_an_edit()) / 8000 < 0.15


def _calls_of_an_edit() -> float:
    few, many = (b"".join(b"---\n" + guarded(f"g{n}") for n in range(most)) for most in (100, 200))
    return _more_calls("-q", less=few, more=many) / 100


def test_an_edit_takes_few_calls() -> None:
    assert _calls_of_an_edit() < 710  # 678 in CPython 3.11


def _validated(number: int) -> bytes:
    return b"".join(
        b"---\n" + guarded(f"g{index}") if index % 4 == 0 else PLAIN % index
        for index in range(number)
    )


def test_validation_of_an_object_takes_few_calls() -> None:
    calls = _more_calls("validate", "-", less=_validated(100), more=_validated(500))
    assert calls / 400 < 420  # 392 in CPython 3.11


def test_a_hook_reads_each_content_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both states have it, and several passes look at it."""
    start(tmp_path, monkeypatch)
    kustomized = {
        f"{index}/kustomization.yaml": f"namespace: n{index}\nresources: [a.yaml]\n"
        for index in range(10)
    }
    commit({**kustomized, **{f"{index}/a.yaml": guarded(f"a{index}") for index in range(10)}})
    add({"0/a.yaml": guarded("changed")})
    read = _counted(monkeypatch, Repository, "_read")
    parsed = _counted(monkeypatch, kustomizations, "value_of")
    hook("validate", "0/a.yaml")
    assert (len(read), len(parsed)) == (21, 10)


def _counted(patch: pytest.MonkeyPatch, owner: Any, name: str) -> list[None]:
    """Return a list that grows with each call of a function."""
    calls: list[None] = []
    function = getattr(owner, name)

    def counted(*arguments: Any) -> Any:
        calls.append(None)
        return function(*arguments)

    patch.setattr(owner, name, counted)
    return calls
