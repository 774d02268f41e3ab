"""Work on documents done by several processors: a share of it goes to forked processes.

A batch is shared out, done, and collected before anything else happens: results come as soon as
without workers, and in the same order. A worker that is lost costs time, not results: what it had
is done here.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import BinaryIO, Generic, NamedTuple, TypeVar

from transformer.system.signals import leave_to_parent

Task = TypeVar("Task")
Result = TypeVar("Result")

_ENOUGH = 16
"""Tasks in one batch from which on sharing them out saves time."""

MOST_WORKERS = 3
"""Workers beside this process, at the most."""


class _Worker(NamedTuple):
    pid: int
    to: BinaryIO
    back: BinaryIO


class Workers(Generic[Task, Result]):
    """Does `work` on tasks, of which it knows as much as this process does when the first batch
    comes; a context manager, to end the workers. Tasks and results are pickled. There are at most
    `most` workers beside this process.
    """

    def __init__(self, work: Callable[[Task], Result], most: int = MOST_WORKERS) -> None:
        self._work = work
        self._most = most
        self._workers: list[_Worker] | None = None

    def __enter__(self) -> "Workers[Task, Result]":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        for worker in self._workers or ():
            _end(worker, at_once=kind is not None)
        self._workers = []

    def do(self, tasks: Sequence[Task]) -> list[Result]:
        """Return the result of each task, in order."""
        return self.share(tasks) or [self._work(task) for task in tasks]

    def share(self, tasks: Sequence[Task]) -> list[Result]:
        """Return the same, or nothing where there are too few tasks to share them out."""
        if len(tasks) < _ENOUGH or not self._started():
            return []
        import pickle  # only where there is much to do

        workers = self._started()
        size = -(-len(tasks) // (len(workers) + 1))
        shares = [tasks[start : start + size] for start in range(0, len(tasks), size)]
        asked: dict[int, _Worker] = {}
        for index, (worker, share) in enumerate(zip(workers, shares, strict=False)):
            try:
                pickle.dump(share, worker.to, -1)
                worker.to.flush()
                asked[index] = worker
            except OSError:
                self._lose(worker)
        done: dict[int, list[Result]] = {}
        for index in range(len(workers), len(shares)):
            done[index] = [self._work(task) for task in shares[index]]
        for index, worker in asked.items():
            try:
                done[index] = pickle.load(worker.back)
            except (OSError, EOFError, pickle.UnpicklingError):
                self._lose(worker)
        return [
            result
            for index, share in enumerate(shares)
            for result in done.get(index) or [self._work(task) for task in share]
        ]

    def _started(self) -> list[_Worker]:
        if self._workers is None:
            self._workers = []
            with suppress(OSError):  # no more processes, or files, may be had
                for _ in range(min(_processors() - 1, self._most)):
                    self._workers.append(_start(self._work, self._workers))
        return self._workers

    def _lose(self, worker: _Worker) -> None:
        assert self._workers is not None
        self._workers = [other for other in self._workers if other is not worker]
        _end(worker)


def _processors() -> int:
    """Return how many processors this process may use; 1 where processes cannot be forked."""
    if not hasattr(os, "fork") or not hasattr(os, "sched_getaffinity"):
        return 1
    return len(os.sched_getaffinity(0))


def _start(work: Callable[[Task], Result], others: Sequence[_Worker]) -> _Worker:
    own_in, to = os.pipe()
    try:
        back, own_out = os.pipe()
    except OSError:
        _close(own_in, to)
        raise
    try:
        pid = os.fork()
    except OSError:
        _close(own_in, to, back, own_out)
        raise
    if pid == 0:
        try:
            leave_to_parent()
            for other in others:
                os.close(other.to.fileno())
                os.close(other.back.fileno())
            _close(to, back)
            _serve(work, os.fdopen(own_in, "rb"), os.fdopen(own_out, "wb"))
        finally:
            os._exit(0)  # nothing of the parent's is flushed or closed here
    _close(own_in, own_out)
    return _Worker(pid, os.fdopen(to, "wb"), os.fdopen(back, "rb"))


def _close(*handles: int) -> None:
    for handle in handles:
        os.close(handle)


def _serve(work: Callable[[Task], Result], tasks: BinaryIO, results: BinaryIO) -> None:
    import pickle

    sys.stdout = sys.stderr = None  # those are the parent's
    with suppress(EOFError, OSError):
        while True:
            pickle.dump([work(task) for task in pickle.load(tasks)], results, -1)
            results.flush()


def _end(worker: _Worker, *, at_once: bool = False) -> None:
    if at_once:  # nobody waits for what it does
        with suppress(OSError):
            os.kill(worker.pid, signal.SIGKILL)
    for file in (worker.to, worker.back):
        with suppress(OSError):
            file.close()
    with suppress(ChildProcessError):
        os.waitpid(worker.pid, 0)
