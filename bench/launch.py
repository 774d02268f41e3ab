"""Run one command and note what it took: a small process of its own, for the sake of its numbers.

    python -I -S launch.py RESULT COMMAND...

A child starts with the peak memory of the process that started it, so that one must be small.
Standard input, output and error are the command's. RESULT gets one JSON object.
"""

import json
import os
import sys
import time


def main(result: str, command: list[str]) -> None:
    """Run `command`; write seconds, CPU seconds, peak memory in bytes and status to `result`."""
    started = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    unit = 1 if sys.platform == "darwin" else 1024
    with open(result, "w", encoding="utf-8") as out:  # noqa: PTH123 (pathlib takes memory)
        json.dump(
            {
                "seconds": seconds,
                "cpu_seconds": usage.ru_utime + usage.ru_stime,
                "peak_bytes": usage.ru_maxrss * unit,
                "status": os.waitstatus_to_exitcode(status),
            },
            out,
        )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
