"""The fuzzer runs: a few inputs of each property, always the same ones; `make fuzz` runs many."""

from pathlib import Path

import pytest

from tests.fuzz.__main__ import findings, fuzz
from tests.fuzz.properties import PROPERTIES
from tests.requirements import require_module

RUNS = {"framing": 400, "reading": 2000, "reformat": 2000, "configuration": 600}
"""Runs that take some three seconds; 400 where it is not said."""


@pytest.mark.slow
@pytest.mark.parametrize("name", PROPERTIES)
def test_a_short_run_finds_nothing(name: str, tmp_path: Path) -> None:
    require_module("atheris")
    (tmp_path / "findings").mkdir()
    outcome = fuzz(name, 0, tmp_path, f"-runs={RUNS.get(name, 400)}", "-seed=1")
    broken = [path.with_name(f"{path.name}.txt") for path in findings(tmp_path)]
    assert not broken, "".join(path.read_text() for path in broken)
    assert outcome.runs >= RUNS.get(name, 400), (tmp_path / "log.txt").read_text()[-2000:]
    assert outcome.edges > 100
