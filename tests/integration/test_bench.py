"""The benchmark runs, at sizes that take no time, beside the peers that are there."""

import json
import sys
from pathlib import Path

import pytest

from bench import rounds
from bench.__main__ import main
from bench.equality import expect
from bench.place import Place
from bench.processes import Command, run
from bench.rounds import in_turn
from bench.sections import edited

DEMO = Path(__file__).parents[2] / "testdata/demo"


def test_sections_measure_something_and_are_kept(tmp_path: Path) -> None:
    figures, document = tmp_path / "figures.json", tmp_path / "benchmarks.md"
    kept = ("--json", str(figures), "--markdown", str(document))
    sections = ("edited", "real")
    assert main(["--quick", "--corpus", str(DEMO), *kept, "--section", *sections]) == 0
    known = json.loads(figures.read_text())
    assert {*known} == {*sections, "environment"}
    assert all(known[section]["tables"] for section in sections)
    assert document.read_text().count("(Measured in") == len(sections)


def test_a_section_can_be_measured_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quick", "--section", "passing"]) == 0
    printed = capsys.readouterr().out
    assert "| passing |" in printed
    assert "| edited |" not in printed


def test_a_section_that_fails_does_not_keep_others_from_being_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(edited, "expect_guarded_text", lambda *_: expect(False, "not the guard"))
    assert main(["--quick", "--section", "edited", "passing"]) == 1
    printed = capsys.readouterr().out
    assert "**Failed**: not the guard\n" in printed
    assert "| edited  | failed" in printed
    assert "| passing |" in printed


def test_a_section_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--section", "everything"])
    assert "everything" in capsys.readouterr().err


def test_a_command_that_takes_long_runs_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ran() -> int:
        return len(in_turn("", Place(tmp_path), [python("")], lambda *_: None, 3).series[0].runs)

    assert ran() == 3
    monkeypatch.setattr(rounds, "LONGEST", 0.0)
    assert ran() == 1


def python(program: str) -> Command:
    return Command("python", (sys.executable, "-c", program))


def test_a_command_that_fails_is_not_measured(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="python ended with status 1:\nno such thing"):
        run(python("raise SystemExit('no such thing')"), tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is looked at in /proc")
def test_memory_is_that_of_all_processes_together(tmp_path: Path) -> None:
    holds = "import os, time; pid = os.fork(); held = bytearray(os.urandom(50_000_000)); "
    taken = run(python(holds + "time.sleep(0.5); pid and os.wait()"), tmp_path, watch=True)
    assert taken.peak_bytes > 100_000_000
