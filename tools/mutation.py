"""Changes the code in small ways and counts how many of the changes the tests notice.

mutmut makes the mutants. They are run here, not by `mutmut run`: this process collects the tests
once and forks for each mutant, so that a mutant costs no start of pytest. A mutant gets the tests
that reach the changed statement, until one fails or they have had their time; those come first that
are about its module or have told mutants of its function already. mutmut makes no mutants of
module-level tables and patterns, nor of functions with a decorator (properties, cached functions).
What ends by a signal, without memory or by anything else than a failing test has `died`: no test
has told it, so it does not count into the score.

    python tools/mutation.py                 all mutants; prints the score of each group
    python tools/mutation.py --again         those that the last run left alive, and of changed code
    python tools/mutation.py --show [PART]   the mutants alive after the last run, as diffs

Needs fork, so not Windows. What it makes is in `mutants/`.
"""

import argparse
import ast
import difflib
import fnmatch
import gc
import json
import os
import re
import resource
import shutil
import signal
import sys
import textwrap
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import coverage
import pytest
from hypothesis import HealthCheck, Phase, settings
from mutmut.configuration import config
from mutmut.mutation.file_mutation import mutate_file_contents

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "mutants"
RESULTS = WORK / "results.json"

GROUPS = {
    "rules/": "transformer/rules/*",
    "patch/": "transformer/patch/*",
    "text/ (framing, prefilter)": "transformer/text/*",
    "pipeline/ (documents, boundaries, hints)": "transformer/pipeline/*",
    "yamltree/template_comments.py": "transformer/yamltree/*",
}
SPLICING = tuple(GROUPS)[1:]
WANTED = 85.0

COPIED = ("transformer", "tests", "testdata", "schemas", "bench", "docs", "pyproject.toml")
TESTS = (
    "tests/unit/rules",
    "tests/unit/patch",
    "tests/unit/text",
    "tests/unit/pipeline",
    "tests/unit/yamltree/test_template_comments.py",
    "tests/golden/test_golden.py",
)
ENOUGH = 5.0
"""Seconds of tests for one mutant. A mutant that lives only beyond them counts as alive."""

MEMORY = 1 << 30


class Mutants:
    """The mutants of the code as it is now; `results` holds the verdict on each, by its name."""

    def __init__(self) -> None:
        self.group: dict[str, str] = {}
        self.hash: dict[str, str] = {}
        self.place: dict[str, tuple[str, frozenset[int]]] = {}
        """The file, and the lines in the file of mutants, of the statement that is changed."""

        self.results: dict[str, str] = {}
        self._code: dict[Path, str] = {}
        self._source: dict[str, list[str]] = {}
        for path in sorted((ROOT / "transformer").rglob("*.py")):
            self._mutate(path.relative_to(ROOT))

    def _mutate(self, path: Path) -> None:
        if not config().should_mutate(path):
            return
        group = next(name for name, glob in GROUPS.items() if fnmatch.fnmatch(str(path), glob))
        mutated = mutate_file_contents(str(path), (ROOT / path).read_text("utf-8"))
        module = ".".join(path.with_suffix("").parts)
        lines = mutated.code.splitlines()
        for name, span in mutated.line_span_by_function_name.items():
            self._source[f"{module}.{name}"] = lines[span.start - 1 : span.end]
        for name in mutated.mutant_names:
            function = name.partition("__mutmut_")[0]
            self.group[f"{module}.{name}"] = group
            self.hash[f"{module}.{name}"] = mutated.hash_by_function_name.get(function, "")
            first = mutated.line_span_by_function_name[f"{function}__mutmut_orig"].start
            original = self._source[f"{module}.{function}__mutmut_orig"]
            changed = changed_lines(original, self._source[f"{module}.{name}"])
            self.place[f"{module}.{name}"] = str(path), frozenset(first + at for at in changed)
        self._code[path] = mutated.code

    def write(self) -> None:
        """Put the code with all its mutants in place of the code."""
        for path, code in self._code.items():
            (WORK / path).write_text(code, "utf-8")

    def diff(self, name: str) -> str:
        original = self._source[function_of(name) + "__mutmut_orig"]
        lines = difflib.unified_diff(original, self._source[name], lineterm="", n=0)
        own = (line for line in list(lines)[2:] if not line.startswith("@@"))
        return "\n".join(line for line in own if "__mutmut_" not in line)

    def recall(self) -> None:
        """Take over the last run's verdicts on code that is as it was."""
        if RESULTS.exists():
            for name, (result, known) in json.loads(RESULTS.read_text("utf-8")).items():
                if self.hash.get(name) == known:
                    self.results[name] = result

    def save(self) -> None:
        told = {name: (result, self.hash[name]) for name, result in self.results.items()}
        RESULTS.write_text(json.dumps(told, indent=0), "utf-8")


class Runner:
    """As a plugin of pytest, in place of the loop over the tests: the loop over the mutants."""

    def __init__(self, mutants: Mutants, names: list[str], jobs: int) -> None:
        self.mutants = mutants
        self.names = names
        self.jobs = jobs
        self.has_failed = False
        self.has_died = False
        self.items: list[pytest.Item] = []
        self.killers: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self.running: dict[int, tuple[str, int]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.has_failed = self.has_failed or report.failed

    def pytest_exception_interact(self, call: pytest.CallInfo[Any]) -> None:
        """Tell what ends a process from what a test says: pytest reports both as a failure."""
        error = call.excinfo.value if call.excinfo else None
        is_usual = isinstance(error, Exception | pytest.fail.Exception)
        self.has_died = self.has_died or not is_usual or isinstance(error, MemoryError)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            return True
        self.items = session.items
        gc.collect()
        gc.freeze()
        reached, seconds = self._trial()
        started = shown = time.monotonic()
        for count, name in enumerate(self.names, 1):
            tests = self._tests_for(name, reached, seconds)
            if not tests:
                self.mutants.results[name] = "no test"
                continue
            while len(self.running) >= self.jobs:
                self._wait()
            self._start(name, {test: 2 + 10 * seconds[test] for test in tests})
            if time.monotonic() > shown + 30:
                shown = time.monotonic()
                self.mutants.save()
                passed = shown - started
                print(f"{count} of {len(self.names)} mutants after {passed:.0f} s", flush=True)
        while self.running:
            self._wait()
        return True

    def _tests_for(
        self, name: str, reached: dict[str, dict[str, list[int]]], seconds: list[float]
    ) -> list[int]:
        """Return the tests that reach a mutant, the most promising first, for `ENOUGH` seconds."""
        file, lines = self.mutants.place[name]
        tests = {test for line in lines for test in reached.get(file, {}).get(str(line), ())}
        topic = Path(file).stem
        topic = topic.partition("_")[0] if topic.startswith("hn") else topic
        folder = f"unit/{Path(file).parts[1]}/"
        killers = self.killers[function_of(name)]

        def rank(test: int) -> tuple[int, bool, bool, float]:
            node = self.items[test].nodeid.lower().replace("-", "_")
            return -killers[test], topic not in node, folder not in node, seconds[test]

        chosen: list[int] = []
        spent = 0.0
        for test in sorted(tests, key=rank):
            spent += seconds[test]
            if chosen and spent > ENOUGH:
                break
            chosen.append(test)
        return chosen

    def _trial(self) -> tuple[dict[str, dict[str, list[int]]], list[float]]:
        """Run all tests on the unchanged code; return which reach a line, and their seconds."""
        reading, writing = os.pipe()
        if os.fork() == 0:
            os.close(reading)
            self._trial_in_child(writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as told:
            answer = told.read()
        _, status = os.wait()
        if status:
            pytest.exit(f"fails on the unchanged code: {answer.decode()}", 1)
        reached, seconds = json.loads(answer)
        print(f"{len(self.items)} tests take {sum(seconds):.0f} s", flush=True)
        return reached, seconds

    def _trial_in_child(self, writing: int) -> None:
        silence()
        seconds: list[float] = []
        files = sorted({file for file, _ in self.mutants.place.values()})
        measured = coverage.Coverage(data_file=None, config_file=False, include=files)
        measured.start()
        for index, item in enumerate(self.items):
            forget_cached()
            measured.switch_context(str(index))
            before = time.process_time()
            item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
            seconds.append(time.process_time() - before)
            if self.has_failed:
                os.write(writing, json.dumps(item.nodeid).encode())
                os._exit(1)
        measured.stop()
        data = measured.get_data()
        reached = {
            file: {
                line: [int(test) for test in tests if test]
                for line, tests in data.contexts_by_lineno(str(WORK / file)).items()
            }
            for file in files
        }
        with os.fdopen(writing, "wb") as tell:
            tell.write(json.dumps((reached, seconds)).encode())
        os._exit(0)

    def _start(self, name: str, limits: dict[int, float]) -> None:
        """Run tests on a mutant in a process of its own; `limits` has the seconds of each test."""
        reading, writing = os.pipe()
        pid = os.fork()
        if pid:
            os.close(writing)
            self.running[pid] = name, reading
            return
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        silence()
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        os.environ["MUTANT_UNDER_TEST"] = name
        forget_cached()
        try:
            for test, limit in limits.items():
                signal.setitimer(signal.ITIMER_PROF, limit)
                signal.setitimer(signal.ITIMER_REAL, 20 * limit)
                item = self.items[test]
                item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
                if self.has_died:
                    os._exit(2)
                if self.has_failed:
                    os.write(writing, str(test).encode())
                    os._exit(1)
        except BaseException:
            os._exit(2)
        os._exit(0)

    def _wait(self) -> None:
        pid, status = os.wait()
        name, reading = self.running.pop(pid)
        with os.fdopen(reading, "rb") as told:
            killer = told.read()
        if killer:
            self.killers[function_of(name)][int(killer)] += 1
        ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if ended_by in (signal.SIGPROF, signal.SIGALRM):
            self.mutants.results[name] = "timeout"
        elif status == 0:
            self.mutants.results[name] = "survived"
        else:
            self.mutants.results[name] = "killed" if killer else "died"


def function_of(mutant: str) -> str:
    return mutant.partition("__mutmut_")[0]


def changed_lines(original: list[str], mutant: list[str]) -> set[int]:
    """Return the lines of the statement in which the mutant of a function differs, from 0 on."""
    names = re.compile(r"__mutmut_(?:orig|\d+)\b")
    same = [
        names.sub("", one) == names.sub("", other)
        for one, other in zip(original, mutant, strict=False)
    ]
    first = same.index(False) if False in same else len(same)
    tree = ast.parse(textwrap.dedent("\n".join(original)))
    for statement in ast.walk(tree.body[0]):
        if not isinstance(statement, ast.stmt) or statement is tree.body[0]:
            continue
        body = getattr(statement, "body", None)
        end = max(body[0].lineno - 1, statement.lineno) if body else statement.end_lineno or 0
        if statement.lineno - 1 <= first < end:
            return set(range(statement.lineno - 1, end))
    return set(range(len(original)))


def silence() -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)


def forget_cached() -> None:
    """Empty the caches of functions, so that what they call is called again."""
    for name, module in list(sys.modules.items()):
        if name.startswith("transformer."):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def copy_tree() -> None:
    for name in COPIED:
        target = WORK / name
        if (ROOT / name).is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, target)


def run(mutants: Mutants, names: list[str], jobs: int) -> bool:
    """Return whether the mutants `names` were run; their results are in `mutants` then."""
    settings.register_profile(
        "mutation",
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
        max_examples=30,
        phases=(Phase.explicit, Phase.generate),
    )
    WORK.mkdir(exist_ok=True)
    copy_tree()
    mutants.write()
    os.chdir(WORK)
    sys.path.insert(0, str(WORK))
    runner = Runner(mutants, names, jobs)
    options = ["-qs", "--assert=plain", "--tb=no", "--hypothesis-profile=mutation"]
    switched_off = [f"-pno:{plugin}" for plugin in ("cacheprovider", "faulthandler", "cov")]
    code = pytest.main(["--rootdir=.", *options, *switched_off, *TESTS], plugins=[runner])
    return code == 0


def summary(mutants: Mutants) -> Iterator[str]:
    """Yield the lines of the table: a line a group, and one for all that splices."""
    counts: dict[str, Counter[str]] = {group: Counter() for group in GROUPS}
    for name, result in mutants.results.items():
        counts[mutants.group[name]][result] += 1
    counts["splicing, together"] = sum((counts[group] for group in SPLICING), Counter())
    names = ("mutants", "killed", "timeout", "died", "alive", "no test")
    yield f"{'':36}{''.join(f'{name:>8}' for name in names)}{'score':>9}"
    for group, of in counts.items():
        results = ("killed", "timeout", "died", "survived", "no test")
        numbers = "".join(f"{of[key]:8}" for key in results)
        yield f"{group:36}{of.total():8}{numbers}{score(of):8.1f} %"


def score(of: Counter[str]) -> float:
    return 100 * (of["killed"] + of["timeout"]) / max(of.total(), 1)


def is_enough(mutants: Mutants) -> bool:
    of_rules = (group == "rules/" for group in map(mutants.group.get, mutants.results))
    counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for is_rule, result in zip(of_rules, mutants.results.values(), strict=True):
        counts[is_rule][result] += 1
    return all(score(of) >= WANTED for of in counts.values())


def main() -> int:
    said = partial(argparse.ArgumentParser, description=(__doc__ or "").splitlines()[0])()
    said.add_argument("--again", action="store_true", help="only what the last run left alive")
    said.add_argument("--show", nargs="?", const="", help="show the living whose name has this")
    said.add_argument("--only", default="", help="only mutants whose name has this")
    said.add_argument("--jobs", type=int, default=1, help="mutants at the same time")
    given: Any = said.parse_args()
    os.chdir(ROOT)
    config()
    mutants = Mutants()
    if given.show is not None or given.again or given.only:
        mutants.recall()
    if given.show is not None:
        for name, result in mutants.results.items():
            if result in ("survived", "no test", "died") and given.show in name:
                print(f"## {name} ({result})\n{mutants.diff(name)}")
        return 0
    told = {name for name, result in mutants.results.items() if result in ("killed", "timeout")}
    names = [name for name in mutants.hash if given.only in name]
    if given.again:
        names = [name for name in names if name not in told]
    if not run(mutants, names, given.jobs):
        return 2
    mutants.save()
    print("\n".join(summary(mutants)))
    return 0 if is_enough(mutants) else 1


if __name__ == "__main__":
    sys.exit(main())
