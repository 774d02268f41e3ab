"""Show that a change of the code changes no output: run an old revision and this tree.

    python -m tools.same_outputs --old REV [--allowed FILE] [--only MODE]... [--work DIR]

Inputs: `../shared/corpus` (if it is there), `testdata/` and 5,000 generated documents. Each command
runs in both trees; compared are the bytes of standard output and standard error, the exit status,
and the files that are there afterwards. Each change is shown once, with the first command that has
it, and the exit status is 1. Both trees run under this Python, so the version that they print
is the same; the path of the old tree reads as that of the new one.

FILE (allowed.tsv beside this file) lists what may differ, a line each: the old text, a tab, the new
one, and behind another tab `re` where the former is a regular expression, or `mask` where that is
replaced in the output of both trees. Of `--help` only the words count.

Needs git, and an operating system that can fork. Takes about 5 minutes on 2 cores.
"""

import argparse
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tools.same_outputs.compare import Outcome, Sentence, differences, essence, read_sentences
from tools.same_outputs.inputs import WRITING, Job, jobs, write_inputs
from tools.same_outputs.run import Tree

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = Path(__file__).parent / "allowed.tsv"
AT_ONCE = 2


class Compared(NamedTuple):
    """What came of a job: how many bytes there were, and diffs beside the name of the part."""

    job: Job
    size: int
    diffs: list[tuple[str, str]]


def write_trees(revision: str, work: Path) -> None:
    """Write what runs: `old`, of a revision, and `new`, the files as they are now."""
    git = ["git", "-C", str(ROOT), "archive", revision, "transformer", "schemas"]
    archive = subprocess.run(git, stdout=subprocess.PIPE, check=True).stdout
    (work / "old").mkdir(parents=True, exist_ok=True)
    subprocess.run(["tar", "-x", "-C", work / "old"], input=archive, check=True)
    for name in ("transformer", "schemas"):
        shutil.copytree(ROOT / name, work / "new" / name)


def outcome(job: Job, tree: Tree, home: Path, work: Path) -> Outcome:
    """Run a job in a tree: in a copy of its folder below `home`, if it may write there."""
    folder = work / "inputs" / job.folder
    if job.mode not in WRITING:
        return Outcome(*tree.run(job.command, folder, by_shell=job.mode == "help"))
    copy = home / "copy" / folder.name
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    printed = tree.run(job.command, copy, by_shell=job.mode == "usage")
    files = (path for path in sorted(copy.rglob("*")) if path.is_file())
    written = {path.relative_to(copy).as_posix(): path.read_bytes() for path in files}
    return Outcome(*printed, {name: data for name, data in written.items() if ".git/" not in name})


def compared(
    job: Job, trees: Sequence[Tree], home: Path, work: Path, sentences: Sequence[Sentence]
) -> Compared:
    """Run a job in the old tree and the new one."""
    old, new = (outcome(job, tree, home, work) for tree in trees)
    here, there = (str(work / name).encode() for name in ("new", "old"))
    out, err = (data.replace(there, here) for data in (old.stdout, old.stderr))
    old = Outcome(old.status, out, err, old.files)
    diffs = list(differences(old, new, sentences, only_words=job.mode == "help"))
    return Compared(job, sum(map(len, new.parts().values())), diffs)


def run_all(jobs: Sequence[Job], work: Path, sentences: Sequence[Sentence]) -> Iterator[Compared]:
    """Run the jobs, some at once, and yield what comes of each, in order."""
    homes = [work / f"home-{number}" for number in range(AT_ONCE)]
    pairs = [(tuple(Tree(work / name, home) for name in ("old", "new")), home) for home in homes]
    idle: queue.SimpleQueue[tuple[tuple[Tree, ...], Path]] = queue.SimpleQueue()

    def run(job: Job) -> Compared:
        trees, home = idle.get()
        try:
            return compared(job, trees, home, work, sentences)
        finally:
            idle.put((trees, home))

    for pair in pairs:
        idle.put(pair)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        yield from threads.map(run, jobs)
    for trees, _ in pairs:
        for tree in trees:
            tree.close()


def report(results: Iterable[Compared], work: Path) -> bool:
    """Print each difference, then what was compared; return whether anything differs."""
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    shown: set[tuple[str, str]] = set()
    for job, size, diffs in results:
        counts = {"runs": 1, "documents": job.documents, "bytes": size, "different": bool(diffs)}
        totals[job.mode].update(counts)
        totals["all"].update(counts)
        for name, diff in diffs:
            if (key := essence(diff)) not in shown:
                shown.add(key)
                command = re.sub(r"\bhnt\b", f"{work}/home-0/bin/hnt", job.command)
                print(f"{job.mode}: {name}\n{diff}")
                print(f"  export PYTHONPATH={work}/new; cd {work}/inputs/{job.folder}; {command}\n")
                sys.stdout.flush()
    print(f"{'mode':20} {'runs':>6} {'documents':>10} {'bytes':>12} {'different':>10}")
    for mode in (*sorted(totals.keys() - {"all"}), "all"):
        runs, documents, size, different = totals[mode].values()
        print(f"{mode:20} {runs:6} {documents:10} {size:12} {different:10}")
    return bool(shown)


def main() -> int:
    """Run the script and return its exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--old", required=True, metavar="REV")
    parser.add_argument("--allowed", type=Path, default=ALLOWED, metavar="FILE")
    parser.add_argument("--only", action="append", metavar="MODE", help="repeatable")
    parser.add_argument("--work", type=Path, metavar="DIR", help="a new folder, which is kept")
    options = parser.parse_args()
    start = time.monotonic()
    sentences = read_sentences(options.allowed.read_text("utf-8"))
    work = (options.work or Path(tempfile.mkdtemp(prefix="same-outputs-"))).resolve()
    (work / "inputs").mkdir(parents=True)
    write_trees(options.old, work)
    write_inputs(ROOT, work / "inputs")
    wanted = [job for job in jobs(ROOT, work / "inputs") if job.mode in (options.only or job.mode)]
    differs = report(run_all(wanted, work, sentences), work)
    print(f"{time.monotonic() - start:.0f} s")
    if not differs and not options.work:
        shutil.rmtree(work)
    return int(differs)


if __name__ == "__main__":
    sys.exit(main())
