"""What only a process of its own shows: pipes, signals, terminals, closed and full outputs."""

import json
import os
import pty
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.integration.cli_runs import TOOL, environment, spawn
from tests.manifests import CONFIG_MAP, LABEL, TEMPLATE, guarded, joined, kept_off, node, pool

MANY = joined(*[guarded(f"web-{index}") for index in range(700)])


def shell(command: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a bash command in which `tool` is the command line."""
    tool = " ".join(TOOL)
    return subprocess.run(
        ["bash", "-c", f'tool() {{ {tool} "$@"; }}; {command}'],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        check=False,
        timeout=60,
    )


def started(*args: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*TOOL, *args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )


def read_available(process: "subprocess.Popen[bytes]", size: int) -> bytes:
    """Return the next `size` bytes of output; the test's own limit ends an endless wait."""
    assert process.stdout is not None
    data = b""
    while len(data) < size and (chunk := os.read(process.stdout.fileno(), size - len(data))):
        data += chunk
    return data


@pytest.mark.parametrize("consumer", ["head -1 > /dev/null", "true"])
def test_a_consumer_that_goes_away_is_no_failure(tmp_path: Path, consumer: str) -> None:
    (tmp_path / "many.yaml").write_bytes(MANY)
    for source in ("< many.yaml", "many.yaml", "--all-or-nothing many.yaml", "--diff many.yaml"):
        done = shell(f"tool -q {source} | {consumer}; exit ${{PIPESTATUS[0]}}", tmp_path)
        assert (done.returncode, done.stderr) == (0, b"")


def test_a_listing_can_be_cut_off(tmp_path: Path) -> None:
    done = shell("tool rules | true; echo ${PIPESTATUS[0]}", tmp_path)
    assert (done.stdout, done.stderr) == (b"0\n", b"")


def test_a_report_is_written_though_the_consumer_went_away(tmp_path: Path) -> None:
    (tmp_path / "many.yaml").write_bytes(joined(TEMPLATE, MANY, MANY))
    done = shell(
        "tool --on-invalid pass --report-file r.json many.yaml 2> err | head -1;"
        " echo ${PIPESTATUS[0]}",
        tmp_path,
    )
    assert done.stdout.splitlines()[-1] == b"0"
    assert json.loads((tmp_path / "r.json").read_bytes())["findings"][0]["rule"] == "HN901"
    assert b"documents" not in (tmp_path / "err").read_bytes()


def test_nobody_listening_to_messages_does_not_keep_files_from_being_written(
    tmp_path: Path,
) -> None:
    for index in range(40):
        (tmp_path / f"{index}.yaml").write_bytes(guarded())
    done = shell("tool -w . 2>&1 >/dev/null | true; echo ${PIPESTATUS[0]}", tmp_path)
    assert done.stdout == b"0\n"
    assert {path.read_bytes() for path in tmp_path.glob("*.yaml")} == {kept_off()}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("options", ["", "--all-or-nothing", "--diff", "--output json-patch"])
def test_a_full_disk_is_an_error_and_not_a_traceback(tmp_path: Path, options: str) -> None:
    (tmp_path / "a.yaml").write_bytes(guarded())
    done = shell(f"tool -q {options} a.yaml > /dev/full", tmp_path)
    assert done.returncode == 3
    assert done.stderr.endswith(b": no space left on device\n")
    assert done.stderr.startswith(b"error: ")


@pytest.mark.parametrize(
    ("redirections", "status", "message"),
    [
        ("<&-", 2, b"standard input is closed"),
        ("< a.yaml >&-", 2, b"standard output is closed"),
        ("< a.yaml 2>&-", 0, b""),
        ("-w a.yaml <&- >&- ", 0, b""),
        ("rules >&-", 0, b""),
    ],
)
def test_closed_standard_streams_are_no_traceback(
    tmp_path: Path, redirections: str, status: int, message: bytes
) -> None:
    (tmp_path / "a.yaml").write_bytes(guarded())
    done = shell(f"tool {redirections}", tmp_path)
    assert done.returncode == status
    assert message in done.stderr
    assert b"Traceback" not in done.stderr


def test_documents_leave_while_the_producer_waits() -> None:
    process = started("-q")
    assert process.stdin is not None
    process.stdin.write(joined(guarded("a"), guarded("b"), b""))
    process.stdin.flush()
    assert read_available(process, len(kept_off("a"))) == kept_off("a")
    out, _ = process.communicate(CONFIG_MAP, timeout=60)
    assert out == b"---\n" + kept_off("b") + b"---\n" + CONFIG_MAP


def test_with_pools_given_nodes_leave_while_the_producer_waits(tmp_path: Path) -> None:
    (tmp_path / "pools.yaml").write_bytes(pool("p"))
    process = started("-q", "--pools", str(tmp_path / "pools.yaml"))
    assert process.stdin is not None
    process.stdin.write(joined(node("n1", "p"), node("n2", "p"), b""))
    process.stdin.flush()
    expected = node("n1", "p") + LABEL
    assert read_available(process, len(expected)) == expected
    process.communicate(timeout=60)


def test_an_interrupt_ends_with_130_and_leaves_no_half_written_file(tmp_path: Path) -> None:
    process = started("-q")
    assert process.stdin is not None
    process.stdin.write(joined(guarded("a"), guarded("b"), b""))
    process.stdin.flush()
    read_available(process, 1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.strip() == b"interrupted"


def terminal(*args: str, stdin: bytes, pause: float) -> tuple[bytes, bytes]:
    """Run with standard error on a terminal; return what it showed, and standard output.

    Half of the input comes at once, the rest after `pause` seconds, if any, from the first output.
    """
    prefilter, end = pty.openpty()
    process = subprocess.Popen(
        [*TOOL, *args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=end,
        env=environment(TERM="xterm"),
    )
    os.close(end)
    assert process.stdin is not None
    process.stdin.write(stdin[: len(stdin) // 2])
    process.stdin.flush()
    first = read_available(process, 1) if pause else b""
    time.sleep(pause)
    rest, _ = process.communicate(stdin[len(stdin) // 2 :], timeout=60)
    out = first + rest
    shown = b""
    try:
        while chunk := os.read(prefilter, 65536):
            shown += chunk
    except OSError:
        pass
    os.close(prefilter)
    return shown, out


def visible(shown: bytes) -> list[str]:
    """Return the lines that remain on a terminal, without colours."""
    lines = []
    for line in shown.decode().replace("\r\n", "\n").split("\n"):
        rest = line.rsplit("\r", 1)[-1]
        for sequence in ("\x1b[K", "\x1b[0m", "\x1b[1m", "\x1b[32m"):
            rest = rest.replace(sequence, "")
        lines.append(rest)
    return lines


def test_progress_is_shown_after_a_while_and_garbles_no_message() -> None:
    stream = joined(*[guarded(f"web-{index}") for index in range(20)])
    shown, out = terminal(stdin=stream, pause=1.7)
    assert out.count(b"affinity:") == 20
    assert b"\rtransforming: 0.0 MB\x1b[K" in shown
    lines = visible(shown)
    assert len(lines) == 22
    assert all(line.startswith("<stdin>:") for line in lines[:20])
    assert lines[20:] == ["20 documents: 20 changed", ""]


def test_a_short_run_shows_no_progress() -> None:
    shown, _ = terminal(stdin=joined(guarded("a"), guarded("b")), pause=0)
    assert b"transforming" not in shown


def test_a_bug_of_ours_is_status_3_and_asks_for_a_report(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import transformer.pipeline.stream as stream\n"
        "def broken(*_):\n    raise ZeroDivisionError\n"
        "stream.is_filtered_out = broken\n"
    )
    root = environment()["PYTHONPATH"]
    run = spawn(stdin=guarded(), env={"PYTHONPATH": f"{tmp_path}{os.pathsep}{root}"})
    assert (run.status, run.out) == (3, b"")
    assert "ZeroDivisionError" in run.err
    assert "error: this is a bug of hostnet-transform" in run.err
