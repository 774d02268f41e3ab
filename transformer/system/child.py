"""A process that answers one line with one line, and that can be ended at any time.

It has a folder for temporary files, which is removed with it. It is started as a program of its own
and not forked, so a process with threads may start one. It is the leader of a session: what it has
started in it ends with it, and an interrupt at the terminal does not reach it. It ends by itself
when the process that started it is gone.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from weakref import finalize

_PACKAGES = str(Path(__file__).parents[2])
_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    "from importlib import import_module; import_module(sys.argv[2]).serve(sys.argv[3])"
)

_GRACE = 5
"""Seconds in which a process that takes too long can end what it has started elsewhere."""


class ChildEnded(Exception):
    """The process has ended without an answer: by itself, or because it took too long."""

    def __init__(self, reason: str, *, is_too_late: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_too_late = is_too_late


class Child:
    """A process that runs `serve(folder)` of a module, with lines on its standard streams.

    `end` ends it with all that it has started, and removes its folder. `answers` is the number of
    lines that it has answered.
    """

    def __init__(self, module: str) -> None:
        folder = tempfile.mkdtemp(prefix="hostnet-fleet-")
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _PROGRAM, _PACKAGES, module, folder],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._owner = os.getpid()
        self.end = finalize(self, _end, self._process, folder, self._owner)
        self.answers = 0
        self._is_ended = False

    @property
    def is_own(self) -> bool:
        """Whether this process has started it, and not the one that this one was forked from."""
        return self._owner == os.getpid()

    def ask(self, line: bytes, seconds: float) -> bytes:
        """Return the answer to a line, which ends with a line feed as the answer does. The process
        should end by itself after some seconds; if it cannot, it is ended soon after.

        Raises:
            ChildEnded: there is none. This object must not be used again.
        """
        began = time.monotonic()
        timer = threading.Timer(min(threading.TIMEOUT_MAX, seconds + _GRACE), self._end_late)
        timer.daemon = True
        timer.start()
        try:
            answer = self._asked(line)
        finally:
            timer.cancel()
            timer.join()  # it may be at work: then this answer is too late, and not the next one
        if self._is_ended or not answer.endswith(b"\n"):
            is_too_late = time.monotonic() - began >= seconds
            self.end()
            raise ChildEnded(_in_words(self._process.returncode), is_too_late=is_too_late)
        self.answers += 1
        return answer

    def _asked(self, line: bytes) -> bytes:
        to, back = self._process.stdin, self._process.stdout
        assert to is not None
        assert back is not None
        with suppress(OSError):  # it has ended
            to.write(line)
            to.flush()
            return back.readline()
        return b""

    def _end_late(self) -> None:
        self._is_ended = True
        _kill(self._process)


def _end(process: "subprocess.Popen[bytes]", folder: str, owner: int) -> None:
    if owner != os.getpid():
        return
    _kill(process)
    with suppress(OSError):
        process.communicate()
    shutil.rmtree(folder, ignore_errors=True)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _in_words(status: int) -> str:
    """Return how a process ended."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
