"""Fuzz every property, one after another, and say what came of it.

    python -m tests.fuzz [--seconds N] [--into FOLDER] [PROPERTY ...]
    python -m tests.fuzz shrink PROPERTY FILE

Inputs that break a property are left in FOLDER/<property>/findings, each with its traceback; then
the exit status is 1. The corpus is kept in FOLDER too, so the next run goes on from there.
"""

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.fuzz.properties import PROPERTIES
from tests.fuzz.shrink import shrink

_HERE = Path(__file__).parent
_STARTS = 5
"""How often a property is begun again after an input has ended the process."""

_LIMITS = ("-max_len=4096", "-timeout=10", "-rss_limit_mb=1500", "-print_final_stats=1")
_DICTIONARY = f"-dict={_HERE / 'yaml.dict'}"
_RUNS = re.compile(r"stat::number_of_executed_units: (\d+)|^#(\d+)\t", re.MULTILINE)
_COVERAGE = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)/")


class Outcome(NamedTuple):
    """What fuzzing one property came to; `features` and `edges` as libFuzzer counts them."""

    name: str
    seconds: int
    runs: int = 0
    edges: int = 0
    features: int = 0
    corpus: int = 0


def fuzz(name: str, seconds: int, folder: Path, *options: str) -> Outcome:
    """Fuzz one property for so many seconds (0: until the options end it)."""
    begun = time.monotonic()
    outcome = Outcome(name, 0)
    command = [sys.executable, "-m", "tests.fuzz.target", name, str(folder)]
    command += [*_LIMITS, _DICTIONARY]
    for _ in range(_STARTS):
        left = max(int(seconds - (time.monotonic() - begun)), 1) if seconds else 0
        done = subprocess.run(
            [*command, f"-max_total_time={left}", *options],
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            cwd=_HERE.parents[1],
            check=False,
        )
        with (folder / "log.txt").open("a") as log:
            log.write(done.stderr)
        outcome = _summed(outcome, done.stderr, int(time.monotonic() - begun))
        if done.returncode == 0 or outcome.seconds >= seconds:
            break
    return outcome


def fuzz_briefly(runs: Mapping[str, int], folder: Path) -> list[Outcome]:
    """Fuzz properties so often each, always with the same inputs, each in a folder of its name."""
    wanted = ",".join(f"{name}={number}" for name, number in runs.items())
    command = [sys.executable, "-m", "tests.fuzz.target", wanted, str(folder)]
    subprocess.run([*command, *_LIMITS, _DICTIONARY, "-seed=1"], cwd=_HERE.parents[1], check=True)
    logs = ((name, (folder / name / "log.txt").read_text(errors="replace")) for name in runs)
    return [_summed(Outcome(name, 0), log, 0) for name, log in logs]


def _summed(outcome: Outcome, log: str, seconds: int) -> Outcome:
    runs = max((int(final or shown) for final, shown in _RUNS.findall(log)), default=0)
    covered = [tuple(map(int, found)) for found in _COVERAGE.findall(log)] or [(0, 0, 0)]
    edges, features, corpus = covered[-1]
    return outcome._replace(
        seconds=seconds, runs=outcome.runs + runs, edges=edges, features=features, corpus=corpus
    )


def findings(folder: Path) -> list[Path]:
    """Return the inputs that broke a property."""
    return [path for path in sorted((folder / "findings").iterdir()) if path.suffix != ".txt"]


def main() -> int:
    """Run the command line and return its exit status."""
    if sys.argv[1:2] == ["shrink"]:
        name, file = sys.argv[2:]
        sys.stdout.buffer.write(shrink(Path(file).read_bytes(), PROPERTIES[name]))
        return 0
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz properties.")
    parser.add_argument("--seconds", type=int, default=1800, help="for all of them together")
    parser.add_argument("--into", type=Path, default=Path(".fuzz"))
    parser.add_argument("properties", nargs="*", default=list(PROPERTIES))
    options = parser.parse_args()
    is_bad = False
    print(f"{'property':<16}{'seconds':>8}{'executions':>12}{'edges':>8}{'features':>10}", end="")
    print(f"{'corpus':>8}{'findings':>10}", flush=True)
    for name in options.properties:
        folder = options.into.resolve() / name
        (folder / "findings").mkdir(parents=True, exist_ok=True)
        outcome = fuzz(name, options.seconds // len(options.properties), folder)
        broken = findings(folder)
        is_bad |= bool(broken) or not outcome.runs
        print(f"{name:<16}{outcome.seconds:>8}{outcome.runs:>12}{outcome.edges:>8}", end="")
        print(f"{outcome.features:>10}{outcome.corpus:>8}{len(broken):>10}", flush=True)
        for path in broken:
            print(f"  {path}")
        if not outcome.runs:
            print(f"  it did not run: see {folder / 'log.txt'}")
    return 1 if is_bad else 0


if __name__ == "__main__":
    sys.exit(main())
