"""`fleet` when processes die: its own, those that do the work, and those of a Dask cluster."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from bench.fleets import make
from tests.effort import only_in_ci
from tests.integration.cli_runs import ROOT, TOOL, environment
from tests.integration.fleets import checkout, fleet, lines, site
from tests.requirements import require_module
from transformer import fleet as api
from transformer.fleet import ExecutorLost, Settings, Task, processes, run, work

NUMBER = 24

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with bare repositories, on which one process works for some seconds."""
    folder = tmp_path_factory.mktemp("sites")
    make(folder, NUMBER, 100, 300)
    return folder


@pytest.fixture(scope="module")
def expected(sites: Path, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    return in_order(validated(sites, tmp_path_factory.mktemp("first"), "--no-cache"))


def validated(sites: Path, folder: Path, *more: str) -> bytes:
    done = fleet("--validate", "--repos", f"{sites}/*.git", *more, cwd=folder)
    assert done.returncode == 1, done.stderr
    return done.stdout


def in_order(out: bytes) -> list[bytes]:
    return sorted(out.splitlines())


def started(sites: Path, folder: Path, *more: str) -> "subprocess.Popen[bytes]":
    with (folder / "lines").open("wb") as out:
        return subprocess.Popen(
            [*TOOL, "fleet", "--validate", "--repos", f"{sites}/*.git", *more],
            cwd=folder,
            stdout=out,
            stderr=subprocess.PIPE,
            env=environment(XDG_CACHE_HOME=str(folder / "cache"), TMPDIR=str(folder)),
        )


def wait_for_lines(tool: "subprocess.Popen[bytes]", folder: Path, number: int) -> None:
    while (folder / "lines").read_bytes().count(b"\n") < number:
        assert tool.poll() is None, tool.communicate()
        time.sleep(0.005)


def children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task").glob("*/children")
    return [int(one) for file in listed for one in file.read_text().split()]


def eventually(holds: Callable[[], bool]) -> None:
    for _ in range(1000):
        if holds():
            return
        time.sleep(0.02)
    pytest.fail("it never came about")


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (signal.SIGINT, 130),
        pytest.param(signal.SIGTERM, 143, marks=only_in_ci),
        pytest.param(signal.SIGKILL, -9, marks=only_in_ci),
    ],
    ids=lambda value: str(value),
)
def test_interrupted_it_leaves_whole_lines_and_goes_on_where_it_was(
    number: signal.Signals, status: int, sites: Path, expected: list[bytes], tmp_path: Path
) -> None:
    tool = started(sites, tmp_path, "--jobs", "2")
    wait_for_lines(tool, tmp_path, 4)
    workers = children(tool.pid)
    assert len(workers) == 2
    tool.send_signal(number)
    _, err = tool.communicate(timeout=30)
    assert tool.returncode == status
    assert b"Traceback" not in err
    out = (tmp_path / "lines").read_bytes()
    assert out.endswith(b"\n")
    assert set(out.splitlines()) < set(expected)
    eventually(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
    eventually(lambda: not list(tmp_path.glob("hostnet-fleet-*")))
    done = fleet("--validate", "--repos", f"{sites}/*.git", cwd=tmp_path)
    assert in_order(done.stdout) == expected
    assert b" known from earlier runs" in done.stderr


def test_a_killed_worker_costs_time_and_no_line(
    sites: Path, expected: list[bytes], tmp_path: Path
) -> None:
    tool = started(sites, tmp_path, "--jobs", "2", "--no-cache")
    wait_for_lines(tool, tmp_path, 2)
    os.kill(children(tool.pid)[0], signal.SIGKILL)
    tool.communicate(timeout=60)
    assert in_order((tmp_path / "lines").read_bytes()) == expected


@only_in_ci
def test_two_runs_on_one_cache_do_no_damage(
    sites: Path, expected: list[bytes], tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        folder.mkdir()
    cache = ("--cache", str(tmp_path / "cache"), "--jobs", "2")
    for tool in [started(sites, folder, *cache) for folder in folders]:
        tool.communicate(timeout=60)
    for folder in folders:
        assert in_order((folder / "lines").read_bytes()) == expected
    for kept in (tmp_path / "cache").rglob("*.json"):
        kept.write_bytes(kept.read_bytes()[:-9] + b"damaged!\n")  # it is not believed
    assert in_order(validated(sites, tmp_path, *cache)) == expected
    done = fleet("--validate", "--repos", f"{sites}/*.git", *cache, cwd=tmp_path)
    assert f"{NUMBER} known from earlier runs".encode() in done.stderr


def test_what_takes_too_long_is_a_line(tmp_path: Path) -> None:
    checkout(tmp_path / "slow", site())
    os.mkfifo(tmp_path / "pipe")  # nobody writes, so whoever reads it waits
    (tmp_path / "slow" / ".hostnet-transform.yaml").symlink_to("../pipe")
    checkout(tmp_path / "good", site())
    stdin = b"slow\ngood\n"
    done = fleet("--check", "--timeout", "2", "--repos", "-", cwd=tmp_path, stdin=stdin)
    told = lines(done)
    assert done.returncode == 3
    assert told["slow"]["error"]["message"] == "it took longer than 2 seconds"
    assert told["good"]["status"] == 1


def test_a_task_that_kills_its_worker_twice_is_a_line(tmp_path: Path) -> None:
    checkout(tmp_path / "site", site())
    kills = tmp_path / "bin"
    kills.mkdir()
    (kills / "git").write_text("#!/bin/sh\nkill -9 $PPID\n")
    (kills / "git").chmod(0o700)
    path = f"{kills}{os.pathsep}{os.environ['PATH']}"
    done = fleet("--check", "--repos", "-", cwd=tmp_path, stdin=b"site\tHEAD\nsite\n", PATH=path)
    told = lines(done)
    assert "died 2 times (SIGKILL)" in told["site@HEAD"]["error"]["message"]
    assert told["site"]["status"] == 1


@pytest.mark.parametrize("kind", ["threads", "spawned", "forked"])
def test_any_executor_will_do(kind: str, tmp_path: Path) -> None:
    names = [str(checkout(tmp_path / f"site-{number}", site(number))) for number in range(4)]
    tasks = [Task(name, settings=Settings(mode="check")) for name in names]
    assert work(tasks[0]).status == 1  # this process has one that works, which no other may use
    executor: Executor = (
        ThreadPoolExecutor(2)
        if kind == "threads"
        else ProcessPoolExecutor(
            2, mp_context=get_context("spawn" if kind == "spawned" else "fork")
        )
    )
    with executor:
        results = list(run(tasks, executor, in_flight=2))
    assert sorted(result.line["repository"] for result in results) == names
    assert {result.status for result in results} == {1}


def test_few_tasks_are_in_flight_and_the_list_is_read_as_needed() -> None:
    taken = 0

    def tasks() -> Iterator[Task]:
        nonlocal taken
        for number in range(1000):
            taken = number
            yield Task(f"/nowhere/{number}")

    with processes(1) as executor:
        results = run(tasks(), executor, in_flight=3)
        for _ in range(5):
            next(results)
        assert taken <= 8
        results.close()


def test_a_process_makes_room_for_a_new_one_after_some_tasks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api, "_MOST_TASKS", 2)
    own, before = os.getpid(), set(children(os.getpid()))
    seen: list[int] = []
    with processes(1) as executor:
        for _ in run([Task(f"/nowhere/{number}") for number in range(6)], executor, in_flight=1):
            seen += set(children(own)) - before
    assert len(set(seen)) == 3
    assert set(children(own)) == before


def test_a_process_that_cannot_be_started_is_a_line_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    with processes(1) as executor:
        (result,) = run([Task("/nowhere")], executor)
    assert "no process can be started for it" in result.line["error"]["message"]
    assert list(tmp_path.iterdir()) == []


class Broken(ThreadPoolExecutor):
    """An executor that breaks after some tasks."""

    def __init__(self, works: int) -> None:
        super().__init__(1)
        self.left = works

    def submit(self, *arguments: object) -> "Future[object]":  # type: ignore[override] # only ours
        self.left -= 1
        if self.left < 0:
            raise RuntimeError("cannot schedule new futures after shutdown")
        return super().submit(*arguments)  # type: ignore[arg-type] # as it came


def test_results_before_an_executor_breaks_are_kept() -> None:
    tasks = [Task(f"/nowhere/{number}") for number in range(9)]
    with Broken(3) as executor:
        results = run(tasks, executor, in_flight=1)
        found = [next(results).line["repository"] for _ in range(3)]
        with pytest.raises(ExecutorLost, match="cannot schedule"):
            next(results)
    assert found == ["/nowhere/0", "/nowhere/1", "/nowhere/2"]


class Forgetful(ThreadPoolExecutor):
    """An executor that forgets what it is given."""

    def submit(self, *_: object) -> "Future[object]":  # type: ignore[override] # only ours
        return Future()


def test_a_task_that_is_forgotten_does_not_keep_a_run_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api, "_PATIENCE", 0.01)
    answers = [False, True, True]
    with Forgetful(1) as executor, pytest.raises(ExecutorLost, match="it has ended"):
        next(run([Task("/nowhere")], executor, is_alive=answers.pop))
    assert not answers


def test_the_api_is_what_is_documented() -> None:
    assert set(api.__all__) == {
        *("ExecutorLost", "Mode", "Result", "Settings", "Task", "processes", "run", "work")
    }


def dask(*arguments: str, folder: Path) -> "subprocess.Popen[bytes]":
    program = "from dask.__main__ import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
    )


@pytest.fixture
def cluster(tmp_path: Path) -> "Iterator[tuple[str, list[subprocess.Popen[bytes]]]]":
    """Yield the address of a scheduler, and its process and those of two workers."""
    require_module("distributed")
    file = tmp_path / "scheduler.json"
    where = ("--scheduler-file", str(file), "--no-dashboard")
    started = [dask("scheduler", "--host", "127.0.0.1", "--port", "0", *where, folder=tmp_path)]
    eventually(lambda: file.exists() and bool(file.read_text()))
    address = json.loads(file.read_text())["address"]
    started += [
        dask("worker", address, "--no-nanny", "--nthreads", "1", "--no-dashboard", folder=tmp_path)
        for _ in range(2)
    ]
    try:
        yield address, started
    finally:
        for process in started:
            process.kill()
            process.wait()


@only_in_ci
def test_a_worker_of_dask_that_is_killed_costs_no_line(
    cluster: "tuple[str, list[subprocess.Popen[bytes]]]",
    sites: Path,
    expected: list[bytes],
    tmp_path: Path,
) -> None:
    address, (_, worker, _) = cluster
    tool = started(sites, tmp_path, "--scheduler", address, "--no-cache")
    wait_for_lines(tool, tmp_path, 4)
    worker.kill()
    _, err = tool.communicate(timeout=120)
    assert tool.returncode == 1, err
    assert in_order((tmp_path / "lines").read_bytes()) == expected


@only_in_ci
def test_without_its_scheduler_a_run_ends_and_the_next_one_goes_on(
    cluster: "tuple[str, list[subprocess.Popen[bytes]]]",
    sites: Path,
    expected: list[bytes],
    tmp_path: Path,
) -> None:
    address, (scheduler, *_) = cluster
    tool = started(sites, tmp_path, "--scheduler", address)
    wait_for_lines(tool, tmp_path, 4)
    scheduler.kill()
    _, err = tool.communicate(timeout=120)
    assert tool.returncode == 3
    assert f"the scheduler at {address} is gone".encode() in err
    assert b"Traceback" not in err
    out = (tmp_path / "lines").read_bytes()
    assert out.endswith(b"\n")
    assert set(out.splitlines()) < set(expected)
    done = fleet("--validate", "--repos", f"{sites}/*.git", cwd=tmp_path)
    assert in_order(done.stdout) == expected
    assert b" known from earlier runs" in done.stderr


@only_in_ci
def test_a_cluster_without_workers_is_said_to_have_none(
    cluster: "tuple[str, list[subprocess.Popen[bytes]]]", sites: Path, tmp_path: Path
) -> None:
    address, processes = cluster
    for worker in processes[1:]:
        worker.kill()
        worker.wait()
    tool = started(sites, tmp_path, "--scheduler", address)
    assert tool.stderr is not None
    assert b"the cluster has no worker" in tool.stderr.readline()
    tool.send_signal(signal.SIGINT)
    tool.communicate(timeout=30)
    assert tool.returncode == 130


@only_in_ci
def test_no_scheduler_is_said_to_be_none(tmp_path: Path) -> None:
    require_module("distributed")
    (tmp_path / "site").mkdir()
    where = ("--scheduler", "tcp://127.0.0.1:9")
    done = fleet("--check", "--repos", "s*", *where, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"no scheduler of Dask answers at 'tcp://127.0.0.1:9'" in done.stderr
    assert b"Traceback" not in done.stderr


def test_without_dask_it_is_said_how_to_install_it(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "distributed.py").write_text("raise ImportError\n")
    path = f"{tmp_path}{os.pathsep}{ROOT}"
    where = ("--scheduler", "tcp://127.0.0.1:9")
    done = fleet("--check", "--repos", "s*", *where, cwd=tmp_path, PYTHONPATH=path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"pip install 'hostnet-transform[dask]'" in done.stderr
