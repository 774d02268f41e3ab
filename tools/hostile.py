"""Measure what the largest documents cost: `python tools/hostile.py [NAME]...`.

For each it prints the size, the exit status, seconds of processor time and the most memory that the
run took (a figure of the operating system, the workers apart).
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable

SIZE = 64 * 1024 * 1024 - 4096
ASKS = b'  annotations:\n    apps.openyurt.io/exclude-host-network-pool: "true"\n'
POD = b"apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n" + ASKS
WITH_SPEC = POD + b"spec:\n  containers:\n  - name: a\n    image: a\n"


def _filled(head: bytes, piece: bytes, end: bytes = b"") -> bytes:
    return head + piece * ((SIZE - len(head) - len(end)) // len(piece)) + end


DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "line": lambda: _filled(WITH_SPEC + b"x: ", b"a", b"\n"),
    "block": lambda: _filled(WITH_SPEC + b"x: |\n", b"  line\n"),
    "list": lambda: (
        b"apiVersion: v1\nkind: List\nitems:\n"
        + (b"- " + WITH_SPEC.replace(b"\n", b"\n  ").removesuffix(b"  ")) * 40_000
    ),
    "values": lambda: _filled(WITH_SPEC + b"x: [", b"{},", b"]\n"),
    "pods": lambda: _filled(b"", b"---\n" + WITH_SPEC),
}


def main(names: list[str]) -> None:
    """Print a line for each document."""
    for name in names or DOCUMENTS:
        data = DOCUMENTS[name]()
        for command in ((), ("validate",)):
            start = time.time()
            tool = subprocess.Popen(
                [sys.executable, "-m", "transformer", *command, "-q"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            assert tool.stdin is not None
            tool.stdin.write(data)
            tool.stdin.close()
            _, status, used = os.wait4(tool.pid, 0)
            tool.returncode = os.waitstatus_to_exitcode(status)
            print(
                f"{name:8} {command[0] if command else 'transform':10} {len(data) >> 20} MiB:"
                f" status {tool.returncode}, {used.ru_utime + used.ru_stime:.0f} s of processor"
                f" time, {time.time() - start:.0f} s, {used.ru_maxrss >> 10} MiB of memory",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
