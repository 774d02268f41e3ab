"""Many repositories: bare ones of 100 to 1,000 manifests, and 3,000 folders

`fleet --validate` over made-up bare repositories, first with one process and with two and nothing
kept, and then again with what an earlier run has kept; the lines of all of these are compared
before any is timed. Beside it: what it takes to clone the same repositories, without a checkout and
from the same disk; over a network it is more. The memory of the coordinating process alone is
measured in runs over folders with one manifest each: it must not grow with their number.
"""

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from shutil import rmtree

from bench import corpus, fleets, programs
from bench.equality import expect
from bench.figures import Found, Spread, Verdict
from bench.place import Place
from bench.processes import Command
from bench.rounds import in_turn

_AGAIN = "fleet --jobs 2, again"
_SLOWEST = 50_000
"""Manifests a minute, at the least."""

_CLONE = (
    'for one in "$0"/*.git; do git clone --quiet --bare --no-local "$one" "$1/${one##*/}"; done'
)


def measure(place: Place) -> Iterator[Found]:
    """Measure runs over repositories, and over many folders."""
    yield from _repositories(place)
    yield from _folders(place)


def _repositories(place: Place) -> Iterator[Found]:
    number = place.size(300, 3)
    folder = place.folder / "repositories"
    folder.mkdir()
    manifests = fleets.make(folder, number)
    kept = place.folder / "kept"
    forget = partial(rmtree, kept, ignore_errors=True)
    listed = ("--validate", "--repos", f"{folder}/*.git", "--cache", str(kept), "--quiet")
    commands = [_fleet(_name(jobs), jobs, *listed, before=forget) for jobs in (1, 2)]
    commands.append(_fleet(_AGAIN, 2, *listed))
    clones = place.folder / "clones"
    clone = ("/bin/sh", "-c", _CLONE, str(folder), str(clones))
    commands.append(Command("git clone --bare", clone, before=partial(_empty, clones)))
    seen: list[list[str]] = []

    def check(name: str, output: Path) -> None:
        if name.startswith("fleet"):
            seen.append(sorted(output.read_text().splitlines()))
            expect(len(seen[0]) == number, f"{name}: {len(seen[0])} lines of {number}")
            expect(seen[-1] == seen[0], f"{name}: other lines than with one process")

    table = in_turn(f"{number:,} repositories, {manifests:,} manifests", place, commands, check)
    yield table
    for series in table.series[:2]:
        rates = Spread.of(60 * manifests / run.seconds for run in series.runs)
        yield Verdict(f"{series.name}: manifests a minute", rates, "", _SLOWEST, at_least=True)
    yield from table.ratio("wall", _AGAIN, _name(2), 0.25)


def _folders(place: Place) -> Iterator[Found]:
    """Measure the memory of the coordinating process over few and many folders."""
    folder = place.folder / "folders"
    most = place.size(3000, 6)
    manifest = corpus.joined(corpus.take("untouched", 1))
    for index in range(most):
        one = folder / f"{index:05d}"
        one.mkdir(parents=True)
        (one / "app.yaml").write_bytes(manifest)
    names = sorted(map(str, folder.iterdir()))
    few, many = (_coordinator(place, names[:number]) for number in (most // 3, most))
    yield Verdict(f"{most:,} folders: memory of the coordinator", Spread.of([many]), " MB", 100)
    what = f"{most // 3:,} to {most:,} folders: the coordinator grows by"
    yield Verdict(what, Spread.of([many - few]), " MB", 5)


def _coordinator(place: Place, names: list[str]) -> float:
    """Return the peak memory, in MB, of the process that coordinates a run over folders."""
    listed, output = place.folder / "list.txt", place.folder / "lines"
    listed.write_text("".join(f"{name}\n" for name in names))
    command = _fleet("fleet", 2, "--validate", "--repos", str(listed), "--quiet")
    peak = 0
    with output.open("wb") as out, subprocess.Popen(command.arguments, stdout=out) as process:
        status = Path(f"/proc/{process.pid}/status")
        while process.poll() is None:
            found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
            peak = max(peak, int(found[1]) * 1024 if found else 0)
            time.sleep(0.01)
    lines = [json.loads(line) for line in output.read_text().splitlines()]
    expect(sorted(line["repository"] for line in lines) == names, "other lines than folders")
    return peak / 1e6


def _fleet(
    name: str, jobs: int, *arguments: str, before: Callable[[], object] | None = None
) -> Command:
    own = programs.own("fleet", "--jobs", str(jobs), *arguments, name=name, statuses=(0, 1))
    return replace(own, before=before)


def _name(jobs: int) -> str:
    return f"fleet --jobs {jobs}"


def _empty(folder: Path) -> None:
    rmtree(folder, ignore_errors=True)
    folder.mkdir()
