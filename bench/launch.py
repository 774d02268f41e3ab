"""Run one command and note what it took: a small process of its own, for the sake of its numbers.

    python -I -S launch.py RESULT COMMAND...

A child starts with the peak memory of the process that started it, so that one must be small.
Standard input, output and error are the command's. RESULT gets one JSON object.

The system tells the peak memory of the largest process: the command's own, or one that it forked.
Which of them it was is known where they can be looked at as they run, some times a second (Linux).
"""

import json
import os
import select
import sys
import time

_EVERY = 50  # milliseconds


def main(result: str, command: list[str]) -> None:
    """Run `command`; write seconds, CPU seconds, peak memory in bytes and status to `result`."""
    started = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ)
    own, forked = _watch(child) if hasattr(os, "pidfd_open") else (0, 0)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    with open(result, "w", encoding="utf-8") as out:  # noqa: PTH123 (pathlib takes memory)
        json.dump(
            {
                "seconds": seconds,
                "cpu_seconds": usage.ru_utime + usage.ru_stime,
                "peak_bytes": peak,
                "own_peak_bytes": own if forked >= peak else peak,
                "forked_peak_bytes": forked,
                "status": os.waitstatus_to_exitcode(status),
            },
            out,
        )


def _watch(child: int) -> tuple[int, int]:
    """Wait for `child`; return its peak memory, and that of the largest process forked by it."""
    try:
        handle = os.pidfd_open(child)
    except OSError:
        return 0, 0
    end = select.poll()
    end.register(handle, select.POLLIN)
    own = forked = 0
    while not end.poll(_EVERY):
        children = _read(f"/proc/{child}/task/{child}/children").split()
        own = max(own, _peak(str(child)))
        forked = max([forked, *map(_peak, children)])
    return own, forked


def _peak(process: str) -> int:
    for line in _read(f"/proc/{process}/status").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: str) -> str:
    """Return what a file of the system holds, or nothing: the process is gone."""
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 (pathlib takes memory)
            return file.read()
    except OSError:
        return ""


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
