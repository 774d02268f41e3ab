"""The fuzzer runs: a few inputs of each property, always the same ones; `make fuzz` runs many."""

from pathlib import Path

import pytest

from tests.effort import only_in_ci
from tests.fuzz.__main__ import findings, fuzz_briefly
from tests.fuzz.properties import PROPERTIES
from tests.requirements import require_module

RUNS = dict.fromkeys(PROPERTIES, 150) | {
    **{"reading": 1000, "everyday": 2000, "reformat": 1000, "configuration": 300}
}
"""Runs that take less than a second each."""


@pytest.mark.slow
@only_in_ci
def test_a_short_run_finds_nothing(tmp_path: Path) -> None:
    require_module("atheris")
    for outcome in fuzz_briefly(RUNS, tmp_path):
        folder = tmp_path / outcome.name
        broken = [path.with_name(f"{path.name}.txt") for path in findings(folder)]
        assert not broken, "".join(path.read_text() for path in broken)
        assert outcome.runs >= RUNS[outcome.name], (folder / "log.txt").read_text()[-2000:]
        assert outcome.edges > 100
