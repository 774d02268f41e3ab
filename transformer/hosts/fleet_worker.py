"""A process that works on tasks of `fleet`, one at a time; `system/child.py` runs its `serve`."""

import gc
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path

from transformer.config.fleet_tasks import Result, failure, task_of
from transformer.hosts.repository import work


def serve(folder: str) -> None:
    """Answer each line of standard input, a task, with a line on standard output, its result.

    Nothing else may be written there. `folder` is for temporary files, and removed at the end.
    """
    if hasattr(signal, "pthread_sigmask"):  # whoever started this may have blocked some
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, lambda *_: sys.exit(1))
    gc.set_threshold(50_000, 20, 50)
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(2, 1)
    tempfile.tempdir = folder
    home = Path.cwd()
    try:
        for line in questions:
            result = answered(line, folder)
            os.chdir(home)
            answers.write(json.dumps(result._asdict(), separators=(",", ":")).encode() + b"\n")
            answers.flush()
    except BrokenPipeError:  # whoever asked is gone
        os.dup2(nowhere, answers.fileno())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def answered(line: bytes, folder: str) -> Result:
    """Return the result of the task in a line.

    If it takes too long, this process ends, and so does what it has started.
    """
    task = task_of(json.loads(line))
    _end_after(task.settings.timeout)
    scratch = tempfile.mkdtemp(dir=folder)
    try:
        return work(task, Path(scratch).resolve())
    except Exception:  # a bug costs one line, and no other repository
        import traceback

        traceback.print_exc(file=sys.stderr)
        hint = "please report it with the lines on standard error and the input"
        return failure(task, "this is a bug of hostnet-transform", hint)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        _end_after(0)


def _end_after(seconds: float) -> None:
    """End this process after some time (0: not any more)."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, min(threading.TIMEOUT_MAX, seconds))
