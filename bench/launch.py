"""Run one command and note what it took: a small process of its own, for the sake of its numbers.

    python -I -S launch.py RESULT PROCESSORS WATCH COMMAND...

A child starts with the peak memory of the process that started it, so that one must be small.
Standard input, output and error are the command's. RESULT gets one JSON object. The command may use
so many PROCESSORS (0: all that there are).

The system tells the peak memory of the largest process. If WATCH is 1, the memory of all processes
of the command together is looked at as they run, some times a second (Linux).
"""

import json
import os
import select
import sys
import time

_EVERY = 0.05  # seconds
_SHARE = 0.02
"""Of the time, for looking at memory: it takes the longer the more memory there is."""


def main(result: str, processors: str, watch: str, *command: str) -> None:
    """Run `command`; write seconds, CPU seconds, peak memory in bytes and status to `result`."""
    if processors != "0" and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(processors)])
    started = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ)
    together = _watch(child) if watch == "1" and hasattr(os, "pidfd_open") else 0
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    largest = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    with open(result, "w", encoding="utf-8") as out:  # noqa: PTH123 (pathlib takes memory)
        json.dump(
            {
                "seconds": seconds,
                "cpu_seconds": usage.ru_utime + usage.ru_stime,
                "peak_bytes": max(largest, together),
                "status": os.waitstatus_to_exitcode(status),
            },
            out,
        )


def _watch(child: int) -> int:
    """Wait for `child`; return the peak memory of it and of what it forked, shared pages once."""
    end = select.poll()
    end.register(os.pidfd_open(child), select.POLLIN)
    peak, wait = 0, _EVERY
    while not end.poll(wait * 1000):
        started = time.perf_counter()
        peak = max(peak, _memory(str(child)))
        wait = max(_EVERY, (time.perf_counter() - started) / _SHARE)
    return peak


def _memory(process: str) -> int:
    tasks = _names(f"/proc/{process}/task")
    children = " ".join(_read(f"/proc/{process}/task/{task}/children") for task in tasks).split()
    own = 0
    for line in _read(f"/proc/{process}/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            own = int(line.split()[1]) * 1024
    return own + sum(map(_memory, children))


def _names(folder: str) -> "list[str]":
    """Return what is in a folder of the system, or nothing: the process is gone."""
    try:
        return os.listdir(folder)  # noqa: PTH208 (pathlib takes memory)
    except OSError:
        return []


def _read(path: str) -> str:
    """Return what a file of the system holds, or nothing: the process is gone."""
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 (pathlib takes memory)
            return file.read()
    except OSError:
        return ""


if __name__ == "__main__":
    main(*sys.argv[1:])
