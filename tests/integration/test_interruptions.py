"""A run that is ended in the middle, or that nobody reads: what is left is whole, and nothing else.

Real signals to real processes over a thousand files. A run that is killed may leave one temporary
file, which the next run removes, while it lets those of living runs alone.
"""

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench import corpus
from tests.integration.cli_runs import TOOL, environment
from tests.integration.faults import filled, non_manifests, run, states
from tests.manifests import guarded, kept_off

FILES = 1000
WRITERS = {
    "transform": ("--write", "in"),
    "validate": ("validate", "--fix", "in"),
    "hook": ("hook", "transform", *(f"in/{number:04}.yaml" for number in range(FILES))),
}
ENDS = {signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGINT: 130}

AT_ITS_WORST = """
import os, signal, sys
from transformer.cli.main import main
fsync = os.fsync
def kill(handle):
    os.fsync = fsync
    os.kill(os.getpid(), {number})
    fsync(handle)
os.fsync = kill
main(sys.argv[1:])
"""
"""The tool, hit by a signal when it has written a temporary file and not renamed it yet."""


pytestmark = pytest.mark.usefixtures("own_temporary_folder")


@pytest.fixture
def work(repository: Path) -> Path:
    return repository


def start(*args: str, cwd: Path) -> "subprocess.Popen[bytes]":
    """Start the tool in a process group of its own, by which its children can be found."""
    return subprocess.Popen(
        [*TOOL, *args],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env=environment(),
        start_new_session=True,
    )


def wait_until_at_work(tool: "subprocess.Popen[bytes]", new: dict[Path, bytes]) -> None:
    """Wait until several files have been written."""
    tenth = list(new)[10]
    while tenth.read_bytes() != new[tenth]:
        assert tool.poll() is None, tool.communicate()
        time.sleep(0.002)


def assert_alone(tool: "subprocess.Popen[bytes]") -> None:
    """Assert that no process of the tool's group is left; a killed one's end by themselves."""
    for _ in range(500):
        try:
            os.killpg(tool.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    pytest.fail("a process is left")


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("number", ENDS, ids=lambda number: number.name)
def test_a_signal_amid_a_thousand_files_leaves_each_old_or_new(
    number: signal.Signals, writer: str, work: Path
) -> None:
    new = filled(work / "in", FILES)
    tool = start(*WRITERS[writer], cwd=work)
    wait_until_at_work(tool, new)
    tool.send_signal(number)
    _, err = tool.communicate(timeout=30)
    assert tool.returncode == ENDS[number]
    assert b"Traceback" not in err
    assert non_manifests(work / "in") == []
    found = states(new)
    assert set(found) == {"old", "new"}
    assert found == sorted(found)  # in the order of their names: new ones first
    assert_alone(tool)


@pytest.mark.parametrize("writer", WRITERS)
def test_killed_amid_a_thousand_files_a_run_leaves_one_temporary_file_at_the_most(
    writer: str, work: Path
) -> None:
    new = filled(work / "in", FILES)
    tool = start(*WRITERS[writer], cwd=work)
    wait_until_at_work(tool, new)
    tool.kill()
    tool.communicate(timeout=30)
    assert set(states(new)) == {"old", "new"}
    assert len(non_manifests(work / "in")) <= 1
    assert_alone(tool)
    assert run("--write", "in/0000.yaml", cwd=work).status == 0
    assert non_manifests(work / "in") == []
    assert run("validate", cwd=work, stdin=guarded()).status == 0  # removes the killed one's folder


def hit(number: signal.Signals, work: Path) -> int:
    """Let a signal hit the tool at its worst moment, and return its status."""
    script = AT_ITS_WORST.format(number=int(number))
    done = subprocess.run(
        [sys.executable, "-c", script, "--write", "in"],
        capture_output=True,
        cwd=work,
        env=environment(),
        timeout=60,
        check=False,
    )
    return done.returncode


@pytest.mark.parametrize("number", ENDS, ids=lambda number: number.name)
def test_a_signal_while_a_file_is_written_leaves_no_temporary_file(
    number: signal.Signals, work: Path
) -> None:
    new = filled(work / "in", 2)
    assert hit(number, work) == ENDS[number]
    assert states(new) == ["old", "old"]
    assert non_manifests(work / "in") == []


def test_killed_while_a_file_is_written_a_run_leaves_what_the_next_one_removes(work: Path) -> None:
    new = filled(work / "in", 2)
    mine = work / "in/.hostnet-transform.notes.tmp"
    mine.write_bytes(b"a user's own file")
    assert hit(signal.SIGKILL, work) == -signal.SIGKILL
    assert states(new) == ["old", "old"]
    (left, _) = non_manifests(work / "in")
    assert left.startswith(".hostnet-transform.")
    assert run("--write", "in", cwd=work).status == 0
    assert states(new) == ["new", "new"]
    assert non_manifests(work / "in") == [mine.name]


def test_the_temporary_file_of_a_run_that_lives_is_left_to_it(work: Path) -> None:
    new = filled(work / "in", 2)
    script = AT_ITS_WORST.format(number=int(signal.SIGSTOP))
    tool = subprocess.Popen(
        [sys.executable, "-c", script, "--write", "in/0000.yaml"], cwd=work, env=environment()
    )
    os.waitpid(tool.pid, os.WUNTRACED)  # it has stopped, amid its work
    (temporary,) = non_manifests(work / "in")
    assert run("--write", "in/0001.yaml", cwd=work).status == 0
    assert non_manifests(work / "in") == [temporary]
    tool.send_signal(signal.SIGCONT)
    assert tool.wait(timeout=30) == 0
    assert states(new) == ["new", "new"]
    assert non_manifests(work / "in") == []


def test_a_signal_that_is_ignored_stays_so(work: Path) -> None:
    """As by nohup."""
    filled(work / "in", 2)
    script = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + AT_ITS_WORST.format(
        number=int(signal.SIGHUP)
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "--write", "in"], cwd=work, env=environment(), check=False
    )
    assert done.returncode == 0


def at_work_as_a_filter(*args: str) -> "subprocess.Popen[bytes]":
    """Return a run whose workers are at work, and whose output is a full pipe."""
    tool = subprocess.Popen(
        [*TOOL, *args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        start_new_session=True,
    )
    assert tool.stdin is not None
    assert tool.stdout is not None
    os.set_blocking(tool.stdin.fileno(), False)
    data = corpus.joined(corpus.take("all edited", 300))
    sent = 0
    quiet_since = time.monotonic()
    while (
        time.monotonic() - quiet_since < 0.7
    ):  # until it takes no more, once it has said something
        assert tool.poll() is None, tool.communicate()
        if not select.select([tool.stdout], [], [], 0)[0]:
            quiet_since = time.monotonic()
        try:
            sent += os.write(tool.stdin.fileno(), data[sent : sent + 65536])
            quiet_since = time.monotonic()
        except BlockingIOError:
            time.sleep(0.01)
        assert sent < len(data), "it has taken everything, though nobody reads what it says"
    return tool


def children(tool: "subprocess.Popen[bytes]") -> int:
    """Return how many processes there are in the tool's group besides itself."""
    listed = subprocess.run(["ps", "-A", "-o", "pgid="], capture_output=True, check=True)
    return listed.stdout.split().count(b"%d" % tool.pid) - 1


@pytest.mark.parametrize("number", ENDS, ids=lambda number: number.name)
def test_a_signal_ends_a_run_whose_output_nobody_reads(number: signal.Signals) -> None:
    tool = at_work_as_a_filter("-q")
    tool.send_signal(number)
    assert tool.wait(timeout=30) == ENDS[number]
    tool.communicate()
    assert_alone(tool)


@pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="with one processor there are no workers",
)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_no_worker_outlives_the_run(number: signal.Signals) -> None:
    tool = at_work_as_a_filter("-q")
    assert children(tool) > 0
    tool.send_signal(number)
    tool.wait(timeout=30)
    tool.communicate()
    assert_alone(tool)


def test_a_slow_reader_gets_everything(tmp_path: Path) -> None:
    data = corpus.joined(corpus.take("all edited", 200))
    tool = subprocess.Popen(
        [*TOOL, "-q"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()
    )
    path = tmp_path / "in.yaml"
    path.write_bytes(data)
    expected = run("-q", path, cwd=tmp_path).out
    assert tool.stdin is not None
    assert tool.stdout is not None
    got = b""
    with subprocess.Popen(["cat", path], stdout=tool.stdin):
        tool.stdin.close()
        while chunk := tool.stdout.read(20_000):
            got += chunk
            time.sleep(0.01)
    tool.stdout.close()
    assert tool.wait(timeout=30) == 0
    assert got == expected


@pytest.mark.parametrize("args", [(), ("--diff",), ("--output", "json-patch"), ("validate",)])
def test_a_reader_that_leaves_ends_the_run_quietly(args: tuple[str, ...], tmp_path: Path) -> None:
    data = corpus.joined(corpus.take("all edited", 300))
    (tmp_path / "in.yaml").write_bytes(data)
    done = subprocess.run(
        ["sh", "-c", '"$@" in.yaml | head -c 10 >out', "sh", *TOOL, *args, "-q"],
        capture_output=True,
        cwd=tmp_path,
        env=environment(),
        timeout=60,
        check=False,
    )
    assert done.stderr == b""


def test_a_run_that_writes_goes_on_when_nobody_reads_its_messages(work: Path) -> None:
    new = filled(work / "in", 30)
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*TOOL, "-v", "--write", "in"], stderr=write, cwd=work, env=environment(), check=False
    )
    os.close(write)
    assert done.returncode == 0
    assert set(states(new)) == {"new"}
    assert kept_off("n0") == (work / "in/0000.yaml").read_bytes()
